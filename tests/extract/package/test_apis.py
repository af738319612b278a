"""Sensitive API references: direct, by constant, inherited, and the near misses."""

from __future__ import annotations

import msgspec

from mingcha.catalogue.schema import ApiClass
from mingcha.extract.package.apis import Call, Matcher, Table
from mingcha.extract.package.dex import tables
from tests.extract.package.dexbuild import Cls, Mth, build

VOID = ("return-void",)
APIS = msgspec.convert(
    [
        {"class": "android.telephony.TelephonyManager", "members": [{"name": "getDeviceId", "item": "imei"}]},
        {"class": "android.os.Build", "members": [{"field": "SERIAL", "item": "serial-number"}]},
        {"class": "android.provider.Settings$Secure",
         "members": [{"name": "getString", "item": "android-id", "via": "settings-key", "constant": ["android_id"]}]},
        {"class": "android.net.Uri",
         "members": [{"name": "parse", "item": "sms", "via": "provider", "constant": ["content://sms"]}]},
        {"class": "android.os.SystemProperties",
         "members": [{"name": "get", "item": "serial-number", "constant": ["ro.serial*"]}]},
        {"class": "android.content.Context", "subclasses": True,
         "members": [{"name": "startService", "capability": "self-start-service"}]},
        {"class": "android.webkit.WebView", "subclasses": True,
         "members": [{"name": "loadUrl", "capability": "x", "args": "(Ljava/lang/String;)"}]},
    ],
    list[ApiClass],
)  # fmt: skip
TABLE = Table.build(APIS, {"android.app.Activity": "android.content.Context"})
GET_ID = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
SECURE = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
PARSE = "Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;"


def calls(*files: list[Cls]) -> list[Call]:
    matcher = Matcher(TABLE)
    for n, classes in enumerate(files, 1):
        matcher.add(tables.read(f"classes{n}.dex", build(classes)))
    return matcher.finish()


def one(*code: tuple) -> list[Call]:
    return calls([Cls("La/A;", [Mth("f", "()V", [*code, VOID])])])


def test_a_direct_reference_is_found_with_its_count() -> None:
    (call,) = one(("invoke-virtual", [0], GET_ID), ("invoke-virtual", [0], GET_ID))
    assert (call.caller, call.callee, call.count, call.dex) == ("La/A;->f()V", GET_ID, 2, "classes1.dex")
    assert call.api == "android.telephony.TelephonyManager.getDeviceId"
    assert call.member.item == "imei"


def test_a_field_is_found() -> None:
    (call,) = one(("sget", 0, "Landroid/os/Build;->SERIAL:Ljava/lang/String;"))
    assert call.api == "android.os.Build#SERIAL"
    assert call.callee == "Landroid/os/Build;->SERIAL:Ljava/lang/String;"


def test_the_same_names_elsewhere_are_nothing() -> None:
    assert one(
        ("invoke-virtual", [0], "La/TelephonyManager;->getDeviceId()Ljava/lang/String;"),
        ("invoke-virtual", [0], "Landroid/telephony/TelephonyManager;->toString()Ljava/lang/String;"),
        ("sget", 0, "Landroid/os/Build;->MODEL:Ljava/lang/String;"),
        ("const-string", 0, "getDeviceId"),
    ) == []  # fmt: skip


def test_a_constant_decides_settings_keys() -> None:
    (call,) = one(("const-string", 1, "android_id"), ("invoke-static", [0, 1], SECURE))
    assert call.constant == "android_id"
    assert one(("const-string", 1, "bluetooth_name"), ("invoke-static", [0, 1], SECURE)) == []
    assert one(("invoke-static", [0, 1], SECURE)) == []


def test_a_constant_in_another_method_does_not_count() -> None:
    other = Mth("g", "()V", [("const-string", 1, "android_id"), VOID])
    assert calls([Cls("La/A;", [Mth("f", "()V", [("invoke-static", [0, 1], SECURE), VOID]), other])]) == []


def test_content_uris_and_starred_constants_match_as_prefixes() -> None:
    (call,) = one(("const-string", 0, "content://sms/inbox"), ("invoke-static", [0], PARSE))
    assert call.constant == "content://sms/inbox"
    prop = "Landroid/os/SystemProperties;->get(Ljava/lang/String;)Ljava/lang/String;"
    assert len(one(("const-string", 0, "ro.serialno"), ("invoke-static", [0], prop))) == 1
    assert one(("const-string", 0, "ro.product"), ("invoke-static", [0], prop)) == []
    assert one(("const-string", 0, "xcontent://sms"), ("invoke-static", [0], PARSE)) == []


START = "startService(Landroid/content/Intent;)Landroid/content/ComponentName;"


def test_an_inherited_member_is_followed_over_the_framework_hierarchy() -> None:
    (call,) = one(("invoke-virtual", [0], f"Landroid/app/Activity;->{START}"))
    assert call.api == "android.content.Context.startService"


def test_an_inherited_member_is_followed_over_classes_of_other_dex_files() -> None:
    use = [Cls("La/Use;", [Mth("f", "()V", [("invoke-virtual", [0], f"La/Mine;->{START}"), VOID])])]
    middle = [Cls("La/Mine;", [], parent="La/Base;")]
    base = [Cls("La/Base;", [], parent="Landroid/app/Activity;")]
    (call,) = calls(use, middle, base)
    assert call.caller == "La/Use;->f()V"


def test_an_override_in_the_package_stops_the_climb() -> None:
    override = Mth(
        START.partition("(")[0],
        "(Landroid/content/Intent;)Landroid/content/ComponentName;",
        [VOID],
        virtual=True,
    )
    use = [Cls("La/Use;", [Mth("f", "()V", [("invoke-virtual", [0], f"La/Mine;->{START}"), VOID])])]
    assert calls(use, [Cls("La/Mine;", [override], parent="Landroid/app/Activity;")]) == []


def test_a_class_of_another_tree_does_not_climb() -> None:
    use = [Cls("La/Use;", [Mth("f", "()V", [("invoke-virtual", [0], f"La/Other;->{START}"), VOID])])]
    assert calls(use, [Cls("La/Other;", [], parent="Ljava/lang/Object;")]) == []


def test_a_cyclic_hierarchy_ends() -> None:
    use = [Cls("La/Use;", [Mth("f", "()V", [("invoke-virtual", [0], f"La/X;->{START}"), VOID])])]
    assert calls(use, [Cls("La/X;", parent="La/Y;"), Cls("La/Y;", parent="La/X;")]) == []


def test_arguments_tell_overloads_apart() -> None:
    assert len(one(("invoke-virtual", [0, 1], "Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V"))) == 1
    assert (
        one(
            (
                "invoke-virtual",
                [0, 1],
                "Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;Ljava/util/Map;)V",
            )
        )
        == []
    )


def test_definitions_of_duplicate_classes_are_left_out() -> None:
    import numpy as np

    code = tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [("invoke-virtual", [0], GET_ID), VOID])])]))
    matcher = Matcher(TABLE)
    matcher.add(code, np.array([True]))
    assert matcher.finish() == []
