"""Attribution by longest prefix; what nobody claims stays unknown."""

from __future__ import annotations

import pytest

from mingcha.extract.package.owners import Owner, Owners

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


def test_an_sdk_vendors_own_app_keeps_its_sdk_attribution() -> None:
    owners = Owners(PREFIXES, "cn.jpush")
    assert owners.of("Lcn/jpush/A;").kind == "sdk"
