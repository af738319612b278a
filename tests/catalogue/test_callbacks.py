"""Calls that hand code to the platform: names that the platform has, nothing that waits for the user."""

from __future__ import annotations

from typing import Any

import pytest
from tests.catalogue.test_lint import lines
from tools import framework_hierarchy as hierarchy

from mingcha.catalogue import build, lint_callbacks
from mingcha.catalogue.loader import Catalogue, load
from mingcha.catalogue.schema import CallbackMethod

# What the stubs leave out: the support library lies under android., java.util.function in none of them.
ABSENT = ("android.support.", "java.util.function.", "org.reactivestreams.")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def has(stubs: dict[str, hierarchy.Declared], cls: str, name: str, args: str | None) -> bool:
    """Whether the class or one above it declares such a method. Arguments are only told by class files."""
    todo, seen = [cls], set()
    while todo:
        at = todo.pop()
        if at in seen or at not in stubs:
            continue
        seen.add(at)
        found = [rest for n, _, rest in (m.partition("(") for m in stubs[at].members) if n == name]
        told = [rest for rest in found if rest]
        if found and (args is None or not told or any(r.startswith(args.removeprefix("(")) for r in told)):
            return True
        todo += [stubs[at].parent, *stubs[at].interfaces]
    return False


def test_the_platform_has_every_method_that_is_named(stubs: Any, catalogue: Catalogue) -> None:
    named = [(e.cls, t.name, t.args) for e in catalogue.callbacks.values() for t in e.triggers]
    named += [
        (c.cls, c.name, c.args) for e in catalogue.callbacks.values() for t in e.triggers for c in t.calls
    ]
    named += [(e.cls, m, None) for e in catalogue.ui_callbacks.values() for m in e.methods]
    platform = [n for n in named if n[0].startswith(hierarchy.ROOTS) and not n[0].startswith(ABSENT)]
    assert len(platform) > 600
    assert [n for n in platform if not has(stubs, *n)] == []
    assert not has(stubs, "android.os.Handler", "postDelayed", "I")
    assert not has(stubs, "android.os.Handler", "handleMassage", None)


def test_the_platform_has_every_setter(stubs: Any, catalogue: Catalogue) -> None:
    every = {m.partition("(")[0] for d in stubs.values() for m in d.members}
    listed = catalogue.ui_callbacks.values()
    platform = [e for e in listed if e.cls.startswith("android.") and not e.cls.startswith(ABSENT)]
    assert len(platform) > 40
    assert {s for e in platform for s in e.setters} - every == set()


def test_what_waits_for_the_user_is_no_callback(catalogue: Catalogue) -> None:
    called = {
        (name, c.name)
        for e in catalogue.callbacks.values() for t in e.triggers for c in t.calls
        for name in lint_callbacks.above(c.cls, catalogue.framework)
    }  # fmt: skip
    waits = {(e.cls, m) for e in catalogue.ui_callbacks.values() for m in e.methods}
    assert len(waits) > 100
    assert called & waits == set()


def test_buttons_of_dialogs_are_told_apart(catalogue: Catalogue) -> None:
    setters = catalogue.ui_callbacks["android.content.DialogInterface$OnClickListener"].setters
    assert setters["setPositiveButton"] == "dialog-positive"
    assert setters["setNegativeButton"] == "dialog-negative"
    assert catalogue.ui_callbacks["android.view.View$OnClickListener"].setters["setOnClickListener"] == "click"


def test_crashes_and_shut_down_are_no_start(catalogue: Catalogue) -> None:
    triggers = {(e.cls, t.name) for e in catalogue.callbacks.values() for t in e.triggers}
    assert ("java.lang.Thread", "start") in triggers
    names = {name for _, name in triggers}
    assert not names & {"setDefaultUncaughtExceptionHandler", "setUncaughtExceptionHandler", "addShutdownHook"}


CALLBACK = "- {class: a.B, source: x, triggers: [{name: go, calls: [{class: a.C, name: run}], on: argument, via: thread}]}"
UI = "- {class: a.Click, source: x, kind: click, methods: [onClick]}"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"lists/callbacks/a.yml": CALLBACK.replace("source: x", "source: ''")}, "a.B source: has no source"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("name: go", "name: 'go()'")}, "a.B go(): is no name of a method"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("name: go", "name: go, args: Runnable")},
         "Runnable is no list of descriptors"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("name: run}", "name: run}, {class: a.C, name: run}")},
         "a.B go: a.C.run is there twice"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("a.C, name: run", "a.Click, name: onClick"), "lists/ui-callbacks.yml": UI},
         "a.B go: a.Click.onClick waits for the user, see a.Click"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("a.C, name: run", "a.D, name: onClick"), "lists/ui-callbacks.yml": UI,
          "lists/framework/a.yml": "[{class: a.D, interfaces: [a.Click]}, {class: a.Click, interface: true}]"},
         "a.B go: a.D.onClick waits for the user, see a.Click"),
        ({"lists/ui-callbacks.yml": UI.replace("[onClick]", "[]")}, "a.Click methods: has no method"),
        ({"lists/ui-callbacks.yml": UI.replace("source: x", "source: ''")}, "a.Click source: has no source"),
        ({"lists/ui-callbacks.yml": UI.replace("kind: click", "kind: clack")}, "a.Click: wrong form"),
        ({"lists/callbacks/a.yml": CALLBACK.replace("via: thread", "via: thred")}, "a.B: wrong form"),
    ],
)  # fmt: skip
def test_bad_entries_are_told(write: Any, files: dict[str, str], told: str) -> None:
    assert any(told in line for line in lines(write(files)))


def test_good_entries_are_not_told(write: Any) -> None:
    root = write({"lists/callbacks/a.yml": CALLBACK, "lists/ui-callbacks.yml": UI})
    assert [line for line in lines(root) if "a." in line] == []
    built = build.build(root).catalogue
    assert built.callbacks["a.B"].triggers[0].calls == [CallbackMethod(cls="a.C", name="run")]
