"""An exhibit → facts; pure and offline.

A reader is a function `read(path, emit, catalogue) -> Exhibit` in READERS; its `sniff` says
from the content whether an exhibit is its kind. Adding one = one module, one line, one test.
"""

from __future__ import annotations

import importlib
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.errors import BadInput
from mingcha.extract.cache import Cache
from mingcha.extract.client import Reading, Taught, Worker, refusal
from mingcha.model import Exhibit

__all__ = ["READERS", "Reading", "Taught", "Worker", "read_here", "refusal", "sniff", "unreadable"]

Emit = Callable[[Iterable[dict[str, Any]]], None]

class Reader(NamedTuple):
    """Modules by name: one with `sniff(path, head)`, imported before the child process is asked
    and therefore light, one with `read(path, emit, catalogue)`. They may be the same."""

    sniff: str
    read: str
    cached: bool = False
    """Whether `read` takes a cache and a file of fingerprints as well."""
    seeded: bool = False
    """Whether `read` takes an identity sheet as well."""


# kind of exhibit -> its reader; the first whose `sniff` fits wins
READERS: dict[str, Reader] = {
    # Before packages: a workbook is a ZIP too. It is told by its own names and never where a manifest or code is.
    "behaviour": Reader("mingcha.extract.behaviour.sniff", "mingcha.extract.behaviour.reader"),
    "package": Reader("mingcha.extract.package.sniff", "mingcha.extract.package.reader", True),
    "traffic": Reader("mingcha.extract.traffic.sniff", "mingcha.extract.traffic.reader", seeded=True),
    "sheet": Reader("mingcha.extract.sheet", "mingcha.extract.sheet"),
    # Any text that speaks of privacy: it comes after everything that is known by a form of its own.
    "policy": Reader("mingcha.extract.policy.sniff", "mingcha.extract.policy.reader"),
}
# The same for exhibits that are folders; `sniff(path)` of these modules sees the folder.
FOLDERS: dict[str, Reader] = {
    "page": Reader("mingcha.extract.page.sniff", "mingcha.extract.page.reader"),
    "screens": Reader("mingcha.extract.screens.sniff", "mingcha.extract.screens.reader"),
}


def stated(path: Path, kind: str) -> str:
    """The kind that the user states of an exhibit. BadInput where there is no file, or an empty one."""
    if not (kind in FOLDERS and _is_folder(path)):
        _head(path)
    return kind


def sniff(path: Path) -> str:
    """Kind of an exhibit, from its content. BadInput where it is nothing we can read."""
    if _is_folder(path):
        for kind, reader in FOLDERS.items():
            if importlib.import_module(reader.sniff).sniff(path):
                return kind
    head = _head(path)
    for kind, reader in READERS.items():
        if importlib.import_module(reader.sniff).sniff(path, head):
            return kind
    raise BadInput(
        f"{path.name} 不是可识别的检测材料", f"{path.name} is of no kind that can be inspected",
        {
            "zh": "可读：安装包（APK、AAB、APKS、XAPK、APKM、AAR、JAR、DEX）、隐私政策和清单（HTML、TXT、Markdown、DOCX、PDF）、"
            "流量记录（HAR、mitmproxy、pcap）、行为记录（behaviour.jsonl、camille、AppScan、logcat、dumpsys）、人工核验单（YAML）",
            "en": "readable: packages (APK, AAB, APKS, XAPK, APKM, AAR, JAR, DEX), privacy policies and lists (HTML, TXT, "
            "Markdown, DOCX, PDF), traffic (HAR, mitmproxy, pcap), behaviour logs (behaviour.jsonl, camille, AppScan, logcat, "
            "dumpsys), check sheet answers (YAML)",
        },
        code="unknown-kind",
    )  # fmt: skip


def _is_folder(path: Path) -> bool:
    """Whether there is a folder; a name that the system refuses is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _head(path: Path) -> bytes:
    """The first bytes of a file."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadInput(
                f"{path} 是文件夹", f"{path} is a folder",
                {
                    "zh": "请给出安装包文件；可读的文件夹只有网页访问记录（visit.json）和界面走查（screens.json）",
                    "en": "name a package file; the folders that can be read are recorded visits (visit.json) and walks through screens (screens.json)",
                }, code="is-folder",
            )  # fmt: skip
        if not stat.S_ISREG(mode):  # opening a pipe would wait for its writer, a device may never end
            raise BadInput(
                f"{path} 不是普通文件", f"{path} is no regular file",
                {"zh": "请先存为文件", "en": "save it as a file first"}, code="not-a-file",
            )  # fmt: skip
        with path.open("rb") as f:
            head = f.read(4096)
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(
            f"找不到 {path}", f"{path} does not exist",
            {"zh": "请检查路径", "en": "check the path"}, code="not-found",
        ) from None  # fmt: skip
    except OSError as e:
        raise unreadable(path, e) from e
    if not head:
        raise BadInput(
            f"{path.name} 是空文件", f"{path.name} is empty",
            {"zh": "请重新获取文件", "en": "fetch it again"}, code="empty",
        )  # fmt: skip
    return head


def unreadable(path: Path, error: OSError) -> BadInput:
    """What the system refuses, as an error of the input."""
    return BadInput(
        f"{path} 无法读取：{error.strerror}", f"{path} cannot be read: {error.strerror}",
        {"zh": "请检查路径和读取权限", "en": "check path and permissions"}, code="unreadable",
    )  # fmt: skip


def read_here(
    path: Path, emit: Emit, kind: str | None = None, catalogue: str | None = None, cache: Cache | None = None,
    prints: Path | None = None, seeds: Path | None = None,
) -> Exhibit:  # fmt: skip
    """Read one exhibit in this process. Use `Worker` for exhibits that others made."""
    from mingcha import catalogue as cat

    kind = kind or sniff(path)
    root, reader = Path(catalogue) if catalogue else None, READERS.get(kind) or FOLDERS[kind]
    loaded = cat.lists(root) if reader.cached else cat.load(root)  # a reader of code needs no rules
    module = importlib.import_module(reader.read)
    more: dict[str, Any] = {"cache": cache or Cache(), "prints": prints} if reader.cached else {}
    if reader.seeded:
        more["seeds"] = seeds
    exhibit: Exhibit = module.read(path, emit, loaded, **more)
    return exhibit
