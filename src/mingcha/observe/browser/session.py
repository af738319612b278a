"""One browser, one context per profile, the pages of the plan one after the other."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Dialog, Download, Page, Request, sync_playwright
from playwright.sync_api import Error as BrowserError

from mingcha.observe.browser import elder, floating
from mingcha.observe.browser.captcha import captcha
from mingcha.observe.browser.changes import changes, shortcuts
from mingcha.observe.browser.keyboard import walk
from mingcha.observe.browser.options import PROFILES, Options
from mingcha.observe.browser.record import Recorder, script
from mingcha.observe.browser.watchdog import Watchdog
from mingcha.observe.browser.zoom import zoom
from mingcha.observe.plan import AGENT, Link, Plan, Stop

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--disable-extensions", "--metrics-recording-only", "--mute-audio", "--disable-dev-shm-usage",
    "--no-default-browser-check", "--disable-domain-reliability", "--disable-client-side-phishing-detection",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater",
    "--autoplay-policy=no-user-gesture-required", "--js-flags=--max-old-space-size=1024",
)  # fmt: skip
_REQUESTS = 3000  # kept of one page
_SETTLE = 2.5  # seconds that a page may go on loading after its document
# Which page of a site each profile tries its functions on; the first that was seen.
_PROBED: dict[str, tuple[tuple[str, ...], Callable[[Session, Page, Recorder], Any]]] = {
    "keyboard": (("home", "form", "article", "login"), walk), "changes": (("home",), changes), "keys": (("home", "form"), shortcuts),
    "captcha": (("home", "form", "login"), captcha), "floating": (("home",), floating.run), "zoom": (("home", "article"), zoom),
}  # fmt: skip


class Session:
    """What the child does. Everything is written at once: a visit that is ended keeps what it has."""

    def __init__(self, options: Options, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.limitations: list[dict[str, str]] = []
        self.left_out: list[str] = []
        self.visit: dict[str, Any] = {}
        self.name, self.engine = "", ""
        self.ends = time.monotonic() + options.wall - 10
        self.watchdog = Watchdog(options.page_seconds + 15)
        # Events of the page that is open now.
        self.requests: list[dict[str, Any]] = []
        self.events: list[dict[str, str]] = []

    def say(self, code: str, detail: str) -> None:
        """A limitation of the whole visit."""
        if len(self.limitations) < 200:
            self.limitations.append({"code": code, "detail": detail[:300]})

    def save(self) -> None:
        """What is known so far, for the parent."""
        said = {"browser": self.name, "engine": self.engine, "limitations": self.limitations, "left_out": self.left_out[:100], "visit": self.visit}
        (self.folder / "session.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")

    def run(self) -> None:
        """The whole visit."""
        with sync_playwright() as play, self.watchdog:
            browser = play.chromium.launch(
                executable_path=self.options.chromium, headless=True, args=list(_FLAGS),
                # Chromium passes loopback by its proxy unless told not to: the gate decides about every address.
                proxy={"server": self.options.proxy, "bypass": "<-loopback>"},
            )  # fmt: skip
            self.name = f"Chromium {browser.version}"
            self.save()
            try:
                for profile in self.options.profiles:
                    self.profile(browser, profile)
                    self.save()
            finally:
                self.save()
                with contextlib.suppress(BrowserError):
                    browser.close()

    def context(self, browser: Browser, profile: str, **more: Any) -> BrowserContext:
        """A context of a profile that no page can lead astray."""
        context = browser.new_context(
            **PROFILES[profile], locale=self.options.lang, timezone_id="Asia/Shanghai", accept_downloads=False,
            service_workers="block", ignore_https_errors=False, permissions=[], **more,
        )  # fmt: skip
        context.set_default_timeout(5000)
        context.set_default_navigation_timeout(self.options.page_seconds * 1000)
        context.add_init_script(script("hooks.js"))
        context.on("page", self._window)
        context.on("request", self._request)
        return context

    def _window(self, page: Page) -> None:
        """Every page's dialogs are answered and its downloads dropped; windows that a page opens are closed."""
        page.on("dialog", self._dialog)
        page.on("download", self._download)
        page.on("popup", self._popup)
        page.on("crash", self._crashed)

    def _crashed(self, page: Page) -> None:
        self._event("crash", page.url)

    def _event(self, kind: str, detail: str) -> None:
        if len(self.events) < 200:
            self.events.append({"kind": kind, "detail": detail[:300]})

    def _download(self, download: Download) -> None:
        self._event("download", download.suggested_filename)
        with contextlib.suppress(BrowserError):
            download.cancel()

    def _dialog(self, dialog: Dialog) -> None:
        self._event(f"dialog-{dialog.type}", dialog.message)
        with contextlib.suppress(BrowserError):
            dialog.dismiss() if dialog.type != "beforeunload" else dialog.accept()

    def _popup(self, page: Page) -> None:
        self._event("window", page.url)
        with contextlib.suppress(BrowserError):
            page.close()

    def _request(self, request: Request) -> None:
        if len(self.requests) < _REQUESTS:
            self.requests.append({"url": request.url[:1000], "type": request.resource_type, "t": round(time.monotonic(), 2)})

    def left(self) -> bool:
        """Whether there is time for more."""
        return time.monotonic() < self.ends

    def profile(self, browser: Browser, profile: str) -> None:
        """All pages of one profile, then what only trying shows."""
        context = self.context(browser, profile, record_har_path=str(self.folder / f"{profile}.har"), record_har_content="omit")
        recorder = Recorder(self, profile)
        try:
            plan = self._plan(context)
            queue = list(plan.stops) if not self.options.pages else [Stop("page", url, 0) for url in self.options.pages]
            while queue and self.left():
                stop, began = queue.pop(0), time.monotonic()
                page = context.new_page()
                try:
                    found = recorder.record(page, stop, "ordinary") if self.open(page, stop.url, recorder, stop) else None
                    if found is not None:
                        # The elder version has a pass of its own: entering it may change the pages that follow.
                        queue += [s for s in plan.add(stop, found) if s.role != "elder" or "elder" not in self.options.probes] if not self.options.pages else []
                        self._probe(page, stop, recorder)
                        recorder.page["took"] = round(time.monotonic() - began, 2)
                        recorder.save()
                finally:
                    self.shut(page)
                if not queue and not self.options.pages and (other := plan.more()) is not None:
                    queue.append(other)
            if queue:
                self.say("visit-cut", f"{profile}: {len(queue)} pages not visited, time was up")
            self.left_out += [u for u in plan.left_out if u not in self.left_out]
            if "elder" in self.options.probes and self.left():
                elder.run(self, context, recorder, plan)
        finally:
            with contextlib.suppress(BrowserError):
                context.close()

    def _plan(self, context: BrowserContext) -> Plan:
        if "robots" not in self.visit:
            self.visit["robots"] = self._robots(context)
        plan = Plan(self.options.url, self.visit["robots"], self.options.most)
        if not plan.stops and not self.options.pages:
            self.say("robots-closed", self.options.url)
        return plan

    def _probe(self, page: Page, stop: Stop, recorder: Recorder) -> None:
        """Try out what this page stands for."""
        for name, (roles, run) in _PROBED.items():
            if name not in self.options.probes or not (self.options.pages or stop.role in roles) or not self.left():
                continue
            if name in ("keyboard", "keys", "changes") and recorder.profile != self.options.profiles[0]:
                continue
            self.watchdog.beat()
            try:
                recorder.note(name, run(self, page, recorder))
            except BrowserError as e:
                recorder.limit("probe-failed", f"{name}: {str(e).splitlines()[0]}")
        zoomed = recorder.page["probes"].get("zoom")
        if isinstance(zoomed, dict) and zoomed.get("dark") and self.left():
            self._dark(page, stop, recorder)

    def _dark(self, page: Page, stop: Stop, recorder: Recorder) -> None:
        """The page as it looks to those who prefer dark colours: its contrast is another."""
        with contextlib.suppress(BrowserError):
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(150)
            recorder.variant(stop, "ordinary", "dark")
            recorder.page["asked"] = page.url
            recorder.record(page, stop, "ordinary")
            page.emulate_media(color_scheme="light")

    def shut(self, page: Page) -> None:
        """Close a page whatever it says."""
        with contextlib.suppress(BrowserError):
            page.close(run_before_unload=False)

    def open(self, page: Page, url: str, recorder: Recorder, stop: Stop) -> bool:
        """Go to an address and let it settle. False where nothing came that can be looked at; the record says why."""
        self.requests, self.events = [], []
        self.watchdog.beat()
        status, error, form = None, "", ""
        try:
            answer = page.goto(url, wait_until="domcontentloaded", timeout=self.options.page_seconds * 1000)
            status = answer.status if answer else None
            form = answer.headers.get("content-type", "") if answer else ""
        except BrowserError as e:
            error = _reason(str(e))
        if status is not None and status >= 400:
            recorder.failed(stop, status, str(status), "page-error")  # what a server says of its faults is no page of the site
            return False
        if form and "html" not in form:
            recorder.failed(stop, status, form[:60], "page-error")
            return False
        if error and error != "timeout":
            recorder.failed(stop, status, error)
            return False
        self.settle(page)
        if error and not self.alive(page):
            recorder.failed(stop, status, error)
            return False
        recorder.opened(stop, status, error)
        return True

    def settle(self, page: Page) -> None:
        """Wait until a page is quiet, at most some seconds."""
        with contextlib.suppress(BrowserError):
            page.wait_for_load_state("networkidle", timeout=_SETTLE * 1000)
        with contextlib.suppress(BrowserError):
            page.wait_for_timeout(150)

    def alive(self, page: Page) -> bool:
        """Whether the page answers at all: a script may hold it for ever."""
        try:
            return bool(page.wait_for_function("() => document.body !== null", timeout=3000))
        except BrowserError:
            return False

    def _robots(self, context: BrowserContext) -> str | None:
        """Text of robots.txt. A site without one leaves everything open (RFC 9309 §2.3.1.3)."""
        text = None
        with contextlib.suppress(BrowserError):
            answer = context.request.get(urljoin(self.options.url, "/robots.txt"), timeout=8000, max_redirects=3, headers={"User-Agent": AGENT})
            if answer.ok and "html" not in answer.headers.get("content-type", ""):
                text = answer.body()[:500_000].decode("utf-8", "replace")
        return text

    def links(self, found: list[dict[str, Any]]) -> list[Link]:
        """Links among the controls of a page."""
        return [Link(c["name"] or c["title"], c["href"]) for c in found if c["href"]]


def _reason(message: str) -> str:
    """Why a page did not open, as a stable word."""
    for mark, word in (
        ("ERR_CERT", "certificate"), ("ERR_SSL", "certificate"), ("ERR_TOO_MANY_REDIRECTS", "redirects"), ("Timeout", "timeout"),
        ("ERR_ABORTED", "download"), ("Download is starting", "download"), ("ERR_TUNNEL", "refused"), ("ERR_NAME", "unresolved"),
        ("crashed", "crash"), ("closed", "crash"),
    ):  # fmt: skip
        if mark in message:
            return word
    return "unreachable"
