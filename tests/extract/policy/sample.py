"""A policy of our own, one section for each element: nothing is said twice, so that a section that goes takes its
element with it and no other."""

from __future__ import annotations

TITLE = "示例应用隐私政策"

SECTIONS: dict[str, tuple[str, str]] = {
    "handler-name": ("关于本公司", "公司名称：北京示例科技有限公司。"),
    "handler-address": ("所在地", "注册地址：北京市海淀区示例路一号。"),
    "contact": ("与我们联络", "您可以发送邮件至 help@example.cn。"),
    "protection-officer": ("负责人员", "我们设有个人信息保护负责人。"),
    "scope": ("何处适用", "本政策仅适用于示例应用的各项服务。"),
    "effective-date": ("日期", "生效日期：2025年3月1日。"),
    "collection-purpose": ("登录", "为了帮助您完成登录，我们需要收集您的手机号码。"),
    "basic-function": ("主要部分", "本应用的基本业务功能是浏览商品。"),
    "extended-function": ("其他部分", "本应用的附加业务功能是语音搜索。"),
    "refusal-consequence": ("不愿提供时", "如您拒绝提供上述内容，将无法完成登录。"),
    "sensitive-data": ("特别标注", "敏感个人信息以加粗字体标明。"),
    "sensitive-necessity": ("特别内容的影响", "处理上述敏感内容的必要性在于核实身份。"),
    "permissions": ("相机", "我们会申请相机权限，用于扫码。"),
    "permission-off": ("如何关闭", "您可以在手机设置中关闭相机权限。"),
    "cookies": ("小型文件", "我们使用 Cookie 记住您的语言。"),
    "sdk-list": ("伙伴名录", "详见第三方SDK目录。"),
    "sharing": ("交给他人", "我们会与合作伙伴共享您的订单。"),
    "sharing-consent": ("另行征求意见", "对外提供之前，会征得您的单独同意。"),
    "receiver": ("他人是谁", "我们会告知接收方的名称。"),
    "entrusted": ("请人代办", "我们委托供应商发送短信。"),
    "merger": ("公司变动", "如发生合并或分立，由继受者继续履行责任，个人信息一并转移。"),
    "public-disclosure": ("公之于众", "我们不会公开披露您的头像。"),
    "collected-list": ("清单", "您可以在设置中查看个人信息收集清单。"),
    "consent-exceptions": ("例外", "为履行法定职责所必需的，无需征得您的同意。"),
    "storage-place": ("放在哪里", "您的数据存储在中华人民共和国境内。"),
    "storage-period": ("放多久", "订单的保存期限为3年。"),
    "after-period": ("到时以后", "超出上述时间后，我们会予以删除。"),
    "cross-border": ("国界", "我们不会向境外传送数据。"),
    "security": ("防护", "我们采用加密技术传输数据。"),
    "incident": ("出事时", "发生安全事件时，我们会及时告知您。"),
    "access": ("看一看", "您有权查阅您的个人资料。"),
    "correction": ("改一改", "您可以更正您的资料。"),
    "deletion": ("去掉", "您可以请求删除您的资料。"),
    "withdrawal": ("收回", "您可以随时撤回同意。"),
    "cancellation": ("离开", "您可以在设置中注销账号。"),
    "cancellation-limit": ("离开要多久", "注销申请将在15个工作日内完成。"),
    "after-cancellation": ("离开以后", "注销完成后，我们会将有关内容匿名化。"),
    "portability": ("带走", "符合条件的，您可以要求将其转移至您指定的其他平台。"),
    "automated-decision": ("机器判断", "我们会使用自动化决策。"),
    "personalisation-off": ("不要推荐", "您可以在设置中关闭个性化推荐。"),
    "algorithm": ("怎样推荐", "推荐算法的基本原理是匹配兴趣标签。"),
    "reply-limit": ("多久回复", "我们将在十五日内答复您。"),
    "complaint": ("不满意时", "您可以向网信部门举报。"),
    "minors": ("年少者", "未成年人请谨慎使用。"),
    "guardian-consent": ("家里大人", "请在监护人同意后使用。"),
    "change-notice": ("本政策的变动", "本政策修订后，我们会以弹窗方式提醒。"),
    "cessation": ("结束", "如停止运营，我们会提前公布。"),
    "deceased": ("身后", "近亲属可以行使有关权利。"),
}  # fmt: skip



def text(without: str = "") -> str:
    """The whole as plain text, or all but one section."""
    numbers = "一二三四五六七八九十"
    parts = [TITLE]
    for n, (element, (head, body)) in enumerate(SECTIONS.items()):
        if element != without:
            tens = "" if n < 10 else ("十" if n < 20 else f"{numbers[n // 10 - 1]}十")
            parts += [f"{tens}{numbers[n % 10]}、{head}", body]
    return "\n".join(parts) + "\n"


def html(without: str = "") -> str:
    """The same as a page."""
    body = "".join(f"<h2>{head}</h2><p>{said}</p>" for e, (head, said) in SECTIONS.items() if e != without)
    return f"<!doctype html><html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"
