"""What is installed, what is missing and what that costs."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from typing import NamedTuple

import click

from mingcha.observe.browser.supervise import browser
from mingcha.settings import Settings


class Part(NamedTuple):
    """One thing that may be there; `need` marks what mingcha cannot do without."""

    name: str
    found: str | None
    need: bool
    zh: str
    en: str


def _package(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def parts(settings: Settings) -> list[Part]:
    """All parts in the order shown."""
    python = ".".join(map(str, sys.version_info[:3]))
    limits = "rlimit" if importlib.util.find_spec("resource") else None
    home = settings.root
    try:
        home.mkdir(parents=True, exist_ok=True)
        writable: str | None = str(home)
    except OSError:
        writable = None
    return [
        Part("Python", python if sys.version_info >= (3, 11) else None, True, "运行环境，需 3.11 以上", "interpreter, 3.11 or later"),
        *(
            Part(n, _package(n), True, "核心依赖", "core dependency")
            for n in ("click", "rich", "PyYAML", "msgspec", "numpy", "Jinja2", "asn1crypto", "deflate", "pillow")
        ),
        Part("resource limits", limits, False, "缺少时子进程只受时钟约束", "without them only the clock bounds the child process"),
        Part("MINGCHA_HOME", writable, False, "不可写时每次都要重新编译规则库", "unwritable: the catalogue is compiled at every start"),
        Part("numba", _package("numba"), False, "仅用于常驻进程加速（fast）", "only speeds up resident workers (extra fast)"),
        *(
            Part(n, _package(n), False, f"流量：{zh}（evidence）", f"traffic: {en} (extra evidence)")
            for n, zh, en in (
                ("pyahocorasick", "缺少时不查找预置标识", "without it planted values are not looked for"),
                ("publicsuffixlist", "缺少时不识别注册域名", "without it registrable domains are not told"),
                ("brotli", "缺少时不解压 Brotli", "without it Brotli bodies stay closed"),
                ("maxminddb", "缺少时不读取 MMDB 地址表", "without it tables of addresses in MMDB cannot be read"),
            )
        ),
        Part("bubblewrap", shutil.which("bwrap"), False, "批量检测：缺少时读取进程少一层隔离", "fleets: without it reading children are kept in by one layer less"),
        *(
            Part(n, _package(n), False, f"批量检测：{zh}（fleet）", f"fleets: {en} (extra fleet)")
            for n, zh, en in (
                ("pyseccomp", "缺少时不限制系统调用", "without it system calls are not filtered"),
                ("duckdb", "缺少时不能导出和查询", "without it nothing can be exported or asked"),
            )
        ),
        Part("tshark", shutil.which("tshark"), False, "流量：缺少时不解密附带密钥的 TLS", "traffic: without it TLS stays closed even with its secrets"),
        Part("openpyxl", _package("openpyxl"), False, "缺少时不能读取 xlsx 行为记录（evidence）", "without it behaviour logs in xlsx cannot be read (extra evidence)"),
        *(
            Part(n, _package(n), False, "读取 PDF 政策所需（evidence）", "needed for policies in PDF (extra evidence)")
            for n in ("pypdfium2", "pdfplumber")
        ),
        *(
            Part(n, _package(n), False, "识别扫描页文字所需（ocr）", "needed to read scanned pages (extra ocr)")
            for n in ("rapidocr", "onnxruntime")
        ),
        Part("dexdump", shutil.which("dexdump"), False, "仅用于测试与性能对比", "only for tests and benchmarks"),
        Part("androguard", _package("androguard"), False, "仅用于测试与性能对比", "only for tests and benchmarks"),
        Part("playwright", _package("playwright"), False, "访问网站所需（web）", "needed to visit sites (extra web)"),
        Part("chromium", browser() or None, False, "访问网站所需；检查报告版面", "needed to visit sites; checks the layout of reports"),
    ]  # fmt: skip


def show(lang: str, settings: Settings) -> bool:
    """Print the list. Returns whether everything needed is here."""
    complete = True
    for part in parts(settings):
        mark = "✓" if part.found else ("✗" if part.need else "–")
        text = part.zh if lang == "zh" else part.en
        missing = {"zh": "缺少", "en": "missing"}[lang]
        click.echo(f"{mark} {part.name:<16} {part.found or missing}  {text}")
        complete &= bool(part.found) or not part.need
    return complete


def sandbox(lang: str) -> bool:
    """Try the attacks in the sandbox that fleets use here and print each. Returns whether all were contained."""
    from mingcha.errors import ToolMissing
    from mingcha.sandbox import attacks, guard

    layers = guard.probe()
    level = "+".join(("rlimits", *layers))
    click.echo({"zh": f"隔离：{level}", "en": f"sandbox: {level}"}[lang])
    hows = {"nothing": "未阻止", "clock": "时钟", "no effect": "无效果", "refused": "被拒绝"}

    def tell(r: attacks.Result) -> None:
        zh, en, _ = attacks.ATTACKS[r.name]
        click.echo(f"{'✓' if r.contained else '✗'} {r.name:<12} {(hows.get(r.how, r.how) if lang == 'zh' else r.how):<10} {zh if lang == 'zh' else en}")

    try:
        found = attacks.matrix(layers, tell=tell)
    except OSError as e:
        raise ToolMissing(f"无法检验隔离：{e}", f"the sandbox cannot be tried: {e}") from e
    kept = sum(r.contained for r in found)
    click.echo({"zh": f"{kept}／{len(found)} 得到控制", "en": f"{kept} of {len(found)} contained"}[lang])
    return kept == len(found)
