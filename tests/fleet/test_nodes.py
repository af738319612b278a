"""A node's side: the supervisor of one machine, fed over messages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from mingcha import settings
from mingcha.fleet import run
from mingcha.fleet.commit import Index, held
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import Item
from mingcha.fleet.lane import Setup
from mingcha.fleet.nodes import Done, Given, Station, Unfit, pack, unpack_done, unpack_work
from mingcha.sandbox import guard
from tests.support import within

Begin = Callable[..., Station]


@pytest.fixture
def begin(place: Path, packages: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Stations without the layers of a sandbox, as on the poorest host."""
    monkeypatch.setattr(guard, "probe", lambda memory_mb: ())
    made: list[Station] = []

    def start(jobs: int = 2, **other: object) -> Station:
        wanted = settings.Settings(home=str(settings.load().root), cache_mb=0)
        options = msgspec.structs.replace(run.options(wanted), **other)
        station = Station(pack(Setup(store=str(place / "store"), settings=wanted, options=options, roots=(str(packages),))), jobs)
        made.append(station)
        return station

    yield start
    for station in made:
        station.close()


def gathered(station: Station, count: int) -> list[Done]:
    out: list[Done] = []
    with within(120):
        while len(out) < count:
            out += unpack_done(station.take(1))
    return out


def test_messages_carry_names_that_are_no_utf8() -> None:
    work = [Given(n=3, item=Item(paths=("/a/\udcff.apk",), state=("1:x",)), stamp=b"\0\xff")]
    assert unpack_work(pack(work)) == work
    done = (Done(n=3, outcome=Outcome(item=work[0].item, stamp=b"\xff", ended="read", bytes=7, cpu=0.5)),)
    assert unpack_done(pack(done)) == done
    with pytest.raises(msgspec.ValidationError):
        unpack_done(b'[{"n": 1}]')


def test_a_station_inspects_what_it_is_given_in_several_messages(begin: Begin, packages: Path, place: Path) -> None:
    station = begin()
    assert station.ready() == "rlimits"
    names = sorted(str(p) for p in packages.iterdir())
    station.give(pack([Given(n=n, item=Item(paths=(p,)), stamp=b"%d" % n) for n, p in enumerate(names[:2])]))
    first = gathered(station, 2)
    assert unpack_done(station.take(0.1)) == ()  # nothing more: a sign of life
    with held(place / "store", alone=True) as got:
        assert not got  # nobody clears away while it is at work
    station.give(pack([Given(n=n + 2, item=Item(paths=(p,)), stamp=b"") for n, p in enumerate(names[2:])]))
    station.give(pack([Given(n=9, item=Item(paths=(names[0],)), stamp=b"0"), Given(n=10, item=Item(paths=(names[0],)), stamp=b"0")]))
    more = gathered(station, 6)
    assert sorted(d.n for d in first + more) == [0, 1, 2, 3, 4, 5, 9, 10]
    assert all(d.outcome.had for d in more if d.n > 5)
    assert {d.outcome.run for d in first + more} == {r for _, r in Index(place / "store").all()}
    station.close()
    with within(20):
        while True:
            with held(place / "store", alone=True) as got:
                if got:
                    break
            time.sleep(0.1)


@pytest.mark.parametrize("other", [{"engine": "0"}, {"catalogue": "0"}, {"prints": "0"}])
def test_a_node_that_would_inspect_otherwise_takes_no_work(begin: Begin, other: dict[str, str]) -> None:
    with pytest.raises(Unfit, match=next(iter(other))):
        begin(**other).ready()


def test_a_supervisor_that_breaks_off_is_told(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    station = begin()
    station.ready()
    assert station.supervisor
    monkeypatch.setattr(station.supervisor, "_feed", lambda *a: 1 / 0)
    with within(30), pytest.raises(RuntimeError, match="ZeroDivisionError"):
        while True:
            station.take(0.2)


def test_what_a_message_holds_is_json(packages: Path) -> None:
    assert json.loads(pack([Given(n=1, item=Item(paths=("/x",)), stamp=b"")]))[0]["n"] == 1
