"""Sign-in: the second factor and its limits, recovery codes, sessions, passwords that were given, what a session may do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from mingcha.server.desk.words import say
from mingcha.server.entry import services
from mingcha.server.entry.models import Account, Recovery, SignedIn
from mingcha.server.ledger.models import Event
from mingcha.server.people.models import Person
from tests.server.cast import Cast
from tests.server.test_pages import browser

PASSWORD = "a-long-enough-password"
ASKED = override_settings(SECOND_FACTOR=("approver", "admin"), PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
PAGES = ("/desk/", "/desk/cases/", "/desk/leads/", "/account/", "/account/codes/", "/account/password/")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def person(cast: Cast) -> Person:
    """The approver, with a password."""
    found = cast.approver.person
    assert found is not None
    Person.objects.filter(pk=found.pk).update(password=make_password(PASSWORD))
    return Person.objects.get(pk=found.pk)


def sign_in(who: Person, password: str = PASSWORD) -> Client:
    client = browser()
    client.post("/sign-in/", {"login": who.login, "password": password})
    return client


def code(who: Person, steps: int = 0) -> str:
    found = TOTPDevice.objects.get(user=who)
    return f"{totp(found.bin_key, drift=steps):06d}"


def enrol(client: Client, who: Person) -> list[str]:
    client.get("/account/second-factor/")
    page = client.post("/account/second-factor/", {"code": code(who)}).content.decode()
    return re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", page)


def again(who: Person) -> None:
    """As if later: a code is good once, and a failure asks for a pause."""
    TOTPDevice.objects.filter(user=who).update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)


@ASKED
def test_a_role_that_needs_it_reaches_nothing_before(cast: Cast) -> None:
    who = person(cast)
    client = sign_in(who)
    for path in PAGES:
        assert client.get(path)["Location"] == "/account/second-factor/", path
    case = cast.case("verified")
    assert client.post(f"/desk/cases/{case.number}/act/", {"act": "notice", "version": case.version})["Location"] == "/account/second-factor/"
    case.refresh_from_db()
    assert case.state == "verified", "a form of such a session does nothing"
    page = client.get("/account/second-factor/").content.decode()
    key = TOTPDevice.objects.get(user=who, confirmed=False)
    assert "<svg" in page and 'class="qr"' in page and "style=" not in page and "<script" not in page
    assert client.post("/account/second-factor/", {"code": "000000" if code(who) != "000000" else "000001"}).status_code == 403
    again(who)
    codes = enrol(client, who)
    assert len(codes) == 10 and client.get("/desk/").status_code == 200
    assert TOTPDevice.objects.get(user=who, confirmed=True).key == key.key, "the key that was shown"
    event = Event.objects.get(about=f"person:{who.pk}", act="second-factor-enrolled")
    assert key.key not in event.leaf and codes[0] not in event.leaf and who.login not in event.leaf
    assert not any(c.replace("-", "") in str(r.digest) for c in codes for r in Recovery.objects.filter(person=who))
    officer = browser(cast.officer)
    assert officer.get("/desk/").status_code == 200, "a role that does not need it"


@ASKED
def test_the_second_step_and_what_is_good_once(cast: Cast) -> None:
    who = person(cast)
    codes = enrol(sign_in(who), who)
    again(who)
    client = sign_in(who)
    assert client.get("/desk/")["Location"] == "/account/verify/"
    assert client.get("/account/second-factor/")["Location"] == "/account/verify/", "no second device for who has only the password"
    assert client.post("/account/codes/")["Location"] == "/account/verify/"
    before = client.session.session_key
    right = code(who)
    assert client.post("/account/verify/", {"code": right})["Location"] == "/desk/"
    assert client.session.session_key != before and client.get("/desk/").status_code == 200
    assert sign_in(who).post("/account/verify/", {"code": right}).status_code == 403, "a code is good once"
    again(who)
    for wrong in ("", "１２３４５６", "-00001", "1" * 500, "abcdef", "0x1234"):
        assert sign_in(who).post("/account/verify/", {"code": wrong}).status_code == 403
    other = sign_in(who)
    assert other.post("/account/verify/", {"code": codes[0].upper()}).status_code == 302 and other.get("/desk/").status_code == 200
    assert sign_in(who).post("/account/verify/", {"code": codes[0]}).status_code == 403
    assert Event.objects.filter(act="recovery-used", about=f"person:{who.pk}").count() == 1
    fresh = other.post("/account/codes/").content.decode()
    assert codes[1] not in fresh and sign_in(who).post("/account/verify/", {"code": codes[1]}).status_code == 403


@ASKED
def test_codes_cannot_be_tried_out(cast: Cast) -> None:
    who = person(cast)
    codes = enrol(sign_in(who), who)
    client = sign_in(who)
    for n in range(10):
        assert client.post("/account/verify/", {"code": f"{n:06d}"}).status_code == 403
        again(who)
    page = client.post("/account/verify/", {"code": code(who)})
    assert page.status_code == 403 and client.get("/desk/").status_code == 302, "the right one comes too late"
    assert sign_in(who).post("/account/verify/", {"code": codes[0]}).status_code == 403, "nor from another session"


@ASKED
def test_a_session_gets_a_new_key_and_ends_everywhere(cast: Cast) -> None:
    who = person(cast)
    Person.objects.filter(pk=who.pk).update(language="zh")
    with override_settings(SECOND_FACTOR=()):
        planted = browser()
        session = planted.session
        session["x"] = 1
        session.save()
        planted.cookies["sessionid"] = session.session_key or ""
        planted.post("/sign-in/", {"login": who.login, "password": PASSWORD})
        assert planted.cookies["sessionid"].value != session.session_key, "a planted session is not the one that signed in"
        thief = browser()
        thief.cookies["sessionid"] = session.session_key or ""
        assert thief.get("/desk/").status_code == 302
        other = sign_in(who)
        page = planted.get("/account/").content.decode()
        assert page.count("127.0.0.1") == 2 and say("entry-this", "zh") in page
        planted.post("/account/elsewhere/")
        assert other.get("/desk/").status_code == 302 and planted.get("/desk/").status_code == 200
        assert SignedIn.objects.filter(person=who).count() == 1


@ASKED
def test_a_password_that_was_given_is_good_for_choosing_another(cast: Cast) -> None:
    who = cast.officer.person
    assert who is not None
    given = services.give(who)
    client = sign_in(who, given)
    assert client.get("/desk/")["Location"] == "/account/password/"
    wrong = [
        {"old": given, "new": given, "again": given}, {"old": given, "new": "short", "again": "short"},
        {"old": given, "new": "password12345", "again": "other"}, {"old": "x", "new": PASSWORD, "again": PASSWORD},
    ]  # fmt: skip
    assert [client.post("/account/password/", f).status_code for f in wrong] == [422] * 4
    assert client.post("/account/password/", {"old": given, "new": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get("/desk/").status_code == 200 and sign_in(who).get("/desk/").status_code == 200
    again_given = services.give(who)
    assert client.get("/desk/").status_code == 302, "sessions of the old password are over"
    Account.objects.filter(person=who).update(given_until=timezone.now() - timedelta(minutes=1))
    assert sign_in(who, again_given).get("/desk/")["Location"].startswith("/sign-in/"), "after a day it opens nothing"


def test_time_that_differs_a_little_is_accepted(cast: Cast) -> None:
    who = person(cast)
    found = TOTPDevice.objects.create(user=who)
    assert found.verify_token(totp(found.bin_key, drift=-1)) and not found.verify_token(totp(found.bin_key, drift=-5))
