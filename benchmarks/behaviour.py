"""Facts of behaviour logs against what was planted in them.

    python benchmarks/behaviour.py [--logs 2000] [--events 1000000] [--seed 1]

Every log is made from a plan with violations and their near-misses: a call a second before and after consent,
permission dialogs 47 and 49 hours after a refusal, rates just below and above, background and foreground,
records of another app and of another run, one SDK inside another's prefix, obfuscated callers, attempts that
the system refused. The lines are then shuffled, some written twice, some given a wall time alone by a clock
that is hours off and steps. What is expected is counted from the plan by plain loops that share no code with
the reader. The second part measures the CPU time of one log of a million calls.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from mingcha import catalogue, extract

NS = 10**9
APP = "com.shipin.bofang"
# interface, constant argument, item
INTERFACES = [
    ("android.telephony.TelephonyManager.getImei", None, "imei"),
    ("android.telephony.TelephonyManager.getSubscriberId", None, "imsi"),
    ("android.net.wifi.WifiInfo.getMacAddress", None, "wlan-mac"),
    ("android.provider.Settings$Secure.getString", "android_id", "android-id"),
    ("android.content.pm.PackageManager.getInstalledPackages", None, "installed-apps"),
    ("android.location.LocationManager.getLastKnownLocation", None, "precise-location"),
    ("android.content.ClipboardManager.getPrimaryClip", None, "clipboard"),
]
# innermost app frames, owner
CALLERS: list[tuple[list[str], tuple[str, str]]] = [
    ([f"{APP}.main.Start.a(Start.java:3)"], ("app", APP)),
    (["com.umeng.commonsdk.statistics.b.a(Unknown Source:2)", f"{APP}.App.onCreate(App.java:9)"], ("sdk", "umeng")),
    (["okhttp3.internal.http.X.intercept(X.java:1)", f"{APP}.net.Api.call(Api.java:4)"], ("app", APP)),
    (["a.b.c.d(Unknown Source:11)", f"{APP}.App.onCreate(App.java:9)"], ("unknown", "")),
    (["de.robv.android.xposed.XposedBridge.handleHookedMethod(XposedBridge.java)", f"{APP}.main.Start.b(Start.java:8)"], ("app", APP)),
    ([], ("unknown", "")),
]
RESULTS = {"value": "ok", "void": "ok", "denied": "denied", "null": "error", "unknown": "unknown"}


class Plan:
    """One log and what must come out of it."""

    def __init__(self, rng: random.Random, known: dict[str, str], owners: dict[str, str]) -> None:
        self.rng, self.known, self.owners = rng, known, owners
        self.lines: list[dict[str, Any]] = []
        self.calls: list[tuple[int, str, str, tuple[str, str], str, str]] = []
        self.expected: dict[str, list[Any]] = defaultdict(list)

    def call(self, t: int, n: int, who: int, state: str, result: str, *, mine: bool = True, own: str | None = None) -> None:
        api, key, _ = INTERFACES[n]
        frames, owner = CALLERS[who]
        line: dict[str, Any] = {"t": t, "pid": 7, "process": APP, "thread": "main", "api": api, "result": result}
        if key:
            line["key"] = key
        if frames:
            line["stack"] = [api + "(Native Method)", *frames, "android.os.Looper.loop(Looper.java:1)", "com.android.internal.os.ZygoteInit.main(ZygoteInit.java:9)"]
        if own:
            line["state"] = own
        if not mine:
            kind = self.rng.randrange(3)
            line |= ({"process": "com.other.app"}, {"package": "com.other.app"}, {"run": "another"})[kind]
        else:
            owner = (owner[0], self.owners.get(owner[1], owner[1]))
            self.calls.append((t, api, self.known[api], owner, state, RESULTS[result]))
        self.lines.append(line)

    def count(self) -> None:
        """Expected behaviour facts, by plain loops."""
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        wide: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for t, api, item, owner, state, result in self.calls:
            groups[api, item, owner, state, result].append(t)
            wide[item, owner, state, result].append(t)
        for (api, item, owner, state, result), times in groups.items():
            every = wide[item, owner, state, result]
            best = {}
            for name, seconds in (("per_second", 1), ("per_half_minute", 30), ("per_minute", 60), ("per_day", 86_400)):
                best[name] = max(sum(1 for b in every if a <= b < a + seconds * NS) for a in every)
            self.expected["behaviour"].append(
                (round(min(times) / NS, 6), api, item, owner, state, result, len(times), *best.values())
            )


def plan(rng: random.Random, known: dict[str, str], owners: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """One log: its records in order of run time, and the facts that they must give."""
    p = Plan(rng, known, owners)
    S = lambda seconds: round(seconds * 1000) * 1_000_000  # noqa: E731  whole milliseconds, which a wall clock can show
    say = p.lines.append
    accept, refuse_first = S(rng.uniform(20, 40)), rng.random() < 0.3
    refused = accept - S(8)
    say({"event": "process-start", "t": S(0.1), "process": APP, "pid": 7, "cause": "activity", "by": "com.vendor.launcher"})
    p.expected["process-start"].append((0.1, "activity", "com.vendor.launcher", True, False))
    say({"event": "foreground", "t": S(0.5), "package": APP})
    say({"event": "consent-shown", "t": S(1)})
    if refuse_first:
        say({"event": "consent-refused", "t": refused})
    say({"event": "consent-accepted", "t": accept})
    off = accept + S(400)
    away, back, cancel = off, off + S(600), off + S(1200)
    other = rng.random() < 0.5
    say({"event": "foreground", "t": away, "package": "com.other.app"} if other else {"event": "background", "t": away, "package": APP})
    say({"event": "foreground", "t": back, "package": APP})
    cancelled = rng.random() < 0.3
    if cancelled:
        say({"event": "cancel-account", "t": cancel})

    def state(t: int) -> str:
        if refuse_first and refused <= t < accept:
            return "refused"
        if t < accept:
            return "pre-consent"
        if cancelled and t >= cancel:
            return "after-cancel"
        return "background" if away <= t < back else "foreground"

    moments = [accept - S(1), accept - 1, accept, accept + S(1), away - 1, away, back - 1, back, cancel - S(1), cancel, cancel + S(1), S(2)]
    if refuse_first:
        moments += [refused - S(1), refused, refused + 1]
    for t in moments:
        if rng.random() < 0.8:
            p.call(t, rng.randrange(len(INTERFACES)), rng.randrange(len(CALLERS)), state(t), rng.choice(list(RESULTS)), mine=rng.random() < 0.8)
    # Rates: n calls of one interface, or of two in turn for one item, in just under or just over a minute.
    n, who, which = rng.choice([5, 6, 30, 60, 61]), rng.randrange(len(CALLERS)), rng.randrange(len(INTERFACES))
    gap = S(60) // (n - 1) + rng.choice([-1, 0, 1])
    begin = rng.choice([accept + S(30), away + S(30), S(1200) + accept])
    for i in range(n):
        t = begin + i * gap
        p.call(t, which, who, state(t), "value")
    # Attempts that the system refuses are counted apart.
    for i in range(rng.randrange(4)):
        p.call(begin + i * gap + 7, which, who, state(begin + i * gap + 7), "denied")
    p.count()
    # Dialogs: 47 and 49 hours after a refusal.
    at, last = S(5), None
    for hours, answer in rng.choice([[(0, "denied"), (47, "denied"), (49, "granted")], [(0, "granted"), (49, "denied"), (47, "dismissed")], [(0, "denied"), (48, "denied")]]):
        at += S(hours * 3600)
        say({"event": "permission", "t": at, "permission": "android.permission.READ_CONTACTS", "answer": answer})
        p.expected["permission-ask"].append((round(at / NS, 6), answer, None if last is None else float(hours)))
        last = at
    say({"event": "permission", "t": S(6), "package": "com.other.app", "permission": "android.permission.CAMERA", "answer": "denied"})
    # Starts without the user, and of and by others.
    for i in range(rng.randrange(1, 5)):
        t, by = cancel + S(100 + 7 * i), rng.choice(["com.other.app", "android", APP])
        say({"event": "process-start", "t": t, "process": f"{APP}:push", "pid": 100 + i, "cause": "service", "by": by})
        p.expected["process-start"].append((round(t / NS, 6), "service", by, None, by == "com.other.app"))
        say({"event": "process-start", "t": t + 5, "process": "com.third.app", "pid": 300 + i, "cause": "provider", "by": rng.choice([APP, "com.other.app"])})
    for source, target, direction in (("com.other.app", f"{APP}:push", "woken"), (APP, "com.third.app", "wakes")):
        count = sum(1 for r in p.lines if r.get("event") == "process-start" and r.get("by") == source and r.get("process") == target)
        if count:
            p.expected["wake"].append((source, target.partition(":")[0], direction, count))
    # Another app does the same before its own consent.
    for _ in range(5):
        p.call(S(rng.uniform(1, 3000)), rng.randrange(len(INTERFACES)), rng.randrange(len(CALLERS)), "", "value", mine=False)
    return p.lines, p.expected


def write(rng: random.Random, lines: list[dict[str, Any]], path: Path) -> None:
    """The log as a bad recorder would leave it."""
    lines = [dict(r) for r in lines]
    # Two clocks: the device's wall clock is hours off and is set right half way through.
    step, skew = rng.uniform(100, 2000), rng.uniform(-9e6, 9e6)
    base = 1_780_000_000_000

    def wall(t: int) -> int:
        return round(base + t / 1e6 + (skew if t < step * NS else 0))

    for r in lines:
        if rng.random() < 0.5:
            r["wall"] = wall(r["t"]) + (rng.choice([0, 0, 3_600_000]))  # where t is there, wall means nothing
        elif r.get("t", 1) % 1_000_000 == 0 and rng.random() < 0.2 and r["t"] < 100 * NS < step * NS:
            r["wall"] = wall(r["t"])
    header = {"mingcha-behaviour": 1, "event": "run", "run": "r1", "package": APP, "consent_at_start": rng.choice(["none", None]), "hooks": [i[0] for i in INTERFACES]}
    if header["consent_at_start"] is None:
        del header["consent_at_start"]
    lines += [{"event": "clock-sync", "t": 0, "wall": base}, {"event": "clock-sync", "t": 5000 * NS, "wall": base + 5_000_000}]
    # Some have their wall time alone, by the clock that the syncs describe.
    for r in lines:
        if "event" not in r and r["t"] % 1_000_000 == 0 and rng.random() < 0.5:
            r["wall"] = base + r["t"] // 1_000_000
            del r["t"]
    twice = [r for r in lines if "t" in r and rng.random() < 0.2]
    out = [header, *lines, *twice]
    rng.shuffle(out)
    text = "\n".join(json.dumps(dict(sorted(r.items(), key=lambda _: rng.random())), ensure_ascii=False) for r in out)
    path.write_text(text + "\n", "utf-8")


def found(facts: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The facts in the form of the plan."""
    out: dict[str, list[Any]] = defaultdict(list)
    for f in facts:
        if f["kind"] == "behaviour":
            owner = (f["owner"]["kind"], f["owner"]["id"])
            out["behaviour"].append((f["t"], f["api"], f["item"], owner, f["state"], f["result"], f["count"], f["per_second"], f["per_half_minute"], int(f["per_minute"]), f["per_day"]))
        elif f["kind"] == "permission-ask":
            out["permission-ask"].append((f["t"], f["answer"], f["interval"]))
        elif f["kind"] == "process-start":
            out["process-start"].append((f["t"], f["cause"], f["by"], f["user"], f["chain"]))
        elif f["kind"] == "wake":
            out["wake"].append((f["source"], f["target"], f["direction"], f["count"]))
    return out


def prepare() -> tuple[dict[str, str], dict[str, str]]:
    """Items of the interfaces and ids of the SDKs as the catalogue has them now."""
    lists = catalogue.load()
    known = {}
    for api, key, _ in INTERFACES:
        cls, _, name = api.rpartition(".")
        members = [m for m in lists.apis[cls].members if m.name == name and (not m.constant or key in m.constant)]
        known[api] = members[0].item or members[0].capability or ""
    umeng = max(((p, s.id) for s in lists.sdks.values() for p in s.prefixes if "com.umeng.commonsdk.statistics.b".startswith(p)), default=("", "umeng"))
    return known, {"umeng": umeng[1]}


def accuracy(logs: int, seed: int) -> bool:
    """Print precision and recall by kind; whether all are 1."""
    known, owners = prepare()
    hits: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "behaviour.jsonl"
        for n in range(logs):
            rng = random.Random(seed * 1_000_003 + n)
            lines, expected = plan(rng, known, owners)
            write(rng, lines, path)
            facts: list[dict[str, Any]] = []
            extract.read_here(path, facts.extend)
            seen = found(facts)
            for kind in set(expected) | set(seen):
                a, b = sorted(map(repr, expected[kind])), sorted(map(repr, seen[kind]))
                both = len(set(a) & set(b))
                hits[kind] += both
                wanted[kind] += len(a)
                given[kind] += len(b)
                if (both != len(a) or both != len(b)) and sum(given.values()) - sum(hits.values()) < 6:
                    print(f"log {n} {kind}\n  missed {sorted(set(a) - set(b))[:3]}\n  wrong  {sorted(set(b) - set(a))[:3]}", file=sys.stderr)
    print(f"{logs} logs, seed {seed}")
    for kind in sorted(wanted):
        print(f"{kind:15} {wanted[kind]:7} planted  precision {hits[kind] / max(1, given[kind]):.4f}  recall {hits[kind] / max(1, wanted[kind]):.4f}")
    return all(hits[k] == wanted[k] == given[k] for k in wanted)


def speed(events: int, seed: int) -> None:
    """CPU seconds of one large log, shuffled within blocks, with realistic stacks."""
    rng = random.Random(seed)
    stacks = []
    for n in range(400):
        frames, _ = CALLERS[n % len(CALLERS)]
        api = INTERFACES[n % len(INTERFACES)]
        deep = [f"android.os.Handler.dispatch{i}(Handler.java:{i})" for i in range(12)] + [f"{APP}.x{n}.C.m{i}(C.java:{i})" for i in range(8)]
        stacks.append((api, [api[0] + "(Native Method)", *frames, *deep]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "behaviour.jsonl"
        with path.open("w", encoding="utf-8") as out:
            out.write(json.dumps({"mingcha-behaviour": 1, "event": "run", "package": APP, "run": "r", "t": 0}) + "\n")
            out.write(json.dumps({"event": "consent-accepted", "t": 30 * NS}) + "\n")
            for n in range(events):
                (api, key, _), stack = stacks[rng.randrange(len(stacks))]
                r = {"t": n * 20_000_000 + rng.randrange(10**9), "wall": 1_780_000_000_000 + n * 20, "pid": 7, "uid": 10086, "process": APP, "state": rng.choice(["fg", "bg"]), "api": api, "args_digest": f"{rng.getrandbits(64):016x}", "result": rng.choice(["value", "denied"]), "stack": stack, "thread": f"t{n % 9}"}
                if key:
                    r["key"] = key
                out.write(json.dumps(r) + "\n")
        began, cpu = time.perf_counter(), time.process_time()
        facts: list[dict[str, Any]] = []
        catalogue.load()
        cpu = time.process_time()
        extract.read_here(path, facts.extend)
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{events} calls, {path.stat().st_size >> 20} MB: {time.process_time() - cpu:.1f} CPU-s, {time.perf_counter() - began:.1f} s, {len(facts)} facts, {peak} MB peak")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=int, default=2000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    good = accuracy(args.logs, args.seed)
    if args.events:
        speed(args.events, args.seed)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
