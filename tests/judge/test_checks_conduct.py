"""Facts joined with the purpose of the SDK that owns them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mingcha.catalogue.schema import Sdk
from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex

from .make import APP, CATALOGUE, CHANNELS, T, fact


def sdk(name: str, purpose: str) -> Sdk:
    given = {
        "id": name,
        "name": T,
        "vendor": T,
        "purpose": purpose,
        "sources": [{"by": "ours", "ref": "test"}],
    }
    return msgspec.convert(given, Sdk)


SDKS = {"union": sdk("union", "ads"), "other-union": sdk("other-union", "ads"), "bells": sdk("bells", "push")}
KNOWN = msgspec.structs.replace(CATALOGUE, sdks=SDKS)


def run(*facts: dict[str, Any], **params: Any) -> CheckResult:
    return checks.find("owned-by-purpose")(FactIndex(facts, KNOWN, CHANNELS), KNOWN, params, APP)


def call(item: str, owner: str, kind: str = "sdk") -> dict[str, Any]:
    return fact("api-call", item=item, caller="c", owner={"kind": kind, "id": owner, "name": owner})


LISTEN = {"fact": "api-call", "where": {"item": "sensor-listen"}}


def test_only_owners_of_the_purpose_count() -> None:
    ours, theirs = call("sensor-listen", "union"), call("sensor-listen", "bells")
    found = run(ours, theirs, purposes=["ads"], facts=LISTEN)
    assert (found.failed, found.suspect, list(found.evidence)) == (False, True, [ours])
    assert run(theirs, purposes=["ads"], facts=LISTEN).suspect is False
    assert list(run(ours, theirs, purposes=["ads", "push"], facts=LISTEN).evidence) == [ours, theirs]


def test_the_node_decides_which_facts() -> None:
    assert run(call("imei", "union"), purposes=["ads"], facts=LISTEN).suspect is False


def test_an_app_that_is_called_like_an_sdk_is_none() -> None:
    assert run(call("sensor-listen", "union", "app"), purposes=["ads"], facts=LISTEN).suspect is False
    assert run(fact("api-call", item="sensor-listen"), purposes=["ads"], facts=LISTEN).suspect is False


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"purposes": ["adds"], "facts": LISTEN}, "no SDK has purpose adds"),
        ({"purposes": ["ads"], "facts": {"fact": "api-cal"}}, "unknown kind"),
        ({"purposes": ["ads"], "facts": {"fact": "permission"}}, "permission has no owner"),
    ],
)
def test_parameters_that_never_match_are_refused(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run(call("sensor-listen", "union"), **params)
