"""The machine API: keys, roles, repeated requests, rates, and answers to whatever is sent."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.server.api import edge, keys
from mingcha.server.api.models import Answered, Key
from mingcha.server.api.routes import api
from mingcha.server.inspections.models import Job
from mingcha.server.ledger.models import Lead
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Organisation
from mingcha.server.registry.models import Inspection, Listing, Operator
from tests.server.cast import START, Cast, later, make, member
from tests.server.test_acts import refused
from tests.server.test_inspections import package
from tests.server.test_pages import browser

CODE = "91350100M000100Y43"  # the standard's own example


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def client(who: Who | Organisation) -> Client:
    home = who if isinstance(who, Organisation) else who.organisation
    _, text = keys.make(home, "测试", None)
    return Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {text}"})


def post(c: Client, path: str, body: Any, **headers: str) -> Any:
    return c.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_without_a_key_nothing_is_told(cast: Cast) -> None:
    nobody = Client(SERVER_NAME="localhost")
    for path in ("me", "cases", "leads", "jobs/1", "inspections/1", "nothing"):
        got = nobody.get(f"/api/v1/{path}")
        assert got.status_code == 401 and got["Content-Type"] == "application/problem+json" and got["WWW-Authenticate"] == "Bearer"
    key, text = keys.make(cast.store.organisation, "x", None)
    for wrong in ("", "x", f"mck_{key.prefix}_wrong", text[:-1], text + "x", f"mck_zzz_{text.rpartition('_')[2]}", "mck__", "Bearer"):
        assert nobody.get("/api/v1/me", headers={"authorization": f"Bearer {wrong}"}).status_code == 401
    assert nobody.get("/api/v1/me", headers={"authorization": f"Basic {text}"}).status_code == 401
    assert nobody.get("/api/v1/lists").status_code == 200 and nobody.get("/api/openapi.json").status_code == 200
    signed_in = browser(cast.officer)
    assert signed_in.get("/api/v1/me").status_code == 401, "a session of a browser is no key"


def test_keys_end(cast: Cast) -> None:
    key, text = keys.make(cast.store.organisation, "x", None)
    c = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {text}"})
    told = c.get("/api/v1/me").json()
    assert (told["organisation"], told["kind"], told["role"]) == (cast.store.organisation.name, "store", "contact")
    assert text.rpartition("_")[2] not in json.dumps(list(Key.objects.values()), default=str)
    Key.objects.filter(pk=key.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert c.get("/api/v1/me").status_code == 401
    Key.objects.filter(pk=key.pk).update(expires=None, revoked=timezone.now())
    assert c.get("/api/v1/me").status_code == 401


def test_guessing_ends_soon(cast: Cast) -> None:
    _, text = keys.make(cast.store.organisation, "x", None)
    guesser = Client(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.9")
    for n in range(keys.FAILURES):
        guesser.get("/api/v1/me", headers={"authorization": f"Bearer mck_{n:012x}_guess"})
    assert guesser.get("/api/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 401
    assert Client(SERVER_NAME="localhost").get("/api/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 200, "others are not locked out"


def test_an_upload_and_its_result(cast: Cast, tmp_path: Path) -> None:
    from mingcha.server.inspections import queue

    c = client(cast.company)
    sent = c.post("/api/v1/inspections", {"package": SimpleUploadedFile("a.apk", package(tmp_path))})
    assert sent.status_code == 202, sent.content
    number = sent.json()["id"]
    claimed = queue.claim("w")
    assert claimed is not None
    queue.run(claimed)
    told = c.get(f"/api/v1/jobs/{number}").json()
    assert told["state"] == "done"
    found = c.get(f"/api/v1/inspections/{told['inspection']}").json()
    raw = c.get(f"/api/v1/inspections/{told['inspection']}/document")
    assert found["findings"] and json.loads(raw.content)["schema"] == "mingcha.inspection/1" and raw["ETag"] == f'"{found["digest"]}"'
    for other in (make().company, cast.store):
        for path in (f"jobs/{number}", f"inspections/{told['inspection']}", f"inspections/{told['inspection']}/document"):
            assert client(other).get(f"/api/v1/{path}").status_code == 404
    lab = client(cast.tester)
    again = lab.post("/api/v1/results", {"document": SimpleUploadedFile("r.json", raw.content)})
    assert again.status_code == 200 and again.json()["id"] == told["inspection"] and Inspection.objects.count() == 1
    for bad in (b"", b"{}", b"[" * 5000, b"\xff\xfe", b'{"schema": "other"}'):
        assert lab.post("/api/v1/results", {"document": SimpleUploadedFile("r.json", bad)}).status_code in (422, 413), bad
    assert c.post("/api/v1/results", {"document": SimpleUploadedFile("r.json", raw.content)}).status_code == 403


def test_leads(cast: Cast) -> None:
    c = client(cast.store)
    body = {"name": "示例", "text": "读取通讯录", "identifier": cast.subject.identifier, "scenario": "C5-15", "province": "44"}
    sent = post(c, "leads", body)
    assert sent.status_code == 201 and Lead.objects.get().subject == cast.subject
    assert [row["receipt"] for row in c.get("/api/v1/leads").json()["items"]] == [sent.json()["receipt"]]
    assert client(cast.tester).get("/api/v1/leads").json()["items"] == []
    assert post(client(cast.company), "leads", body).status_code == 403
    for wrong in ({}, {**body, "more": 1}, {**body, "name": ""}, {**body, "text": "x" * 6000}, {**body, "province": "99"}, {**body, "name": "a\0b"},
                  {**body, "kind": "complaint"}, {**body, "name": 5}, [], "x", None):  # fmt: skip
        got = post(c, "leads", wrong)
        assert got.status_code == 422 and got.json()["code"] in ("bad-request", "bad-data") and got.json()["zh"], wrong
    assert c.post("/api/v1/leads", "{", content_type="application/json").status_code == 422
    assert Lead.objects.count() == 1


def test_cases_and_the_store_s_report(cast: Cast) -> None:
    case = cast.case("named")
    store = client(cast.store)
    Listing.objects.create(subject=cast.subject, store=cast.store.organisation.name, seen=START.date())
    assert store.get(f"/api/v1/cases/{case.number}").status_code == 404
    cast.step(case, "removal-ordered", ())
    told = store.get(f"/api/v1/cases/{case.number}").json()
    assert told["state"] == "removal-ordered"
    stale = post(store, f"cases/{case.number}/acts/confirm-removal", {"version": told["version"] - 1})
    assert stale.status_code == 409 and stale.json()["code"] == "stale"
    for name in ("name", "verify", "order-removal", "withdraw-naming", "nothing", "lapse"):
        assert post(store, f"cases/{case.number}/acts/{name}", {"version": told["version"]}).json()["code"] == "no-such-act"
    done = post(store, f"cases/{case.number}/acts/confirm-removal", {"version": told["version"]})
    assert done.status_code == 200 and done.json()["state"] == "removed"
    seen = {n: client(getattr(cast, n)).get(f"/api/v1/cases/{case.number}").status_code for n in ("officer", "tester", "company", "elsewhere", "ministry")}
    assert seen == {"officer": 200, "tester": 200, "company": 200, "elsewhere": 404, "ministry": 200}
    assert post(client(cast.company), f"cases/{case.number}/acts/confirm-removal", {"version": told["version"] + 1}).status_code == 403


def test_pages_of_cases_go_on(cast: Cast) -> None:
    numbers = {cast.case("opened").number for _ in range(55)}
    c, seen, path = client(cast.officer), set(), "/api/v1/cases?state=opened"
    while path:
        page = c.get(path).json()
        seen |= {row["number"] for row in page["items"]}
        path = page["next"]
    assert seen == numbers


def test_the_register(cast: Cast) -> None:
    c = client(cast.officer)
    lines = [{"name": "甲公司", "credit_code": CODE, "province": "44"}, {"name": "乙公司", "credit_code": CODE[:-1] + "0"}, {"name": "丙", "credit_code": CODE}]
    dry = post(c, "registers/operators", {"operators": lines, "dry_run": True}).json()
    assert (dry["entered"], [e["row"] for e in dry["errors"]]) == (1, [2, 3]) and not Operator.objects.filter(credit_code=CODE).exists()
    assert post(c, "registers/operators", {"operators": lines}).json()["entered"] == 1
    assert Operator.objects.get(credit_code=CODE).registered
    assert post(c, "registers/operators", {"operators": [{"name": "甲新名", "credit_code": CODE}]}).json() == {"entered": 0, "matched": 1, "errors": []}
    assert not Operator.objects.get(credit_code=CODE).registered, "the register has another name now"
    assert post(client(cast.store), "registers/operators", {"operators": lines}).status_code == 403
    assert post(c, "registers/operators", {"operators": lines * 2000}).status_code in (413, 422)


def test_the_same_request_is_done_once(cast: Cast, tmp_path: Path) -> None:
    c, body = client(cast.store), {"name": "示例", "text": "说明"}
    first = post(c, "leads", body, **{"idempotency-key": "a"})
    again = post(c, "leads", body, **{"idempotency-key": "a"})
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true" and Lead.objects.count() == 1
    other = post(c, "leads", {**body, "text": "别的"}, **{"idempotency-key": "a"})
    assert other.status_code == 409 and other.json()["code"] == "key-reused" and Lead.objects.count() == 1
    wrong = post(c, "leads", {}, **{"idempotency-key": "b"})
    assert wrong.status_code == 422 and post(c, "leads", {}, **{"idempotency-key": "b"}).content == wrong.content
    assert post(client(cast.tester), "leads", body, **{"idempotency-key": "a"}).status_code == 201, "another key's"
    data = package(tmp_path)
    company = client(cast.company)
    for _ in range(2):
        company.post("/api/v1/inspections", {"package": SimpleUploadedFile("a.apk", data)}, headers={"idempotency-key": "u"})
    assert Job.objects.count() == 1
    row = Answered.objects.get(name="u")
    Answered.objects.filter(pk=row.pk).update(status=0)
    got = company.post("/api/v1/inspections", {"package": SimpleUploadedFile("a.apk", data)}, headers={"idempotency-key": "u"})
    assert got.status_code == 409 and got.json()["code"] == "in-progress"
    Answered.objects.filter(pk=row.pk).update(at=timezone.now() - edge.ABANDONED * 2)
    assert company.post("/api/v1/inspections", {"package": SimpleUploadedFile("a.apk", data)}, headers={"idempotency-key": "u"}).status_code == 202
    assert post(c, "leads", body, **{"idempotency-key": "x" * 100}).status_code == 422


def test_rates(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "PER_MINUTE", 3)
    monkeypatch.setattr(edge, "OPEN_PER_MINUTE", 2)
    c = client(cast.store)
    got = [c.get("/api/v1/me") for _ in range(4)]
    assert [g.status_code for g in got] == [200, 200, 200, 429] and got[0]["RateLimit-Remaining"] == "2" and int(got[3]["Retry-After"]) <= 60
    assert client(cast.company).get("/api/v1/me").status_code == 200
    assert [Client(SERVER_NAME="localhost").get("/api/v1/lists").status_code for _ in range(3)] == [200, 200, 429]


def test_answers_are_json_whatever_is_asked(cast: Cast) -> None:
    c = client(cast.store)
    for method, path, status in (
        ("get", "nothing", 404), ("delete", "me", 405), ("put", "leads", 405), ("get", "jobs/abc", 422), ("get", "jobs/99999999999999999999999", 404),
        ("get", "inspections/-1", 404), ("get", "cases/%00", 422), ("get", "cases/" + "x" * 500, 404), ("get", "cases?after=" + "9" * 99, 200),
    ):  # fmt: skip
        got = getattr(c, method)(f"/api/v1/{path}")
        assert got.status_code == status, (path, got.content)
        assert got["Content-Type"].startswith("application/") and (status == 200 or got.json()["code"])
    big = c.post("/api/v1/leads", json.dumps({"name": "x", "text": "y" * 3_000_000}), content_type="application/json")
    assert big.status_code == 413 and big.json()["code"] == "too-large"
    for kind in ("text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        assert c.post("/api/v1/inspections", b"--x\r\nnothing", content_type=kind).status_code in (422, 413), kind


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
TREE = st.recursive(LEAF, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text(max_size=8), t, max_size=4), max_leaves=8)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_is_a_fault(cast: Cast, data: st.DataObject) -> None:
    cache.clear()
    c = client(data.draw(st.sampled_from([cast.store, cast.tester, cast.officer, cast.company])))
    path = data.draw(st.sampled_from(["leads", "registers/operators", "cases/2026-44-000001/acts/confirm-removal"]))
    known = {"leads": {"name": "x", "text": "y"}, "registers/operators": {"operators": []}}.get(path, {"version": 1})
    body = data.draw(TREE | st.fixed_dictionaries({k: st.just(v) | TREE for k, v in known.items()}, optional={"dry_run": TREE, "reason": TREE, "province": TREE}))
    assert post(c, path, body).status_code in (200, 201, 403, 404, 409, 422)


def test_every_route_is_described_in_both_languages(cast: Cast) -> None:
    schema: dict[str, Any] = json.loads(Client(SERVER_NAME="localhost").get("/api/openapi.json").content)
    assert schema["paths"].keys() == dict(api.get_openapi_schema())["paths"].keys() and len(schema["paths"]) >= 11
    for lang in ("zh", "en"):
        page = browser(lang=lang).get("/api/").content.decode()
        assert page.count('class="card"') == sum(len(m) for m in schema["paths"].values()) and "<script" not in page
    for methods in schema["paths"].values():
        for told in methods.values():
            zh, mark, en = told["summary"].partition(" · ")
            assert mark and zh and en and told["description"]


def test_routes_by_role(cast: Cast) -> None:
    """Every route for every kind of organisation: what it may, and never a fault."""
    rng = random.Random(1)
    for name in ("officer", "tester", "store", "company", "ministry"):
        c = client(getattr(cast, name))
        for address, methods in dict(api.get_openapi_schema())["paths"].items():
            for method in methods:
                path = address.replace("{number}", rng.choice(["1", "2026-44-000001"])).replace("{name}", "confirm-removal")
                got = getattr(c, method)(path, "{}", content_type="application/json") if method == "post" else c.get(path)
                assert got.status_code in (200, 403, 404, 422), (name, address, got.content)


def test_the_page_of_keys(cast: Cast) -> None:
    admin = member(cast.company.organisation, "admin")
    page = browser(admin).post("/desk/keys/", {"name": "持续集成<b>", "days": "30"})
    key = Key.objects.get()
    text = page.content.decode()
    assert page.status_code == 200 and f"mck_{key.prefix}_" in text and "&lt;b&gt;" in text
    assert f"mck_{key.prefix}_…" in browser(admin).get("/desk/keys/").content.decode()
    for who in (cast.company, cast.officer, cast.store):
        assert browser(who).get("/desk/keys/").status_code == 404
    other = member(cast.store.organisation, "admin")
    assert browser(other).post("/desk/keys/", {"do": "revoke", "key": key.pk}).status_code == 403
    assert browser(admin).post("/desk/keys/", {"do": "revoke", "key": key.pk}).status_code == 302 and Key.objects.get().revoked
    for bad in ({"name": "", "days": "5"}, {"name": "x", "days": "0"}, {"name": "x", "days": "9999"}, {"name": "x", "days": "x"}):
        assert browser(admin).post("/desk/keys/", bad).status_code == 422
    refused("bad-data", keys.make, Organisation.objects.create(kind="auditor", name="审计"), "x", None)


def test_a_machine_never_does_what_takes_a_person(cast: Cast) -> None:
    from mingcha.server.ledger.services import act

    case = cast.case("inspected")
    machine = keys.acting(keys.make(cast.officer.organisation, "x", None)[0])
    refused("second-person", act, case.pk, "verify", machine, {"confirm": [f.pk for f in case.findings.all()]}, version=case.version, now=later(1))


def test_what_a_store_offers(cast: Cast) -> None:
    store, body = client(cast.store), {"listings": [{"identifier": cast.subject.identifier, "name": "示例", "version": "1.0"}, {"identifier": "com.new", "name": "新"}]}
    assert post(store, "registers/listings", {**body, "dry_run": True}).json() == {"entered": 2, "matched": 0, "errors": []}
    assert not Listing.objects.exists()
    assert post(store, "registers/listings", body).json()["entered"] == 2 and post(store, "registers/listings", body).json()["matched"] == 2
    assert set(Listing.objects.values_list("store", flat=True)) == {cast.store.organisation.name} and cast.subject.listings.get().version == "1.0"
    for who in (cast.officer, cast.company, cast.tester):
        assert post(client(who), "registers/listings", body).status_code == 403
    batch = cast.publish("naming", cast.case("proposed"), days=62)
    assert json.loads(batch.snapshot)["rows"][0]["sources"] == [cast.store.organisation.name]
