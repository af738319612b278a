"""Builds the cases of this folder, all in three runs of a Java machine.

A case is a folder NUMBER-NAME with AndroidManifest.xml, src, and where it needs them res and files (entries of the
package as they are). Its classes lie in packages that no other case has, so that one run of the compiler serves all;
classes below stand-ins/PREFIX go into the packages whose sources or manifest name PREFIX. The packages are unsigned:
what they are to show does not depend on a signature, and each would be three times the size.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
Entries = dict[str, bytes]
# Libraries in name only, which an ELF header stands for: part of the case -> names.
LIBRARIES = {
    "native-between": ("libsample.so",), "packed": ("libjiagu.so",), "packed-stub-reads": ("libjiagu.so",),
    "guard-mmkv": ("libmmkv.so",), "guard-mmkv-preset": ("libmmkv.so",),
}  # fmt: skip
_MIN_API = re.compile(r'minSdkVersion="(\d+)"')
_PACKAGE = re.compile(r"^package ([\w.]+);", re.M)


def names() -> list[str]:
    """Folders of the cases."""
    return sorted(d.name for d in HERE.iterdir() if re.match(r"\d{3}-", d.name))


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _javac(target: Path, path: str, *sources: Path) -> Path:
    """Compile the Java files of the folders; the folder of the class files."""
    target.mkdir()
    listed = target.with_suffix(".list")
    files = sorted(f for s in sources for f in s.rglob("*.java"))
    listed.write_text("".join(f'"{f}"\n' for f in files), encoding="utf-8")
    _run(
        "javac", "-nowarn", "-Xlint:-options", "-g:none", "--release", "8", "-encoding", "UTF-8", "-cp", path,
        "-d", target, f"@{listed}",
    )  # fmt: skip
    return target


def _text(folder: Path) -> str:
    """All that a case says: its sources and its manifest."""
    files = [folder / "AndroidManifest.xml", *sorted((folder / "src").rglob("*.java"))]
    return "\n".join(f.read_text(encoding="utf-8") for f in files)


def packages(
    tmp: Path,
    tools: Mapping[str, Path],
    resources: Callable[[Path], tuple[Entries, Entries, Path]],
    library: bytes,
) -> Iterator[tuple[str, Entries]]:
    """(case, entries of its package). `tools`: d8 and mockable (declarations of the platform); `resources`: manifest
    -> entries of the package, of a split, folder of R.java; `library`: what stands for a native library."""
    home = tmp / "startup"
    home.mkdir()
    cases = names()
    built = {n: resources(HERE / n / "AndroidManifest.xml") for n in cases}
    platform = _javac(home / "platform", str(tools["mockable"]), HERE / "platform")
    sources = [HERE / n / "src" for n in cases] + [b[2] for b in built.values()] + [HERE / "stand-ins"]
    classes = _javac(home / "classes", f"{tools['mockable']}:{platform}", *sources)
    prefixes = {d.name: d for d in sorted((HERE / "stand-ins").iterdir())}
    lines = []
    for n in cases:
        text = _text(HERE / n)
        own = set(_PACKAGE.findall(text))
        for prefix, folder in prefixes.items():
            if prefix in text:
                own |= {f.parent.relative_to(folder).as_posix() for f in folder.rglob("*.java")}
        # A package's folder may lie inside another of the case; the compiler for DEX takes no class twice.
        folders = sorted({p.replace(".", "/") for p in own})
        top = [f for f in folders if not any(f.startswith(f"{o}/") for o in folders)]
        (home / "dex" / n).mkdir(parents=True)
        api = _MIN_API.search(text)
        lines.append(
            "|".join([str(home / "dex" / n), api[1] if api else "1", *(str(classes / f) for f in top)])
        )
    (home / "dex.list").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _run("java", "-cp", tools["d8"], HERE / "Compile.java", tools["mockable"], home / "dex.list")
    for n in cases:
        entries = dict(built[n][0])
        entries["classes.dex"] = (home / "dex" / n / "classes.dex").read_bytes()
        files = HERE / n / "files"
        entries |= {f.relative_to(files).as_posix(): f.read_bytes() for f in files.rglob("*") if f.is_file()}
        entries |= {f"lib/arm64-v8a/{name}": library for name in LIBRARIES.get(n.partition("-")[2], ())}
        yield n, entries
