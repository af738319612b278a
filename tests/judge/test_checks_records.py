"""Store pages and filings against the package."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex

from .make import APP, CATALOGUE, CHANNELS, fact

PACKAGE = fact("package", id="cn.example.app", name="示例", name_en="Example", version="2.1.0")
MD5, SHA1, SHA256 = "0a" * 16, "1b" * 20, "2c" * 32
SIGNER = fact("signing", scheme="v2", md5=MD5, sha1=SHA1, sha256=SHA256)


def run(name: str, *facts: dict[str, Any]) -> CheckResult:
    return checks.find(name)(FactIndex(facts, CATALOGUE, CHANNELS), CATALOGUE, {}, APP)


def listing(field: str, value: str | None) -> dict[str, Any]:
    return fact("listing", field=field, value=value)


def filing(field: str, value: str | None, register: str = "app-filing") -> dict[str, Any]:
    return fact("register-entry", register=register, field=field, value=value)


def colons(digest: str) -> str:
    return ":".join(digest[n : n + 2] for n in range(0, len(digest), 2)).upper()


@pytest.mark.parametrize(
    ("field", "value", "differs"),
    [
        ("name", "示例", False),
        ("name", "ＥＸＡＭＰＬＥ", False),
        ("name", "示\u200b例", False),
        ("name", "示例极速版", True),
        ("version", "V2.1.0", False),
        ("version", "2.0.9", True),
        ("package", "cn.example.app", False),
        ("package", "cn.example.app2", True),
    ],
)
def test_listing(field: str, value: str, differs: bool) -> None:
    shown = listing(field, value)
    found = run("listing-differs", PACKAGE, shown)
    assert (found.failed, found.suspect) == (False, differs)
    assert list(found.evidence) == ([shown, PACKAGE] if differs else [])


def test_listing_with_nothing_to_compare() -> None:
    assert run("listing-differs", PACKAGE, listing("name", None)).failed is None
    assert run("listing-differs", PACKAGE, listing("developer", "某公司")).failed is None
    assert run("listing-differs", listing("name", "示例")).failed is None
    unresolved = fact("package", id=None, name="@string/app_name")
    assert run("listing-differs", unresolved, listing("name", "示例")).failed is None


@pytest.mark.parametrize("digest", [MD5, SHA1, SHA256, colons(MD5), colons(SHA256)])
def test_filed_certificate_agrees(digest: str) -> None:
    found = run("filed-certificate-differs", PACKAGE, SIGNER, filing("certificate-md5", digest))
    assert (found.failed, found.suspect) == (False, False)


def test_filed_certificate_differs() -> None:
    entry = filing("certificate", "ff" * 16)
    found = run("filed-certificate-differs", PACKAGE, SIGNER, filing("package", "cn.example.app"), entry)
    assert (found.failed, list(found.evidence)) == (True, [entry, SIGNER])


def test_one_certificate_of_several_is_enough() -> None:
    found = run(
        "filed-certificate-differs", SIGNER, filing("certificate", "ff" * 16), filing("certificate", MD5)
    )
    assert found.failed is False


@pytest.mark.parametrize(
    "facts",
    [
        [SIGNER],
        [SIGNER, filing("certificate", None)],
        [SIGNER, filing("certificate", "公钥见附件")],
        [SIGNER, filing("certificate", "g" * 32)],
        [SIGNER, filing("certificate", "ff" * 16, register="icp-filing")],
        [filing("certificate", "ff" * 16)],
        [PACKAGE, SIGNER, filing("package", "cn.example.other"), filing("certificate", "ff" * 16)],
    ],
    ids=["no filing", "empty", "no digest", "no hex", "other register", "unsigned", "other app"],
)
def test_filed_certificate_cannot_be_compared(facts: list[dict[str, Any]]) -> None:
    assert run("filed-certificate-differs", *facts).failed is None
