"""Which hosts are the operator's own: domains that are declared, or that two independent signs agree on.

Declared is what the user states and what a filing register lists. The package's name is chosen freely and proves
nothing; where its reversed beginning is a domain that the operator's own texts name as well (an address or a link of
the policy, the policy's address on the store page), both together do, except for a domain that the catalogue knows as
another company's. Everything else stays `unknown`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from mingcha.errors import Usage
from mingcha.extract.traffic.party import suffixes
from mingcha.model import Fact

Facts = list[Fact]
_PARTIES = frozenset(("transmit", "net-flow", "tls-weakness", "opaque"))
_FILED = frozenset(("domain", "domains", "site", "website"))  # fields of a register that list the subject's domains
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_IN_TEXT = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![a-z0-9-])", re.I)
_SPLIT = re.compile(r"[\s,;，；、|]+")


def settle(facts: Facts) -> Facts:
    """The facts with `party` decided by all that is known of the subject, and the domains that decided."""
    own = [f["domain"] for f in facts if f["kind"] == "first-party" and f.get("by") == "stated"]
    made = _filed(facts)
    own += [f["domain"] for f in made]
    hinted = _hinted(facts)
    out: Facts = []
    used = False
    for f in facts:
        if f["kind"] not in _PARTIES:
            out.append(f)
            continue
        host = str(f.get("host") or "").lower().rstrip(".")
        party = "third" if f.get("vendor") else "unknown"
        if any(within(host, d) for d in own):
            party = "first"
        elif hinted and party == "unknown" and not f.get("sdk") and within(host, hinted["domain"]):
            party, used = "first", True
        out.append(f if f.get("party") == party else {**f, "party": party})
    return [*out, *made, *([hinted] if hinted and used else [])]


def within(host: str, domain: str) -> bool:
    """Whether a host is a domain or below it."""
    return host == domain or host.endswith(f".{domain}")


def _fact(domain: str, by: str, f: Fact, source: str) -> Fact:
    return {"kind": "first-party", "exhibit": f.get("exhibit", ""), "where": f.get("where", ""), "domain": domain, "by": by, "source": source}


def _filed(facts: Sequence[Fact]) -> Facts:
    """Domains that a filing lists for the subject; one that was found not to agree with it counts for nothing."""
    out: dict[str, Fact] = {}
    for f in facts:
        if f["kind"] == "register-entry" and f.get("field") in _FILED and f.get("matches") is not False:
            for text in _SPLIT.split(str(f.get("value") or ""))[:50]:
                if text and (domain := _normal(text)):
                    out.setdefault(domain, _fact(domain, "register", f, str(f.get("register") or "")))
    return list(out.values())


def _hinted(facts: Sequence[Fact]) -> Fact | None:
    """The domain that the package's name and the operator's texts agree on."""
    names = [str(f.get("id") or "").lower().split(".") for f in facts if f["kind"] == "package"]
    if not names:
        return None
    candidates = {".".join(reversed(parts[:n])) for parts in names for n in (2, 3) if len(parts) > n - 1}
    candidates = {d for d in candidates if _registrable(d) == d}
    for f in facts:
        text = ""
        if f["kind"] in ("policy-element", "statement"):
            text = str(f.get("quote") or "")
        elif f["kind"] == "listing" and f.get("field") in ("privacy-policy", "developer", "website"):
            text = str(f.get("value") or "")
        if "." not in text:
            continue
        for found in _IN_TEXT.findall(text)[:50]:
            name = found.lower()
            for domain in candidates:
                if within(name, domain):
                    return _fact(domain, "package-and-policy", f, name)
    return None


def _registrable(name: str) -> str | None:
    """The registrable domain; without the list nothing is known to be one."""
    known = suffixes()
    found = known.privatesuffix(name) if known else None
    return str(found) if found else None


def _normal(text: str) -> str | None:
    """A domain or address in the form in which it is compared: lower case, ASCII, widened to the registrable domain.
    None where it is neither, or a suffix under which anybody may register."""
    name = text.strip().lower().partition("://")[2] or text.strip().lower()
    name = re.split(r"[/?#]", name, maxsplit=1)[0].removeprefix("*.").rstrip(".")
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    if re.fullmatch(r"[^:]+:\d{1,5}", name):
        name = name.rpartition(":")[0]
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not _NAME.fullmatch(name):
        return None
    return _registrable(name) if suffixes() else name


def normal(text: str) -> str:
    """A domain that the user states, in normal form. Usage error where it is none."""
    found = _normal(text) if len(text) <= 300 else None
    if found is None:
        raise Usage(
            f"不是域名或 IP 地址：{text[:80]}", f"no domain or address: {text[:80]}",
            {"zh": "请写成 example.cn；公共后缀（如 com.cn）不能作为运营者域名", "en": "write it as example.cn; a public suffix such as com.cn is nobody's own"},
        )  # fmt: skip
    return found
