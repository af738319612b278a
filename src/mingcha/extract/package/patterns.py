"""Ways of coding that can be told from a method's own instructions.

Each detector starts from a handful of method references, so a package without them costs
nothing. What is found is a fact (`code-pattern`); whether it breaks a rule is for `judge`.
Ids: catalogue/lists/patterns.yml.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from mingcha.extract.package.apis import strings_of
from mingcha.extract.package.columns import FIELD, I32, I64, INVOKE, NEW, STRING, Code
from mingcha.extract.package.uses import Uses

Hit = tuple[str, int, str]  # pattern, definition, detail

_EXEC = (
    ("Ljava/lang/Runtime;", "exec"),
    ("Ljava/lang/ProcessBuilder;", "<init>"),
    ("Ljava/lang/ProcessBuilder;", "command"),
)
_SETTINGS = "Landroid/webkit/WebSettings;"
_SETTERS = {
    (_SETTINGS, "setJavaScriptEnabled"): ("webview-js-on", (1,)),
    (_SETTINGS, "setAllowFileAccess"): ("webview-file-on", (1,)),
    (_SETTINGS, "setAllowFileAccessFromFileURLs"): ("webview-universal-on", (1,)),
    (_SETTINGS, "setAllowUniversalAccessFromFileURLs"): ("webview-universal-on", (1,)),
    (_SETTINGS, "setSavePassword"): ("webview-password-on", (1,)),
    (_SETTINGS, "setMixedContentMode"): ("webview-mixed-on", (0,)),
    ("Landroid/webkit/WebView;", "setWebContentsDebuggingEnabled"): ("webview-debug-on", (1,)),
}
_CHARSETS = {"UTF-8", "UTF8", "GBK", "GB2312", "ASCII", "US-ASCII", "ISO-8859-1", "UTF-16"}
_SU = {"su", "/system/bin/su", "/system/xbin/su", "/sbin/su", "su -c", "/su/bin/su"}
_PROCEED = ("Landroid/webkit/SslErrorHandler;", "proceed")
_CIPHER, _DIGEST = ("Ljavax/crypto/Cipher;", "getInstance"), ("Ljava/security/MessageDigest;", "getInstance")
_KEY, _IV = ("Ljavax/crypto/spec/SecretKeySpec;", "<init>"), ("Ljavax/crypto/spec/IvParameterSpec;", "<init>")
_GET_BYTES = ("Ljava/lang/String;", "getBytes")
_HIDE = ("Landroid/content/pm/PackageManager;", "setComponentEnabledSetting")
_KILL = tuple(
    ("Landroid/app/ActivityManager;", name)
    for name in ("killBackgroundProcesses", "forceStopPackage", "restartPackage")
)
_STORE = tuple(
    (f"Landroid/{owner};", name)
    for owner in ("content/Context", "app/Activity", "content/ContextWrapper", "app/Application")
    for name in ("openFileOutput", "getSharedPreferences", "openOrCreateDatabase", "getDir")
)
_LOG = tuple(("Landroid/util/Log;", name) for name in ("v", "d", "i", "w", "e", "println"))
_SQL = tuple(("Landroid/database/sqlite/SQLiteDatabase;", name) for name in ("rawQuery", "execSQL"))
# All methods that some detector looks for; calls of any others are passed over once for all.
WATCHED = frozenset(
    {*_EXEC, *_SETTERS, _PROCEED, _CIPHER, _DIGEST, _KEY, _IV, _GET_BYTES, _HIDE, *_KILL, *_STORE, *_LOG, *_SQL}
)


@dataclass(slots=True)
class Scope:
    """One container, with lookups that detectors share."""

    code: Code
    rivals: frozenset[str]
    personal: frozenset[int]  # definitions that call personal-data APIs, for log-personal
    uses: Uses
    _ids: dict[tuple[str, str], list[int]] = field(init=False)
    _calls: tuple[I64, I32] = field(init=False)  # of the methods in WATCHED
    _loads: tuple[list[int], list[int]] | None = None

    def __post_init__(self) -> None:
        code, self._ids = self.code, {pair: [] for pair in WATCHED}
        some = np.flatnonzero(self.uses.type_mask({cls for cls, _ in WATCHED})[code.method_class])
        for m, t, name in zip(
            some.tolist(), code.method_class[some].tolist(), code.labels(code.method_name[some]), strict=True
        ):
            if (pair := (code.types[t], name)) in self._ids:
                self._ids[pair].append(m)
        mask = np.zeros(len(code.method_class) + 1, bool)
        mask[[m for ids in self._ids.values() for m in ids]] = True
        events, operands = self.uses.of(INVOKE)
        at = mask[operands]
        self._calls = events[at], operands[at]

    def methods(self, *pairs: tuple[str, str]) -> dict[int, tuple[str, str]]:
        """Method ids whose (class, name) is one of `pairs`, all of them in WATCHED."""
        return {m: pair for pair in pairs for m in self._ids[pair]}

    def events(self, ids: Collection[int]) -> list[int]:
        """Calls of one of the methods that `methods` gave, in order."""
        if not ids:
            return []
        events, operands = self._calls
        found: list[int] = events[np.isin(operands, list(ids))].tolist()
        return found

    def body(self, d: int) -> tuple[int, int]:
        """Range of the events of definition `d`."""
        return self.code.body(d)

    def calls(self, d: int) -> list[str]:
        """Callees of definition `d` as `Lcls;->name`."""
        low, high = self.body(d)
        code = self.code
        return [
            code.method(o).partition("(")[0]
            for o, k in zip(
                code.event_operand[low:high].tolist(), code.event_kind[low:high].tolist(), strict=True
            )
            if k == INVOKE
        ]

    def implementors(self, *interfaces: str) -> set[int]:
        """Rows of classes that name one of the interfaces or extend such a class."""
        code, wanted = self.code, self.uses.types(interfaces)
        if not wanted:
            return set()
        rows = set(code.interface_class[np.isin(code.interface_type, wanted)].tolist())
        return rows | set(np.flatnonzero(np.isin(code.class_super, wanted)).tolist())

    def members(self, rows: set[int], name: str) -> list[int]:
        """Definitions named `name` in the given classes."""
        code = self.code
        if not rows:
            return []
        return [
            d for d in np.flatnonzero(np.isin(code.def_class, list(rows))).tolist() if code.name_of(d) == name
        ]  # fmt: skip

    def string_before(self, event: int) -> str | None:
        """The last string constant loaded before an event of the same body."""
        code = self.code
        if self._loads is None:
            events, strings = self.uses.of(STRING)
            self._loads = events.tolist(), strings.tolist()
        at = bisect_left(self._loads[0], event) - 1
        if at < 0 or code.event_def[self._loads[0][at]] != code.event_def[event]:
            return None
        return code.text(self._loads[1][at])


Detector = Callable[[Scope], Iterator[Hit]]


def _tls(s: Scope) -> Iterator[Hit]:
    trust = s.implementors(
        "Ljavax/net/ssl/X509TrustManager;", "Ljavax/net/ssl/X509ExtendedTrustManager;", "Landroid/net/http/X509TrustManagerExtensions;"
    )  # fmt: skip
    for d in s.members(trust, "checkServerTrusted"):
        if s.code.bodies.shape(s.code, d) == "void":
            yield "tls-trust-all", d, "checkServerTrusted() { return; }"
    for d in s.members(s.implementors("Ljavax/net/ssl/HostnameVerifier;"), "verify"):
        if s.code.bodies.shape(s.code, d) == "true":
            yield "tls-hostname-any", d, "verify() { return true; }"
    for name in (
        "Lorg/apache/http/conn/ssl/SSLSocketFactory;",
        "Lorg/apache/http/conn/ssl/AllowAllHostnameVerifier;",
    ):
        yield from _allow_all(s, name)
    proceed = s.methods(_PROCEED)
    for d in sorted({int(s.code.event_def[e]) for e in s.events(proceed)}):
        if "->onReceivedSslError(" not in s.code.definition(d):
            continue
        calls = s.calls(d)
        # The platform's own onReceivedSslError cancels: whoever hands over to it has a branch that refuses.
        asks = any(
            "SslErrorHandler;->cancel" in c or "Dialog" in c or "getPrimaryError" in c or c.endswith("->onReceivedSslError")
            for c in calls
        )
        if not asks:
            yield "tls-webview-proceed", d, "onReceivedSslError() { handler.proceed(); }"


def _allow_all(s: Scope, cls: str) -> Iterator[Hit]:
    code = s.code
    t = next(iter(s.uses.types([cls])), None)
    if t is None:
        return
    if cls.endswith("AllowAllHostnameVerifier;"):
        events, made = s.uses.of(NEW)
        hit = events[made == t]
    else:
        ids = [
            f for f in np.flatnonzero(code.field_class == t).tolist()
            if code.text(int(code.field_name[f])) == "ALLOW_ALL_HOSTNAME_VERIFIER"
        ]  # fmt: skip
        events, fields = s.uses.of(FIELD)
        hit = events[np.isin(fields, ids)]
    for d in sorted(set(code.event_def[hit].tolist())):
        yield "tls-hostname-any", d, "ALLOW_ALL_HOSTNAME_VERIFIER"


def _webview(s: Scope) -> Iterator[Hit]:
    ids = s.methods(*_SETTERS)
    for e in s.events(ids):
        pattern, values = _SETTERS[ids[int(s.code.event_operand[e])]]
        args = s.code.bodies.constants(s.code, e)
        if args and args[-1] in values:
            name = ids[int(s.code.event_operand[e])][1]
            yield pattern, int(s.code.event_def[e]), f"{name}({args[-1]})"


def _crypto(s: Scope) -> Iterator[Hit]:
    get = s.methods(_CIPHER, _DIGEST)
    for e in s.events(get):
        text = (s.string_before(e) or "").upper()
        d = int(s.code.event_def[e])
        if "MessageDigest" in get[int(s.code.event_operand[e])][0]:
            if text in ("MD5", "SHA-1", "SHA1", "MD2", "MD4"):
                yield "crypto-weak-hash", d, text
        elif text.partition("/")[0] in ("DES", "DESEDE", "TRIPLEDES", "RC2", "RC4", "ARC4", "ARCFOUR"):
            yield "crypto-des", d, text
        elif text.startswith("AES/ECB") or text == "AES":
            yield "crypto-ecb", d, text
    yield from _fixed(s, _KEY, "crypto-fixed-key")
    yield from _fixed(s, _IV, "crypto-fixed-iv")


def _fixed(s: Scope, make: tuple[str, str], pattern: str) -> Iterator[Hit]:
    """Key material that is a string constant: const-string, getBytes, new Spec, in this order.

    Between the constant and `getBytes` only the charset is loaded, as a constant or a field.
    """
    get_bytes = s.methods(_GET_BYTES)
    code = s.code
    for e in s.events(s.methods(make)):
        low, _ = s.body(int(code.event_def[e]))
        calls = [k for k in range(max(low, e - 8), e) if code.event_kind[k] == INVOKE]
        at = next((k for k in reversed(calls) if int(code.event_operand[k]) in get_bytes), None)
        if at is None:
            continue
        for k in range(at - 1, max(low, at - 4) - 1, -1):
            if code.event_kind[k] == STRING:
                key = code.text(int(code.event_operand[k]))
                if key.upper() in _CHARSETS:
                    continue
                if key:
                    yield pattern, int(code.event_def[e]), f"{key[:2]}…({len(key)})"
                break
            if code.event_kind[k] != FIELD or "Charset" not in code.field_ref(int(code.event_operand[k])):
                break


def _system(s: Scope) -> Iterator[Hit]:
    for d in sorted({int(s.code.event_def[e]) for e in s.events(s.methods(*_EXEC))}):
        for text in strings_of(s.code, d):
            words = text.strip()
            if words in _SU or words.startswith("su -c"):
                yield "su-command", d, words[:80]
            if words.startswith(("pm install", "pm  install", "cmd package install")):
                yield "pm-install", d, words[:80]
            if words.startswith(("pm uninstall", "cmd package uninstall")):
                yield "pm-uninstall", d, words[:80]
    hide = s.methods(_HIDE)
    for e in s.events(hide):
        args = s.code.bodies.constants(s.code, e)
        if 2 in args[-2:]:
            yield "hide-launcher", int(s.code.event_def[e]), "setComponentEnabledSetting(…, DISABLED)"
    kill = s.methods(*_KILL)
    for d in sorted({int(s.code.event_def[e]) for e in s.events(kill)}):
        for text in strings_of(s.code, d):
            if text in s.rivals:
                yield "kill-named", d, text


def _storage(s: Scope) -> Iterator[Hit]:
    for e in s.events(s.methods(*_STORE)):
        args = s.code.bodies.constants(s.code, e)
        mode = args[-1] if args else None
        if mode is not None and mode & 3 and mode < 16:
            yield "world-readable", int(s.code.event_def[e]), f"mode {mode}"
    logs = s.code.event_def[s.events(s.methods(*_LOG))].tolist() if s.personal else []
    for d in sorted(s.personal.intersection(logs)):
        yield "log-personal", d, "android.util.Log"
    for e in s.events(s.methods(*_SQL)):
        before = s.code.event_operand[e - 1] if e else -1
        if (
            e
            and s.code.event_kind[e - 1] == INVOKE
            and "StringBuilder;->toString" in s.code.method(int(before))
        ):
            yield "sql-raw", int(s.code.event_def[e]), "SQL from StringBuilder"


DETECTORS: tuple[Detector, ...] = (_tls, _webview, _crypto, _system, _storage)


def find(
    code: Code, rivals: frozenset[str], personal: frozenset[int], uses: Uses | None = None
) -> Iterator[Hit]:
    """All pattern hits of one container."""
    scope = Scope(code, rivals, personal, uses or Uses(code))
    for detector in DETECTORS:
        yield from detector(scope)
