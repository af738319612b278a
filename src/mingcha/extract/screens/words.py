"""Words and names by which the parts of a screen are told. What they mean for a clause stands in the rules."""

from __future__ import annotations

import re

# Labels that advertisements must carry (short texts of their own), and names that ad SDKs give their views.
AD_LABELS = ("广告", "AD", "Ad", "推广", "赞助", "商业推广", "互联网广告", "广告|", "广告 ")
AD_IDS = re.compile(
    r"(?:^|[/_.:-])(?:ad|ads|adv|advert|advertisement|adview|ad_?(?:container|banner|layout|root|slot|close|logo|mark)|banner_ad|"
    r"splash_?ad|feed_?ad|reward_?ad|tt_(?:splash|ad|native|reward|insert|video_ad)\w*|ksad_\w+|gdt_\w+|csj_\w+|pangle_\w+|"
    r"mimo_\w+|beizi_\w+|sigmob_\w+|mintegral_\w+|mbridge_\w+)(?:$|[/_.:-])"
)
AD_CLASSES = (
    "com.bytedance.sdk.openadsdk.", "com.qq.e.", "com.kwad.sdk.", "com.kwad.components.", "com.baidu.mobads.", "com.mbridge.",
    "com.sigmob.", "com.beizi.", "com.miui.zeus.mimo.", "com.vivo.mobilead.", "com.heytap.msp.mobad.", "com.huawei.hms.ads.",
    "com.google.android.gms.ads.", "com.unity3d.ads.", "com.tradplus.",
)  # fmt: skip

# Buttons that lure (strong), and buttons that lure or serve according to the page (weak).
LURES = re.compile(
    r"(?:下载|安装|充值|付款|支付|开通|购买|下单).{0,4}(?:领|得|送|抽|返|赢)|领(?:取)?.{0,3}(?:红包|现金|金币)|抢红包|拆红包|红包雨|免费(?:领|抽|送)|"
    r"[0０零]元(?:购|领|抢|得)|(?:立即|马上|点击)(?:抽奖|提现|抢购|秒杀)|天天赚钱|看视频(?:领|赚|得)|最后\d+(?:秒|分钟)(?:抢|领)"
)
LURES_WEAK = re.compile(r"^(?:立即|马上|免费|点击|一键)(?:下载|安装|领取|充值|付款|支付|开通|购买|体验|试用|升级)|^(?:去领取|去下载|去安装|开通会员|续费)$")

# Controls that close a window.
CLOSE_TEXTS = ("关闭", "跳过", "×", "✕", "✖", "╳", "x", "X", "close", "Close", "CLOSE", "关闭广告", "关闭弹窗", "关闭浮窗", "关闭窗口", "关闭按钮", "不再显示")
CLOSE_IDS = re.compile(r"(?:^|[/_.:-]|[a-z])(?:close|dismiss|skip|shut|Close|Dismiss|Skip)(?:$|[/_.:-]|[A-Z]|btn|button|iv|img|icon)")

# Captchas by kind, the ways that another sense is offered by, and what only says that there may be one.
CAPTCHAS = {
    "puzzle": re.compile(r"拼图|滑块|拖动.{0,6}(?:验证|完成|图)|向右滑动|滑动(?:完成)?验证"),
    "image": re.compile(r"图(?:形|片|像)验证码|看不清|换一张|请输入图中|输入.{0,4}图.{0,3}字符"),
    "click": re.compile(r"依次点击|按顺序点击|点击图中|选择所有.{0,8}图|选出.{0,10}图"),
}
CAPTCHA_IDS = re.compile(r"captcha|geetest|gt_slider|tcaptcha|yidun|nc_wrapper|aliyuncaptcha|verify_?code_?(?:img|image)", re.I)
ALTERNATIVES = {
    "voice": re.compile(r"语音验证|语音播报|语音验证码|音频验证|收听验证|听(?:取)?验证码|播放语音|audio", re.I),
    "call": re.compile(r"电话验证|接听电话|来电验证|人工(?:客服|服务)"),
    "sms": re.compile(r"短信验证|短信登录|发送短信|手机验证码"),
    "face": re.compile(r"刷脸|人脸|指纹"),
    "other": re.compile(r"其他(?:验证)?方式|换(?:一种|个)方式|切换验证方式|无法(?:完成)?验证"),
}

GESTURES = (
    (re.compile(r"[三3][指个]手?指?.{0,4}(?:下滑|上滑|左滑|右滑|滑动|点击|双击|按住|长按|捏合|截屏)"), 3),
    (re.compile(r"四指.{0,4}(?:下滑|上滑|左滑|右滑|滑动|点击|捏合)"), 4),
    (re.compile(r"五指.{0,4}(?:下滑|上滑|滑动|点击|捏合)"), 5),
)
ALIASES = ("长辈版", "亲情版", "关爱版", "关怀版")
HAN = re.compile(r"[\u3400-\u9fff]")
