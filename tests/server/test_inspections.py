"""Uploads, the queue, evidence, check sheets, re-tests, and problems that come back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mingcha.report import json_
from mingcha.server import blobs
from mingcha.server.inspections import queue, services
from mingcha.server.inspections.files import media, plain_name
from mingcha.server.inspections.models import Answer, Evidence, Job, Reoffence
from mingcha.server.inspections.services import Incoming
from mingcha.server.ledger.intake import reoffences, take
from mingcha.server.ledger.models import Event, Lead
from mingcha.server.ledger.services import act
from mingcha.server.registry.models import Inspection, Package
from tests.server.cast import START, Cast, later, make
from tests.server.test_acts import refused
from tests.server.test_pages import browser
from tests.support import apk, flagged, put

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def file(name: str, data: bytes) -> Any:
    return SimpleUploadedFile(name, data)


def package(folder: Path, **flags: Any) -> bytes:
    return put(folder / "x.apk", apk(flagged(debuggable=True, **flags))).read_bytes()


def test_an_upload_becomes_an_inspection(cast: Cast, tmp_path: Path) -> None:
    data = package(tmp_path)
    job = services.submit(cast.company, [Incoming("package", file("../../我的 应用.apk", data)), Incoming("policy", file("p.txt", "隐私政策：本应用不收集个人信息。".encode()))], key="k")
    assert services.submit(cast.company, [Incoming("package", file("我的 应用.apk", data)), Incoming("policy", file("p.txt", "隐私政策：本应用不收集个人信息。".encode()))], key="k") == job
    assert [f.name for f in job.files.order_by("pk")] == ["我的 应用.apk", "p.txt"]
    claimed = queue.claim("w1")
    assert claimed == job and queue.claim("w2") is None
    queue.run(claimed)
    job.refresh_from_db()
    assert job.state == "done" and job.inspection is not None, job.en
    raw = blobs.get(job.inspection.digest)
    assert {e.kind for e in json_.load(raw).exhibits} == {"package", "policy"} and json_.load(raw).exhibits[0].name == "我的 应用.apk"
    assert Event.objects.filter(about=f"inspection:{job.inspection.pk}", act="inspected").count() == 1
    page = browser(cast.company).get(f"/desk/inspections/{job.inspection.pk}/").content.decode()
    assert "我的 应用.apk" in page and "<script" not in page
    for name in ("report.html", "result.json"):
        got = browser(cast.company).get(f"/desk/inspections/{job.inspection.pk}/{name}")
        assert got.status_code == 200 and "attachment" in got["Content-Disposition"]
    stranger = make()
    for who in (stranger.company, cast.store):
        for path in (f"jobs/{job.pk}/", f"{job.inspection.pk}/", f"{job.inspection.pk}/result.json", f"{job.inspection.pk}/report.html"):
            assert browser(who).get(f"/desk/inspections/{path}").status_code == 404
    assert browser(cast.tester).get(f"/desk/inspections/{job.inspection.pk}/").status_code == 200


def test_what_is_no_package_ends_with_a_reason(cast: Cast) -> None:
    job = services.submit(cast.tester, [Incoming("package", file("x.apk", b"PK\x03\x04 nothing"))])
    claimed = queue.claim("w")
    assert claimed is not None
    queue.run(claimed)
    job.refresh_from_db()
    assert job.state == "failed" and job.zh and job.en and job.code and job.inspection is None
    assert job.zh in browser(cast.tester).get(f"/desk/inspections/jobs/{job.pk}/").content.decode()


def test_what_is_not_taken(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    refused("needs-package", services.submit, cast.company, [Incoming("policy", file("p.txt", b"x"))])
    refused("needs-package", services.submit, cast.company, [])
    refused("needs-package", services.submit, cast.company, [Incoming("package", file("x", b"x"))] * 9)
    refused("needs-package", services.submit, cast.company, [Incoming("package", file("x", b"x")), Incoming("malware", file("x", b"x"))])
    refused("empty-file", services.submit, cast.company, [Incoming("package", file("x", b""))])
    refused("not-yours", services.submit, cast.approver, [Incoming("package", file("x", b"x"))])
    refused("not-yours", services.submit, cast.company, [Incoming("package", file("x", b"x"))], case=cast.case("opened"))
    monkeypatch.setattr(services, "MOST_BYTES", 10)
    refused("too-large", services.submit, cast.company, [Incoming("package", file("x", b"x" * 6)), Incoming("policy", file("y", b"y" * 6))])
    monkeypatch.setattr(services, "WAITING", 1)
    services.submit(cast.company, [Incoming("package", file("x", b"x"))])
    refused("too-many-jobs", services.submit, cast.company, [Incoming("package", file("y", b"y"))])
    from django.conf import settings

    assert not list((settings.HOME / "incoming").iterdir()), "nothing is left of what was refused"


def test_a_worker_that_dies_leaves_its_job_to_another(cast: Cast) -> None:
    job = services.submit(cast.tester, [Incoming("package", file("x.apk", b"x"))])
    now = timezone.now()
    for n in range(queue.TRIES):
        claimed = queue.claim(f"w{n}", now)
        assert claimed == job and claimed.tries == n + 1
        assert queue.claim("other", now) is None, "while the lease runs"
        now += queue.LEASE + timedelta(seconds=1)
    assert queue.claim("last", now) is None
    job.refresh_from_db()
    assert (job.state, job.code) == ("failed", "not-conclusive")


def test_what_comes_too_late_is_not_taken_in(cast: Cast, tmp_path: Path) -> None:
    job = services.submit(cast.company, [Incoming("package", file("x.apk", package(tmp_path)))])
    claimed = queue.claim("w1")
    assert claimed is not None
    again = queue.claim("w2", timezone.now() + queue.LEASE * 2)
    assert again == job
    queue.run(claimed)
    job.refresh_from_db()
    assert job.state == "running" and job.worker == "w2" and job.inspection is None and not Inspection.objects.exists()
    services.cancel(job, cast.company)
    queue.run(again)
    job.refresh_from_db()
    assert job.state == "cancelled" and not Inspection.objects.exists()
    refused("not-yours", services.cancel, job, cast.tester)


def test_a_file_that_was_changed_is_not_inspected_as_another(cast: Cast) -> None:
    job = services.submit(cast.company, [Incoming("package", file("x.apk", b"x"))])
    blobs.path(job.files.get().sha256).unlink()
    claimed = queue.claim("w")
    assert claimed is not None
    queue.run(claimed)
    job.refresh_from_db()
    assert (job.state, job.code) == ("failed", "lost-file")


def test_the_queue_of_a_running_office(tmp_path: Path) -> None:
    """A worker is killed in the middle; the job is done by the next one, once."""
    env = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "MINGCHA_DATABASE")} | {"MINGCHA_HOME": str(tmp_path)}
    script = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from mingcha.server.inspections import queue, services
from mingcha.server.inspections.models import Job
from mingcha.server.ledger.seed import staff
import sys, pathlib
if sys.argv[1] == "submit":
    services.submit(staff(None).tester, [services.Incoming("package", SimpleUploadedFile("x.apk", pathlib.Path(sys.argv[2]).read_bytes()))])
elif sys.argv[1] == "expire":
    print(Job.objects.filter(state="running").update(lease=timezone.now()))
else:
    from mingcha.server.registry.models import Inspection
    print([(j.state, j.tries) for j in Job.objects.all()], Inspection.objects.count())
"""
    target = put(tmp_path / "a.apk", apk(flagged(debuggable=True)))

    def run(*arguments: str) -> str:
        done = subprocess.run([sys.executable, "-c", script, *arguments], env={**env, "DJANGO_SETTINGS_MODULE": "mingcha.server.conf.settings"},
                              capture_output=True, text=True, check=True, timeout=120)  # fmt: skip
        return done.stdout.strip()

    run("submit", str(target))
    worker = subprocess.Popen([sys.executable, "-m", "mingcha", "manage", "work"], env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(300):
            if run("show").startswith("[('running'") or run("show").startswith("[('done'"):
                break
            time.sleep(0.05)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    run("expire")
    subprocess.run([sys.executable, "-m", "mingcha", "manage", "work", "--once"], env=env, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert run("show") in ("[('done', 2)] 1", "[('done', 1)] 1")


def test_evidence(cast: Cast) -> None:
    case = cast.case("inspected")
    first = case.findings.order_by("pk")[0]
    made = services.add_evidence(case, cast.tester, file("截图<b>.png", PNG), finding=first)
    assert services.add_evidence(case, cast.tester, file("again.png", PNG), finding=first) == made
    assert made.media == "image/png" and case.events.filter(act="add-evidence").count() == 1
    for bad in (b"<html>", b"  <svg", b"MZ\x00\x01", b"\xff\xfe\x00", b"<?xml version='1.0'?>"):
        refused("bad-evidence", services.add_evidence, case, cast.tester, file("x.png", bad))
    refused("not-yours", services.add_evidence, case, cast.company, file("x.png", PNG))
    refused("bad-data", services.add_evidence, case, cast.tester, file("x.png", PNG), finding=cast.case("inspected", "rule-z").findings.first())
    path = f"/desk/cases/{case.number}/evidence/{made.pk}/"
    got = browser(cast.officer).get(path)
    assert b"".join(got.streaming_content) == PNG and got["Content-Type"] == "image/png" and got["Content-Disposition"].startswith("attachment") and got["X-Content-Type-Options"] == "nosniff"  # type: ignore[attr-defined]
    assert browser(cast.elsewhere).get(path).status_code == 404 and browser(cast.company).get(path).status_code == 404
    sent = browser(cast.tester).post(f"/desk/cases/{case.number}/evidence/", {"file": file("说明.txt", "现象".encode()), "finding": "", "key": "k"})
    assert sent.status_code == 302 and Evidence.objects.filter(case=case).count() == 2
    assert browser(cast.tester).post(f"/desk/cases/{case.number}/evidence/", {}).status_code == 422
    page = browser(cast.officer).get(f"/desk/cases/{case.number}/").content.decode()
    assert "截图&lt;b&gt;.png" in page
    act(case.pk, "dismiss", cast.approver, {"reason": "x"}, version=case.version)
    case.refresh_from_db()
    refused("wrong-state", services.add_evidence, case, cast.tester, file("y.png", PNG + b"1"))


def test_what_a_company_adds_it_sees_and_nothing_else(cast: Cast) -> None:
    case = cast.case("noticed")
    own, other = (services.add_evidence(case, who, file("a.png", PNG + who.kind.encode())) for who in (cast.company, cast.officer))
    seen = {e.pk: browser(cast.company).get(f"/desk/cases/{case.number}/evidence/{e.pk}/").status_code for e in (own, other)}
    assert seen == {own.pk: 200, other.pk: 404}


def test_check_sheets_take_two_people_and_evidence(cast: Cast) -> None:
    case = cast.case("inspected")
    one, two = case.findings.order_by("pk")
    one.finding.outcome = "cantTell"
    one.finding.save()
    both = {"confirm": [one.pk, two.pk]}
    refused("sheets-answered", act, case.pk, "verify", cast.second, both, version=case.version)
    refused("needs-evidence", services.answer, one, cast.tester, breach=True)
    services.add_evidence(case, cast.tester, file("a.png", PNG), finding=one)
    services.answer(one, cast.tester, breach=False, note="看不出")
    refused("sheets-answered", act, case.pk, "verify", cast.second, both, version=case.version)
    services.answer(one, cast.second, breach=True, note="弹窗没有关闭按钮，操作人张三")
    assert "张三" not in case.events.filter(act="answer-sheet").last().leaf  # type: ignore[union-attr]
    refused("sheets-answered", act, case.pk, "verify", cast.second, both, version=case.version)
    refused("not-yours", services.answer, one, cast.company, breach=True)
    refused("wrong-state", services.answer, two, cast.tester, breach=True)
    assert browser(cast.tester).post(f"/desk/cases/{case.number}/sheet/", {"finding": one.pk, "answer": "breach"}).status_code == 302
    act(case.pk, "verify", cast.second, both, version=case.version)
    assert Answer.objects.get(finding=one).by == cast.tester.person
    page = browser(cast.officer).get(f"/desk/cases/{case.number}/").content.decode()
    assert "人工核验" in page
    for wrong in ({"finding": one.pk, "answer": "maybe"}, {"finding": "x", "answer": "fine"}):
        assert browser(cast.tester).post(f"/desk/cases/{case.number}/sheet/", wrong).status_code == 422


def test_a_retest_that_saw_nothing_clears_nothing(cast: Cast) -> None:
    """What the new inspection did not observe is not rectified; and an older version is no re-test."""
    case = cast.case("noticed")
    new = cast.inspection(version="2.0")
    act(case.pk, "reply", cast.company, {"package": new.package_id}, version=case.version, now=later(2))
    case.refresh_from_db()
    Inspection.objects.filter(pk=new.pk).update(cleared=["rule-a"])
    refused("nothing-remains", act, case.pk, "retest-passed", cast.tester, {"inspection": new.pk}, version=case.version)
    old = case.inspections.get().inspection
    refused("retest-attached", act, case.pk, "retest-passed", cast.tester, {"inspection": old.pk}, version=case.version)
    act(case.pk, "retest-failed", cast.tester, {"inspection": new.pk}, version=case.version, now=later(3))
    assert dict(case.findings.values_list("finding__rule", "status")) == {"rule-a": "fixed", "rule-b": "remains"}
    page = browser(cast.officer).get(f"/desk/cases/{case.number}/retest/").content.decode()
    assert "1.0 → 2.0" in page and browser(cast.elsewhere).get(f"/desk/cases/{case.number}/retest/").status_code == 404
    assert browser(cast.officer).get(f"/desk/cases/{cast.case('opened').number}/retest/").status_code == 404


def test_a_problem_that_comes_back_is_flagged(cast: Cast) -> None:
    case = cast.case("noticed")
    Package.objects.filter(subject=cast.subject).update(signer="ab" * 32)
    fixed = cast.inspection(version="2.0")
    act(case.pk, "reply", cast.company, {"package": fixed.package_id}, version=case.version, now=later(2))
    act(case.pk, "retest-passed", cast.tester, {"inspection": fixed.pk}, version=case.version + 1, now=later(3))
    back = cast.inspection("rule-a", version="3.0")
    reoffences(back)
    reoffences(back)
    found = Reoffence.objects.get()
    assert (found.case, found.rule, found.by_signer) == (case, "rule-a", False)
    assert case.events.filter(act="re-offence").count() == 1
    other = make()
    twin = other.inspection("rule-b", "rule-c")
    assert twin.package is not None
    twin.package.signer = "ab" * 32
    twin.package.save()
    reoffences(twin)
    assert Reoffence.objects.get(by_signer=True).rule == "rule-b"
    assert str(back.pk) in browser(cast.officer).get(f"/desk/cases/{case.number}/").content.decode()
    reoffences(other.inspection("rule-a"))
    assert Reoffence.objects.count() == 2, "another app of another signer is another matter"


def test_a_company_reports_itself(cast: Cast) -> None:
    job = services.submit(cast.company, [Incoming("package", file("x.apk", b"x"))])
    found = cast.inspection("rule-a")
    Job.objects.filter(pk=job.pk).update(state="done", inspection=found)
    page = browser(cast.company).post(f"/desk/inspections/{found.pk}/", {"plan": "下一版本移除该 SDK"})
    lead = Lead.objects.get(kind="self-report")
    assert page.status_code == 200 and lead.receipt in page.content.decode() and lead.subject == cast.subject and "移除该 SDK" in lead.text
    assert "移除该 SDK" not in lead.events.get(act="lead-received").leaf
    refused("not-yours", services.self_report, found, cast.tester, "x")
    refused("not-yours", services.self_report, cast.inspection("rule-b"), cast.company, "x")
    refused("bad-data", services.self_report, found, cast.company, " ")


def test_pages_of_the_queue(cast: Cast, tmp_path: Path) -> None:
    client = browser(cast.company)
    sent = client.post("/desk/inspections/", {"package": file("a.apk", package(tmp_path)), "key": "k"})
    path = sent["Location"]
    waiting = client.get(path)
    assert waiting["Refresh"] == "3" and "a.apk" in client.get("/desk/inspections/").content.decode()
    assert client.post("/desk/inspections/", {}).status_code == 422
    assert browser(cast.approver).post("/desk/inspections/", {"package": file("a.apk", b"x")}).status_code == 403
    assert client.post(path).status_code == 302 and "Refresh" not in client.get(path).headers
    assert browser(cast.tester).get(path).status_code == 404 and browser(cast.ministry).get(path).status_code == 200


@pytest.mark.parametrize(
    ("head", "kind"),
    [(PNG, "image/png"), (b"%PDF-1.7", "application/pdf"), ("说明".encode(), "text/plain"), (b"{}", "text/plain"), (b"\xef\xbb\xbf<HTML>", ""),
     (b"\n <!DOCTYPE html>", ""), (b"\0\1", ""), (b"\xff\xfe", ""), (b"\0\0\0 ftypmp42", "video/mp4")],
)  # fmt: skip
def test_media(head: bytes, kind: str) -> None:
    assert media(head) == kind


def test_names_of_files() -> None:
    assert [plain_name(n) for n in ("/etc/passwd", "..\\..\\a.apk", "a\0b\n.txt", "..", "", "x" * 400 + ".apk")] == [
        "passwd", "a.apk", "ab.txt", "file", "file", "x" * 146 + ".apk",
    ]  # fmt: skip


def test_many_results_at_once(cast: Cast, tmp_path: Path) -> None:
    """One with a thousand findings: what it costs in queries does not grow with them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mingcha.cli import main

    target = put(tmp_path / "a.apk", apk(flagged(debuggable=True)))
    with pytest.raises(SystemExit):
        main(["scan", str(target), "--format", "json", "-o", str(tmp_path / "r.json"), "--fail-on", "never"])
    document = json.loads((tmp_path / "r.json").read_text())
    failed = next(f for f in document["findings"] if f["outcome"] == "failed")
    counts = []
    for size in (10, 1000):
        document["findings"] = [{**failed, "rule": f"rule-{n}"} for n in range(size)]
        document["timing"] = {"read_seconds": float(size)}
        raw = json.dumps(document).encode()
        with CaptureQueriesContext(connection) as queries:
            entered = take(raw, json_.load(raw), now=START)
        assert entered.findings.count() == size
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 5, counts
