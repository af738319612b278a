"""PDF files: text, ruled tables over two pages, pictures, passwords, damage. Made with Chromium where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mingcha import catalogue
from mingcha.extract.policy import pdf, reader

pytest.importorskip("pypdfium2")
pytest.importorskip("pdfplumber")
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")

ROWS = "".join(
    f"<tr><td>{n}</td><td>示例{n}推送SDK</td><td>示例科技有限公司</td><td>向用户推送消息</td><td>IMEI、设备型号、网络类型</td>"
    f"<td><a href='https://sdk{n}.example.cn/privacy-statement.html'>https://sdk{n}.example.cn/privacy-statement.html</a></td></tr>"
    for n in range(30)
)
PAGE = f"""<meta charset=utf-8><style>table{{border-collapse:collapse}}td,th{{border:1px solid;word-break:break-all}}</style>
<h1>示例应用隐私政策</h1><p>生效日期：2025年3月1日</p><h2>一、收集</h2><p>{"我们会收集您的手机号码，用于登录。" * 12}</p>
<h2>二、第三方SDK目录</h2><table><tr><th>序号<th>SDK名称<th>提供方<th>使用目的<th>收集个人信息类型<th>隐私政策链接</tr>{ROWS}</table><p>我们不会出售您的个人信息。</p>"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "p.html").write_text(PAGE, "utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={folder / 'p.pdf'}", (folder / "p.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / "p.pdf"


@needs_chromium
def test_a_printed_policy_with_a_table_over_pages(printed: Path) -> None:
    document, encoding = reader.load(printed)
    assert (document.form, document.whole, encoding) == ("pdf", True, None)
    assert (document.pages or 0) >= 2
    found = [f for f in reader.facts(document, "p", catalogue.load()) if f["kind"] == "sdk-listing"]
    assert [f["name"] for f in found] == [f"示例{n}推送SDK" for n in range(30)]
    assert {f["data"] for f in found} == {"IMEI、设备型号、网络类型"}
    assert [f["link"] for f in found] == [f"https://sdk{n}.example.cn/privacy-statement.html" for n in range(30)]
    assert "我们会收集您的手机号码，用于登录。我们会收集" in document.text
    assert document.text.endswith("我们不会出售您的个人信息。") or "我们不会出售您的个人信息。" in document.text


def test_a_page_without_text_is_said_to_be_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(_scan())
    document, _ = reader.load(path)
    assert [code for code, _ in document.notes] == ["scanned-pages"]
    assert document.blocks == []


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4\n" + b"\0" * 500, b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj trailer<</Root 1 0 R>>"])
def test_damaged_files(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    document, _ = reader.load(path)
    assert document.blocks == []


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "missing", lambda: ["pypdfium2"])
    path = tmp_path / "p.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    document, _ = reader.load(path)
    assert document.notes == [("missing-part", "pypdfium2")]


def _scan() -> bytes:
    """A page that is nothing but a picture of 8 × 8 grey points."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8/Length 64>>stream\n" + bytes(range(64)) + b"\nendstream",
        b"<</Length 28>>stream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % n + body + b"endobj\n"
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
