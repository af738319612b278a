"""Files of leads, attachments, who sent a lead, many leads at once, saved views — with what is thrown at them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mingcha.server.desk.words import say
from mingcha.server.inbox import services, sheets
from mingcha.server.inbox.models import Attachment, Row, Sheet, View
from mingcha.server.ledger import leads
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event, Lead
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import public
from tests.server.cast import Cast
from tests.server.test_acts import refused
from tests.server.test_pages import browser

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
HEAD = ["应用名称", "投诉内容", "场景", "省份", "包名", "联系人", "手机号"]
GOOD = ["示例", "一打开就读取通讯录", "C5-15", "广东省", "", "张三", 13800000000]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(raw: bytes) -> list[sheets.Line]:
    return sheets.read(raw, {"C5-15", "B3-07"})


def upload(raw: bytes, name: str = "a.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw)


CSV = "\r\n".join(",".join(str(c) for c in row) for row in (HEAD, GOOD))
FORMS = {
    "xlsx": workbook([], HEAD, GOOD)[:], "utf-8": CSV.encode(), "bom": CSV.encode("utf-8-sig"), "gb18030": CSV.encode("gb18030"),
    "utf-16": CSV.encode("utf-16"), "tab": CSV.replace(",", "\t").encode(), "semicolon": CSV.replace(",", ";").encode("gb18030"),
    "json": json.dumps([dict(zip(HEAD, GOOD, strict=True))]).encode(), "leads": json.dumps({"leads": [dict(zip(HEAD, GOOD, strict=True))]}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(form: str) -> None:
    (row,) = read(FORMS[form])
    assert row.fields == {"name": "示例", "text": "一打开就读取通讯录", "scenario": "C5-15", "province": "44", "sender": "张三", "contact": "13800000000"}
    assert row.wrong == () and row.number == (1 if form in ("json", "leads") else 3 if form == "xlsx" else 2)


def test_each_fault_is_told_by_row_and_column() -> None:
    rows = read(workbook(HEAD, GOOD, ["", "x"], ["示例", "x" * 5001], ["示例", "x", "Z9-99", "火星"], ["示例", "x", "c5-15", "44"]))
    told = [(r.number, {(w.field, w.why) for w in r.wrong}) for r in rows]
    assert told == [
        (2, set()), (3, {("name", "inbox-needed")}), (4, {("text", "inbox-long")}),
        (5, {("scenario", "inbox-scenario"), ("province", "inbox-place")}), (6, set()),
    ]  # fmt: skip
    assert read(b'[{"name": "a\\u0000", "text": "\\ud800"}, 7, null, {"name": {"x": 1}, "text": []}]')[0].wrong


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/sharedStrings.xml", b"0" * (sheets.UNPACKED + 1))
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEAD, GOOD))) as z, zipfile.ZipFile(out, "w") as to:
        for part in z.infolist():
            body = z.read(part)
            if part.filename.endswith("sheet1.xml"):
                body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]>' + body
            to.writestr(part.filename, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (bomb(), "file-too-large"), (entities(), "bad-file"), (b"PK\x03\x04" + b"\xff" * 500, "bad-file"), (b"PK", "bad-file"),
        (workbook(["a", "b"], ["c", "d"]), "no-header"), (b"\x80\xff\xff\xff", "bad-encoding"), (b"[" * 100_000, "bad-file"),
        (b'{"a": 1}', "no-header"), (b"[1e999999", "bad-file"), (b"\xff\xfe\x00", "bad-encoding"), ("应用名称\n示例".encode(), "no-header"),
        (b"name,text\n" + b"a,b\n" * (sheets.ROWS + 2), "too-many-rows"), (b'name,text\n"' + b"x" * 200_000 + b'",b', "bad-file"),
        (b"x" * (sheets.BYTES + 1), "file-too-large"), (json.dumps([{}] * (sheets.ROWS + 1)).encode(), "too-many-rows"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as e:
        read(raw)
    assert e.value.code == code


def test_nothing_is_entered_before_the_preview_is_confirmed(cast: Cast) -> None:
    client = browser(cast.officer)
    raw = workbook(HEAD, GOOD, ["", "没有名称"], ["<script>x</script>", "说明 =cmd()"], ["别省应用", "x", "", "四川"])
    sent = client.post("/desk/leads/import/", {"file": upload(raw, "../../一月.xlsx")})
    path = sent["Location"]
    assert not Lead.objects.exists()
    page = client.get(path).content.decode()
    assert "<script>x" not in page and say("inbox-needed", "zh") in page and say("inbox-elsewhere", "zh") in page and "一月.xlsx" in page
    for who in (cast.second, cast.elsewhere, cast.ministry, cast.company, cast.tester):
        assert browser(who).get(path).status_code == 403 and browser(who).post(path).status_code == 403
        assert who is cast.second or who is cast.elsewhere or browser(who).post("/desk/leads/import/", {"file": upload(raw)}).status_code == 403
    for _ in range(2):
        assert client.post(path).status_code == 302
    found = list(Lead.objects.order_by("pk"))
    assert [(x.subject_name, x.province, x.kind) for x in found] == [("示例", "44", "import"), ("<script>x</script>", "44", "import")]
    assert found[0].complainant.contact == "13800000000" and all(x.events.count() == 1 for x in found)
    again = client.post("/desk/leads/import/", {"file": upload(raw)})["Location"]
    client.post(again)
    assert Lead.objects.count() == 2 and Row.objects.count() == 2, "the same file again enters nothing twice"
    event = Event.objects.filter(act="sheet-entered").order_by("pk").first()
    assert event and "张三" not in event.leaf and "一月" not in event.leaf
    assert not services.place("sheets", Sheet.objects.first().digest).exists()  # type: ignore[union-attr]
    assert say("inbox-entered", "en") in browser(cast.officer, "en").get(path).content.decode()


def test_a_file_waits_for_an_hour_and_is_what_was_sent(cast: Cast) -> None:
    sheet = services.send(cast.officer, "a.csv", FORMS["utf-8"])
    refused("file-gone", services.enter, cast.officer, sheet.pk, timezone.now() + timedelta(hours=2))
    services.place("sheets", sheet.digest).write_bytes(b"name,text\nx,y")
    refused("file-gone", services.enter, cast.officer, sheet.pk)
    for bad in (b"", b"name,text\n"):
        assert browser(cast.officer).post("/desk/leads/import/", {"file": upload(bad)}).status_code == 422
    assert browser(cast.officer).post("/desk/leads/import/", {}).status_code == 422
    assert browser(cast.officer).post("/desk/leads/import/", {"file": upload(b"x" * 21_100_000)}).status_code == 413


def test_a_long_file_is_entered_in_several_calls(cast: Cast) -> None:
    raw = ("name,text\n" + "".join(f"应用{i},说明\n" for i in range(450))).encode()
    sheet = services.send(cast.officer, "a.csv", raw)
    assert [services.enter(cast.officer, sheet.pk, seconds=0).entered for _ in range(2)] == [None, None]
    assert Lead.objects.count() == 400 and say("inbox-go-on", "zh") in browser(cast.officer).get(f"/desk/leads/import/{sheet.pk}/").content.decode()
    done = services.enter(cast.officer, sheet.pk, seconds=0)
    assert done.entered and done.leads == 450 == Lead.objects.count()
    assert Event.objects.filter(act="sheet-entered").count() == 1


def test_attachments_are_told_by_what_they_hold(cast: Cast) -> None:
    client = browser()
    form = {"name": "示例", "text": "说明"}
    for bad in (b"<svg onload=x>", b"<html>", b"GIF89a", b"MZ", b"PK\x03\x04"):
        page = client.post("/complain/", {**form, "files": [upload(bad, "a.png")]})
        assert page.status_code == 422 and say("inbox-files-kind", "zh") in page.content.decode()
    assert client.post("/complain/", {**form, "files": [upload(PNG + bytes([i])) for i in range(6)]}).status_code == 422
    assert client.post("/complain/", {**form, "files": [upload(PNG + b"0" * services.FILE_BYTES)]}).status_code == 422
    assert not Lead.objects.exists() and not Attachment.objects.exists()
    sent = client.post("/complain/", {**form, "province": "44", "files": [upload(PNG, "张三的截图.png"), upload(PNG), upload(b"%PDF-1.7")]})
    lead = Lead.objects.get()
    assert sent.status_code == 200 and lead.attachments.count() == 2
    event = lead.events.get(act="lead-attached")
    assert lead.attachments.first().digest in event.leaf and "张三" not in event.leaf  # type: ignore[union-attr]


def test_who_may_see_what_came_with_a_lead(cast: Cast) -> None:
    lead = leads.receive(public(), "complaint", "示例", "说明", province="44", sender=("张三", "13800000000"))
    services.attach(lead, public(), [PNG])
    pk = lead.attachments.get().pk
    file, sender = f"/desk/leads/{lead.pk}/attachments/{pk}/", f"/desk/leads/{lead.pk}/complainant/"
    for who in (cast.approver, cast.tester, cast.company, cast.store, cast.elsewhere, cast.ministry):
        assert browser(who).post(file).status_code == 403 and browser(who).post(sender).status_code == 403
        assert "13800000000" not in browser(who).get(f"/desk/leads/{lead.pk}/").content.decode()
    assert browser().post(sender).status_code == 302 and browser(cast.officer).get(sender).status_code == 405
    assert not Event.objects.filter(act__in=("complainant-seen", "attachment-seen")).exists()
    got = browser(cast.officer).post(file)
    assert got.content == PNG and got["Content-Type"] == "application/octet-stream" and got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith("attachment;")
    assert "13800000000" not in browser(cast.officer).get(f"/desk/leads/{lead.pk}/").content.decode()
    assert "13800000000" in browser(cast.officer).post(sender).content.decode()
    assert [e.act for e in lead.events.order_by("-pk")[:2]] == ["complainant-seen", "attachment-seen"]
    other = leads.receive(public(), "complaint", "别的", "说明", province="44")
    assert browser(cast.officer).post(f"/desk/leads/{other.pk}/attachments/{pk}/").status_code == 403, "of another lead"


def test_it_is_erased_on_its_day_and_the_page_says_so(cast: Cast) -> None:
    first = leads.receive(public(), "complaint", "示例", "说明", province="44", sender=("张三", "1"))
    second = leads.receive(public(), "complaint", "另一个", "说明", province="44")
    services.attach(first, public(), [PNG])
    services.attach(second, public(), [PNG])
    file = services.place("attachments", first.attachments.get().digest)
    due = first.attachments.get().erase_on
    assert due == first.complainant.erase_on and file.stat().st_mode & 0o077 == 0
    Attachment.objects.filter(lead=second).update(erase_on=due + timedelta(days=9))
    assert services.erase(due - timedelta(days=1)) == 0 and services.erase(due) == 0 and file.exists(), "another lead has it too"
    leads.erase(due)
    page = browser(cast.officer).get(f"/desk/leads/{first.pk}/").content.decode()
    assert page.count(say("inbox-erased", "zh")) == 2
    assert browser(cast.officer).post(f"/desk/leads/{first.pk}/complainant/").status_code == 410
    assert browser(cast.officer).post(f"/desk/leads/{first.pk}/attachments/{first.attachments.get().pk}/").status_code == 410
    assert services.erase(due + timedelta(days=9)) == 1 and not file.exists() and first.events.filter(act="lead-attached").exists()


def test_files_of_leads_go_after_their_hour(cast: Cast) -> None:
    import os

    sheet = services.send(cast.officer, "a.csv", FORMS["gb18030"])
    path = services.place("sheets", sheet.digest)
    services.erase(day(timezone.now()))
    assert path.exists()
    later = timezone.now() + timedelta(hours=2)
    os.utime(path, (1, 1))
    services.erase(day(later), later)
    assert not path.exists() and Path(settings.HOME).is_dir()


def test_many_leads_at_once_each_by_itself(cast: Cast) -> None:
    known = leads.receive(public(), "complaint", cast.subject.name, "a", province="44", scenario="C5-15")
    unknown = leads.receive(public(), "complaint", "没有登记的应用", "b", province="44")
    foreign = leads.receive(public(), "complaint", cast.subject.name, "c", province="51", scenario="B3-07")
    done = leads.reject(leads.receive(public(), "complaint", "别的", "d", province="44").pk, cast.officer, "无关")
    form = {"lead": [known.pk, unknown.pk, foreign.pk, done.pk, known.pk, "x", 10**15], "province": "44", "scenario": ""}
    for who in (cast.approver, cast.tester, cast.company):
        assert browser(who).post("/desk/leads/triage/", form).status_code == 403
    page = browser(cast.officer).post("/desk/leads/triage/", form).content.decode()
    assert page.count(say("inbox-not-done", "zh")) == 5 and page.count(f"<b>{say('inbox-done', 'zh')}</b>") == 1
    states = [Lead.objects.get(pk=x.pk).state for x in (known, unknown, foreign, done)]
    assert states == ["triaged", "received", "received", "rejected"]
    assert Event.objects.filter(act="lead-triaged").count() == 1 and Lead.objects.get(pk=known.pk).scenario == "C5-15"
    for bad in ({"province": "99"}, {"province": "44", "scenario": "x"}, {"province": "44", "lead": list(range(1, 300))}):
        assert browser(cast.officer).post("/desk/leads/triage/", {"lead": [known.pk], **bad}).status_code == 422


def test_filters_order_and_pages(cast: Cast) -> None:
    for n in range(60):
        leads.receive(cast.officer, "complaint" if n % 2 else "media", f"应用{n}", "说明", province="44", scenario="C5-15")
    client = browser(cast.officer)

    def rows(query: str) -> int:
        page = client.get(f"/desk/leads/?{query}")
        assert page.status_code == 200
        return page.content.decode().count('name="lead"')

    assert (rows("state="), rows("kind=media"), rows("kind=complaint&sort=due"), rows("q=应用5"), rows("province=51")) == (50, 30, 30, 11, 0)
    seen, query = 0, "state=&sort=due"
    Lead.objects.filter(kind="media").update(due=day(timezone.now()))
    while query:
        page = client.get(f"/desk/leads/?{query}").content.decode()
        seen += page.count('name="lead"')
        import html
        import re

        more = re.findall(r'href="/desk/leads/\?([^"]*after[^"]*)"', page)
        query = html.unescape(more[-1]) if more else ""
    assert seen == 60
    for odd in ("after=9.9", "after=2026-02-30.1&sort=due", "sort=x&after=²", "kind=x&scenario=%00a", "q=" + "%" * 3):
        assert client.get(f"/desk/leads/?{odd}").status_code in (200, 422)


def test_views_are_kept_by_person(cast: Cast) -> None:
    client = browser(cast.officer)
    client.post("/desk/views/", {"page": "leads", "name": "媒体", "query": "kind=media&state=", "default": "1"})
    assert client.get("/desk/leads/")["Location"] == "/desk/leads/?kind=media&state="
    assert browser(cast.second).get("/desk/leads/").status_code == 200 and "媒体" in client.get("/desk/leads/?state=").content.decode()
    view = View.objects.get()
    browser(cast.second).post("/desk/views/", {"page": "leads", "drop": view.pk})
    assert View.objects.count() == 1, "of somebody else"
    client.post("/desk/views/", {"page": "cases", "name": "急", "query": "sort=due"})
    assert "急" in client.get("/desk/cases/").content.decode()
    for bad in ({"page": "x", "name": "a"}, {"page": "leads", "name": ""}, {"page": "leads", "name": "a", "query": "x" * 501}):
        assert client.post("/desk/views/", bad).status_code == 422
    for n in range(25):
        last = client.post("/desk/views/", {"page": "leads", "name": f"v{n}", "query": "//evil.example/"})
    assert last.status_code == 422 and View.objects.filter(page="leads").count() == services.VIEWS
    assert client.post("/desk/views/", {"page": "leads", "name": "v0", "query": "/\nx"})["Location"].startswith("/desk/leads/?")
    client.post("/desk/views/", {"page": "leads", "drop": view.pk})
    assert client.get("/desk/leads/").status_code == 200
