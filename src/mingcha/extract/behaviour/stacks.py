"""Whose call it was: the stack read from the innermost app frame outward.

Framework and hook frames are passed over, and so are libraries that only carry calls on (HTTP clients,
language runtimes). The first frame left decides, by the longest package prefix. A frame that nobody claims
ends the search as `unknown`: what lies further out might be only whoever waits for it, and an obfuscated
class may be anybody's. It is never taken for the app's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from mingcha.extract.package.owners import FRAMEWORK, SYSTEM, UNKNOWN, Owner, Owners, from_catalogue

FRAMES = 200  # frames of one stack that are looked at
KEPT = 40  # frames of one fact
SYSTEM_TREES = (
    "com.android.internal.", "com.android.server.", "com.android.okhttp.", "com.android.org.", "jdk.",
    "com.android.webview.", "$Proxy", "jdk.proxy",
)  # fmt: skip
WEB = ("com.android.webview.", "WV.")  # the system's own web component, which acts for itself
HOOKS = (
    "de.robv.android.xposed.", "org.lsposed.", "io.github.lsposed.", "LSPHooker_", "EdHooker_", "SandHooker",
    "com.swift.sandhook.", "top.canyie.pine.", "me.weishu.epic.", "com.saurik.substrate.", "re.frida.", "frida.",
    "com.elderdrivers.riru.",
)  # fmt: skip
_PASSED_OVER = (*(f"{tree}." for tree in FRAMEWORK), *SYSTEM_TREES, *HOOKS)
_CALLER, _SDK = "\0caller ", "\0sdk "


class Attribution(NamedTuple):
    """Who called. `by`: stack, caller, recorder or none; `owners`: those met from the innermost frame
    outward, each once, as kind:id; `own`: share of the frames that are neither framework nor hook and belong
    to the app, 0 to 1, None where there is none such."""

    owner: Owner
    by: str
    owners: tuple[str, ...]
    own: float | None


def key_of(stack: Sequence[str] | None, caller: str | None, sdk: str | None) -> tuple[str, ...]:
    """What one call is attributed by, as something that can be told apart and kept once."""
    if stack:
        return tuple(stack[:FRAMES])
    if caller:
        return (_CALLER + caller,)
    return (_SDK + sdk,) if sdk else ()


def frames_of(key: tuple[str, ...]) -> tuple[str, ...]:
    """The frames behind a key, for the fact."""
    return () if key and key[0][0:1] == "\0" else key


def framework(name: str) -> bool:
    """Whether a class belongs to the platform or to a hook, by name alone."""
    return name.startswith(_PASSED_OVER)


def class_of(frame: str) -> str:
    """Class with dots of `at a.B$1.run(B.java:3)` or `La/B;->run()V`; empty where it is no frame."""
    text = frame.strip().removeprefix("at ").partition("(")[0]
    if ";->" in text:
        return text.partition(";->")[0].removeprefix("L").replace("/", ".")
    return text.rpartition(".")[0].rpartition("/")[2]  # module/a.B on newer runtimes


class Attributor:
    """Attribution for one log. `app` is the application id of its subject; without one nothing is the app's."""

    def __init__(self, catalogue: Any, app: str | None) -> None:
        self._owners = Owners(from_catalogue(catalogue.sdks.values()), app)
        self._sdks = {s.id: Owner("sdk", s.id, s.name.zh) for s in catalogue.sdks.values()}
        # Libraries without data of their own: whoever called them is meant.
        self._carriers = {s.id for s in catalogue.sdks.values() if not s.personal}

    def of(self, key: tuple[str, ...]) -> Attribution:
        """Who the call behind a key (`key_of`) belongs to."""
        if not key:
            return Attribution(UNKNOWN, "none", (), None)
        if key[0].startswith(_SDK):
            owner = self._sdks.get(key[0][len(_SDK) :])
            return Attribution(owner or UNKNOWN, "recorder" if owner else "none", (), None)
        caller = key[0].startswith(_CALLER)
        classes = [key[0][len(_CALLER) :]] if caller else [class_of(frame) for frame in key]
        met: dict[str, None] = {}
        deciding: Owner | None = None
        carrier: Owner | None = None
        seen = own = 0
        web = False
        for name in classes:
            if not name:
                continue
            if framework(name):
                web = web or name.startswith(WEB)
                continue
            owner = self._owners.of(name)
            seen += 1
            own += owner.kind == "app"
            if len(met) < KEPT:
                met[f"{owner.kind}:{owner.id}"] = None
            if deciding is None:
                if owner.kind == "sdk" and owner.id in self._carriers:
                    carrier = carrier or owner
                else:
                    deciding = owner
        found = deciding or carrier
        if found is None:
            # Framework frames alone: native code that called through the platform looks the same, so this
            # clears nobody, except where the system's web component is on the stack.
            found = SYSTEM if web else UNKNOWN
        return Attribution(found, "caller" if caller else "stack", tuple(met), round(own / seen, 3) if seen else None)
