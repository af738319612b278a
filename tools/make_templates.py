"""Write the templates of documents (src/mingcha/server/documents/forms/*.docx) from what is said here.

The layout follows official papers (GB/T 9704: A4, margins 37/35/28/26 mm, title in 小标宋, body in 仿宋 16 pt). Officers edit
copies of these files in Word or WPS; this script is for changing what all offices begin with.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FORMS = Path(__file__).parents[1] / "src" / "mingcha" / "server" / "documents" / "forms"
BODY, TITLE, HEAVY = ("仿宋", "FangSong"), ("方正小标宋简体", "SimSun"), ("黑体", "SimHei")


class Paper:
    """One template as it grows."""

    def __init__(self) -> None:
        self.doc: Any = Document()
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = BODY[1], Pt(16)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY[0])
        self._pages(section)

    def _pages(self, section: Any) -> None:
        """Page number in the footer."""
        line = section.footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = line.add_run()
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)

    def line(self, text: str, font: tuple[str, str] = BODY, size: int = 16, align: str = "", indent: bool = True, red: bool = False, bold: bool = False) -> Any:
        p = self.doc.add_paragraph()
        run = p.add_run(text)
        run.font.name, run.font.size, run.font.bold = font[1], Pt(size), bold
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font[0])
        if red:
            run.font.color.rgb = RGBColor(0xC0, 0, 0)
        p.alignment = {"center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}.get(align)
        p.paragraph_format.line_spacing = Pt(28)
        p.paragraph_format.space_after = Pt(0)
        if indent and not align:
            p.paragraph_format.first_line_indent = Pt(32)
        return p

    def head(self, title: str) -> None:
        """Issuer in red, number, line, title."""
        self.line("{{ issuer }}", TITLE, 26, "center", red=True)
        number = self.line("{{ number }}", BODY, 16, "center")
        border = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        for key, value in (("val", "single"), ("sz", "12"), ("space", "8"), ("color", "C00000")):
            bottom.set(qn(f"w:{key}"), value)
        border.append(bottom)
        number._p.get_or_add_pPr().append(border)
        self.line("", indent=False)
        self.line(title, TITLE, 22, "center")
        self.line("", indent=False)

    def table(self, rows: list[list[str]], widths: list[int], heads: bool = True, size: int = 12) -> None:
        """A table with lines; its first row is the head."""
        table = self.doc.add_table(rows=0, cols=len(widths))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for n, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = Mm(width)
                run = cell.paragraphs[0].add_run(text)
                run.font.size, run.font.bold = Pt(size), heads and n == 0
                run.font.name = BODY[1]
                run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY[0])

    def facts(self) -> None:
        """The table of the subject."""
        self.table([
            ["应用名称", "{{ app }}"], ["包名（标识）", "{{ identifier }}"], ["版本", "{{ version }}"], ["安装包 SHA-256", "{{ sha256 }}"],
            ["应用开发者", "{{ developer }}"], ["统一社会信用代码", "{{ credit_code }}"], ["应用来源", "{{ sources }}"], ["案件编号", "{{ case }}"],
        ], [45, 111], heads=False)  # fmt: skip

    def problems(self, of: str, heading: str, *, fix: bool = True, status: bool = False) -> None:
        """One block for each problem."""
        self.line(heading, HEAVY)
        self.line("{%p for p in " + of + " %}")
        self.line("（{{ p.n }}）{{ p.title }}", bold=True)
        self.line("所涉问题：{{ p.issue }}。场景：{{ p.scenario }}。" + ("核查结论：{{ p.status }}。" if status else ""))
        self.line("{%p for s in p.told %}")
        self.line("经查：{{ s }}")
        self.line("{%p endfor %}")
        self.line("{%p for e in p.evidence %}")
        self.line("证据：{{ e }}")
        self.line("{%p endfor %}")
        self.line("依据：{{ p.basis }}。")
        if fix:
            self.line("整改要求：{{ p.fix }}")
        self.line("说明：{{ p.shows_not }}")
        self.line("{%p endfor %}")

    def foot(self) -> None:
        """Issuer and date, to the right."""
        self.line("", indent=False)
        self.line("{{ issuer }}", align="right")
        self.line("{{ date }}", align="right")

    def rows(self) -> None:
        """The six columns of public lists; cells of one app are merged downwards."""
        self.table([
            ["序号", "应用名称", "应用开发者", "应用来源", "应用版本", "所涉问题"],
            ["{%tr for a in apps %}", "", "", "", "", ""],
            ["{%tr for line in a.lines %}", "", "", "", "", ""],
            ["{% vm %}{{ a.n }}", "{% vm %}{{ a.app }}", "{% vm %}{{ a.developer }}", "{{ line.source }}", "{% vm %}{{ a.version }}", "{{ line.issue }}"],
            ["{%tr endfor %}", "", "", "", "", ""],
            ["{%tr endfor %}", "", "", "", "", ""],
        ], [12, 30, 36, 26, 18, 38], size=10)  # fmt: skip

    def proof(self) -> None:
        """Digest and checkpoint."""
        self.line("名单规范文本（JSON）的 SHA-256：{{ snapshot }}", size=10, indent=False)
        self.line("台账日志检查点：{{ checkpoint }}", size=10, indent=False)


def report(title: str, paper: Paper, *, retest: bool) -> None:
    """检测报告, 复检报告."""
    paper.head(title)
    paper.line("一、检测对象", HEAVY)
    paper.facts()
    paper.line("二、检测依据与工具", HEAVY)
    paper.line("检测工具：{{ tool }}；规则库摘要：{{ catalogue }}；适用规则日期：{{ judged_at }}；检测日期：{{ inspected }}。")
    paper.line("三、证据材料", HEAVY)
    paper.table([["名称", "种类", "SHA-256"], ["{%tr for e in exhibits %}", "", ""], ["{{ e.name }}", "{{ e.kind }}", "{{ e.sha256 }}"], ["{%tr endfor %}", "", ""]], [46, 24, 86], size=10)
    if retest:
        paper.line("四、复检结论：{{ conclusion }}", HEAVY)
        paper.problems("problems", "五、尚未整改的问题")
        paper.line("六、已整改的问题", HEAVY)
        paper.line("{%p for p in fixed %}")
        paper.line("（{{ p.n }}）{{ p.title }}")
        paper.line("{%p endfor %}")
    else:
        paper.problems("findings", "四、检测发现", fix=False, status=True)
        paper.line("五、受限说明", HEAVY)
        paper.line("{%p for l in limits %}")
        paper.line("{{ l }}")
        paper.line("{%p endfor %}")
        paper.line("未列入检测发现的项目不等于符合要求：未观察到的内容不作结论。")
    paper.foot()


def write() -> dict[str, Paper]:
    """All templates."""
    made: dict[str, Paper] = {}

    def new(kind: str) -> Paper:
        made[kind] = Paper()
        return made[kind]

    report("移动互联网应用检测报告", new("test-report"), retest=False)
    report("移动互联网应用复检报告", new("retest-report"), retest=True)
    p = new("rectification-notice")
    p.head("责令整改通知书")
    p.line("{{ developer }}：", indent=False)
    p.line("经检测和核查，你单位开发运营的“{{ app }}”（版本 {{ version }}，案件编号 {{ case }}）存在下列侵害用户权益的问题。请于 {{ due }} 前完成整改，并提交整改报告和新版本。")
    p.facts()
    p.problems("problems", "存在的问题和整改要求")
    p.line("对本通知认定的事实有异议的，可以在整改期限内提出异议并附材料。逾期未整改或者整改不到位的，将依法依规处置。")
    p.foot()
    p = new("rectification-report")
    p.head("整改报告")
    p.facts()
    p.line("一、整改情况", HEAVY)
    p.line("{%p for p in problems %}")
    p.line("（{{ p.n }}）{{ p.title }}", bold=True)
    p.line("所涉问题：{{ p.issue }}。场景：{{ p.scenario }}。")
    p.line("整改要求：{{ p.fix }}")
    p.line("整改措施（由企业填写）：")
    p.line("{%p endfor %}")
    p.line("二、企业说明", HEAVY)
    p.line("{{ reason }}")
    p.line("填报单位：{{ developer }}", align="right")
    p.line("{{ date }}", align="right")
    p = new("relisting-notice")
    p.head("关于恢复上架的通知")
    p.line("各应用商店：", indent=False)
    p.line("“{{ app }}”（{{ identifier }}，版本 {{ version }}，开发者 {{ developer }}）经复检已完成整改，可以恢复上架。案件编号：{{ case }}。")
    p.foot()
    p = new("withdrawal")
    p.head("撤回通知")
    p.line("{{ developer }}：", indent=False)
    p.line("现撤回对“{{ app }}”（案件编号 {{ case }}）作出的责令整改通知。理由：{{ reason }}")
    p.foot()
    p = new("naming-list")
    p.head("关于侵害用户权益行为的应用（SDK）通报")
    p.line("（{{ year }}年第{{ batch }}批，总第{{ total }}批）", align="center")
    p.line("经检测、核查和复检，下列 {{ count }} 款应用（SDK）未按要求完成整改，现予以通报。相关单位应当于 {{ due }} 前完成整改落实；整改落实不到位的，将依法依规处置。")
    p.rows()
    p.proof()
    p.foot()
    p = new("removal-notice")
    p.head("关于下架侵害用户权益应用的通知")
    p.line("（{{ year }}年第{{ batch }}批，总第{{ total }}批）", align="center")
    p.line("各应用商店：", indent=False)
    p.line("下列 {{ count }} 款应用经公开通报后仍未按要求完成整改。请立即予以下架，并回报下架情况。")
    p.rows()
    p.proof()
    p.foot()
    p = new("bulletin")
    p.head("侵害用户权益行为整治情况通报")
    p.line("{{ sentence }}")
    p.line("{{ covered }}")
    p.table([["指标", "数量", "占比", "口径"], ["{%tr for f in figures %}", "", "", ""], ["{{ f.text }}", "{{ f.n }}", "{{ f.share }}", "{{ f.what }}"], ["{%tr endfor %}", "", "", ""]], [34, 20, 30, 72], size=10)
    p.line("以上数字由台账事件统计得出，统计范围为台账日志前 {{ counted }} 条事件。", size=10, indent=False)
    p.foot()
    p = new("correction")
    p.head("更正通报")
    p.line("现对名单 {{ corrects }} 更正如下：下列 {{ count }} 款应用的通报予以撤回。理由：{{ reason }}")
    p.rows()
    p.proof()
    p.foot()
    return made


def main() -> int:
    """Write them."""
    from mingcha.server.documents.render import _fixed

    FORMS.mkdir(parents=True, exist_ok=True)
    for kind, paper in write().items():
        path = FORMS / f"{kind}.docx"
        paper.doc.core_properties.author = "mingcha"
        paper.doc.save(path)
        path.write_bytes(_fixed(path.read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
