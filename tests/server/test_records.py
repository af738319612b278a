"""The registry's pages, and one action over the apps that contain an SDK."""

from __future__ import annotations

from datetime import date

import pytest

from mingcha.server.ledger.models import Case, Event
from mingcha.server.ledger.services import open_case
from mingcha.server.ledger.who import Who
from mingcha.server.records import services
from mingcha.server.records.models import Action
from mingcha.server.registry.models import Listing, Operator, Package, Part, Subject, folded
from tests.server.cast import START, Cast, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser

SDK = "com.example/ad.sdk"
CODE = "91440300708461136T"


def hosts(cast: Cast, n: int = 4) -> list[Subject]:
    """Apps with the SDK: version 1.0 in all but the last, 2.0 there, and the first one's newer package without it."""
    made = []
    for i in range(n):
        name = f"宿主应用{i}<b>"
        s = Subject.objects.create(kind="app", identifier=f"com.host{i}", name=name, folded=folded(name), operator=cast.subject.operator)
        p = Package.objects.create(subject=s, sha256=f"{i:032x}{s.pk:032x}", version=f"{i}.1", version_code=i, size=1000, signer="ab" * 32)
        Part.objects.create(package=p, sdk=SDK, version="1.0" if i < n - 1 else "2.0")
        Listing.objects.create(subject=s, store="某商店", version=f"{i}.1", seen=date(2026, 3, 2))
        made.append(s)
    return made


def ids(subjects: list[Subject]) -> list[int]:
    return [s.pk for s in subjects]


def test_who_sees_the_registry(cast: Cast) -> None:
    made = hosts(cast)
    assert cast.subject.operator is not None
    paths = ["/desk/registry/", "/desk/registry/sdks/", f"/desk/registry/subjects/{made[0].pk}/", f"/desk/registry/operators/{cast.subject.operator.pk}/", f"/desk/registry/sdks/{SDK}/"]
    for path in paths:
        for who in (cast.company, cast.store):
            assert browser(who).get(path).status_code == 404, path
        for who in (cast.officer, cast.approver, cast.tester, cast.ministry):
            for lang in ("zh", "en"):
                page = browser(who, lang).get(path)
                assert page.status_code == 200 and "<b>" not in page.content.decode().partition("<main")[2].replace("<b>0</b>", "").partition("tiles")[0], path
        assert browser().get(path).status_code == 302
    for gone in ("/desk/registry/subjects/999999/", "/desk/registry/operators/999999/", "/desk/registry/sdks/nothing/", "/desk/registry/actions/999999/"):
        assert browser(cast.officer).get(gone).status_code == 404


def test_subjects_are_found_and_told(cast: Cast) -> None:
    made = hosts(cast)
    client = browser(cast.officer)
    assert client.get("/desk/registry/?q=宿主").content.decode().count("com.host") == 4
    assert client.get("/desk/registry/?q=com.host2").content.decode().count('class="under mono"') == 1
    assert client.get("/desk/registry/?kind=website&sort=due&after=x").status_code == 200
    page = client.get(f"/desk/registry/subjects/{made[1].pk}/").content.decode()
    assert made[1].packages.get().sha256 in page and "某商店" in page and "/desk/registry/sdks/com.example%2Fad.sdk/" in page
    case = open_case(made[1], cast.officer, now=START)
    assert case.number in client.get(f"/desk/registry/subjects/{made[1].pk}/").content.decode()
    assert case.number not in browser(cast.elsewhere).get(f"/desk/registry/subjects/{made[1].pk}/").content.decode(), "another province's"


def test_one_action_over_all_hosts(cast: Cast) -> None:
    made = hosts(cast)
    there = open_case(made[0], cast.officer, now=START)
    client = browser(cast.officer)
    page = client.get(f"/desk/registry/sdks/{SDK}/?version=1.0").content.decode()
    assert page.count('name="subject"') == 3
    form = {"version": ["1.0"], "subject": ids(made[:3]), "reason": "该 SDK 版本违规收集", "key": "k1"}
    done = client.post(f"/desk/registry/sdks/{SDK}/", form)
    action = Action.objects.get()
    assert done["Location"] == f"/desk/registry/actions/{action.pk}/"
    assert client.post(f"/desk/registry/sdks/{SDK}/", form)["Location"] == done["Location"], "sent twice is done once"
    assert Case.objects.filter(subject__in=made).count() == 3 and there.sdk_actions.get().action == action and there.events.filter(act="sdk-action-joined").count() == 1
    assert client.post(f"/desk/registry/sdks/{SDK}/", {**form, "subject": ids(made[:2])}).status_code == 409, "another request under the key"
    event = Event.objects.get(act="sdk-action")
    assert "违规收集" not in event.leaf and all(c.number in event.leaf for c in Case.objects.filter(subject__in=made))
    shown = client.get(done["Location"]).content.decode()
    assert all(c.number in shown for c in Case.objects.filter(subject__in=made)) and "0/3" in shown
    assert browser(cast.elsewhere).get(done["Location"]).status_code == 404, "no case of that province"
    assert browser(cast.company).get(done["Location"]).status_code == 404


def test_what_an_action_refuses(cast: Cast) -> None:
    made = hosts(cast)
    stranger = cast.subject.pk
    for who in (cast.approver, cast.tester, cast.company, cast.ministry):
        refused("not-yours", services.act_on_hosts, who, SDK, [], ids(made), "x", key="k")
    go = services.act_on_hosts
    refused("reason-given", go, cast.officer, SDK, [], ids(made), " ", key="k")
    for subjects in ([], [*ids(made), stranger], list(range(10**6, 10**6 + 501)), [0]):
        refused("bad-data", go, cast.officer, SDK, [], subjects, "x", key="k")
    refused("bad-data", go, cast.officer, SDK, ["2.0"], ids(made), "x", key="k")
    refused("bad-data", go, cast.officer, SDK, [], ids(made), "x", key="")
    assert not Case.objects.filter(subject__in=made).exists() and not Action.objects.exists(), "all or none"


def test_the_ministry_opens_where_the_operator_is(cast: Cast) -> None:
    made = hosts(cast, 2)
    Operator.objects.filter(pk=cast.subject.operator_id).update(province="51")
    officer: Who = member(cast.ministry.organisation, "officer")
    services.act_on_hosts(officer, SDK, [], ids(made), "x", key="k")
    assert set(Case.objects.filter(subject__in=made).values_list("province", flat=True)) == {"51"}


@pytest.mark.parametrize("code", ["", "91440300708461136X", "9144030070846113", "１" * 18])
def test_a_code_is_checked_when_it_is_entered(cast: Cast, code: str) -> None:
    assert cast.subject.operator is not None
    path = f"/desk/registry/operators/{cast.subject.operator.pk}/"
    assert browser(cast.officer).post(path, {"name": "某", "code": code}).status_code == 422


def test_an_operator_is_compared_with_the_register(cast: Cast) -> None:
    operator = Operator.objects.create(name="深圳 某公司", folded=folded("深圳 某公司"))
    path = f"/desk/registry/operators/{operator.pk}/"
    form = {"name": "深圳某公司", "code": CODE.lower(), "province": "44"}
    for who in (cast.approver, cast.tester, cast.company):
        assert browser(who).post(path, form).status_code in (403, 404)
    assert browser(cast.officer).post(path, form).status_code == 302
    operator.refresh_from_db()
    assert operator.registered and operator.credit_code == CODE and operator.province == "44"
    assert Event.objects.get(about=f"operator:{operator.pk}").act == "operator-compared"
    other = Operator.objects.create(name="别的", folded="别的")
    assert browser(cast.officer).post(f"/desk/registry/operators/{other.pk}/", form).status_code == 409
