"""Evaluations: uploads that are hostile, and pages in both languages with nothing in them that was not escaped."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha.server import blobs
from mingcha.server.desk.words import say
from mingcha.server.evaluations import badges, seed, services
from mingcha.server.evaluations.document import BYTES, read
from mingcha.server.evaluations.models import Badge, Evaluation
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.refusals import Refused
from mingcha.server.registry.models import Subject
from tests.server.cast import START, later
from tests.server.test_acts import refused
from tests.server.test_evaluations import Here, document, here
from tests.server.test_pages import browser

__all__ = ["here"]


def changed(**values: Any) -> bytes:
    """A document in which something was changed; `a__b` is `b` of `a`, a number is a place in a list."""
    told = json.loads(document())
    for path, value in values.items():
        *way, last = path.split("__")
        at = told
        for step in way:
            at = at[int(step) if isinstance(at, list) else step]
        at[int(last) if isinstance(at, list) else last] = value
    return json.dumps(told).encode()


MADE_UP: dict[str, dict[str, Any]] = {
    "total": {"total": 100}, "technical": {"technical": 99.0}, "untested": {"untested": 0.1}, "passed": {"passed": None}, "points": {"items__0__points": 9.0},
    "weight": {"items__0__weight": 50.0}, "outcome": {"items__0__outcome": "partly"}, "rule": {"items__0__rules": {"web-elder-entry": "passed"}},
    "foreign rule": {"items__0__rules__bogus": "passed"}, "fewer": {"items": []}, "name": {"items__0__name": {"zh": "<script>", "en": "x"}},
    "scheme name": {"scheme__name": {"zh": "另一方案", "en": "x"}}, "line": {"scheme__pass_line": 1}, "years": {"scheme__valid_years": 50}, "veto": {"vetoes": []},
    "veto failed": {"vetoes__0__failed": True}, "part": {"parts__0__points": 40.0}, "survey": {"survey__mean": 100}, "more": {"extra": "x"}, "deeper": {"subject__extra": 1},
}  # fmt: skip
MALFORMED: dict[str, dict[str, Any]] = {
    "schema": {"schema": "mingcha.score/2"}, "range": {"survey__mean": 101}, "negative": {"survey__sample": -1}, "points": {"self_evaluation__points": 1e300},
    "exhibit": {"exhibits": ["../../etc/passwd"]}, "digest": {"catalogue__digest": "x"}, "day": {"catalogue__at": "2026-99"}, "no subject": {"subject__id": ""}, "blank": {"subject__id": " "}, "surrogate": {"subject__name": "\ud800"},
    "nul": {"subject__id": "a\0b"}, "long": {"subject__name": "x" * 256}, "unknown outcome": {"items__0__rules__web-elder-entry": "<script>"}, "type": {"total": "90"},
    "list": {"items": {}}, "platform": {"subject__platform": "x" * 17}, "long source": {"survey__source": "x" * 1001},
}  # fmt: skip


@pytest.mark.parametrize("name", MADE_UP)
def test_what_the_scheme_does_not_make_is_refused(name: str) -> None:
    refused("score-differs", read, changed(**MADE_UP[name]))


@pytest.mark.parametrize("name", MALFORMED)
def test_what_has_another_form_is_refused(name: str) -> None:
    refused("bad-score", read, changed(**MALFORMED[name]))


@pytest.mark.parametrize("values", [{"scheme__id": "bogus"}, {"scheme__id": None}, {"scheme__version": 2}, {"subject__kind": "app"}, {"catalogue__at": "2019-01-01"}])
def test_a_scheme_that_is_not_known_is_refused(values: dict[str, Any]) -> None:
    refused("score-scheme", read, changed(**values))


@pytest.mark.parametrize("raw", [b"{", b"[]", b"null", b"1", b"\xff\xfe{}", b'"\\ud800"', b"[" * 100_000, b'{"a":' * 50_000, b"PK\x03\x04" + bytes(100), b"{}" * 2, b"1e999"])
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    refused("bad-score", read, raw)


def test_sizes() -> None:
    refused("empty-file", read, b"")
    refused("file-too-large", read, b" " * (BYTES + 1))


def test_cut_and_flipped_documents_never_break_it() -> None:
    whole, rng = document(), random.Random(7)
    assert read(whole).score.total == 90.0
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        data = bytes(raw[: rng.choice((len(raw), rng.randrange(len(raw))))])
        try:
            read(data)
        except Refused as e:
            assert e.code in ("bad-score", "score-scheme", "score-differs", "empty-file")


def test_uploads_by_the_page(here: Here) -> None:
    client, path = browser(here.one), "/desk/evaluations/new/"

    def send(raw: bytes | None, **more: str) -> Any:
        return client.post(path, {**({"score": SimpleUploadedFile("s.json", raw)} if raw is not None else {}), **more})

    for raw, status in ((None, 422), (b"", 422), (b"x", 422), (b" " * (BYTES + 1), 413), (changed(total=100), 422), (b"[" * 100_000, 422)):
        sent = send(raw)
        assert sent.status_code == status and say("error-title", "zh") in sent.content.decode()
    assert send(document(), credit_code="91440000NOBODY0000").status_code == 422
    assert client.post(path, {"score": "not a file"}).status_code == 422
    assert not Evaluation.objects.exists() and not Subject.objects.filter(kind="website").exists()
    first = send(document(), credit_code=here.code, key="k")["Location"]
    assert send(document(), credit_code=here.code, key="k")["Location"] == first, "sent twice, entered once"
    assert send(document(), key="other").status_code == 409 and send(document(survey=81), key="k").status_code == 409
    assert Evaluation.objects.count() == 1 and Event.objects.filter(act="enter-evaluation").count() == 1
    got = client.get(first + "score.json")
    assert got.content == document() and got["Content-Disposition"].startswith("attachment") and got["X-Content-Type-Options"] == "nosniff"
    assert send(document(survey=82), credit_code=here.cast.elsewhere.organisation.credit_code or "91440000000000OTHR").status_code == 422, "another operator's"


def test_a_rejected_document_may_come_again(here: Here) -> None:
    made = here.entered()
    refused("there-already", services.enter, here.rival, document())
    services.submit(made.pk, here.one, START)
    services.decide(made.pk, here.cast.officer, verified=False, reason="样本来源不清", now=START)
    page = browser(here.one).get(f"/desk/evaluations/{made.pk}/").content.decode()
    assert "样本来源不清" in page and "样本来源不清" not in Event.objects.get(act="reject-evaluation").leaf
    assert here.entered().pk != made.pk


def test_pages_hold_no_text_that_was_not_escaped(here: Here) -> None:
    evil = "<script>alert(1)</script>\"'{{x}}"
    told = json.loads(document())
    told["subject"]["name"], told["survey"]["source"] = evil, evil
    badge = here.badge(json.dumps(told).encode())
    n = badge.evaluation_id
    badges.check(n, here.two, passed=False, note=evil, now=later(1))
    badges.withdraw(n, here.cast.approver, evil, later(2))
    badges.appeal(n, here.company, evil, later(3))
    paths = ("/desk/evaluations/", "/desk/evaluations/badges/", f"/desk/evaluations/{n}/", "/desk/evaluations/new/", "/desk/")
    for lang in ("zh", "en"):
        for who, path in [(w, p) for w in (here.one, here.cast.officer, here.company) for p in paths] + [(None, "/badges/"), (None, f"/badges/{badge.number}/"), (None, "/")]:
            page = browser(who, lang).get(path).content.decode()
            assert "<script" not in page and "style=" not in page and "{{x}}" not in page.replace("&#x27;{{x}}", ""), path
        assert say("evaluations-criteria", lang) in browser(here.one, lang).get(f"/desk/evaluations/{n}/").content.decode()
    company = browser(here.company).get(f"/desk/evaluations/{n}/").content.decode()
    assert here.one.person is not None and here.one.person.name not in company.partition("<main")[2], "a company reads no names of staff"


def test_lists_filter_and_page(here: Here) -> None:
    seed.fill((here.one, here.two), (here.cast.approver, here.cast.other_approver), 1, later(900))
    client = browser(here.one)

    def rows(query: str) -> int:
        return client.get(f"/desk/evaluations/?{query}").content.decode().count('href="/desk/evaluations/') - 3 - 1 * ("new/" not in query)

    whole = rows("")
    assert Evaluation.objects.count() == 12 and whole > rows("kind=app") > 0 and whole > rows("state=verified") > rows("state=rejected") > 0
    assert rows("state=bogus&kind=bogus&show=bogus") == whole and rows("q=图书馆") == rows(f"q={Badge.objects.get(exemplar=True).number}") == rows("show=asked") == rows("state=draft&kind=app")
    assert {b.state for b in Badge.objects.all()} == {"valid", "withdrawn", "expired"}
    for i in range(60):
        services.enter(here.one, document(f"n{i}.example.cn"), now=later(900))
    page = client.get("/desk/evaluations/").content.decode()
    assert page.count('<th scope="row">') == 50
    more = page.rpartition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    assert client.get(f"/desk/evaluations/?{more}").content.decode().count('<th scope="row">') == 22
    for odd in ("?after=x", "?after=-1", "?after=999999999999999999999", "?q=%25_%5C", "?show=due&after=1", "badges/?state=x&after=x"):
        assert client.get("/desk/evaluations/" + odd).status_code == 200


def test_everybody_checks_a_badge(here: Here) -> None:
    badge = here.badge()
    client = browser()
    assert "/badges/" in client.get("/").content.decode()
    page = client.get("/badges/").content.decode()
    assert badge.number in page and "某网站" in page and str(badge.until) in page
    assert client.get(f"/badges/?number={badge.number.lower()}")["Location"] == f"/badges/{badge.number}/"
    assert "标识有效" in client.get(f"/badges/{badge.number}/").content.decode()
    for wrong in ("WZA-2026-999999", "<script>", "' OR 1=1", "WZA-2026-٠٠٠٠٠١", "x" * 500):
        got = client.get("/badges/", {"number": wrong}, follow=True)
        assert got.status_code == 404 and say("badges-unknown", "zh") in got.content.decode() and "<script" not in got.content.decode()
    assert client.post("/badges/").status_code == 405
    Badge.objects.update(until=START.date())
    assert "标识已到期" in client.get(f"/badges/{badge.number}/").content.decode(), "also before the clock has told it so"
    assert f"/badges/{badge.number}/" not in client.get("/badges/").content.decode()


def test_a_document_that_is_gone_is_told(here: Here) -> None:
    made = here.entered()
    path = blobs.path(made.digest)
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"{}")
    try:
        assert say("evaluations-gone", "zh") in browser(here.one).get(f"/desk/evaluations/{made.pk}/").content.decode()
        assert browser(here.one).get(f"/desk/evaluations/{made.pk}/score.json").status_code == 404
    finally:
        path.write_bytes(data)


def test_acts_by_the_page(here: Here) -> None:
    path = browser(here.one).post("/desk/evaluations/new/", {"score": SimpleUploadedFile("s.json", document()), "credit_code": here.code})["Location"]
    steps: list[tuple[Any, dict[str, Any]]] = [
        (here.one, {"do": "submit-evaluation"}), (here.two, {"do": "verify-evaluation"}), (here.cast.approver, {"do": "issue-badge"}),
        (here.two, {"do": "spot-check", "outcome": "passed", "reason": "好", "score": SimpleUploadedFile("s.json", document(survey=85))}),
        (here.cast.approver, {"do": "name-exemplar"}), (here.cast.approver, {"do": "end-exemplar", "reason": "x"}), (here.cast.approver, {"do": "withdraw-badge", "reason": "x"}),
        (here.company, {"do": "appeal-badge", "reason": "x"}), (here.cast.other_approver, {"do": "restore-badge", "reason": "x"}),
    ]  # fmt: skip
    for who, form in steps:
        assert f'value="{form["do"]}"' in browser(who).get(path).content.decode(), form["do"]
        assert browser(who).post(path, form).status_code == 302, form["do"]
    assert browser(here.two).post(path, {"do": "spot-check", "outcome": "perhaps", "reason": "x"}).status_code == 422
    assert browser(here.two).post(path, {"do": "spot-check", "outcome": "failed", "reason": "x", "score": SimpleUploadedFile("s.json", b"x")}).status_code == 422
    assert Badge.objects.get().state == "valid" and not Badge.objects.get().asked
