"""Documents of acts: what they say, who may read them, and templates that are somebody else's."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import msgspec
import pytest
from django.conf import settings

from mingcha.errors import Usage
from mingcha.model import Evidence
from mingcha.report import json_
from mingcha.server import blobs
from mingcha.server.batches.models import Batch
from mingcha.server.documents import render
from mingcha.server.documents.kinds import kinds
from mingcha.server.documents.models import Document
from mingcha.server.documents.services import documents_of, number
from mingcha.server.ledger.intake import open_for, take
from mingcha.server.ledger.process import table
from mingcha.server.ledger.services import act
from mingcha.server.registry.models import Listing
from tests.server.cast import START, Cast, later
from tests.server.test_pages import browser
from tests.support import apk, flagged, put, run


def text(data: bytes) -> str:
    """All that a document says, tables too."""
    found = docx.Document(io.BytesIO(data))
    parts = [p.text for p in found.paragraphs]
    for t in found.tables:
        for row in t.rows:
            parts.append(" | ".join(c.text for c in row.cells))
    return "\n".join(parts)


def of(document: Document) -> str:
    return text(blobs.get(document.sha256))


def test_every_document_of_the_process_has_a_kind_and_a_template() -> None:
    named = {a.document for a in table().acts.values() if a.document}
    assert named | {"bulletin"} == set(kinds()), "the bulletin is made from figures, by no act"
    for kind in kinds():
        assert zipfile.ZipFile(io.BytesIO(render.template(kind))).testzip() is None


def test_documents_of_a_case(cast: Cast) -> None:
    Listing.objects.create(subject=cast.subject, store="甲商店", seen=START.date())
    case = cast.case("noticed", "unchangeable-ids-before-consent", "popup-close-missing")
    made = {d.kind: d for d in Document.objects.filter(case=case)}
    assert set(made) == {"test-report", "rectification-notice"}
    said = of(made["rectification-notice"])
    company = cast.company.organisation
    for part in (company.name, company.credit_code, case.number, "示例", "1.0", "甲商店", "2026年3月9日", "2026年3月2日",
                 "同意前或拒绝后收集不可变更设备标识", "违规收集个人信息", "C5-15", "《中华人民共和国个人信息保护法》第13条",
                 f"{cast.officer.organisation.name}〔2026〕责令整改通知书第1号"):  # fmt: skip
        assert part in said, part
    assert "{{" not in said and "{%" not in said
    assert "（据报道，须核对原文）" in said, "a clause that nobody compared with its text says so"
    new = cast.inspection("popup-close-missing", version="2.0")
    case.refresh_from_db()
    act(case.pk, "reply", cast.company, {"package": new.package_id, "reason": "已移除相关 SDK"}, version=case.version, now=later(3))
    act(case.pk, "retest-failed", cast.officer, {"inspection": new.pk}, version=case.version + 1, now=later(4))
    case.refresh_from_db()
    reply, retest = (Document.objects.get(case=case, kind=k) for k in ("rectification-report", "retest-report"))
    assert "已移除相关 SDK" in of(reply)
    told = of(retest)
    assert "复检结论：未通过" in told and told.index("弹窗") < told.index("六、已整改的问题")
    assert "同意前或拒绝后收集不可变更设备标识" in told.partition("六、已整改的问题")[2]
    assert {d.kind for d in documents_of(case, cast.company)} == {"rectification-notice", "rectification-report", "retest-report"}
    assert not documents_of(case, cast.store).exists()
    assert {d.sha256 for d in documents_of(case, cast.officer)} == {hashlib.sha256(blobs.get(d.sha256)).hexdigest() for d in documents_of(case, cast.officer)}


def test_documents_of_batches(cast: Cast) -> None:
    case, other = cast.case("proposed", "unchangeable-ids-before-consent"), cast.case("proposed", "popup-close-missing")
    batch = cast.publish("naming", case, other, days=62)
    document = Document.objects.get(batch=batch)
    said = of(document)
    assert document.kind == "naming-list" and "（2026年第1批，总第1批）" in said and batch.digest in said
    rows = docx.Document(io.BytesIO(blobs.get(document.sha256))).tables[0].rows
    assert [c.text for c in rows[0].cells] == ["序号", "应用名称", "应用开发者", "应用来源", "应用版本", "所涉问题"] and len(rows) == 3
    removal = cast.publish("removal", case, days=90)
    assert "立即予以下架" in of(Document.objects.get(batch=removal))
    correction = cast.publish("correction", other, days=91, corrects=batch, reason="事实有误")
    assert "事实有误" in of(Document.objects.get(batch=correction)) and batch.slug in of(Document.objects.get(batch=correction))
    assert {d.kind for d in documents_of(case, cast.company)} >= {"naming-list", "removal-notice"}


def test_merged_cells_of_a_list(cast: Cast) -> None:
    for store in ("甲商店", "乙商店"):
        Listing.objects.create(subject=cast.subject, store=store, seen=START.date())
    batch = cast.publish("naming", cast.case("proposed"), days=62)
    table_ = docx.Document(io.BytesIO(blobs.get(Document.objects.get(batch=batch).sha256))).tables[0]
    assert len(table_.rows) == 3
    assert table_.cell(1, 1)._tc is table_.cell(2, 1)._tc, "one app, one cell"
    assert table_.cell(1, 3)._tc is not table_.cell(2, 3)._tc


def test_the_same_values_give_the_same_bytes(cast: Cast) -> None:
    values: dict[str, Any] = json.loads(json.dumps(EXAMPLE))
    first = render.render("withdrawal", values)
    assert render.render("withdrawal", values) == first and "示例" in text(first)
    assert render.render("withdrawal", {**values, "app": "另一款"}) != first


EXAMPLE = {"issuer": "某局", "number": "某号", "developer": "某公司", "app": "示例", "case": "2026-44-000001", "reason": "理由", "date": "2026年3月2日"}


def _template(*lines: str) -> bytes:
    paper = docx.Document()
    for line in lines:
        paper.add_paragraph(line)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def test_what_was_found_is_told_in_sentences(cast: Cast, place: Path) -> None:
    raw = run("scan", put(place / "bad.apk", apk(flagged(debuggable=True))), "--format", "json", "--fail-on", "never").out.encode()
    found = json_.load(raw)
    call = {"kind": "behaviour", "item": "imei", "api": "a.B.c", "owner": {"kind": "app", "id": ""}, "state": "pre-consent", "result": "ok"}
    send = {"kind": "transmit", "item": "imei", "host": "a.example.com<b>", "clear": True, "form": "plain", "sdk": None, "state": "pre-consent"}
    pieces = tuple(Evidence(exhibit="", where="", text="", fact=f) for f in (call, send))
    first = next(f for f in found.findings if f.outcome == "failed")
    other = msgspec.structs.replace(found, findings=(msgspec.structs.replace(first, evidence=pieces, evidence_total=2),))
    inspection = take(data := msgspec.json.encode(other), json_.load(data))
    inspection.subject.operator = cast.subject.operator
    inspection.subject.save()
    assert cast.officer.person is not None
    case = open_for(inspection, cast.officer.person)
    sentence = "在用户同意隐私政策前，应用调用接口 a.B.c 获取国际移动设备识别码，并以明文将其发送至 a.example.com<b>。"
    page = browser(cast.officer).get(f"/desk/cases/{case.number}/").content.decode()
    assert sentence.replace("<b>", "&lt;b&gt;") in page and "<b>。" not in page
    assert "Before the user agreed to the privacy policy, the app called a.B.c" in browser(cast.officer, "en").get(f"/desk/cases/{case.number}/").content.decode()
    act(case.pk, "verify", cast.second, {"confirm": [f.pk for f in case.findings.all()]}, version=case.version, now=START)
    act(case.pk, "notice", cast.approver, version=case.version + 1, now=START)
    assert f"经查：{sentence}" in of(Document.objects.get(case=case, kind="rectification-notice"))
    assert sentence.replace("<b>", "&lt;b&gt;") in browser(cast.company).get(f"/desk/cases/{case.number}/").content.decode()


def test_an_office_can_change_its_templates(cast: Cast) -> None:
    own = settings.HOME / "templates" / "rectification-notice.docx"
    own.parent.mkdir(exist_ok=True)
    try:
        own.write_bytes(_template("本局通知：{{ app }}，{{ due }} 前整改。"))
        document = Document.objects.get(case=cast.case("noticed"), kind="rectification-notice")
        assert of(document) == "本局通知：示例，2026年3月9日 前整改。"
        assert document.template == hashlib.sha256(own.read_bytes()).hexdigest()
        own.write_bytes(_template("{{ no_such_value }}"))
        case = cast.case("verified")
        with pytest.raises(Usage) as e:
            act(case.pk, "notice", cast.approver, version=case.version, now=START)
        assert e.value.code == "bad-template" and "no_such_value" in e.value.text["en"]
        case.refresh_from_db()
        assert case.state == "verified", "an act without its document does not happen"
        page = browser(cast.approver).post(f"/desk/cases/{case.number}/act/", {"act": "notice", "version": case.version})
        assert page.status_code == 400 and "rectification-notice.docx" in page.content.decode()
    finally:
        own.unlink()


@pytest.mark.parametrize(
    "line",
    [
        "{{ app.__class__ }}", "{{ app.__class__.__mro__[1].__subclasses__() }}", "{{ ''.join.__globals__ }}", "{{ cycler.__init__.__globals__ }}",
        "{{ range(10) }}", "{{ self._TemplateReference__context }}", "{{ lipsum.__globals__.os }}", "{{ problems.append(1) }}", "{{ 1 / 0 }}",
        "{% include 'x' %}", "{% import 'x' as x %}", "{{ unknown }}", "{% for x in %}", "{{ app | no_filter }}", "{{ config }}",
    ],
)
def test_a_template_that_tries_more_than_to_show_values(line: str) -> None:
    with pytest.raises(Usage) as e:
        render.render("withdrawal", {**EXAMPLE, "problems": []}, _template(line))
    assert e.value.code == "bad-template"


@pytest.mark.parametrize("what", ["empty", "junk", "zip", "bomb", "text", "many"])
def test_a_template_that_is_none(what: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        match what:
            case "bomb":
                z.writestr("word/document.xml", b"0" * 60_000_000)
            case "many":
                for n in range(500):
                    z.writestr(f"x{n}", b"")
            case _:
                z.writestr("x", b"y")
    data = {"empty": b"", "junk": b"\0" * 999, "text": b"{{ app }}"}.get(what, out.getvalue())
    with pytest.raises(Usage) as e:
        render.render("withdrawal", EXAMPLE, data)
    assert e.value.code == "bad-template"


def test_names_cannot_break_the_document(cast: Cast) -> None:
    cast.subject.name = '</w:t><script>{{ 7919*7907 }}&"\x0b'
    cast.subject.save()
    said = of(Document.objects.get(case=cast.case("noticed"), kind="rectification-notice"))
    assert "<script>{{ 7919*7907 }}&" in said and "62615533" not in said


def test_numbers_run_by_organisation_kind_and_year(cast: Cast) -> None:
    made = [Document.objects.get(case=cast.case("noticed"), kind="rectification-notice") for _ in range(3)]
    assert [d.number for d in made] == [1, 2, 3] and number(made[2]).endswith("第3号")
    assert Document.objects.filter(case=made[0].case, kind="test-report").get().number == 1


def test_the_report_shows_what_the_result_holds(cast: Cast, tmp_path: Path) -> None:
    from mingcha.cli import main
    from tests.support import apk, flagged, put

    package = put(tmp_path / "a.apk", apk(flagged(debuggable=True)))
    with pytest.raises(SystemExit):
        main(["scan", str(package), "--format", "json", "-o", str(tmp_path / "r.json"), "--fail-on", "never"])
    raw = (tmp_path / "r.json").read_bytes()
    entered = take(raw, json_.load(raw))
    assert blobs.get(entered.digest) == raw
    assert cast.officer.person is not None
    case = open_for(entered, cast.officer.person)
    said = of(Document.objects.get(case=case, kind="test-report"))
    found = json_.load(raw)
    assert found.exhibits[0].sha256 in said and "a.apk" in said and "证据：" in said and f"mingcha {found.tool.version}" in said


def test_who_may_take_a_document_away(cast: Cast) -> None:
    case = cast.case("noticed")
    notice, report = (Document.objects.get(case=case, kind=k) for k in ("rectification-notice", "test-report"))
    base = f"/desk/cases/{case.number}/documents/"
    got = browser(cast.officer).get(f"{base}{notice.pk}/")
    assert got.content == blobs.get(notice.sha256) and "attachment" in got["Content-Disposition"] and got["X-Content-Type-Options"] == "nosniff"
    seen = {name: (browser(getattr(cast, name)).get(f"{base}{notice.pk}/").status_code, browser(getattr(cast, name)).get(f"{base}{report.pk}/").status_code)
            for name in ("officer", "tester", "ministry", "company", "store", "elsewhere")}  # fmt: skip
    assert seen == {"officer": (200, 200), "tester": (200, 200), "ministry": (200, 200), "company": (200, 404), "store": (404, 404), "elsewhere": (404, 404)}
    assert browser().get(f"{base}{notice.pk}/").status_code == 302
    other = cast.case("noticed")
    assert browser(cast.officer).get(f"/desk/cases/{other.number}/documents/{notice.pk}/").status_code == 404
    batch = Batch.objects.get(items__case=cast.case("named", "rule-x"))
    assert browser().get(f"/lists/{batch.slug}.docx").status_code == 200 and browser().get("/lists/x.docx").status_code == 404
    assert "责令整改通知书" in browser(cast.company).get(f"/desk/cases/{case.number}/").content.decode()
