"""Whose a host is: declared, filed, or agreed on by two signs; everything else stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.errors import Usage
from mingcha.extract.join import Stated, join, parties

from .make import capture, of, sent

PACKAGE = {"kind": "package", "exhibit": "p", "where": "", "format": "apk", "id": "com.example.app"}
CONTACT = {"kind": "policy-element", "exhibit": "q", "where": "5", "element": "contact", "present": True, "quote": "联系我们：privacy@example.com。"}


def party(*facts: Any, stated: tuple[str, ...] = (), host: str = "api.example.com", **more: Any) -> str:
    (found,) = of(join([capture(), *facts, sent(1.0, host=host, **more)], Stated(first_party=stated)), "transmit")
    return str(found["party"])


@pytest.mark.parametrize(
    ("host", "stated", "expected"),
    [
        ("api.example.com", ("example.com",), "first"), ("example.com", ("example.com",), "first"), ("API.Example.Com.", ("example.com",), "first"),
        ("notexample.com", ("example.com",), "unknown"), ("example.com.evil.cn", ("example.com",), "unknown"),
        ("192.0.2.9", ("192.0.2.9",), "first"), ("192.0.2.99", ("192.0.2.9",), "unknown"), ("", ("example.com",), "unknown"),
    ],
)  # fmt: skip
def test_stated_domains(host: str, stated: tuple[str, ...], expected: str) -> None:
    assert party(host=host, stated=stated) == expected


def test_stated_goes_before_the_catalogue_and_a_hint_does_not() -> None:
    known = {"party": "third", "vendor": "示例", "sdk": "demo-push"}
    assert party(**known) == "third"
    assert party(stated=("example.com",), **known) == "first"
    assert party(PACKAGE, CONTACT, **known) == "third"


def test_the_packages_name_alone_is_no_proof() -> None:
    assert party(PACKAGE) == "unknown"
    assert party(CONTACT) == "unknown"
    assert party(PACKAGE, CONTACT) == "first"
    assert party(PACKAGE, CONTACT, host="log.ads.example") == "unknown"
    assert party(PACKAGE, {**CONTACT, "quote": "见 https://www.notexample.com/a"}) == "unknown"
    assert party({**PACKAGE, "id": "com.exam"}, CONTACT) == "unknown"
    assert party({**PACKAGE, "id": "com"}, {**CONTACT, "quote": "a@com"}, host="com") == "unknown"
    store = {"kind": "listing", "exhibit": "l", "where": "", "field": "privacy-policy", "value": "https://www.example.com/privacy.html", "store": None}
    assert party(PACKAGE, store) == "first"
    found = of(join([capture(), PACKAGE, CONTACT, sent(1.0, host="api.example.com")]), "first-party")
    assert [(f["domain"], f["by"], f["exhibit"], f["source"]) for f in found] == [("example.com", "package-and-policy", "q", "example.com")]


def test_a_suffix_under_which_anybody_registers_is_nobodys() -> None:
    assert party({**PACKAGE, "id": "cn.com.app"}, {**CONTACT, "quote": "a@x.com.cn"}, host="other.com.cn") == "unknown"
    assert party({**PACKAGE, "id": "io.github.someone"}, {**CONTACT, "quote": "https://someone.github.io"}, host="api.github.io") == "unknown"


def test_domains_of_a_filing() -> None:
    entry = {"kind": "register-entry", "exhibit": "r", "where": "2", "register": "app-filing", "field": "domains", "value": "example.cn、www.example.com", "matches": None}
    assert party(entry) == "first" and party(entry, host="a.example.cn") == "first" and party(entry, host="example.net") == "unknown"
    assert party({**entry, "matches": False}) == "unknown"
    assert party({**entry, "field": "name"}) == "unknown"


def test_all_kinds_that_name_a_party_are_settled_and_can_be_taken_back() -> None:
    rows = [{"kind": k, "exhibit": "t", "where": "", "t": 0.0, "host": "api.example.com", "party": "unknown", "vendor": None} for k in ("net-flow", "opaque", "tls-weakness")]
    found = join([capture(), *rows], Stated(first_party=("example.com",)))
    assert {f["party"] for f in found if "party" in f} == {"first"}
    assert {f["party"] for f in join([f for f in found if f["kind"] != "first-party"]) if "party" in f} == {"unknown"}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("example.com", "example.com"), ("https://www.Example.com.cn/a?b", "example.com.cn"), ("*.example.com", "example.com"), ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("someone.github.io", "someone.github.io"), ("[2001:DB8::1]", "2001:db8::1"), ("192.0.2.9", "192.0.2.9"), ("a.example.com:8443", "example.com"),
    ],
)  # fmt: skip
def test_normal_form(text: str, normal: str) -> None:
    assert parties.normal(text) == normal


@pytest.mark.parametrize("text", ["", "com.cn", "com", "github.io", "a b.cn", "-x.cn", "x" * 400 + ".cn", "..", "例" * 70 + ".cn", "\0.cn", "example.c_m"])
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(Usage):
        parties.normal(text)
