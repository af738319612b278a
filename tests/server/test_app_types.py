"""Types of apps: who sets them, where they are filled in, what is counted by them, and campaigns over them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mingcha import catalogue
from mingcha.report import json_
from mingcha.server.api import registers
from mingcha.server.campaigns import services as campaigns
from mingcha.server.figures import count, read
from mingcha.server.inbox import services as inbox
from mingcha.server.ledger import apptypes, sequence
from mingcha.server.ledger.intake import take
from mingcha.server.ledger.models import Event, Lead
from mingcha.server.ledger.seed import WORDS
from mingcha.server.registry.models import Subject
from tests.server.cast import Cast, make, member
from tests.server.test_acts import refused
from tests.server.test_campaigns import PLAN
from tests.server.test_figures import ALL
from tests.server.test_pages import browser
from tests.support import apk, flagged, put, run


def kind_of(cast: Cast) -> int | None:
    return Subject.objects.get(pk=cast.subject.pk).app_type


def about(cast: Cast) -> list[tuple[str, object]]:
    found = Event.objects.filter(about=f"subject:{cast.subject.pk}").order_by("pk")
    return [(e.act, json.loads(e.leaf)["data"]) for e in found]


def test_an_officer_sets_it_and_everybody_else_is_refused(cast: Cast) -> None:
    pk = cast.subject.pk
    for who in cast.everybody():
        if who not in (cast.officer, cast.second, cast.elsewhere):
            refused("not-yours", apptypes.choose, who, pk, 6)
    apptypes.choose(cast.officer, pk, 6)
    apptypes.choose(cast.officer, pk, 6)
    apptypes.choose(cast.officer, pk, None)
    assert kind_of(cast) is None
    assert about(cast) == [("set-app-type", {"app-type": 6, "was": None}), ("set-app-type", {"app-type": None, "was": 6})]
    for wrong in (0, 40, -1):
        refused("bad-data", apptypes.choose, cast.officer, pk, wrong)
    refused("bad-data", apptypes.choose, cast.officer, 10**9, 6)
    site = Subject.objects.create(kind="website", platform="web", identifier="example.cn", name="站", folded="站")
    refused("bad-data", apptypes.choose, cast.officer, site.pk, 6)
    assert apptypes.told(site) == {} and apptypes.told(cast.subject) == {}


def test_by_the_page(cast: Cast) -> None:
    path = f"/desk/registry/subjects/{cast.subject.pk}/"
    client = browser(cast.officer)
    assert "未登记" in client.get(path).content.decode() and client.post(path, {"app_type": "6"}).status_code == 302
    for lang, name in (("zh", "6 网上购物类"), ("en", "6 online shopping")):
        page = browser(cast.officer, lang).get(path).content.decode()
        assert f"<dd>{name}</dd>" in page and page.count("<option") == 40
    assert "<option" not in browser(cast.tester).get(path).content.decode() and browser(cast.tester).post(path, {"app_type": "7"}).status_code == 403
    assert browser(cast.company).post(path, {"app_type": "7"}).status_code == 404
    for wrong in ("x", "40", "-1", "6' or 1=1", "9" * 30):
        assert client.post(path, {"app_type": wrong}).status_code == 422, wrong
    assert kind_of(cast) == 6


def test_every_type_is_told_by_number_id_and_name() -> None:
    for n, t in catalogue.load().app_types.items():
        assert {apptypes.number(x) for x in (str(n), t.id, t.name.zh, t.name.zh.removesuffix("类"), t.name.en.upper())} == {n}
    assert [apptypes.number(x) for x in ("", "0", "40", "天气", "类", "1.5")] == [None] * 6
    assert all(n is None or apptypes.known(n) for n in WORDS.values()) and apptypes.label(None, "zh") == ""


def test_an_inspection_states_it_and_an_officer_s_word_stays(cast: Cast, place: Path) -> None:
    package = put(place / "a.apk", apk(flagged(debuggable=True)))
    first = run("scan", package, "--format", "json", "--fail-on", "never", "--app-type", "6").out
    taken = take(first.encode(), json_.load(first.encode()))
    assert taken.subject.app_type == 6
    told = json.loads(Event.objects.get(act="inspected", about=f"inspection:{taken.pk}").leaf)["data"]
    assert told["app-type"] == 6
    apptypes.choose(cast.officer, taken.subject_id, 1)
    other = run("scan", package, "--format", "json", "--fail-on", "never", "--app-type", "7").out
    again = take(other.encode(), json_.load(other.encode()))
    assert Subject.objects.get(pk=again.subject_id).app_type == 1 and again.pk != taken.pk
    assert json.loads(Event.objects.get(act="inspected", about=f"inspection:{again.pk}").leaf)["data"]["app-type"] == 1


def test_a_store_and_a_file_of_leads_state_it_where_none_is_known(cast: Cast) -> None:
    offers = [registers.Offer(cast.subject.identifier, "示例", "1.0", 7), registers.Offer("com.new", "新", "", 8), registers.Offer("com.none", "无", "")]
    registers.offer(cast.store, offers, dry_run=True)
    assert kind_of(cast) is None and not Subject.objects.filter(identifier="com.new").exists()
    registers.offer(cast.store, offers)
    assert kind_of(cast) == 7 and about(cast) == [("app-type-stated", {"app-type": 7, "source": "listing"})]
    assert [Subject.objects.get(identifier=i).app_type for i in ("com.new", "com.none")] == [8, None]
    rows = f"应用名称,投诉内容,包名,应用类型\n示例,甲,{cast.subject.identifier},网络游戏\n无,乙,com.none,网络游戏类\n丙,丙,com.unknown,38\n丁,丁,com.none,天文类".encode()
    lines = inbox.lines(rows, cast.officer)
    assert [[w.why for w in r.wrong] for r in lines] == [[], [], [], ["inbox-app-type"]] and lines[0].fields["app_type"] == "18"
    sheet = inbox.send(cast.officer, "a.csv", rows)
    assert "应用类型" in browser(cast.officer).get(f"/desk/leads/import/{sheet.pk}/").content.decode()
    inbox.enter(cast.officer, sheet.pk)
    assert Lead.objects.count() == 3 and kind_of(cast) == 7 and Subject.objects.get(identifier="com.none").app_type == 18


def test_figures_by_type_are_what_the_events_say(cast: Cast, tmp_path: Path) -> None:
    Subject.objects.filter(pk=cast.subject.pk).update(app_type=6)
    cast.subject.refresh_from_db()
    old = make()
    cast.case("named")
    old.case("noticed")  # its events state no type
    for who in (cast, old):  # what is known later changes nothing that was said
        apptypes.choose(who.officer, who.subject.pk, 9)
    sequence.catch_up(tmp_path / "log")
    count.catch_up()
    assert dict(read.by("ordered", "app-type", ALL)) == {"6": 1, "0": 1} and dict(read.by("named", "app-type", ALL)) == {"6": 1}
    count.rebuild()
    assert dict(read.by("ordered", "app-type", ALL)) == {"6": 1, "0": 1}
    for lang, names in (("zh", ("6 网上购物类", "未登记")), ("en", ("6 online shopping", "not stated"))):
        page = browser(cast.ministry, lang).get("/desk/statistics/?since=2026-01-01&until=2026-12-31&figure=ordered&by=app-type").content.decode()
        assert all(page.count(n) >= 2 for n in names) and "<svg" in page, "the drawing and its table"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_campaign_over_types(cast: Cast, lang: str) -> None:
    planner = member(cast.ministry.organisation, "officer")
    Subject.objects.filter(pk=cast.subject.pk).update(app_type=6)
    Subject.objects.create(kind="app", identifier="com.none", name="无", folded="无")
    Subject.objects.create(kind="app", identifier="com.game", name="游戏", folded="游戏", app_type=18)

    def over(*types: int) -> set[str]:
        return {s.identifier for s in campaigns.chosen(campaigns.make(planner, PLAN._replace(app_types=types)))}

    assert over(6) == {cast.subject.identifier} and over(6, 18) == {cast.subject.identifier, "com.game"} and len(over()) == 3
    for wrong in ([0], [40], [6, -1]):
        refused("bad-data", campaigns.make, planner, PLAN._replace(app_types=wrong))
    client = browser(planner, lang)
    form = {"name": "类", "since": "2026-01-01", "supervision": "2026-02-01", "disposal": "2026-04-01", "until": "2026-12-31", "app_types": ["6", "18"]}
    page = client.get(client.post("/desk/campaigns/", form)["Location"]).content.decode()
    assert ("18 网络游戏类" if lang == "zh" else "18 online games") in page
    assert client.post("/desk/campaigns/", {**form, "app_types": ["x"]}).status_code == 422
