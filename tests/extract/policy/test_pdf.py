"""PDF files: text, ruled tables over two pages, pictures, passwords, damage. Made with Chromium where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.extract.limits import Limits
from mingcha.extract.policy import pdf, reader, recognise
from mingcha.extract.policy.document import Builder
from tests.extract.policy import sample

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
    assert document.notes == [("scanned-pages", "no text layer on 1 of 1 pages (1), not read")]
    assert (document.blocks, document.recognised) == ([], 0)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policy of our own, printed, drawn and put into a new file as nothing but pictures."""
    import pypdfium2 as pdfium

    folder = tmp_path_factory.mktemp("scan")
    (folder / "p.html").write_text(sample.html().replace("<head>", "<head><meta charset=utf-8>"), "utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={folder / 'p.pdf'}", (folder / "p.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    printed, out = pdfium.PdfDocument(folder / "p.pdf"), pdfium.PdfDocument.new()
    for page in printed:
        width, height = page.get_size()
        picture = pdfium.PdfImage.new(out)
        picture.set_bitmap(page.render(scale=1.5))
        picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
        sheet = out.new_page(width, height)
        sheet.insert_obj(picture)
        sheet.gen_content()
    out.save(folder / "scan.pdf")
    return folder / "scan.pdf"


@needs_chromium
@pytest.mark.skipif(bool(recognise.missing()), reason="the extra ocr is not installed")
def test_a_scanned_policy_is_read_by_recognition_and_nothing_is_missing_of_it(pictures: Path) -> None:
    document, _ = reader.load(pictures)
    assert document.pages == document.recognised
    assert document.pages is not None and document.pages > 1
    assert [code for code, _ in document.notes] == ["scanned-pages"]
    assert "read by optical recognition" in document.notes[0][1]
    found = list(reader.facts(document, "scan", catalogue.load()))
    whole = next(f for f in found if f["kind"] == "policy-document")
    assert (whole["recognised"], whole["whole"]) == (document.pages, False)
    elements = {f["element"]: f["present"] for f in found if f["kind"] == "policy-element"}
    assert all(elements.values())  # absent is never said
    assert len(elements) >= 0.9 * len(sample.SECTIONS)


@needs_chromium
def test_what_recognition_reads_stays_a_limitation(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []

    def lines(picture: Any) -> list[str]:
        shapes.append(picture.shape)
        return ["我们会收集您的手机号码。"] if len(shapes) != 2 else []

    monkeypatch.setattr(recognise, "missing", list)
    monkeypatch.setattr(recognise, "lines", lines)
    document, _ = reader.load(pictures)
    pages = document.pages or 0
    assert len(shapes) == pages
    assert {s[2] for s in shapes} == {3}
    assert max(max(s) for s in shapes) <= pdf.SIDE
    assert document.recognised == pages - 1
    assert f"no text layer on {pages} of {pages} pages" in document.notes[0][1]
    assert not document.whole
    assert "我们会收集您的手机号码。" in document.text


@needs_chromium
def test_recognition_has_a_time_limit_and_survives_a_hostile_picture(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise, "missing", list)
    monkeypatch.setattr(recognise, "lines", lambda _: ["一行文字。"])
    builder = Builder(Limits(policy_recognition=0.0))
    assert pdf.read(pictures, builder)
    assert (builder.recognised, builder.notes[-1][1][-8:]) == (0, "not read")

    def bad(_: Any) -> list[str]:
        raise ValueError("a native library gave up")

    monkeypatch.setattr(recognise, "lines", bad)
    document, _ = reader.load(pictures)
    assert {code for code, _ in document.notes} == {"unreadable-entry", "scanned-pages"}
    assert document.blocks == []


def test_pieces_side_by_side_are_one_row() -> None:
    pieces = [(200.0, 11.0, 300.0, 31.0, "乙"), (10.0, 50.0, 90.0, 70.0, "丙"), (10.0, 10.0, 90.0, 30.0, "甲")]
    assert [[p[4] for p in row] for row in recognise.rows(pieces)] == [["甲", "乙"], ["丙"]]


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
