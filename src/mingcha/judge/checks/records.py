"""What a store page or a filing says about a package against the package itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject

DIGEST_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256"}


def plain(text: object) -> str:
    """A text as compared: compatibility forms folded, without case, blanks and invisible characters."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


@check("listing-differs")
def listing_differs(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A store page names another app, version or package than the package read: a lead.

    Only fields that both sides fill are compared; a name may agree in any language of the
    package. Cannot tell when no field can be compared.
    """
    packages = facts.of("package")
    known = {
        "name": {plain(p[n]) for p in packages for n in ("name", "name_zh", "name_en") if p.get(n)},
        "version": {plain(p["version"]).removeprefix("v") for p in packages if p.get("version")},
        "package": {plain(p["id"]) for p in packages if p.get("id")},
    }
    compared = 0
    differing: list[Fact] = []
    for entry in facts.of("listing"):
        field = str(entry.get("field"))
        shown = plain(entry.get("value") or "")
        if field == "version":
            shown = shown.removeprefix("v")
        # A reference that could not be resolved is no name of the app.
        own = {value for value in known.get(field, ()) if not value.startswith("@")}
        if shown and own:
            compared += 1
            if shown not in own:
                differing.append(entry)
    if not compared:
        return CheckResult(failed=None, reasons=["nothing-to-compare"])
    return CheckResult(suspect=bool(differing), evidence=[*differing, *packages] if differing else ())


@check("filed-certificate-differs")
def filed_certificate_differs(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """The app filing names a certificate digest that no signer of the package has: proved.

    A filing may hold several certificates (one per system); one that agrees is enough. Where the
    register names a package, it must be this one, otherwise the entry is about another app.
    Digests in MD5, SHA-1 and SHA-256 are read, with or without colons.
    """
    entries = [e for e in facts.of("register-entry") if e.get("register") == "app-filing"]
    packages = {plain(p["id"]) for p in facts.of("package") if p.get("id")}
    filed = {plain(e.get("value") or "") for e in entries if e.get("field") == "package"} - {""}
    signers = facts.of("signing")
    own = {str(s[a]).lower() for s in signers for a in DIGEST_LENGTHS.values() if s.get(a)}
    named = [(e, _digest(e)) for e in entries if str(e.get("field", "")).startswith("certificate")]
    readable = [(entry, digest) for entry, digest in named if digest]
    if not readable or not own or (filed and not filed & packages):
        return CheckResult(failed=None, reasons=["nothing-to-compare"])
    if any(digest in own for _, digest in readable):
        return CheckResult(failed=False)
    return CheckResult(failed=True, evidence=[*(entry for entry, _ in readable), *signers])


def _digest(entry: Fact) -> str | None:
    """The hexadecimal digest that an entry holds; None where it holds something else."""
    text = plain(entry.get("value") or "").replace(":", "").replace("-", "")
    return text if len(text) in DIGEST_LENGTHS and all(c in "0123456789abcdef" for c in text) else None
