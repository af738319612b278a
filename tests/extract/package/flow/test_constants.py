"""Patterns that rest on a number or bytes in the code, with near misses."""

from __future__ import annotations

import functools
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.extract import read_here
from mingcha.extract.package.dex import tables
from mingcha.extract.package.flow.constants import patterns
from mingcha.extract.package.graph import inspect
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owner, Owners
from tests.extract.package.dexbuild import Cls, Mth, build
from tests.extract.package.flow.test_flows import IMEI, SAMPLES, STRING, call, method

CATALOGUE = catalogue.load()
REFERENCE = inspect.Reference.build(CATALOGUE)
OWNERS = Owners({"a": Owner("app", "a", "a"), "ads": Owner("sdk", "pangle-ads", "pangle")})
VOID = ("return-void",)
EVENT = "Landroid/hardware/SensorEvent;"
LISTENER = ("Landroid/hardware/SensorEventListener;",)
GO = ("invoke-virtual", [2, 3], "Landroid/content/Context;->startActivity(Landroid/content/Intent;)V")


def wide(register: int, value: int) -> list[tuple]:
    """const-wide/16."""
    return [("raw", [0x16 | register << 8, value & 0xFFFF])]


def number(register: int, value: float) -> tuple:
    """const of a float."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return ("raw", [0x14 | register << 8, bits & 0xFFFF, bits >> 16])


def found(classes: Sequence[Cls], *facts: dict[str, Any]) -> list[dict[str, Any]]:
    world = World.of([tables.read("classes.dex", build(list(classes)))], REFERENCE.framework)
    return list(patterns(world, Objects(world), facts, OWNERS, REFERENCE.sinks, "0" * 64))


def told(classes: Sequence[Cls], *facts: dict[str, Any]) -> list[tuple[str, float | None]]:
    return [(f["pattern"], f["value"]) for f in found(classes, *facts)]


@functools.cache
def violator() -> tuple[dict[str, Any], ...]:
    out: list[dict[str, Any]] = []
    read_here(SAMPLES / "violator" / "violator.apk", out.extend)
    return tuple(f for f in out if f["kind"] == "code-pattern" and "value" in f)


@pytest.mark.parametrize(
    ("pattern", "method", "value"),
    [("shake-jump", "ListensToAccelerometer;->onSensorChanged", 3.0), ("timer-frequent", "ReadsLocation;->start", 1.0),
     ("crypto-fixed-iv", "EncryptsWithFixedKey;->zeroIv", None)],
)  # fmt: skip
def test_planted_constants_are_found(pattern: str, method: str, value: float | None) -> None:
    assert [f["value"] for f in violator() if f["pattern"] == pattern and f"/{method}(" in f["method"]] == [value]
    assert len(violator()) == 3


def test_facts_have_the_declared_fields() -> None:
    declared = CATALOGUE.facts["code-pattern"].fields.keys() | {"kind", "exhibit", "where"}
    assert all(f.keys() == declared and f["pattern"] in CATALOGUE.patterns for f in violator())


# ---- shaking -----------------------------------------------------------------------------------------------

# v14: this, v15: event; the reading of one axis into v1
READING = [("iget", 0xF1, f"{EVENT}->values:[F"), ("const/4", 4, 0), ("raw", [0x44 | 1 << 8, 1 | 4 << 8]),
           ("invoke-static", [1], "Ljava/lang/Math;->abs(F)F"), ("move-result", 1)]  # fmt: skip
COMPARE = [("raw", [0x2E | 5 << 8, 1 | 6 << 8]), ("raw", [0x3D | 5 << 8, 2])]  # cmpg-float v5, v1, v6; if-lez v5, next


def listens(*code: tuple, name: str = "La/L;", interfaces: tuple[str, ...] = LISTENER, more: Sequence[Mth] = ()) -> Cls:
    return Cls(name, [Mth("onSensorChanged", f"({EVENT})V", [*code, VOID], flags=1, virtual=True), *more], interfaces=interfaces)


def test_a_reading_above_a_number_starts_a_screen() -> None:
    assert told([listens(*READING, number(6, 11.5), *COMPARE, GO)]) == [("shake-jump", 11.5)]
    assert told([listens(*READING, number(6, 11.5), *COMPARE)]) == []
    assert told([listens(*READING, number(6, 11.5), GO)]) == []
    assert told([listens(*READING, number(6, 11.5), *COMPARE, GO, interfaces=())]) == []


def test_a_number_that_is_compared_with_something_else_is_no_threshold() -> None:
    time = [("invoke-static", [], "Ljava/lang/System;->nanoTime()J"), ("move-result", 1)]
    assert told([listens(*READING, *time, number(6, 100), *COMPARE, GO)]) == []


def test_the_highest_number_counts_and_zero_is_none() -> None:
    two = [number(6, 9), *COMPARE, number(6, 17), *COMPARE]
    assert told([listens(*READING, *two, GO)]) == [("shake-jump", 17.0)]
    assert told([listens(*READING, ("const/4", 6, 0), *COMPARE, GO)]) == []


def test_two_calls_into_and_three_calls_on() -> None:
    judge = Mth("judge", "(F)V", [("move", 1, 15), number(6, 13), *COMPARE, VOID], flags=9)
    steps = [method(f"s{k}", ("invoke-static", [], f"La/L;->s{k + 1}()V"), VOID) for k in range(1, 4)]
    away = [*steps[:2], method("s3", GO, VOID)]
    begin = [*READING, ("invoke-static", [1], "La/L;->judge(F)V"), ("invoke-static", [], "La/L;->s1()V")]
    assert told([listens(*begin, more=[judge, *away])]) == [("shake-jump", 13.0)]
    assert told([listens(*begin, more=[judge, *steps, method("s4", GO, VOID)])]) == []


def test_an_ad_sdk_is_called_by_others_but_not_by_itself() -> None:
    ad = Cls("Lads/Ad;", [method("click", VOID)])
    begin = [*READING, number(6, 12), *COMPARE, ("invoke-static", [], "Lads/Ad;->click()V")]
    assert told([listens(*begin), ad]) == [("shake-jump", 12.0)]
    assert told([listens(*begin, name="Lads/L;"), ad]) == []


# ---- timers ------------------------------------------------------------------------------------------------

TIMER = "Ljava/util/Timer;->schedule(Ljava/util/TimerTask;JJ)V"
READS = ("invoke-virtual", [0], IMEI)


def task(*code: tuple, cls: str = "La/T;", parent: str = "Ljava/util/TimerTask;") -> Cls:
    return Cls(cls, [Mth("<init>", "()V", [("invoke-direct", [15], f"{parent}-><init>()V"), VOID], flags=0x10001),
                     Mth("run", "()V", [*code, VOID], flags=1, virtual=True)], parent=parent)  # fmt: skip


def timed(period: Sequence[tuple], *run: tuple) -> list[tuple[str, float | None]]:
    """A timer over registers v0 (timer), v1 (task), v2-3 (delay), v4-5 (period): one more than a call that lists
    its registers can have."""
    begin = [("new-instance", 1, "La/T;"), ("invoke-direct", [1], "La/T;-><init>()V"), *wide(2, 0), *period]
    cls = Cls("La/A;", [method("f", *begin, ("range", 0, 6, TIMER), VOID)])
    return told([cls, task(*run)], call("La/T;->run()V"))


def test_a_timer_whose_task_reads_an_identifier() -> None:
    assert timed(wide(4, 5000), READS) == [("timer-frequent", 5.0)]


def test_a_timer_without_such_a_task_or_without_a_constant_says_nothing() -> None:
    begin = [("new-instance", 1, "La/T;"), ("invoke-direct", [1], "La/T;-><init>()V"), *wide(2, 0), *wide(4, 5000)]
    cls = Cls("La/A;", [method("f", *begin, ("range", 0, 6, TIMER), VOID)])
    assert told([cls, task(("const/4", 0, 0))]) == []
    unknown = [("invoke-static", [], "La/A;->period()J"), ("move-result", 4)]
    assert timed(unknown, READS) == []
    once = Cls("La/A;", [method("f", *begin[:3], ("invoke-virtual", [0, 1, 2, 3], "Ljava/util/Timer;->schedule(Ljava/util/TimerTask;J)V"), VOID)])
    assert told([once, task(READS)], call("La/T;->run()V")) == []


POST = "Landroid/os/Handler;->postDelayed(Ljava/lang/Runnable;J)Z"


def test_what_posts_itself_repeats_and_what_is_posted_once_does_not() -> None:
    again = task(READS, *wide(4, 2000), ("invoke-virtual", [1, 15, 4, 5], POST), cls="La/R;", parent="Ljava/lang/Object;")
    assert told([again], call("La/R;->run()V")) == [("timer-frequent", 2.0)]
    runs = task(READS, cls="La/R;", parent="Ljava/lang/Object;")
    posts = Cls("La/A;", [method("f", ("new-instance", 2, "La/R;"), ("invoke-direct", [2], "La/R;-><init>()V"), *wide(4, 2000),
                                 ("invoke-virtual", [1, 2, 4, 5], POST), VOID)])  # fmt: skip
    assert told([posts, runs], call("La/R;->run()V")) == []


def test_units_of_executors() -> None:
    at = "Ljava/util/concurrent/ScheduledExecutorService;->scheduleAtFixedRate(Ljava/lang/Runnable;JJLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;"
    begin = [("new-instance", 1, "La/T;"), ("invoke-direct", [1], "La/T;-><init>()V"), *wide(2, 0), *wide(4, 30)]

    def cls(unit: str) -> Cls:
        return Cls("La/A;", [method("f", *begin, ("sget", 6, f"Ljava/util/concurrent/TimeUnit;->{unit}:Ljava/util/concurrent/TimeUnit;"),
                                    ("range", 0, 7, at), VOID)])  # fmt: skip

    for unit, seconds in (("SECONDS", 30.0), ("MINUTES", 1800.0)):
        assert told([cls(unit), task(READS, parent="Ljava/lang/Object;")], call("La/T;->run()V")) == [("timer-frequent", seconds)]


# ---- keys and vectors --------------------------------------------------------------------------------------

KEY = f"Ljavax/crypto/spec/SecretKeySpec;-><init>([B{STRING})V"
MAKE = [("new-instance", 5, "Ljavax/crypto/spec/SecretKeySpec;"), ("invoke-direct", [5, 1, 6], KEY)]
ARRAY = [("const/16", 3, 16), ("new-array", 1, 3, "[B")]
FILL = [("const/4", 3, 7), ("const/4", 4, 0), ("raw", [0x4F | 3 << 8, 1 | 4 << 8])]  # aput-byte v3, v1, v4
RANDOM = ("invoke-virtual", [2, 1], "Ljava/security/SecureRandom;->nextBytes([B)V")


def keyed(*code: tuple, more: Sequence[Mth] = ()) -> list[str]:
    return [f["detail"] for f in found([Cls("La/A;", [method("f", *code, *MAKE, VOID), *more])]) if f["pattern"] == "crypto-fixed-key"]


def test_an_array_with_constants() -> None:
    assert keyed(*ARRAY, *FILL) == ["byte[16]{…}"]
    assert keyed(*ARRAY) == ["byte[16] = 0"]
    assert keyed(*ARRAY, RANDOM) == []
    assert keyed(*ARRAY, ("move", 7, 1), ("invoke-virtual", [2, 7], RANDOM[2])) == []
    unknown = [("invoke-static", [], "La/A;->b()I"), ("move-result", 3), *FILL[1:]]
    assert keyed(*ARRAY, *unknown) == []


def test_a_field_that_only_its_initialiser_writes() -> None:
    field = "La/A;->KEY:[B"
    init = Mth("<clinit>", "()V", [*ARRAY, *FILL, ("sput", 1, field), VOID], flags=0x10008)
    bare = Mth("<clinit>", "()V", [*ARRAY, ("sput", 1, field), VOID], flags=0x10008)
    assert keyed(("sget", 1, field), more=[init]) == ["byte[16]{…}"]
    assert keyed(("sget", 1, field), more=[bare]) == []
    late = method("late", ("invoke-static", [], "La/A;->load()[B"), ("move-result", 1), ("sput", 1, field), VOID)
    assert keyed(("sget", 1, field), more=[init, late]) == []
    assert keyed(("sget", 1, "Lb/B;->KEY:[B"), more=[init]) == []


def test_a_constant_that_a_caller_hands_over() -> None:
    takes = method("key", ("invoke-virtual", [15], f"{STRING}->getBytes()[B"), ("move-result", 1), *MAKE, VOID, proto=f"({STRING})V")
    gives = method("f", ("const-string", 1, "0123456789abcdef"), ("invoke-static", [1], f"La/A;->key({STRING})V"), VOID)
    details = [f["detail"] for f in found([Cls("La/A;", [takes, gives])])]
    assert details == ["01…(16) ← La/A;->f()V"]
    asks = method("f", ("invoke-static", [], f"La/A;->ask(){STRING}"), ("move-result", 1), ("invoke-static", [1], f"La/A;->key({STRING})V"), VOID)
    assert found([Cls("La/A;", [takes, asks])]) == []


def test_what_is_known_already_is_not_told_again() -> None:
    known = {"kind": "code-pattern", "pattern": "crypto-fixed-key", "method": "La/A;->f()V"}
    assert found([Cls("La/A;", [method("f", *ARRAY, *FILL, *MAKE, VOID)])], known) == []


INSNS = st.one_of(
    st.sampled_from([*READING, *COMPARE, *ARRAY, *FILL, *MAKE, GO, READS, number(6, 9), RANDOM, ("invoke-virtual", [1, 15, 4, 5], POST)]),
    st.tuples(st.just("move"), st.integers(0, 7), st.integers(0, 7)), st.just(("raw", (0x28 | 0xFC00,))),
    st.tuples(st.just("invoke-static"), st.just([]), st.sampled_from(["La/L;->a()V", "La/L;->b()V"])),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(INSNS, max_size=14), st.lists(INSNS, max_size=8), st.lists(INSNS, max_size=8))
def test_any_program_ends_with_patterns_of_the_catalogue(one: list[tuple], two: list[tuple], three: list[tuple]) -> None:
    cls = listens(*one, more=[method("a", *two, VOID), method("b", *three, VOID)])
    for fact in found([cls, task(*two, cls="La/R;", parent="Ljava/lang/Object;")], call("La/R;->run()V")):
        assert fact["pattern"] in CATALOGUE.patterns
