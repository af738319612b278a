"""Formats → blocks: headings, tables, links, and what hostile files are stopped by."""

from __future__ import annotations

import dataclasses
import html
import zipfile
from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.extract.limits import DEFAULT
from mingcha.extract.policy import reader
from mingcha.extract.policy.document import Builder, Cell, Document, heading_level, joined

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def page(body: str, folder: Path, name: str = "p.html") -> Document:
    """A page as it was read."""
    path = folder / name
    path.write_text(body, "utf-8")
    return reader.load(path)[0]


def word(folder: Path, body: str, extra: dict[str, str] | None = None, head: str = "") -> Path:
    """A Word file of the least parts."""
    path = folder / "p.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>')
        for name, text in (extra or {}).items():
            z.writestr(name, text)
    return path


def p(text: str, style: str = "") -> str:
    """A paragraph of a Word file."""
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{mark}<w:r><w:t>{html.escape(text)}</w:t></w:r></w:p>"


# ---- HTML -----------------------------------------------------------------------------------------------


def test_headings_of_a_page_are_the_path_of_what_stands_below(tmp_path: Path) -> None:
    found = page("<title>隐私政策</title><h1>总则</h1><h2>收集</h2><p>我们收集<b>手机号</b>。</p><h2>共享</h2><p>无。<br>完。</p>", tmp_path)
    assert found.title == "隐私政策"
    assert [(b.text, b.path) for b in found.blocks if b.kind != "heading"] == [
        ("我们收集手机号。", ("总则", "收集")), ("无。", ("总则", "共享")), ("完。", ("总则", "共享")),
    ]  # fmt: skip
    assert all(found.text[s.offset : s.offset + len(s.text)] == s.text for s in found.sentences())


def test_numbered_and_bold_lines_are_headings_too(tmp_path: Path) -> None:
    found = page("<p>一、收集</p><p><strong>登录时</strong></p><p>我们收集<strong>手机号</strong>。</p>", tmp_path)
    assert [b.kind for b in found.blocks] == ["heading", "heading", "text"]
    assert [heading_level(x) for x in ("第一章 总则", "（一）登录", "1. 登录", "1.1 登录", "我们收集信息。", "2025年")] == [2, 3, 3, 4, 0, 0]


def test_spans_of_cells_are_written_into_each_of_them(tmp_path: Path) -> None:
    found = page("<table><tr><th colspan=2>甲</th><th>乙</th></tr><tr><td rowspan=2>一</td><td>二</td><td>三</td></tr><tr><td>四</td><td>五</td></tr></table>", tmp_path)
    assert [[c.text for c in row] for row in found.blocks[0].rows] == [["甲", "甲", "乙"], ["一", "二", "三"], ["一", "四", "五"]]


def test_links_scripts_and_open_tags(tmp_path: Path) -> None:
    found = page(
        "<script>收集 = 1</script><style>p{}</style><p>见<a href='https://example.cn/p'>这里</a>和<a href='javascript:x()'>那里</a>"
        "<table><tr><td>名称<td><a href=https://example.cn/a>链接</a><tr><td>二<td>三", tmp_path,
    )  # fmt: skip
    assert found.blocks[0].text == "见这里和那里"
    assert found.blocks[0].links == ("https://example.cn/p",)
    assert found.blocks[1].rows == [[Cell("名称"), Cell("链接", ("https://example.cn/a",))], [Cell("二"), Cell("三")]]


@pytest.mark.parametrize(
    "body",
    ["<div>" * 50_000 + "<p>个人信息", "<table><tr><td>" * 3_000 + "个人信息", "<p>个人信息" + "<!--" * 20_000, "<p>个人信息" + "<a href='" * 20_000,
     "<table><tr>" + "<td colspan=9999 rowspan=9999>个人信息" * 200],
    ids=["depth", "tables", "comments", "attributes", "spans"],
)  # fmt: skip
def test_pages_made_to_hang(body: str, tmp_path: Path) -> None:
    found = page("<html>" + body, tmp_path)
    assert len(found.text) < 3_000_000


# ---- Markdown and text -----------------------------------------------------------------------------------


def test_markdown(tmp_path: Path) -> None:
    found = page("# 政策\n\n## 一、收集\n\n我们**收集**[手机号](https://example.cn)。\n\n| SDK名称 | 用途 |\n|---|:--:|\n| 甲 \\| 乙 | 推送 |\n\n- 一条", tmp_path, "p.md")
    assert found.form == "markdown"
    assert [(b.kind, b.text) for b in found.blocks] == [
        ("heading", "政策"), ("heading", "一、收集"), ("text", "我们收集手机号。"), ("table", "SDK名称 | 用途\n甲 | 乙 | 推送"), ("item", "一条"),
    ]  # fmt: skip
    assert found.blocks[2].links == ("https://example.cn",)
    assert [c.text for c in found.blocks[3].rows[1]] == ["甲 | 乙", "推送"]


def test_lines_broken_by_a_layout_are_put_together() -> None:
    lines = ["我们会收集您的手机号码和设备信息并将", "其用于身份验证。", "一、共享", "我们不共享。"]
    assert joined(lines) == ["我们会收集您的手机号码和设备信息并将其用于身份验证。", "一、共享", "我们不共享。"]


# ---- Word ------------------------------------------------------------------------------------------------


def test_word_files(tmp_path: Path) -> None:
    rows = "<w:tr><w:tc>" + p("SDK名称") + "</w:tc><w:tc>" + p("用途") + "</w:tc></w:tr><w:tr><w:tc>" + p("甲") + "</w:tc><w:tc>" + p("推送") + p("统计") + "</w:tc></w:tr>"
    link = '<w:p><w:hyperlink r:id="r1"><w:r><w:t>官网</w:t></w:r></w:hyperlink><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>'
    path = word(tmp_path, p("收集信息", "a1") + p("我们收集手机号。") + f"<w:tbl>{rows}</w:tbl>" + link, {
        "word/styles.xml": f'<w:styles xmlns:w="{W}"><w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style></w:styles>',
        "word/_rels/document.xml.rels": '<Relationships><Relationship Id="r1" Target="https://example.cn/x"/><Relationship Id="r2" Target="file:///etc/passwd"/></Relationships>',
    })  # fmt: skip
    found, _ = reader.load(path)
    assert [(b.kind, b.text) for b in found.blocks] == [("heading", "收集信息"), ("text", "我们收集手机号。"), ("table", "SDK名称 | 用途\n甲 | 推送 统计"), ("text", "官网")]
    assert found.blocks[3].links == ("https://example.cn/x",)
    assert found.whole


def test_merged_cells_of_a_word_table(tmp_path: Path) -> None:
    def cell(text: str, mark: str = "") -> str:
        return f"<w:tc><w:tcPr>{mark}</w:tcPr>{p(text)}</w:tc>"

    rows = [cell("甲", '<w:gridSpan w:val="2"/>') + cell("乙"), cell("一", '<w:vMerge w:val="restart"/>') + cell("二") + cell("三"), cell("", "<w:vMerge/>") + cell("四") + cell("五")]
    found, _ = reader.load(word(tmp_path, "<w:tbl>" + "".join(f"<w:tr>{r}</w:tr>" for r in rows) + "</w:tbl>"))
    assert [[c.text for c in row] for row in found.blocks[0].rows] == [["甲", "甲", "乙"], ["一", "二", "三"], ["一", "四", "五"]]


def test_a_word_file_may_define_no_entities(tmp_path: Path) -> None:
    head = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    found, _ = reader.load(word(tmp_path, p("个人信息"), head=head))
    assert found.blocks == []
    assert [code for code, _ in found.notes] == ["unreadable-entry"]


@pytest.mark.parametrize("body", ["<w:p>" * 5_000, p("个人信息") + "<w:p", "\x00\x01"], ids=["depth", "torn", "control"])
def test_broken_word_files_give_what_stands_before(body: str, tmp_path: Path) -> None:
    found, _ = reader.load(word(tmp_path, body))
    assert found.notes


def test_a_word_file_that_expands_out_of_proportion(tmp_path: Path) -> None:
    small = dataclasses.replace(DEFAULT, policy_part=10_000)
    found, _ = reader.load(word(tmp_path, p("个人信息") * 1_000), small)
    assert ("bomb", "word/document.xml above 10000 bytes") in found.notes


# ---- limits ----------------------------------------------------------------------------------------------


def test_limits_of_size_characters_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text("个人信息。\n" * 500, "utf-8")
    with pytest.raises(BadInput):
        reader.load(path, dataclasses.replace(DEFAULT, policy=100))
    short, _ = reader.load(path, dataclasses.replace(DEFAULT, policy_characters=100))
    assert len(short.text) <= 110
    assert not short.whole
    few = Builder(dataclasses.replace(DEFAULT, policy_rows=3))
    few.table([[Cell("a"), Cell("b")]] * 5)
    assert (len(few.blocks[0].rows), few.notes[0][0]) == (3, "reader-limit")


def test_what_has_no_end_is_text_and_the_rest_is_read(tmp_path: Path) -> None:
    found = page("<html><p>一<!-- 二 --><p>三<a href='四>五</p><p>六", tmp_path)
    assert "一" in found.text and "三" in found.text and "二" not in found.text
    found = page("<html><p>一<!-- 没有结尾 <p>二 <!-- 三 --><p>四", tmp_path)
    assert "四" in found.text
