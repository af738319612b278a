"""The canonical log `behaviour.jsonl`: one JSON object a line, a call or an event. docs/behaviour-log.md tells it.

All importers make these records as well, so that there is one way from a log to facts.
`python -m mingcha.extract.behaviour.record` writes docs/schemas/behaviour-log.schema.json; a test holds it current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

PATH = Path("docs/schemas/behaviour-log.schema.json")

EVENTS = (
    "run", "clock-sync", "hook-test", "consent-shown", "consent-accepted", "consent-refused", "consent-withdrawn",
    "foreground", "background", "screen-off", "screen-on", "input", "silent", "process-start", "process-kill",
    "permission", "cancel-account",
)  # fmt: skip
# consented: after consent, and nothing known of the screen
STATES = ("pre-consent", "refused", "consented", "fg", "foreground", "silent", "bg", "background", "screen-off", "killed", "after-cancel")
RESULTS = ("value", "void", "null", "denied", "error", "unknown")
ANSWERS = ("granted", "denied", "denied-forever", "dismissed", "unknown")


def _one_of(values: tuple[str, ...], text: str) -> Meta:
    return Meta(description=text, extra_json_schema={"enum": [*values, None]})


class Record(msgspec.Struct, omit_defaults=True, rename={"version": "mingcha-behaviour"}):
    """A call (no `event`) or an event. Fields that a reader does not know are passed over."""

    version: Annotated[int | None, Meta(description="1; on the run header only")] = None
    event: Annotated[str | None, _one_of(EVENTS, "absent for a call")] = None
    t: Annotated[int | float | None, Meta(description="nanoseconds since the run began, by a clock that never steps", extra_json_schema={"minimum": 0})] = None
    wall: Annotated[int | float | None, Meta(description="milliseconds since 1970, UTC, by the device's clock; used only where t is missing")] = None
    recorder: Annotated[int | float | None, Meta(description="clock-sync and header: milliseconds since 1970 by the clock of what records the traffic, read at t")] = None
    within: Annotated[int | float | None, Meta(description="milliseconds by which the readings of t and recorder may lie apart, default 1000", extra_json_schema={"minimum": 0})] = None
    run: Annotated[str | None, Meta(description="id of the run; records of another run than the header's are left out")] = None
    pid: int | None = None
    uid: int | None = None
    process: Annotated[str | None, Meta(description="process name, package[:suffix]")] = None
    package: Annotated[str | None, Meta(description="application id")] = None
    thread: str | int | None = None
    state: Annotated[str | None, _one_of(STATES, "what the recorder knew at the moment of the call")] = None
    api: Annotated[str | None, Meta(description="class.method, class#field or Lcls;->name(args)ret")] = None
    item: Annotated[str | None, Meta(description="data item or capability of the catalogue")] = None
    key: Annotated[str | None, Meta(description="the constant argument that decides the item: settings key, provider URI, property, file")] = None
    args_digest: Annotated[str | None, Meta(description="digest of the arguments, never themselves")] = None
    result: Annotated[str | None, _one_of(RESULTS, "value: something was obtained; void: done, nothing to return; null: nothing came")] = None
    count: Annotated[int | None, Meta(description="calls that this record stands for, default 1", extra_json_schema={"minimum": 1})] = None
    span: Annotated[int | float | None, Meta(description="nanoseconds from the time of the record on within which these calls lie; where it is missing, all that is known is that they lie before the end of the run", extra_json_schema={"minimum": 0})] = None
    stack: Annotated[list[str] | None, Meta(description="frames, innermost first")] = None
    caller: Annotated[str | None, Meta(description="class that called, where there is no stack")] = None
    sdk: Annotated[str | None, Meta(description="catalogue id of the SDK by the recorder; used only without stack and caller")] = None
    consent_id: Annotated[str | None, Meta(description="the consent text in force, or the one that the event is about")] = None
    scope: Annotated[str | None, Meta(description="of a consent: policy (default) or a narrower one, which changes no state")] = None
    told: Annotated[bool | None, Meta(description="the purpose was on screen at that moment")] = None
    permission: str | None = None
    answer: Annotated[str | None, _one_of(ANSWERS, "of a permission dialog")] = None
    cause: Annotated[str | None, Meta(description="of a process start: activity, service, provider, broadcast, boot, job, alarm, sync, account, push, …")] = None
    by: Annotated[str | None, Meta(description="package that caused a process start")] = None
    user: Annotated[bool | None, Meta(description="an act of the user caused the process start or the permission dialog")] = None
    component: str | None = None
    device: Annotated[str | None, Meta(description="header: model and system of the device")] = None
    hooks: Annotated[list[str] | None, Meta(description="header: interfaces hooked")] = None
    consent_at_start: Annotated[str | None, _one_of(("none", "given"), "header: none after a fresh install")] = None
    resolution: Annotated[float | None, Meta(description="header: seconds that two times may differ by and still be one", extra_json_schema={"minimum": 0})] = None
    inputs: Annotated[bool | None, Meta(description="header: acts of the user are recorded as input events")] = None
    idle_seconds: Annotated[float | None, Meta(description="header: seconds without an act after which the app is silent, default 60", extra_json_schema={"exclusiveMinimum": 0})] = None
    tool: Annotated[str | None, Meta(description="header: what recorded, with its version")] = None


def schema() -> str:
    """The JSON Schema of one line."""
    (_,), components = msgspec.json.schema_components([Record])
    form: dict[str, Any] = components["Record"]
    form |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mingcha behaviour log, one line",
        "anyOf": [{"required": ["t"]}, {"required": ["wall"]}, {"required": ["event"], "properties": {"event": {"const": "run"}}}],
        # `event` with `api` is a hook test; a line is a call where it has no event.
        "oneOf": [{"required": ["event"]}, {"not": {"required": ["event"]}, "anyOf": [{"required": ["api"]}, {"required": ["item"]}]}],
    }  # fmt: skip
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema(), "utf-8")
