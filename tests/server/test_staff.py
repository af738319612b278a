"""Administration: whose people, no promotion of oneself, the last administrator, passwords that are shown once."""

from __future__ import annotations

import re

import msgspec
import pytest
from django.test import override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from mingcha.server.entry.models import Recovery
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import ROLES, table
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Membership, Organisation, Person
from mingcha.server.staff import services
from mingcha.server.staff.credit import completed, valid
from tests.server.cast import Cast, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser


def admins(cast: Cast) -> tuple[Who, Who, Who]:
    """Of the bureau, of the company, of the ministry."""
    return tuple(member(w.organisation, "admin") for w in (cast.officer, cast.company, cast.ministry))  # type: ignore[return-value]


def number(who: Who) -> int:
    assert who.person is not None
    return who.person.pk


def held(who: Who) -> Membership:
    return Membership.objects.get(person=who.person, role=who.role)


@pytest.mark.parametrize("code", ["91440300708461136T", "91110000802100433B", "91330100799655058B", "9144030071526726XG"])
def test_real_credit_codes(code: str) -> None:
    assert valid(code)
    changed = code[:9] + ("1" if code[9] != "1" else "2") + code[10:]
    assert not valid(changed) and not valid(code[:17]) and not valid(code.lower()) and not valid(code[:8] + "I" + code[9:])


def test_nobody_else_administers(cast: Cast) -> None:
    target = number(cast.second)
    for who in cast.everybody():
        refused("not-yours", services.reset_password, who, target)
        refused("not-yours", services.add_person, who, "someone", "某", cast.officer.organisation.pk, "officer")
        if who.person:
            for path in ("/desk/admin/", f"/desk/admin/persons/{target}/", "/desk/admin/organisations/"):
                assert browser(who).get(path).status_code == 404 and browser(who).post(path, {"do": "lock", "reason": "x"}).status_code == 404
    for path in ("/desk/admin/", "/desk/admin/organisations/"):
        assert browser().get(path).status_code == 302


def test_an_administrator_looks_after_his_own(cast: Cast) -> None:
    bureau, company, ministry = admins(cast)
    assert browser(bureau).get(f"/desk/admin/persons/{number(cast.second)}/").status_code == 200
    assert browser(bureau).get(f"/desk/admin/persons/{number(cast.company)}/").status_code == 404
    assert browser(bureau).get("/desk/admin/organisations/").status_code == 404 and browser(ministry).get("/desk/admin/organisations/").status_code == 200
    refused("not-yours", services.lock, bureau, number(cast.company), "x")
    refused("not-yours", services.reset_password, company, number(cast.officer))
    refused("bad-data", services.give_role, bureau, number(cast.second), cast.company.organisation.pk, "contact")
    refused("not-yours", services.add_person, company, "someone", "某", cast.officer.organisation.pk, "officer")
    refused("bad-data", services.add_person, company, "someone", "某", company.organisation.pk, "approver")
    refused("bad-data", services.add_person, bureau, "someone", "某", bureau.organisation.pk, "clock")
    refused("not-yours", services.end_role, bureau, number(cast.second), held(cast.company).pk)
    Membership.objects.create(person=cast.second.person, organisation=cast.elsewhere.organisation, role="officer")
    for act in (services.reset_password, services.reset_second_factor, services.unlock):
        refused("works-elsewhere", act, bureau, number(cast.second))
    refused("works-elsewhere", services.lock, bureau, number(cast.second), "x")
    services.reset_password(ministry, number(cast.second))


def test_nobody_promotes_himself_and_the_last_one_stays(cast: Cast) -> None:
    bureau, _, ministry = admins(cast)
    refused("not-oneself", services.give_role, bureau, number(bureau), bureau.organisation.pk, "approver")
    refused("not-oneself", services.end_role, bureau, number(bureau), held(bureau).pk)
    refused("last-admin", services.end_role, ministry, number(bureau), held(bureau).pk)
    refused("last-admin", services.lock, ministry, number(bureau), "x")
    other = member(bureau.organisation, "admin")
    services.lock(bureau, number(other), "离职")
    refused("last-admin", services.end_role, ministry, number(bureau), held(bureau).pk)
    services.unlock(bureau, number(other))
    services.end_role(other, number(bureau), held(bureau).pk)
    refused("last-admin", services.lock, ministry, number(other), "x")
    assert browser(bureau).get("/desk/admin/").status_code == 403, "no role left"


def test_each_act_is_an_event_without_names(cast: Cast) -> None:
    bureau, _, _ = admins(cast)
    page = browser(bureau).post("/desk/admin/", {"login": "zhang.san", "name": "张三", "place": f"{bureau.organisation.pk}:officer"})
    given = re.search(r"given\">([a-z2-9-]{23})<", page.content.decode())
    made = Person.objects.get(login="zhang.san")
    assert given and made.check_password(given[1])
    path = f"/desk/admin/persons/{made.pk}/"
    TOTPDevice.objects.create(user=made)
    Recovery.objects.create(person=made, digest="x")
    member_ = Membership.objects.get(person=made)
    for form in ({"do": "give", "place": f"{bureau.organisation.pk}:approver"}, {"do": "end", "membership": member_.pk}, {"do": "end", "membership": member_.pk},
                 {"do": "second-factor"}, {"do": "lock", "reason": "张三离职"}, {"do": "unlock"}, {"do": "nothing"}):  # fmt: skip
        assert browser(bureau).post(path, form).status_code == 302
    assert browser(bureau).post(path, {"do": "lock", "reason": " "}).status_code == 422
    found = Event.objects.filter(about=f"person:{made.pk}").order_by("pk")
    assert [e.act for e in found] == ["person-added", "role-given", "role-given", "role-ended", "second-factor-reset", "person-locked", "person-unlocked"]
    assert not any("张三" in e.leaf or "zhang.san" in e.leaf for e in found)
    assert not TOTPDevice.objects.filter(user=made).exists() and not Recovery.objects.filter(person=made).exists()
    assert "张三离职" in browser(bureau).get(path).content.decode()
    for lang in ("zh", "en"):
        assert browser(bureau, lang).get(path).status_code == 200 and browser(bureau, lang).get("/desk/admin/?q=zhang").content.decode().count("zhang.san") == 1


def test_what_is_wrong_is_refused(cast: Cast) -> None:
    bureau, _, ministry = admins(cast)
    place = f"{bureau.organisation.pk}:officer"
    for login in ("", "ab", "Ünal", "a b c", "x" * 65, "<script>", "ａｂｃ"):
        assert browser(bureau).post("/desk/admin/", {"login": login, "name": "某", "place": place}).status_code == 422, login
    for bad in ("", "x", "1", "9" * 30 + ":officer", f"{bureau.organisation.pk}:"):
        assert browser(bureau).post("/desk/admin/", {"login": "somebody", "name": "某", "place": bad}).status_code in (403, 422)
    assert cast.second.person is not None
    assert browser(bureau).post("/desk/admin/", {"login": cast.second.person.login.upper(), "name": "某", "place": place}).status_code == 409
    form = {"kind": "company", "name": "新公司", "credit_code": "91440300708461136T"}
    assert browser(ministry).post("/desk/admin/organisations/", {**form, "credit_code": "91440300708461136X"}).status_code == 422
    assert browser(ministry).post("/desk/admin/organisations/", {**form, "kind": "system"}).status_code == 422
    assert browser(ministry).post("/desk/admin/organisations/", form).status_code == 302
    assert browser(ministry).post("/desk/admin/organisations/", form).status_code == 409
    assert Organisation.objects.get(name="新公司").credit_code == "91440300708461136T"


def test_links_to_the_provider(cast: Cast) -> None:
    bureau, _, _ = admins(cast)
    refused("bad-data", services.link, bureau, number(cast.second), "s-1")
    with override_settings(OIDC_ISSUER="https://id.example", OIDC_CLIENT="office"):
        services.link(bureau, number(cast.second), "s-1")
        refused("there-already", services.link, bureau, number(cast.officer), "s-1")
        services.link(bureau, number(cast.second), "")
        services.link(bureau, number(cast.officer), "s-1")
    assert list(Event.objects.filter(act__startswith="provider-").order_by("pk").values_list("act", flat=True)) == ["provider-linked", "provider-unlinked", "provider-linked"]


def test_a_code_is_completed_with_its_check_digit() -> None:
    for code in ("91440300708461136T", "91110000802100433B", "91330100799655058B", "9144030071526726XG"):
        assert completed(code[:17]) == code
    assert all(valid(completed(f"9144{n:013d}")) for n in range(0, 10**13, 10**11 + 7))


def test_every_act_of_administration_is_a_row_of_the_table(cast: Cast) -> None:
    doers = {
        "add-organisation": lambda w, p: services.add_organisation(w, "laboratory", "某新机构"), "add-person": lambda w, p: services.add_person(w, "new.person", "某", w.organisation.pk, "admin"),
        "give-role": lambda w, p: services.give_role(w, p, w.organisation.pk, "admin"), "end-role": lambda w, p: services.end_role(w, p, 0),
        "reset-password": services.reset_password, "reset-second-factor": services.reset_second_factor, "lock-person": lambda w, p: services.lock(w, p, "x"),
        "unlock-person": services.unlock, "link-provider": lambda w, p: services.link(w, p, "x"),
    }  # fmt: skip
    assert set(doers) == set(services.ACTS) <= set(table().others)
    public_ = {n for n, f in vars(services).items() if callable(f) and getattr(f, "__module__", "") == services.__name__ and not n.startswith("_")}
    assert public_ == {"organisations", "persons", "acts", "add_organisation", "add_person", "give_role", "end_role", "reset_password", "reset_second_factor", "lock", "unlock", "link"}
    other = Person.objects.create(login="somebody.else", name="某")
    with override_settings(OIDC_ISSUER="https://id.example.com"):
        for kind in services.ROLES_OF:
            home = Organisation.objects.create(kind=kind, name=f"单位 {kind}")
            for role in ROLES:
                who = member(home, role)
                for act, do in doers.items():
                    allowed = table().others[act].allows(kind, role)
                    assert allowed == (role == "admin" and (kind == "ministry" or act != "add-organisation")), (kind, role, act)
                    assert (act in services.acts(who)) == allowed
                    if not allowed:
                        refused("not-yours", do, who, other.pk)
                expected = 200 if services.acts(who) else 404
                assert browser(who).get("/desk/admin/").status_code == expected, (kind, role)
    assert not Event.objects.filter(about=f"person:{other.pk}").exists()


def test_the_table_decides_and_not_the_code(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau, _, ministry = admins(cast)
    rows = dict(table().others)
    rows["lock-person"] = msgspec.structs.replace(rows["lock-person"], by={"ministry": ("admin",)})
    changed = msgspec.structs.replace(table(), others=rows)
    monkeypatch.setattr("mingcha.server.ledger.who.table", lambda: changed)
    refused("not-yours", services.lock, bureau, number(cast.second), "x")
    page = browser(bureau).get(f"/desk/admin/persons/{number(cast.second)}/").content.decode()
    assert 'value="lock"' not in page and 'value="password"' in page
    services.lock(ministry, number(cast.second), "x")
