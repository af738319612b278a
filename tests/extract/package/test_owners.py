"""Attribution by longest prefix; what nobody claims stays unknown."""

from __future__ import annotations

import pytest

from mingcha.extract.package.owners import UNKNOWN, Owner, Owners

PUSH, CORE = Owner("sdk", "jpush", "极光推送"), Owner("sdk", "jcore", "极光核心")
PREFIXES = {
    "cn.jpush": PUSH,
    "cn.jpush.android.core": CORE,
    "com.umeng.commonsdk.UMConfigure": Owner("sdk", "umeng", "友盟"),
}


@pytest.mark.parametrize(
    ("name", "kind", "owner"),
    [
        ("Lcn/jpush/android/A;", "sdk", "jpush"),
        ("Lcn/jpush/android/core/B$C;", "sdk", "jcore"),
        ("Lcn/jpushx/A;", "unknown", ""),
        ("cn.jpush.android.A", "sdk", "jpush"),
        ("Lcom/umeng/commonsdk/UMConfigure;", "sdk", "umeng"),
        ("Lcom/umeng/commonsdk/UMConfigure$1;", "sdk", "umeng"),
        ("Lcom/umeng/commonsdk/Other;", "unknown", ""),
        ("Lorg/demo/shop/Main;", "app", "org.demo.shop"),
        ("Lorg/demo/other/Main;", "app", "org.demo.shop"),
        ("Lorg/else/Main;", "unknown", ""),
        ("Landroid/app/Activity;", "system", "android"),
        ("Ljava/lang/String;", "system", "android"),
        ("[Ljava/lang/String;", "system", "android"),
        ("La/b/c;", "unknown", ""),
        ("LMain;", "unknown", ""),
    ],
)
def test_longest_prefix(name: str, kind: str, owner: str) -> None:
    found = Owners(PREFIXES, "org.demo.shop").of(name)
    assert (found.kind, found.id) == (kind, owner)


@pytest.mark.parametrize(
    ("app", "inside", "outside"),
    [
        ("com.github.someone.app", "Lcom/github/someone/x/A;", "Lcom/github/other/A;"),
        ("com.app.thing", "Lcom/app/thing/A;", "Lcom/app/else/A;"),
        ("shop", "Lshop/A;", "Lshopping/A;"),
    ],
)
def test_the_apps_own_tree_is_not_too_wide(app: str, inside: str, outside: str) -> None:
    owners = Owners({}, app)
    assert owners.of(inside).kind == "app"
    assert owners.of(outside).kind == "unknown"


def test_an_app_called_like_an_sdks_prefix_is_what_the_entry_describes() -> None:
    agents = {"jp.co.maker.agent": Owner("sdk", "agent", "代理"), "io.agent": Owner("sdk", "agent", "代理")}
    for app in ("jp.co.maker.agent", "jp.co.maker.agent.test"):
        owners = Owners(agents | PREFIXES, app)
        assert owners.itself == "agent"
        assert [owners.of(c).kind for c in ("Ljp/co/maker/agent/A;", "Lio/agent/B;", "Lcn/jpush/A;")] == ["app", "app", "sdk"]
        assert not owners.count(["Ljp/co/maker/agent/A;", "Lio/agent/x/B;"])


def test_an_app_named_below_an_sdks_prefix_has_the_tree_of_its_name() -> None:
    """A maker's demo: its own code is the app's, also beside the class tree of its id, and the SDK is the SDK."""
    owners = Owners(PREFIXES, "cn.jpush.demo.server")
    found = {c: owners.of(c).kind for c in ("Lcn/jpush/demo/server/A;", "Lcn/jpush/demo/core/B;", "Lcn/jpush/android/C;")}
    assert list(found.values()) == ["app", "app", "sdk"]
    assert owners.itself == ""


def test_the_tests_of_an_app_are_the_app() -> None:
    assert Owners({}, "org.demo.app.shop.test").of("Lorg/demo/app/shop/A;").kind == "app"
    assert Owners({}, "com.github.test").of("Lcom/github/other/A;").kind == "unknown"


@pytest.mark.parametrize(("app", "other"), [("jp.co.maker.x", "Ljp/co/other/A;"), ("cn.com.maker", "Lcn/com/other/A;")])
def test_makers_under_a_countrys_registry_are_kept_apart(app: str, other: str) -> None:
    owners = Owners({}, app)
    assert owners.of(other).kind == "unknown"
    assert owners.of("L" + "/".join(app.split(".")[:3]) + "/A;").kind == "app"


def test_a_class_that_is_told_by_its_code_is_the_sdk_s_where_no_name_says_otherwise() -> None:
    own = Owners(PREFIXES, "com.example.app", "示例")
    sdk = next(o for o in PREFIXES.values() if o.kind == "sdk")
    own.tell(sdk.id, ["Lo/a;", "Lo/a$b;", "Lcom/example/app/Copy;", "Landroid/os/Fake;"])
    for name in ("Lo/a;", "o/a", "o.a", "[Lo/a;", "Lo/a$b;"):
        assert own.of(name) == own.defined(name) == sdk._replace(by="fingerprint"), name
    assert own.of("Lo/b;") == UNKNOWN and own.of("Lcom/example/app/Copy;").kind == "app"
    assert own.of("Landroid/os/Fake;").kind == "system" and own.of("cn.jpush.X") == sdk
    assert own.of("o.a").fact() == {"kind": "sdk", "id": sdk.id, "name": sdk.name, "by": "fingerprint"}
    own.tell("nobody", ["Lo/c;"])
    assert own.of("Lo/c;") == UNKNOWN
