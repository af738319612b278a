"""Small Chinese sites made from a specification: one good site, and sites that lack exactly one thing it has.

A site is three pages (home, article, form) with a version for older users. `SITES` names each one with what its change
must do: the rules that must no longer pass. What is not named there must come out as on the good site.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, field, replace


def wav(seconds: int = 4, rate: int = 8000) -> str:
    """A data address of a tone: a beep that can be heard."""
    body = bytes(128 + (60 if (n // 10) % 2 else -60) for n in range(seconds * rate))
    head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate, 1, 8) + b"data" + struct.pack("<I", len(body))
    return "data:audio/wav;base64," + base64.b64encode(head + body).decode()


@dataclass(frozen=True)
class Site:
    """What a site is made of. The defaults make the good one."""

    lang: str = ' lang="zh-CN"'
    viewport: str = "width=device-width, initial-scale=1"
    entry: str = '<a href="#" id="elder" class="entry">长辈版</a>'
    elder_px: int = 24
    keep: bool = True
    line: float = 1.6
    colour: str = "#222"
    back: str = "#fff"
    focus: str = "a:focus,button:focus,input:focus,[tabindex]:focus{outline:3px solid #06c}"
    more_css: str = ""
    voice: bool = True
    pointer: bool = True
    agent: str = '<a href="tel:12345">人工客服 12345</a>'
    main: tuple[str, ...] = ()
    elder: str = ""
    form: str = ""
    head: str = ""
    script: str = ""
    order: tuple[int, ...] = (0, 1, 2)
    title: str = "示例市民服务网"
    size_tool: bool = False


_SPEAK = """
let reading = false;
document.getElementById('read').onclick = () => { reading = !reading; };
document.addEventListener('mouseover', (e) => { if (reading && e.target.innerText) speechSynthesis.speak(new SpeechSynthesisUtterance(e.target.innerText)); });
document.addEventListener('focusin', (e) => { if (reading && e.target.innerText) speechSynthesis.speak(new SpeechSynthesisUtterance(e.target.innerText)); });
"""
_CURSOR = "data:image/svg+xml;utf8,<svg xmlns=%22http://www.w3.org/2000/svg%22 width=%2264%22 height=%2264%22><path d=%22M4 4v52l14-14 10 20 8-4-10-20h20z%22/></svg>"


def page(site: Site, name: str) -> str:
    """HTML of one page of a site: home, article or form."""
    blocks = [
        "<section><h2>办事指南</h2><p>办理社会保障卡请携带身份证件到就近的服务网点，工作人员会为您说明每一步怎样办理，一般当天可以办完。</p><p>需要帮助时可以拨打服务热线，也可以请家人陪同前来，网点设有老年人优先窗口和休息座位。</p></section>",
        '<section><h2>通知公告</h2><ul><li><a href="/%s/a/20260101_1.html">关于开展老年人智能技术培训活动的通知</a></li><li><a href="/%s/form.html">市民留言</a></li></ul></section>',
        '<section><h2>联系我们</h2><p>地址：示例市示例路一号。服务时间为工作日上午九点至下午五点，节假日安排另行通知。</p><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=" alt="服务大厅位置图" width="120" height="80"></section>',
    ]
    body = "".join(blocks[i] for i in site.order) + "".join(site.main)
    if name == "article":
        body = f"<article><h2>关于开展老年人智能技术培训活动的通知</h2>{blocks[0]}</article>"
    if name == "form":
        body = f'<form action="#"><h2>市民留言</h2><p><label>姓名 <input name="name" autocomplete="name"></label></p><p><label>留言 <textarea name="text"></textarea></label></p>{site.form}<p><button type="button">提交留言</button></p></form>'
    tools = ('<button type="button" id="read">语音朗读</button>' if site.voice else "") + ('<button type="button" id="big">大鼠标</button>' if site.pointer else "") + ('<button type="button" id="size">放大字号</button>' if site.size_tool else "")
    return f"""<!doctype html><html{site.lang}><head><meta charset="utf-8"><title>{site.title} {name}</title><meta name="viewport" content="{site.viewport}">{site.head}
<style>body{{margin:0;padding:0 16px;font:16px/{site.line} sans-serif;color:{site.colour};background:{site.back}}} p{{margin:0 0 2em}} a{{color:inherit;display:inline-block;min-height:48px;min-width:48px}} button,input,textarea{{font:inherit;min-height:48px;min-width:48px;color:#111;background:#fff}}
li{{list-style:none;margin:0 0 8px}} body.elder{{font-size:{site.elder_px}px}} body .only-elder{{display:none}} body.elder .only-elder{{display:block}} body.pointer,body.pointer *{{cursor:url('{_CURSOR}'),auto}} body.large{{font-size:30px}} {site.focus} {site.more_css}</style></head>
<body><header>{site.entry} {site.agent} {tools}</header><main><h1>{site.title}</h1>{body}<div class="only-elder">{site.elder}</div></main>
<script>if (localStorage.getItem('elder')) document.body.classList.add('elder');
const entry = document.getElementById('elder'); if (entry) entry.onclick = (e) => {{ e.preventDefault(); document.body.classList.add('elder'); {"localStorage.setItem('elder', '1');" if site.keep else ""} }};
{_SPEAK if site.voice else ""}{"document.getElementById('big').onclick = () => document.body.classList.toggle('pointer');" if site.pointer else ""}{"document.getElementById('size').onclick = () => document.body.classList.toggle('large');" if site.size_tool else ""}{site.script}</script></body></html>"""


GOOD = Site()


def floating(size: int = 48, place: str = "right:0;top:0", returns: bool = False, closes: bool = True, control: bool = True, jump: bool = False) -> str:
    """A window over the page."""
    close = f'<button type="button" id="shut" aria-label="关闭" style="position:absolute;{place};width:{size}px;height:{size}px;min-width:0;min-height:0;padding:0">×</button>' if control else ""
    act = "location.href='/'+location.pathname.split('/')[1]+'/form.html'" if jump else "document.getElementById('float').remove();" + ("" if returns else "localStorage.setItem('shut','1');") if closes else "1"
    script = f"<script>if(localStorage.getItem('shut'))document.getElementById('float').remove();else{{const b=document.getElementById('shut');if(b)b.onclick=()=>{{{act}}};}}</script>"
    return f'<div id="float" style="position:fixed;left:200px;top:200px;width:300px;height:220px;background:#fff;border:1px solid #333;z-index:9"><p>年度满意度调查开始了，请参加</p>{close}</div>{script}'


@dataclass(frozen=True)
class Case:
    """A site and the rules that must not pass on it; of all others the good site's outcome is expected. `good`: the change
    is one that must alter nothing."""

    name: str
    site: Site
    bad: tuple[str, ...] = ()
    also: tuple[str, ...] = field(default=())
    """Rules that may differ as well, because what they look at is gone."""


def _main(*html: str, **more: object) -> Site:
    return replace(GOOD, main=html, **more)  # type: ignore[arg-type]


_ELDER_GONE = ("web-elder-entry-reach", "web-elder-entry-name", "web-elder-text-size", "web-large-text", "web-large-text-lost", "web-line-spacing", "web-voice", "web-pointer", "web-elder-ads", "web-elder-inducement", "web-target-size")
_AUDIO = f'<audio controls src="{wav()}"></audio>'

SITES: tuple[Case, ...] = (
    Case("good", GOOD),
    Case("reordered", replace(GOOD, order=(2, 0, 1))),
    Case("dark", replace(GOOD, colour="#eee", back="#111", focus="a:focus,button:focus,input:focus,textarea:focus{outline:3px solid #fd0}")),
    Case("blue", replace(GOOD, colour="#0b2a55", back="#eef4ff")),
    # W1
    Case("no-entry", replace(GOOD, entry=""), ("web-elder-entry",), _ELDER_GONE),
    Case("entry-is-a-span", replace(GOOD, entry='<span id="elder" style="cursor:pointer">长辈版</span>'), ("web-elder-entry-reach", "web-keyboard-reach")),
    Case("entry-far-down", replace(GOOD, entry="", main=('<div style="height:1600px"></div><a href="#" id="elder">长辈版</a>',)), ("web-elder-entry-reach",)),
    Case("entry-by-another-name", replace(GOOD, entry='<a href="#" id="elder">无障碍浏览</a>'), ("web-elder-entry-name",)),
    Case("entry-by-second-name", replace(GOOD, entry='<a href="#" id="elder">关怀版</a>')),
    # W2
    Case("elder-no-larger", replace(GOOD, elder_px=16), ("web-large-text", "web-elder-text-size"), ("web-large-text-lost",)),
    Case("elder-no-larger-but-a-tool", replace(GOOD, elder_px=18, size_tool=True)),
    Case("large-type-lost", replace(GOOD, keep=False), ("web-large-text-lost",), ("web-elder-text-size",)),
    Case("clipped-at-200", _main('<div style="height:30px;overflow:hidden;line-height:1.6">本周末系统升级期间部分业务暂停办理，请提前安排时间，给您带来不便敬请谅解，感谢您的支持。</div>'), ("web-zoom-clipped", "web-reflow"), ("web-text-spacing",)),
    Case("too-wide-at-320", _main('<div style="width:700px;background:#eee;height:20px"></div>'), ("web-reflow",)),
    Case("clipped-when-spaced", _main('<div style="width:250px;height:56px;overflow:hidden;line-height:1.4;font-size:16px">请您携带身份证件和银行卡到服务网点办理业务，谢谢您的配合</div>'), ("web-text-spacing",), ("web-zoom-clipped", "web-reflow")),
    Case("no-zooming", replace(GOOD, viewport="width=device-width, initial-scale=1, user-scalable=no"), ("web-zoom",)),
    # W3
    Case("elder-17", replace(GOOD, elder_px=17), ("web-elder-text-size", "web-large-text"), ("web-large-text-lost",)),
    Case("elder-18", replace(GOOD, elder_px=20)),
    Case("close-lines", replace(GOOD, line=1.15), ("web-line-spacing",), ("web-text-spacing",)),
    Case("grey-text", _main('<p style="color:#999">本页内容仅供参考，具体以窗口答复为准。</p>'), ("web-contrast",)),
    Case("grey-but-enough", _main('<p style="color:#666">本页内容仅供参考，具体以窗口答复为准。</p>')),
    Case("pale-large-text", _main('<p style="color:#bbb;font-size:32px">热烈欢迎</p>'), ("web-contrast",)),
    Case("grey-large-text", _main('<p style="color:#888;font-size:32px">热烈欢迎</p>')),
    Case("white-over-a-picture", _main('<div style="position:relative;height:80px"><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=" alt="" height="80" style="position:absolute;left:0;top:0;width:100%"><p style="position:relative;color:#fff;padding:20px">欢迎来到市民服务大厅</p></div>')),
    Case("white-over-a-placed-box", _main('<div style="position:relative;height:80px"><span style="position:absolute;left:0;top:0;width:100%;height:80px;background:#123"></span><p style="position:relative;color:#fff;padding:20px">欢迎来到市民服务大厅</p></div>')),
    # W4
    Case("focus-unseen", replace(GOOD, focus="a:focus,button:focus,input:focus,textarea:focus{outline:none}"), ("web-focus-visible",)),
    Case("focus-by-background", replace(GOOD, focus="a:focus,button:focus,input:focus,textarea:focus{outline:none;background:#ffd400}")),
    Case("no-voice", replace(GOOD, voice=False), ("web-voice",)),
    # W5
    Case("captcha", replace(GOOD, form='<p><img src="/captcha.png?t=1" id="captchaImg" alt="图形验证码" width="120" height="40" style="background:#ddd"><label>验证码 <input name="code"></label></p>'), ("web-captcha",)),
    Case("captcha-with-ways", replace(GOOD, form='<p><img src="/captcha.png?t=1" id="captchaImg" alt="图形验证码" width="120" height="40" style="background:#ddd"><label>验证码 <input name="code"></label> <button type="button" onclick="this.form.querySelector(&quot;img&quot;).style.cssText=&quot;width:280px;height:90px;background:#ddd&quot;">放大验证码</button> <button type="button">语音验证</button></p>'), (), ("web-captcha",)),
    Case("captcha-little-larger", replace(GOOD, form='<p><img src="/captcha.png?t=1" id="captchaImg" alt="图形验证码" width="120" height="40" style="background:#ddd"><label>验证码 <input name="code"></label> <button type="button" onclick="this.form.querySelector(&quot;img&quot;).style.cssText=&quot;width:150px;height:50px;background:#ddd&quot;">放大验证码</button> <button type="button">语音验证</button></p>'), ("web-captcha",)),
    # W6
    Case("time-limit", replace(GOOD, form="<p>本页面将在 60 秒后自动退出。</p>"), ("web-time-limit",)),
    Case("time-limit-to-extend", replace(GOOD, form='<p>本页面将在 60 秒后自动退出。</p><p><button type="button">延长时间</button></p>'), (), ("web-time-limit",)),
    Case("refresh", replace(GOOD, head='<meta http-equiv="refresh" content="600">'), ("web-time", "web-time-limit")),
    Case("restless", _main('<p>在线人数 <span id="n">1</span></p>', script="setInterval(() => { document.getElementById('n').textContent = String(Math.random()).slice(2, 8); }, 500);"), ("web-time",)),
    Case("restless-with-pause", _main('<p>在线人数 <span id="n">1</span> <button type="button" id="stop">暂停滚动</button></p>', script="const t = setInterval(() => { document.getElementById('n').textContent = String(Math.random()).slice(2, 8); }, 500); document.getElementById('stop').onclick = () => clearInterval(t);")),
    # W8
    Case("ad-in-elder", replace(GOOD, elder='<div class="box"><span>广告</span><a href="/x.html">保健品特价专场</a></div>'), ("web-elder-ads",)),
    Case("ad-outside-elder", _main('<div class="plain" id="p1"><span>广告</span><a href="/x.html">保健品特价专场</a></div>', more_css="body.elder #p1{display:none}")),
    Case("luring", replace(GOOD, elder='<button type="button">立即领取红包</button>'), ("web-elder-inducement",)),
    Case("window-closes", _main(floating()), (), ("web-floating-close", "web-floating-control")),
    Case("window-returns", _main(floating(returns=True)), ("web-floating-close",), ("web-floating-control",)),
    Case("window-stays", _main(floating(closes=False)), ("web-floating-close",), ("web-floating-control",)),
    Case("window-without-control", _main(floating(control=False)), ("web-floating-close",), ("web-floating-control",)),
    Case("window-leads-away", _main(floating(jump=True)), ("web-floating-close",), ("web-floating-control",)),
    Case("window-small-control", _main(floating(size=20)), ("web-floating-control",), ("web-floating-close",)),
    Case("window-control-elsewhere", _main(floating(place="left:0;top:80px")), ("web-floating-control",), ("web-floating-close",)),
    Case("alert", replace(GOOD, script="if (location.pathname.endsWith('/')) alert('欢迎光临');"), ("web-popups",)),
    # W9
    Case("mouse-only", _main('<div onclick="this.textContent=\'已展开\'" style="cursor:pointer">展开办理条件</div>'), ("web-keyboard-reach",)),
    Case("role-and-tabindex", _main('<div role="button" tabindex="0" onclick="1" onkeydown="1" style="cursor:pointer;min-height:48px">展开办理条件</div>')),
    Case("trap", _main('<p><label>搜索 <input id="t"></label></p>', script="document.getElementById('t').onblur = (e) => setTimeout(() => e.target.focus(), 5);"), ("web-keyboard-trap",), ("web-keyboard-reach",)),
    Case("hidden-focus", _main('<div aria-hidden="true"><a href="/x.html">旧版入口</a></div>'), ("web-keyboard",)),
    Case("no-pointer", replace(GOOD, pointer=False), ("web-pointer",)),
    Case("small-targets", replace(GOOD, more_css="body.elder header a{min-height:0;min-width:0;font-size:18px;line-height:1.2}"), ("web-target-size",)),
    # W10
    Case("picture-unnamed", _main('<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=" width="100" height="60">'), ("web-names",)),
    Case("link-unnamed", _main('<p>资料 <a href="/x.html"><i class="icon"></i></a></p>'), ("web-names",)),
    Case("label-not-in-name", _main('<button type="button" aria-label="submit">提交申请</button>'), ("web-names",)),
    Case("label-in-name", _main('<button type="button" aria-label="提交申请并打印">提交申请</button>')),
    Case("pale-when-dark", replace(GOOD, more_css="@media (prefers-color-scheme: dark){body{background:#222;color:#eee}.dim{color:#555}}", main=('<p class="dim">本页内容仅供参考，具体以窗口答复为准。</p>',)), ("web-contrast",)),
    Case("wrong-role", _main('<div role="buton">说明</div>'), ("web-aria",)),
    Case("list-broken", _main("<ul><div>办理条件</div><div>办理材料</div></ul>"), ("web-structure",)),
    Case("field-unlabelled", replace(GOOD, form='<p><input name="phone"></p>'), ("web-forms",)),
    Case("field-titled", replace(GOOD, form='<p><input name="phone" aria-label="手机号码"></p>')),
    Case("no-lang", replace(GOOD, lang=""), ("web-language",)),
    Case("audio-alone", Site(main=(_AUDIO,), order=(1,)), ("web-media",)),
    Case("audio-with-text", _main(_AUDIO)),
    Case("more-links", _main('<div><a href="/x.html">更多</a></div>'), ("web-meaning",)),
    Case("more-links-named", _main('<div><a href="/x.html">更多通知公告</a></div>')),
    # beside the criteria
    Case("nobody", replace(GOOD, agent=""), ("web-human-agent",)),
    Case("agent-by-link", replace(GOOD, agent='<a href="/chat.html">在线客服</a>')),
)


def files(case: Case) -> dict[str, str]:
    """Paths and pages of a site below its own folder."""
    home, article, form = (page(case.site, n).replace("/%s/", f"/{case.name}/") for n in ("home", "article", "form"))
    return {"": home, "a/20260101_1.html": article, "form.html": form}
