"""The parent of a visit: gate, clock, memory, clean-up, and the record of how it ended."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mingcha.errors import BadInput, ToolMissing, Usage
from mingcha.observe.addresses import Pins
from mingcha.observe.browser.options import PROFILES, SCHEMA, Options
from mingcha.observe.browser.processes import family, resident
from mingcha.observe.gate import Gate, GateLimits

_STEP = 0.25  # seconds between two looks at clock and memory


def browser() -> str:
    """Path of the browser that a visit starts: the system's Chromium, else Playwright's own; empty where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        if found := shutil.which(name):
            return found
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next((str(p) for p in sorted(own.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), "")


def lacking() -> dict[str, str] | None:
    """What a visit lacks on this machine, in both languages; None where nothing."""
    if importlib.util.find_spec("playwright") is None:
        return {"zh": "未安装 Playwright：pip install 'mingcha[web]'", "en": "Playwright is not installed: pip install 'mingcha[web]'"}
    if not browser():
        return {"zh": "未找到 Chromium：apt install chromium", "en": "no Chromium was found: apt install chromium"}
    return None


def visit(options: Options, folder: Path, progress: Callable[[str], None] | None = None) -> Path:
    """Record a visit into `folder`, which must be new or empty. Returns the folder.

    BadInput where the address is none or the folder holds something, ToolMissing without a browser. All else that goes
    wrong is a limitation in `visit.json`.
    """
    parts = urlsplit(options.url)
    try:
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise BadInput(
            f"{options.url[:200]} 不是网页地址", f"{options.url[:200]} is no web address",
            {"zh": "请给出 http:// 或 https:// 开头的地址", "en": "give an address that begins with http:// or https://"}, code="no-address",
        )  # fmt: skip
    if wrong := [p for p in options.profiles if p not in PROFILES]:
        raise BadInput(f"没有此终端类型：{wrong[0]}", f"no such profile: {wrong[0]}", code="no-profile")
    if why := lacking():
        raise ToolMissing(why["zh"], why["en"], code="no-browser")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as e:
        raise Usage(f"{folder} 无法写入：{e.strerror}", f"{folder} cannot be written: {e.strerror}", code="unwritable") from e
    if taken:
        raise BadInput(f"{folder} 不是空文件夹", f"{folder} is not empty", {"zh": "请另给一个新文件夹", "en": "name a new folder"}, code="not-empty")
    started = datetime.now(UTC)
    with Gate(Pins(options.allow), GateLimits(bytes=options.max_mb * 1_000_000)) as gate:
        ready = msgspec.structs.replace(options, chromium=options.chromium or browser(), proxy=gate.url)
        how = _run(ready, folder, progress or (lambda _: None))
        refusals = [{"host": r.host, "reason": r.reason} for r in gate.refusals]
        received = gate.received
    _finish(folder, options, started, how, refusals, received)
    return folder


def _run(options: Options, folder: Path, progress: Callable[[str], None]) -> str:
    """Run the child to its end. How it ended: "" for well, else a code of limitation."""
    with tempfile.TemporaryDirectory(prefix="mingcha-visit-", ignore_cleanup_errors=True) as scratch:
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "PYTHONPATH", "LANG", "LC_ALL", "MINGCHA_DEBUG", "FONTCONFIG_PATH")}
        # The browser's profile and temporary files lie in this folder, and its processes are known by it.
        env |= {"TMPDIR": scratch, "PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS": "1", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "mingcha.observe.browser.child", str(folder.absolute())]
        errors = None if os.environ.get("MINGCHA_DEBUG") else subprocess.DEVNULL
        process = subprocess.Popen(command, env=env, start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        assert process.stdin and process.stdout
        with contextlib.suppress(OSError):
            process.stdin.write(msgspec.json.encode(options))
            process.stdin.close()
        told = threading.Thread(target=_tell, args=(process.stdout, progress), daemon=True)
        told.start()
        try:
            return _watch(process, options, scratch)
        finally:
            _sweep(process, scratch)
            told.join(2)
            process.stdout.close()


def _tell(lines: Any, progress: Callable[[str], None]) -> None:
    with contextlib.suppress(ValueError, OSError):
        for line in lines:
            progress(line.decode("utf-8", "replace").strip()[:300])


def _watch(process: subprocess.Popen[bytes], options: Options, scratch: str) -> str:
    ends, looks = time.monotonic() + options.wall, 0
    while True:
        try:
            status = process.wait(_STEP)
        except subprocess.TimeoutExpired:
            looks += 1
            if time.monotonic() > ends:
                return "timeout"
            # A look at all processes costs milliseconds: once a second is enough for what grows by megabytes.
            if looks % 4 == 0 and sum(resident(p) for p in family(process.pid, scratch)) > options.memory_mb * 1_000_000:
                return "memory"
            continue
        return "" if status == 0 else "crash"


def _sweep(process: subprocess.Popen[bytes], scratch: str) -> None:
    """No process of the visit outlives it."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    for _ in range(20):
        left = [p for p in family(process.pid, scratch) if p != process.pid]
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            break
        time.sleep(0.05)
    process.wait()


def _finish(folder: Path, options: Options, started: datetime, how: str, refusals: list[dict[str, str]], received: int) -> None:
    """Put together what the child wrote page by page: the index of the folder."""
    pages = []
    for path in sorted((folder / "pages").glob("*/page.json")) if (folder / "pages").is_dir() else []:
        with contextlib.suppress(OSError, ValueError):
            pages.append(json.loads(path.read_bytes()))
    said: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        said = json.loads((folder / "session.json").read_bytes())
    limitations = list(said.get("limitations", []))
    if how:
        limitations.append({"code": how, "detail": f"the visit was ended after {len(pages)} pages"})
    if refusals:
        limitations += [{"code": "address-refused", "detail": f"{r['host']}: {r['reason']}"} for r in refusals[:50] if r["reason"] not in ("unreachable", "unresolved")]
    index = {
        "schema": SCHEMA, "url": options.url, "started": started.isoformat(), "ended": datetime.now(UTC).isoformat(),
        "browser": said.get("browser", ""), "engine": said.get("engine", ""), "profiles": list(options.profiles), "probes": options.probes,
        "left_out": said.get("left_out", []), "received": received, "refusals": refusals, "limitations": limitations,
        "pages": sorted(pages, key=lambda p: (options.profiles.index(p["profile"]), p["number"])), "visit": said.get("visit", {}),
    }  # fmt: skip
    (folder / "visit.json").write_text(json.dumps(index, ensure_ascii=False, indent=1), "utf-8")
    (folder / "session.json").unlink(missing_ok=True)
