"""Receivers that code registers: what they wait for, on small programs."""

from __future__ import annotations

import pytest

from mingcha.extract.package.graph import broadcasts
from tests.extract.package.dexbuild import Cls, Mth
from tests.extract.package.graph.test_reach import VOID, app, init, make, method, startup

FILTER, RECEIVER = "Landroid/content/IntentFilter;", "Landroid/content/BroadcastReceiver;"
REGISTER = f"La/App;->registerReceiver({RECEIVER}{FILTER})Landroid/content/Intent;"
RECEIVE = "(Landroid/content/Context;Landroid/content/Intent;)V"
BATTERY = "android.intent.action.BATTERY_CHANGED"
LISTENER = Cls("La/R;", [init(), Mth("onReceive", RECEIVE, [VOID], flags=1, virtual=True)], parent=RECEIVER)
END = ("invoke-virtual", [2, 0, 1], REGISTER)


def filter_of(*actions: str) -> list[tuple]:
    """A filter in register 1."""
    out = [("new-instance", 1, FILTER), ("invoke-direct", [1], f"{FILTER}-><init>()V")]
    for action in actions:
        out += [("const-string", 3, action), ("invoke-virtual", [1, 3], f"{FILTER}->addAction(Ljava/lang/String;)V")]
    return out


def waits(*code: tuple, more: tuple[Cls, ...] = ()) -> list[set[str]]:
    """What each call of a start-up method waits for."""
    s = startup([app(*make(0, "La/R;"), *code), LISTENER, *more])
    return [set(flags) for flags in broadcasts.waiting(s.world, s.reach).values()]


def test_what_somebody_has_to_do_is_waited_for() -> None:
    assert waits(*filter_of("a.SENT", "b.SENT"), END) == [{"broadcast:a.SENT", "broadcast:b.SENT"}]


@pytest.mark.parametrize("action", sorted(broadcasts.SELF_COMING))
def test_what_comes_by_itself_is_not_even_beside_others(action: str) -> None:
    assert waits(*filter_of("a.SENT", action), END) == []


def test_an_action_that_is_no_constant_and_a_filter_out_of_nowhere_are_unknown() -> None:
    name = [("invoke-static", [], "Lb/B;->name()Ljava/lang/String;"), ("move-result", 3)]
    add = ("invoke-virtual", [1, 3], f"{FILTER}->addAction(Ljava/lang/String;)V")
    assert waits(*filter_of(), *name, add, END) == [{"broadcast:*"}]
    got = [("invoke-static", [], f"Lb/B;->get(){FILTER}"), ("move-result", 1)]
    assert waits(*got, END) == [{"broadcast:*"}]


@pytest.mark.parametrize(("first", "second", "waited"), [
    (BATTERY, BATTERY, []), (BATTERY, "a.SENT", [{"broadcast:a.SENT"}]), ("a.SENT", BATTERY, [{"broadcast:a.SENT"}]),
])  # fmt: skip
def test_a_filter_that_is_handed_over_is_what_all_callers_hand(first: str, second: str, waited: list[set[str]]) -> None:
    handed = Cls("La/Help;", [Mth("on", f"(La/App;{RECEIVER}{FILTER})V", [
        ("invoke-virtual", [13, 14, 15], REGISTER), VOID,
    ], flags=9)])  # fmt: skip
    call = ("invoke-static", [2, 0, 1], f"La/Help;->on(La/App;{RECEIVER}{FILTER})V")
    assert waits(*filter_of(first), call, *filter_of(second), call, more=(handed,)) == waited


def test_what_the_app_itself_sends_at_start_is_not_waited_for_but_what_it_names_without_sending() -> None:
    def sent(*more: tuple) -> bool:
        intent = [
            ("new-instance", 4, "Landroid/content/Intent;"), ("const-string", 3, "a.SENT"),
            ("invoke-direct", [4, 3], "Landroid/content/Intent;-><init>(Ljava/lang/String;)V"),
        ]  # fmt: skip
        s = startup([app(*make(0, "La/R;"), *filter_of("a.SENT"), END, *intent, *more), LISTENER])
        return broadcasts.Sent(s.world).at_start("broadcast:a.SENT", s.reach, {})

    assert sent(("invoke-virtual", [2, 4], "La/App;->sendBroadcast(Landroid/content/Intent;)V"))
    assert not sent()


def test_a_method_of_the_app_that_is_called_alike_is_followed_and_not_closed() -> None:
    own = method("registerReceiver", proto=f"({RECEIVER}{FILTER})Landroid/content/Intent;")
    s = startup([Cls("La/App;", [init(), own, method("onCreate", *make(0, "La/R;"), *filter_of("a.SENT"), END)],
                     parent="Landroid/app/Application;"), LISTENER])  # fmt: skip
    assert broadcasts.waiting(s.world, s.reach) == {}
