"""SDKs told by prefix and by fingerprint, in real archives put through D8 and R8.

    python benchmarks/run.py versions
    python benchmarks/sdk_versions.py MANIFEST.csv [FOLDER]

(a) an archive dexed alone is recognised by its prefixes; (b) the same archive shrunk, renamed and
repackaged by R8, with `ENTRIES` of its classes kept as an app would use them, is recognised by the
fingerprint learnt from the archive, among the fingerprints of all; (c) of several learnt versions the
right one is named, or a range that holds it and else only versions that nothing left in the code tells from
it. The limits of `fingerprint/` were chosen on one half of the families, which a hash of the catalogue entry's id
tells; the other half is held out, and both are reported. What D8 and R8 made stays in FOLDER, so that a second run costs seconds.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests" / "inputs")]
import fetch  # noqa: E402

from mingcha.extract.package.columns import STRING  # noqa: E402

ARCHIVES, OF_ONE, ENTRIES = 130, 4, 12
LEFT = 5  # classes of a shrunk archive below which nothing is left to tell
SMALLEST, LARGEST = 20, 1_000  # classes: fewer say nothing, more cost R8 minutes
RULES = """-dontwarn **
-ignorewarnings
-allowaccessmodification
-repackageclasses 'o'
-keepattributes Exceptions
"""


class Archive(NamedTuple):
    """One SDK archive: catalogue entry, classes by slashed name."""

    path: Path
    file: str
    sdk: str
    classes: dict[str, bytes]


def classes(path: Path) -> dict[str, bytes]:
    """Class files of a JAR, an AAR's classes.jar and its libs/*.jar, by slashed name."""
    out: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            if name.endswith(".class"):
                out.setdefault(name[:-6], z.read(name))
            elif name == "classes.jar" or (name.startswith("libs/") and name.endswith(".jar")):
                with zipfile.ZipFile(io.BytesIO(z.read(name))) as inner:
                    for n in inner.namelist():
                        if n.endswith(".class"):
                            out.setdefault(n[:-6], inner.read(n))
    return {n: d for n, d in out.items() if not n.startswith("META-INF/") and not n.endswith("module-info")}


def archives(manifest: Path) -> list[Archive]:
    """Archives with an entry in the catalogue: families of several versions, at most `OF_ONE` of each, then
    one of each other entry."""
    from mingcha.catalogue import load
    from mingcha.extract.package.owners import Owners, from_catalogue

    owners = Owners(from_catalogue(load().sdks.values()))
    by: dict[str, list[Archive]] = defaultdict(list)
    seen: set[str] = set()
    for row in fetch.rows(manifest):
        path = fetch.cached(row)
        if row["kind"] != "sdk" or not path.exists() or row["sha256"] in seen:
            continue
        seen.add(row["sha256"])
        try:
            found = classes(path)
        except (zipfile.BadZipFile, RuntimeError):
            continue
        if not SMALLEST <= len(found) <= LARGEST:
            continue
        owned = Counter(o.id for o in map(owners.of, found) if o.kind == "sdk").most_common(1)
        if owned and owned[0][1] >= len(found) // 3:
            by[owned[0][0]].append(Archive(path, Path(row["path"]).name, owned[0][0], found))
    out, single = [], []
    for _, group in sorted(by.items()):
        stems: dict[str, list[Archive]] = defaultdict(list)
        for archive in group:
            stems[stem(archive.file)].append(archive)
        best = max(stems.values(), key=len)
        (out if len(best) > 1 else single).extend(sorted(best, key=lambda a: len(a.classes))[:OF_ONE])
    single.sort(key=lambda a: len(a.classes))
    return [*out, *single][:ARCHIVES]


def stem(file: str) -> str:
    """The name of an archive without its version."""
    return re.split(r"[-_.@]?[vV]?\d", file, maxsplit=1)[0].lower()


def half(sdk: str) -> str:
    """Which half of the families an SDK belongs to, for good."""
    return "held out" if hashlib.sha256(sdk.encode()).digest()[0] % 2 else "tuning"


def alike(codes: list[Any], one: Archive, other: Archive) -> bool:
    """Whether no text that a package loads is in one archive and not in the other: told from the bytes of the class
    files, not from features."""
    here, there = (b"\0".join(a.classes.values()) for a in (one, other))
    for code in codes:
        for string in {int(s) for s in code.event_operand[code.event_kind == STRING] if s >= 0}:
            text = code.raw(string)
            if len(text) > 3 and (text in here) != (text in there):
                return False
    return True


def build(found: list[Archive], folder: Path, tools: dict[str, Path]) -> None:
    """D8 and R8 for all that is not in the folder yet, in one virtual machine."""
    jobs = []
    for archive in found:
        base = folder / archive.path.stem
        jar, rules = base.with_suffix(".jar"), base.with_suffix(".pro")
        if not jar.exists():
            with zipfile.ZipFile(jar, "w", zipfile.ZIP_STORED) as z:
                for name, data in sorted(archive.classes.items()):
                    z.writestr(f"{name}.class", data)
            # The largest classes use most of the others, and an app would call no inner one.
            entries = sorted((n for n in archive.classes if "$" not in n), key=lambda n: -len(archive.classes[n]))
            keep = "".join(
                f"-keep,allowobfuscation class {n.replace('/', '.')} {{ public protected <methods>; }}\n"
                for n in entries[:ENTRIES]
            )
            rules.write_text(RULES + keep, encoding="utf-8")
        for tool in ("d8", "r8"):
            done = base.with_suffix(f".{tool}.zip")
            if not done.exists() and not base.with_suffix(f".{tool}.failed").exists():
                jobs.append((tool, jar, done, rules))
    if not jobs:
        return
    lines = folder / "jobs.txt"
    lines.write_text("".join("\t".join(map(str, j)) + "\n" for j in jobs), encoding="utf-8")
    done = subprocess.run(
        # Levels of the platform's members play no part here, and looking them up costs.
        ["java", "-Xmx2g", "-Dcom.android.tools.r8.disableApiModeling=1", "-cp", str(tools["d8"]), str(HERE / "Shrink.java"), str(tools["mockable"]), str(lines)],
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        state, _, rest = line.partition("\t")
        if state == "failed":
            Path(rest.partition("\t")[0]).with_suffix(".failed").write_text(rest, encoding="utf-8")
    print(f"  {len(jobs)} runs of D8 and R8, {done.stdout.count('failed')} failed")


def dex_files(path: Path) -> list[bytes]:
    """The DEX files of a ZIP."""
    with zipfile.ZipFile(path) as z:
        return [z.read(n) for n in sorted(z.namelist()) if n.endswith(".dex")]


def _library(found: list[Archive], folder: Path) -> tuple[object, dict[Path, str | None]]:
    """Fingerprints of all archives in one, and the version that each was learnt with."""
    from mingcha.catalogue import load
    from mingcha.errors import BadInput
    from mingcha.extract.package.fingerprint import learn, prints

    sdks, learnt, versions = load().sdks, [], {}
    for archive in found:
        try:
            entry, hashes = learn.lesson(archive.path, sdks, sdk=archive.sdk, name=archive.file)
        except BadInput as e:
            print(f"  not learnt: {archive.file}: {e.code}")
            continue
        learnt.append((entry, hashes))
        versions[archive.path] = entry.version
    path = folder / "all.mcfp"
    path.write_bytes(prints.dump(prints.make(learnt)))
    return prints.load(path), versions


def measure(found: list[Archive], folder: Path) -> None:
    """Print the figures."""
    from mingcha.catalogue import load
    from mingcha.extract.package import versions
    from mingcha.extract.package.dex import tables
    from mingcha.extract.package.fingerprint import prints as files
    from mingcha.extract.package.fingerprint.matcher import Matcher
    from mingcha.extract.package.owners import Owners, from_catalogue

    prints, learnt = _library(found, folder)
    assert isinstance(prints, files.Prints)
    matcher = Matcher(prints)
    print(f"  learnt: {len(prints.entries)} versions of {len(matcher.ids)} SDKs, {len(prints.features)} features, "
          f"{len(files.dump(prints)) / 1e6:.1f} MB")  # fmt: skip
    owners = Owners(from_catalogue(load().sdks.values()))
    tally: Counter[str] = Counter()
    misses, wrong = [], []
    for archive in found:
        base = folder / archive.path.stem
        # What else lies in the archive: other SDKs under their own names are really there.
        inside = {owners.of(n).id for n in archive.classes if owners.of(n).kind == "sdk"}
        if base.with_suffix(".d8.zip").exists():
            tally["prefix"] += 1
            counted: Counter[str] = Counter()
            for data in dex_files(base.with_suffix(".d8.zip")):
                code = tables.read("classes.dex", data)
                counted.update(owners.count([code.class_name(k) for k in range(len(code.class_type))]))
            tally["prefix right"] += bool(counted) and counted.most_common(1)[0][0] == archive.sdk
            _fingerprint("d8", archive, matcher, base, inside, learnt, tally, [], [], found)
        if base.with_suffix(".r8.zip").exists() and archive.path in learnt:
            _fingerprint("r8", archive, matcher, base, inside, learnt, tally, misses, wrong, found)
    share = lambda a, b: f"{tally[a]} of {tally[b]} ({tally[a] / max(tally[b], 1):.1%})"  # noqa: E731
    print(f"  (a) by prefix after D8: {share('prefix right', 'prefix')}; "
          f"{len({(a.sdk, versions.part(a.file)) for a in found})} parts of SDKs")  # fmt: skip
    for tool in ("d8", "r8"):
        said = tally[f"{tool} right"] + tally[f"{tool} wrong"]
        print(f"  (b) by fingerprint after {tool.upper()}: recall {share(f'{tool} right', tool)}; precision "
              f"{tally[f'{tool} right']} of {said} ({tally[f'{tool} right'] / max(said, 1):.1%})")  # fmt: skip
        absent = f"{tally[f'{tool} absent named']} of {tally[f'{tool} absent']}"
        print(f"      SDKs that are not there, the own one not learnt: {absent} named "
              f"(precision {1 - tally[f'{tool} absent named'] / max(tally[f'{tool} absent'], 1):.2%} of pairs)")  # fmt: skip
        print(f"      classes told: {tally[f'{tool} classes']}, {share(f'{tool} classes right', f'{tool} classes')} of the SDK")
        print(f"  (c) version after {tool.upper()}, several learnt; nothing left of {tally[f'{tool} nothing left']}")
        for part in ("tuning", "held out", "all"):
            of = lambda what, key=f"{tool} {part}": f"{key} {what}"  # noqa: E731
            tally[of("told")] = tally[of("right")] + tally[of("range")]
            print(f"      {part:<8} right {share(of('told'), of('version'))}: one version {tally[of('right')]}, a range {tally[of('range')]}; "
                  f"a range too wide {tally[of('wide')]}, wrong {tally[of('wrong')]}, not told {tally[of('open')]}; version never learnt taken for another "
                  f"{share(of('unlearnt named'), of('unlearnt'))}, of them {tally[of('unlearnt alike')]} that nothing left tells from it")  # fmt: skip
    for line in misses[:20]:
        print("      missed:", line)
    for line in wrong[:40]:
        print("      not plainly right:", line)


@cache
def _owner() -> Any:
    """Whose a class is by its name, as in a scan."""
    from mingcha.catalogue import load
    from mingcha.extract.package.owners import Owners, from_catalogue

    return Owners(from_catalogue(load().sdks.values())).of


def _look(matcher: Any, codes: list[Any]) -> list[Any]:
    from mingcha.extract.package.fingerprint.collect import Collector

    collector = Collector(matcher, _owner())
    for code in codes:
        collector.add(code)
    return collector.found()


def _fingerprint(
    tool: str, archive: Archive, matcher: object, base: Path, inside: set[str], learnt: dict[Path, str | None],
    tally: Counter[str], misses: list[str], wrong: list[str], archives: list[Archive],
) -> None:  # fmt: skip
    from mingcha.extract.package import versions
    from mingcha.extract.package.dex import tables
    from mingcha.extract.package.fingerprint import prints
    from mingcha.extract.package.fingerprint.matcher import Matcher

    assert isinstance(matcher, Matcher)
    codes = [tables.read("classes.dex", data) for data in dex_files(base.with_suffix(f".{tool}.zip"))]
    if sum(len(c.class_type) for c in codes) < LEFT:
        tally[f"{tool} nothing left"] += 1
        return
    found = {f.id: f for f in _look(matcher, codes)}
    tally[tool] += 1
    # The SDK itself not learnt, as in an app with one that nobody knows: whatever is named then is wrong.
    others = Matcher(prints.make((e, f) for e, f in matcher.prints.learnt() if e.id not in {archive.sdk, *inside}))
    false = _look(others, codes)
    tally[f"{tool} absent"] += len(others.ids)
    tally[f"{tool} absent named"] += len(false)
    wrong += [f"{tool} {archive.file} without its SDK said to hold {f.id} {f.share:.2f} {f.worth:.0f}" for f in false]
    mine = found.pop(archive.sdk, None)
    tally[f"{tool} right"] += mine is not None
    if mine is None:
        misses.append(f"{archive.sdk} {archive.file} ({len(archive.classes)} classes)")
    for sdk, other in found.items():
        if sdk not in inside:
            tally[f"{tool} wrong"] += 1
            wrong.append(f"{archive.sdk} {archive.file} said to hold {sdk} {other.part} {other.share:.2f} {other.worth:.0f}")
        tally[f"{tool} classes"] += len(other.classes)
        tally[f"{tool} classes right"] += len(other.classes) if sdk in inside else 0
    if mine is None:
        return
    tally[f"{tool} classes"] += len(mine.classes)
    tally[f"{tool} classes right"] += len(mine.classes)
    part, version = versions.part(archive.file), learnt.get(archive.path)
    rivals = {
        learnt[a.path] or "": a for a in archives
        if (a.sdk, versions.part(a.file)) == (archive.sdk, part) and learnt.get(a.path)
    }  # fmt: skip
    parts = [f"{tool} {half(archive.sdk)}", f"{tool} all"]
    if not version or len(rivals) < 2:
        return
    tally.update(f"{p} version" for p in parts)
    if not mine.versions:
        state = "open"
    elif version not in mine.versions:
        state = "wrong"
    elif all(alike(codes, archive, rivals[v]) for v in mine.versions if v != version):
        state = "right" if len(mine.versions) == 1 else "range"
    else:
        state = "wide"  # the version is among them, and some text that is left would have told
    tally.update(f"{p} {state}" for p in parts)
    if state != "right":
        wrong.append(f"{archive.file} ({half(archive.sdk)}): {tool} version {mine.versions}, is {version} ({mine.part}, share {mine.share:.2f})")
    if len(rivals) > 2:  # a version that was never learnt must not be taken for its neighbour
        others = [(e, f) for e, f in matcher.prints.learnt() if e.id == archive.sdk and (e.part, e.version) != (part, version)]
        tally.update(f"{p} unlearnt" for p in parts)
        named = {v for f in _look(Matcher(prints.make(others)), codes) for v in f.versions}
        if named:
            tally.update(f"{p} unlearnt named" for p in parts)
            same = all(v in rivals and alike(codes, archive, rivals[v]) for v in named)
            tally.update(f"{p} unlearnt alike" for p in parts if same)
            wrong.append(f"{archive.file} ({half(archive.sdk)}), not learnt: {tool} version {sorted(named)}, is {version}{', alike' if same else ''}")


def speed(prints: Path, manifest: Path) -> None:
    """What matching costs in a resident process, for every second package at hand by size of its code: CPU time, the least
    of five times, since a shared machine only adds."""
    from mingcha.extract.package.dex import tables
    from mingcha.extract.package.fingerprint.collect import Book

    start = time.process_time()
    known = Book(prints).matcher
    load = time.process_time() - start
    packages: dict[str, tuple[int, Path]] = {}
    for row in fetch.rows(manifest):
        path = fetch.cached(row)
        if row["kind"] == "apk" and path.exists() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as z:
                packages[row["sha256"]] = (sum(i.file_size for i in z.infolist() if i.filename.endswith(".dex")), path)
    costs = []
    for size, path in sorted(packages.values())[::-2]:
        if not size:
            continue
        try:
            codes = [tables.read("classes.dex", d) for d in dex_files(path)]
        except (ValueError, zipfile.BadZipFile):
            continue
        least = 1e9
        for _ in range(5):
            start = time.process_time()
            _look(known, codes)
            least = min(least, time.process_time() - start)
        costs.append((least * 1e3, size / 1e6))
    ordered = sorted(c for c, _ in costs)
    print(f"  matching, file loaded in {load * 1e3:.0f} ms: {len(costs)} packages, median {ordered[len(ordered) // 2]:.1f} ms, nine of ten "
          f"within {ordered[len(ordered) * 9 // 10]:.1f} ms, {sum(c <= 10 for c in ordered)} within 10 ms; the largest, "
          f"{costs[0][1]:.1f} MB of DEX, {costs[0][0]:.1f} ms of CPU")  # fmt: skip


def main(manifest: Path = fetch.MANIFEST, folder: Path | None = None) -> None:
    """Everything; D8 and R8 are run for what is not in `folder` yet."""
    sys.path.insert(0, str(HERE.parent / "samples"))
    import build as samples

    found = archives(manifest)
    print(f"\n== SDK versions: {len(found)} archives of {len({a.sdk for a in found})} catalogue entries ==")
    with tempfile.TemporaryDirectory() as scratch:
        where = folder or Path(scratch)
        where.mkdir(parents=True, exist_ok=True)
        build(found, where, samples.inputs())
        measure(found, where)
        speed(where / "all.mcfp", manifest)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
