"""A picture captcha: whether the control that is said to enlarge it does, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from mingcha.observe.browser.record import Recorder

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_TRY = """async () => {
  const hint = /captcha|kaptcha|vcode|verif(?:y|ication)[-_]?(?:code|img|image)|check[-_]?code|验证码|图形码/i;
  const code = [...document.querySelectorAll('img,canvas')].find((e) => hint.test([e.id, e.className, e.getAttribute('src'), e.alt, e.title].join(' ')) && e.getBoundingClientRect().width > 20);
  if (!code) return null;
  const control = [...document.querySelectorAll('button,a,[role=button],input[type=button],[onclick]')].find((e) => /放大|zoom|enlarge/i.test([e.innerText, e.value, e.title, e.getAttribute('aria-label')].join(' ')));
  const size = () => { const big = [...document.querySelectorAll('img,canvas')].filter((e) => e === code || (e.src && e.src === code.src)); return Math.max(...big.map((e) => e.getBoundingClientRect().width)); };
  if (!control) return { control: false, times: null };
  const before = size();
  control.click();
  await new Promise((done) => setTimeout(done, 500));
  return { control: true, times: Math.round(size() / before * 100) / 100 };
}"""


def captcha(session: Session, page: Page, recorder: Recorder) -> dict[str, Any] | None:
    """Whether a control enlarges the captcha, and how many times its width after it was used (MIIT-67 annex 1, W5: twice);
    None where the page has no picture captcha."""
    found: dict[str, Any] | None = page.evaluate(_TRY)
    return found
