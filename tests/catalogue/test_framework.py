"""The platform's hierarchy: what is shipped is what the stubs say, and bad entries are told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.catalogue.test_lint import lines
from tools import framework_hierarchy as hierarchy

from mingcha.catalogue.lint_callbacks import above
from mingcha.catalogue.loader import load


@pytest.mark.parametrize(
    ("cls", "ancestor"),
    [
        ("android.app.Activity", "android.content.Context"),
        ("android.app.IntentService", "android.content.Context"),
        ("android.os.HandlerThread", "java.lang.Runnable"),
        ("android.webkit.WebView", "android.view.View"),
        ("android.app.AlertDialog", "android.content.DialogInterface"),
        ("java.util.concurrent.ThreadPoolExecutor", "java.util.concurrent.Executor"),
        ("java.util.concurrent.ForkJoinPool", "java.util.concurrent.ExecutorService"),
        ("java.util.concurrent.FutureTask", "java.lang.Runnable"),
        ("java.util.concurrent.CompletableFuture", "java.util.concurrent.CompletionStage"),
        ("java.util.TimerTask", "java.lang.Runnable"),
        ("java.util.function.BinaryOperator", "java.util.function.BiFunction"),
        ("java.util.ArrayList", "java.lang.Iterable"),
        ("dalvik.system.DexClassLoader", "java.lang.ClassLoader"),
        ("dalvik.system.DelegateLastClassLoader", "java.lang.ClassLoader"),
        ("android.view.WindowManager", "android.view.ViewManager"),
        ("android.telephony.CellIdentityGsm", "android.telephony.CellIdentity"),
        ("android.window.SplashScreenView", "android.view.View"),
    ],
)
def test_what_inherits_from_what(cls: str, ancestor: str) -> None:
    assert ancestor in above(cls, load().framework)


def test_interfaces_are_told_from_classes() -> None:
    known = load().framework
    assert known["java.lang.Runnable"].interface
    assert known["android.view.View$OnClickListener"].interface
    assert not known["android.app.Activity"].interface
    assert known["android.app.Activity"].parent == "android.view.ContextThemeWrapper"
    assert "android.view.Window$Callback" in known["android.app.Activity"].interfaces


def test_the_list_is_what_the_tool_makes_of_the_stubs(stubs: dict[str, hierarchy.Declared]) -> None:
    made = {
        name: (bool(d.flags & hierarchy.INTERFACE), d.parent.removeprefix("java.lang.Object"), d.interfaces)
        for name, d in hierarchy.kept(stubs)
    }
    made |= {name: (True, "", interfaces) for name, (interface, _, interfaces) in made.items() if interface}
    shipped = {f.cls: (f.interface, f.parent or "", f.interfaces) for f in load().framework.values()}
    assert made == shipped


def test_declarations_are_read() -> None:
    text = """
declare module a {
    export class B<T>  extends java.lang.Object {
        public constructor();
        public run(x: number): void;
    }
    export module B {
        export class Callback extends java.lang.Object {
            public constructor(implementation: {
                go(x: number): void;
            });
            public constructor();
            public go(x: number): void;
        }
    }
    export abstract class D extends a.B<any> implements a.B.Callback, a.E {
        public static make(): a.D;
    }
    export class F<T>  extends a.B.Callback {
    }
}
"""
    found = hierarchy.declarations(text.splitlines())
    assert set(found) == {"a.B", "a.B$Callback", "a.D", "a.F"}
    assert found["a.B"].members == {"<init>", "run"} and not found["a.B"].flags & hierarchy.INTERFACE
    assert found["a.B$Callback"].flags & hierarchy.INTERFACE and found["a.B$Callback"].members >= {"go"}
    assert (found["a.D"].parent, found["a.D"].interfaces) == ("a.B", ["a.B$Callback", "a.E"])
    # Of a generic class the one supertype that is told may be an interface.
    assert (found["a.F"].parent, found["a.F"].interfaces) == ("java.lang.Object", ["a.B$Callback"])


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ("[{class: a.B, parent: a.C}]", "a.B: a.C is not listed"),
        ("[{class: a.B, interfaces: [a.C]}]", "a.B: a.C is not listed"),
        ("[{class: a.B, parent: a.C}, {class: a.C, interface: true}]", "a.B: a.C is an interface"),
        ("[{class: a.B, interfaces: [a.C]}, {class: a.C}]", "a.B: a.C is no interface"),
        ("[{class: a.B, interface: true, parent: java.lang.Object}]", "a.B parent: an interface has no superclass"),
        ("[{class: a.B, interfaces: [a.C, a.C]}, {class: a.C, interface: true}]", "names an interface twice"),
        ("[{class: a.B, parent: a.C}, {class: a.C, parent: a.B}]", "a.B: its supertypes lead back to it over a.C"),
        ("[{class: a.B}, {class: a.B}]", "a.B: duplicate id"),
    ],
)
def test_bad_entries_are_told(write: Any, entries: str, told: str) -> None:
    assert any(told in line for line in lines(write({"lists/framework/a.yml": entries})))


def test_good_entries_are_not_told(write: Any) -> None:
    root = write({"lists/framework/a.yml": "[{class: a.B, interfaces: [a.C]}, {class: a.C, interface: true}]"})
    assert [line for line in lines(root) if "a.B" in line or "a.C" in line] == []
