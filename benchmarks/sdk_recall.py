"""How much of real SDK binaries the SDK catalogue recognises.

    python benchmarks/sdk_recall.py [MANIFEST.csv]

For every SDK archive: the entry that owns most of its classes by longest prefix, and the share
of classes that any entry owns. Classes in packages of single letters cannot be owned by
anybody (obfuscated helpers) and are counted apart.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "inputs"))
import fetch

from mingcha.catalogue import load
from mingcha.extract.package.owners import Owners, from_catalogue


def class_names(path: Path) -> list[str]:
    """Class names in a JAR, an AAR's classes.jar and its libs/*.jar; slashed."""
    out: list[str] = []
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            if name.endswith(".class"):
                out.append(name[:-6])
            elif name == "classes.jar" or (name.startswith("libs/") and name.endswith(".jar")):
                with zipfile.ZipFile(io.BytesIO(z.read(name))) as inner:
                    out += [n[:-6] for n in inner.namelist() if n.endswith(".class")]
    return out


def main(manifest: Path = fetch.MANIFEST) -> None:
    owners = Owners(from_catalogue(load().sdks.values()))
    files = recognised = classes = owned = hidden = 0
    unowned: Counter[str] = Counter()
    missed: list[str] = []
    seen: set[str] = set()
    for row in fetch.rows(manifest):
        path = fetch.cached(row)
        if row["kind"] != "sdk" or not path.exists() or row["sha256"] in seen:
            continue
        seen.add(row["sha256"])
        try:
            names = class_names(path)
        except zipfile.BadZipFile:
            continue
        if not names:
            continue
        files += 1
        by = Counter(owners.of(f"L{n};").id for n in names if owners.of(f"L{n};").kind == "sdk")
        classes += len(names)
        owned += sum(by.values())
        for n in names:
            if owners.of(f"L{n};").kind != "sdk":
                parts = n.split("/")[:-1]
                if len(parts) < 2 or all(len(p) <= 2 for p in parts[1:]):
                    hidden += 1
                else:
                    unowned[".".join(parts[:3])] += 1
        if by and by.most_common(1)[0][1] >= max(2, len(names) // 20):
            recognised += 1
        else:
            missed.append(f"{row['package']} {Path(row['path']).name} ({len(names)} classes)")
    print(f"\n== SDK catalogue: {len(load().sdks)} entries ==")
    print(
        f"  archives with classes: {files}; main SDK recognised: {recognised} ({recognised / max(files, 1):.1%})"
    )
    print(
        f"  classes {classes}: owned {owned / max(classes, 1):.1%}, obfuscated helpers {hidden / max(classes, 1):.1%}"
    )
    print("  largest packages nobody owns:", ", ".join(f"{p} {n}" for p, n in unowned.most_common(12)))
    for line in missed[:15]:
        print("  not recognised:", line)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
