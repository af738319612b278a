"""The pages: who may see what, what they refuse, both languages, and nothing of what people type runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client, override_settings

import mingcha.server
from mingcha.server.desk.words import say, table
from mingcha.server.ledger.leads import receive
from mingcha.server.ledger.models import Complainant, Lead
from mingcha.server.ledger.who import Who, public
from mingcha.server.people.models import Person
from tests.server.cast import Cast

HOME = Path(mingcha.server.__file__).parent
PASSWORD = "a-long-enough-password"
INSIDE = ("/desk/", "/desk/leads/", "/desk/cases/")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def browser(who: Who | None = None, lang: str = "zh") -> Client:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=False, headers={"accept-language": lang})
    if who is not None and who.person is not None:
        client.force_login(who.person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_text_is_there_in_both_languages_and_used() -> None:
    sources = "".join(p.read_text("utf-8") for p in [*HOME.rglob("*.html"), *HOME.rglob("*.py")])
    for key, words in table().items():
        assert words.zh.strip() and words.en.strip(), key
        stem = key.split("-")[0] + "-"
        assert f'"{key}"' in sources or f'"{stem}' in sources or f'"{key.rsplit("-", 1)[0]}-"' in sources, f"{key} is not used"
    for key in re.findall(r'{% t "([\w-]+)"', sources):
        assert key in table(), key
    for template in HOME.rglob("*.html"):
        assert not re.search("[\u4e00-\u9fff]", template.read_text("utf-8")), f"{template.name} holds a text of its own"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_public_pages(db: None, lang: str) -> None:
    client = browser(lang=lang)
    for path in ("/", "/complain/", "/sign-in/"):
        page = client.get(path)
        text = page.content.decode()
        assert page.status_code == 200 and f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text
        assert page["Content-Security-Policy"].startswith("default-src 'self'") and page["X-Frame-Options"] == "DENY"
        assert page["X-Content-Type-Options"] == "nosniff" and "<script" not in text and "style=" not in text
    assert client.get("/nothing/").status_code == 404
    assert say("not-found", lang) in client.get("/nothing/").content.decode()
    other = client.get("/?lang=" + ("en" if lang == "zh" else "zh"))
    assert other.cookies["lang"].value != lang
    assert say("complain", "en" if lang == "zh" else "zh") in client.get("/").content.decode()


def test_a_complaint_and_its_receipt(db: None) -> None:
    client = browser()
    name = '<script>alert(1)</script>"\'{{x}}'
    sent = client.post("/complain/", {"name": name, "text": "说明", "sender": "张三", "contact": "13800000000", "scenario": "C5-15", "province": "44"})
    lead = Lead.objects.get()
    assert sent.status_code == 200 and lead.receipt in sent.content.decode()
    assert (lead.subject_name, lead.scenario, lead.province) == (name, "C5-15", "44")
    assert Complainant.objects.get().contact == "13800000000"
    found = client.post("/receipt/", {"receipt": f"{lead.receipt[:4]} {lead.receipt[4:].lower()}"})
    assert say("lead-state-received", "zh") in found.content.decode() and name not in found.content.decode()
    for wrong in ("", "AAAABBBBCCCC", "x" * 500, "%_%_%_%_%_%_"):
        assert client.post("/receipt/", {"receipt": wrong}).status_code == 404
    assert client.get("/receipt/").status_code == 405


def test_a_form_that_is_wrong_says_where(db: None) -> None:
    client = browser(lang="en")
    page = client.post("/complain/", {"name": "", "text": "x" * 6000, "scenario": "bogus", "province": "99"})
    text = page.content.decode()
    assert page.status_code == 422 and 'aria-invalid="true"' in text and say("field-needed", "en") in text
    assert say("field-long", "en") in text and not Lead.objects.exists()


def test_too_many_complaints_and_look_ups_of_one_address(db: None) -> None:
    client = browser()
    got = [client.post("/complain/", {"name": "示例", "text": "说明"}).status_code for _ in range(12)]
    assert got == [200] * 10 + [429] * 2
    looks = {client.post("/receipt/", {"receipt": "AAAABBBBCCCC"}).status_code for _ in range(31)}
    assert looks == {404, 429}


def test_behind_a_proxy_visitors_are_told_apart(db: None) -> None:
    def complain(sent: str) -> int:
        return browser().post("/complain/", {"name": "示例", "text": "说明"}, headers={"x-forwarded-for": sent}).status_code

    with override_settings(BEHIND_PROXY=True):
        # What a visitor writes himself stands before what the proxy saw.
        assert [complain(f"203.0.113.{i}, 198.51.100.1") for i in range(11)][-1] == 429
        assert complain("198.51.100.1, 198.51.100.2") == 200
    assert [complain(f"198.51.100.{i}") for i in range(11)][-1] == 429, "without a proxy the header is nobody's word"


def test_forms_need_their_token(db: None, cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert client.post("/complain/", {"name": "示例", "text": "说明"}).status_code == 403
    assert cast.officer.person is not None
    client.force_login(cast.officer.person, backend="django.contrib.auth.backends.ModelBackend")
    case = cast.case("verified")
    page = client.post(f"/desk/cases/{case.number}/act/", {"act": "notice", "version": case.version})
    assert page.status_code == 403 and say("expired", "zh") in page.content.decode()


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def test_signing_in_and_the_lock_after_failures(cast: Cast) -> None:
    person = cast.officer.person
    assert person is not None
    Person.objects.filter(pk=person.pk).update(password=make_password(PASSWORD))
    client = browser()
    for path in INSIDE:
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"
    sent = client.post("/sign-in/", {"login": person.login, "password": PASSWORD, "next": "https://evil.example/"})
    assert sent["Location"] == "/desk/", "never to another site"
    assert client.get("/desk/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/desk/").status_code == 302
    codes = [client.post("/sign-in/", {"login": person.login, "password": "wrong"}).status_code for _ in range(6)]
    assert codes[0] == 403 and codes[-1] == 429
    assert client.post("/sign-in/", {"login": person.login, "password": PASSWORD}).status_code == 429


def test_who_sees_which_page(cast: Cast) -> None:
    case = cast.case("verified")
    path = f"/desk/cases/{case.number}/"
    seen = {name: browser(getattr(cast, name)).get(path).status_code for name in ("officer", "approver", "tester", "ministry", "company", "store", "elsewhere")}
    assert seen == {"officer": 200, "approver": 200, "tester": 200, "ministry": 200, "company": 404, "store": 404, "elsewhere": 404}
    act = {"act": "notice", "version": case.version}
    for name in ("company", "store", "elsewhere"):
        assert browser(getattr(cast, name)).post(path + "act/", act).status_code == 404
    assert browser(cast.tester).post(path + "act/", act).status_code == 403
    lead = receive(public(), "complaint", "示例", "说明", province="44")
    leads = {n: browser(getattr(cast, n)).get(f"/desk/leads/{lead.pk}/").status_code for n in ("officer", "elsewhere", "company", "tester")}
    assert leads == {"officer": 200, "elsewhere": 404, "company": 404, "tester": 404}


def test_acts_by_the_page_are_those_of_the_services(cast: Cast) -> None:
    case = cast.case("inspected")
    path = f"/desk/cases/{case.number}/"
    first, second = case.findings.order_by("pk")
    page = browser(cast.second).get(path).content.decode()
    assert f'name="decide-{first.pk}"' in page and f'name="version" value="{case.version}"' in page
    form = {"act": "verify", "version": case.version, "key": "k1", f"decide-{first.pk}": "confirm", f"decide-{second.pk}": "refuse"}
    assert browser(cast.officer).post(path + "act/", form).status_code == 422, "the one who proposed it"
    done = browser(cast.second).post(path + "act/", form)
    assert done.status_code == 302 and done["Location"] == f"{path}?done=verify"
    assert browser(cast.second).post(path + "act/", form).status_code == 302, "sent twice is done once"
    assert case.events.filter(act="verify").count() == 1
    assert browser(cast.approver).post(path + "act/", {"act": "notice", "version": case.version}).status_code == 409, "an older page"
    refused = browser(cast.approver, "en").post(path + "act/", {"act": "dismiss", "version": case.version + 1})
    assert refused.status_code == 422 and "a reason is needed" in refused.content.decode()


def test_lists_page_and_search(cast: Cast) -> None:
    cases = [cast.case("opened") for _ in range(53)]
    client = browser(cast.officer)
    first = client.get("/desk/cases/").content.decode()
    assert first.count('class="badge') == 50
    more = re.search(r'href="\?(after=\d+)"', first)
    assert more and client.get(f"/desk/cases/?{more[1]}").content.decode().count('class="badge') == 3
    one = client.get(f"/desk/cases/?q={cases[0].number}").content.decode()
    assert one.count('class="badge') == 1
    assert client.get("/desk/cases/?q=示 例").content.decode().count('class="badge') == 50
    for path in ("/desk/cases/?q=%00", "/desk/cases/%00/", "/complain/?lang=%00"):
        assert client.get(path).status_code == 422
    assert client.post("/complain/", {"name": "a\0b", "text": "c"}).status_code == 422
    for odd in ("?q=%25", "?state=nowhere&province=xx", "?after=-1", "?after=9" + "9" * 40):
        assert client.get("/desk/cases/" + odd).status_code == 200


def test_bodies_are_bounded_before_they_are_read(cast: Cast) -> None:
    class Unread:
        """A body that must not be read."""

        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

        readline = read

    def send(client: Client, path: str, size: int) -> int:
        return client.generic("POST", path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(size), **{"wsgi.input": Unread()}).status_code

    case = cast.case("opened")
    for path, size in (
        ("/complain/", 56_000_000), ("/desk/leads/import/", 22_000_000), ("/desk/inspections/", 5_000_000_000), (f"/desk/cases/{case.number}/evidence/", 200_000_000),
        (f"/desk/cases/{case.number}/act/", 5_000_000), ("/sign-in/", 5_000_000),
    ):  # fmt: skip
        assert send(browser(cast.officer), path, size) == 413, path
        assert send(browser(), path, size) in (413, 302), path
    assert send(browser(), "/desk/inspections/", 1_000_000_000) == 413, "nobody who has not signed in sends that much"
    assert send(browser(), "/api/v1/inspections", 1_000_000_000) == 401


def test_a_complaint_says_what_it_is_about(db: None) -> None:
    client = browser()
    for kind, kept in (("data-request", "data-request"), ("media", "complaint"), ("nothing", "complaint")):
        client.post("/complain/", {"name": f"例{kind}", "text": "说明", "kind": kind})
        assert Lead.objects.get(subject_name=f"例{kind}").kind == kept
