"""Rebuild every sample from its sources: python samples/build.py [--check] [NAME...]

Needs javac 17, aapt, zipalign, apksigner and framework-res.apk (Debian packages openjdk-17-jdk-headless,
aapt, zipalign, apksigner, android-framework-res); the DEX compiler and the platform's declarations come from
the registry packages of inputs.csv, cached outside the tree. The same tools give the same bytes: entries are
sorted, their times fixed, and the key is the public one that lies here. Without --check the samples and
SHA256SUMS are replaced.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from samples.startup import cases  # noqa: E402
from tests.inputs import fetch  # noqa: E402

FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")
TOOLS = {
    "javac": "openjdk-17-jdk-headless", "java": "openjdk-17-jre-headless", "aapt": "aapt",
    "zipalign": "zipalign", "apksigner": "apksigner",
}  # fmt: skip
# A key that everybody has: a package signed with it is a sample and nothing else.
KEY, PASSWORD = HERE / "public-sample-key.p12", "mingcha-sample"
SUMS = HERE / "SHA256SUMS"
# In all: the samples of findings, about 0.1 MB, and one package for each case of startup, 3 kB on average, so that a
# verdict that goes wrong points at its cause.
MOST, MOST_ALL = 150_000, 900_000
Entries = dict[str, bytes]


def missing() -> list[str]:
    """What cannot be found of the tools, as a person would have to install it; fetches nothing."""
    out = [f"{tool} (Debian: {package})" for tool, package in TOOLS.items() if not shutil.which(tool)]
    if not out and not _run("javac", "-version").startswith("javac 17."):
        out.append("javac 17 (other versions write other bytes)")
    if not FRAMEWORK.exists():
        out.append(f"{FRAMEWORK} (Debian: android-framework-res)")
    return out


def inputs() -> dict[str, Path]:
    """File name -> path of the fetched build tools. LookupError where a registry is out of reach."""
    found = {}
    for row in fetch.rows(HERE / "inputs.csv"):
        problems = fetch.fetch_package(row["registry"], row["package"], [row])
        if problems:
            raise LookupError(f"{row['package']}: {', '.join(problems.values())}")
        found[Path(row["path"]).name.partition("-")[0].partition(".")[0]] = fetch.cached(row)
    return found


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def _zip(path: Path, entries: Mapping[str, bytes], stored: Iterable[str] = (".so", ".arsc", ".apk")) -> None:
    """Write a ZIP that depends on its content alone."""
    with zipfile.ZipFile(path, "w") as z:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name.endswith(tuple(stored)) else zipfile.ZIP_DEFLATED
            z.writestr(info, entries[name], compresslevel=9)


def _unzip(path: Path) -> Entries:
    with zipfile.ZipFile(path) as z:
        return {i.filename: z.read(i) for i in z.infolist() if not i.is_dir()}


def elf() -> bytes:
    """The header of an ELF file for AArch64 without a segment: a library in name only."""
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0)


class Build:
    """One run over a scratch folder."""

    def __init__(self, tmp: Path, out: Path) -> None:
        self.tmp, self.out = tmp, out
        self.tools = inputs()

    def classes(self, *sources: Path) -> Path:
        """Compile the Java files of the folders; the folder of the class files."""
        target = Path(tempfile.mkdtemp(dir=self.tmp))
        files = sorted(f for s in sources for f in s.rglob("*.java"))
        _run(
            "javac", "-nowarn", "-Xlint:-options", "-g:none", "--release", "8", "-encoding", "UTF-8",
            "-cp", self.tools["mockable"], "-d", target, *files,
        )  # fmt: skip
        return target

    def dex(self, classes: Path, min_sdk: int) -> bytes:
        """One DEX file of the class files."""
        target = Path(tempfile.mkdtemp(dir=self.tmp))
        _run(
            "java", "-cp", self.tools["d8"], "com.android.tools.r8.D8", "--release", "--min-api", str(min_sdk),
            "--lib", self.tools["mockable"], "--output", target, *sorted(classes.rglob("*.class")),
        )  # fmt: skip
        return (target / "classes.dex").read_bytes()

    def resources(self, manifest: Path, split: str = "") -> tuple[Entries, Entries, Path]:
        """(base, split, folder of R.java): binary manifest and resources, by aapt."""
        target = Path(tempfile.mkdtemp(dir=self.tmp))
        res = manifest.parent / "res"
        _run(
            "aapt", "package", "-f", "-M", manifest, "-I", FRAMEWORK, "-F", target / "u.apk",
            *(["-S", res, "-m", "-J", target] if res.is_dir() else []), *(["--split", split] if split else []),
        )  # fmt: skip
        other = _unzip(target / f"u_{split}.apk") if split else {}
        return _unzip(target / "u.apk"), other, target

    def apk(
        self, name: str, entries: Mapping[str, bytes], schemes: str = "v2 v3", min_sdk: int = 21
    ) -> bytes:
        """Align and sign."""
        plain, aligned, signed = (self.tmp / f"{name}.{step}" for step in ("zip", "aligned", "apk"))
        _zip(plain, entries)
        _run("zipalign", "-f", "4", plain, aligned)
        flags = [
            x for v in ("v1", "v2", "v3")
            for x in (f"--{v}-signing-enabled", "true" if v in schemes.split() else "false")
        ]  # fmt: skip
        _run(
            "apksigner", "sign", "--ks", KEY, "--ks-pass", f"pass:{PASSWORD}", "--min-sdk-version", str(min_sdk),
            *flags, "--v4-signing-enabled", "false", "--v1-signer-name", "SAMPLE", "--out", signed, aligned,
        )  # fmt: skip
        return signed.read_bytes()

    def simple(
        self, name: str, min_sdk: int, schemes: str = "v2 v3", extra: Mapping[str, bytes] | None = None
    ) -> None:
        """An APK of one manifest, res and src."""
        entries, _, gen = self.resources(HERE / name / "AndroidManifest.xml")
        entries["classes.dex"] = self.dex(self.classes(HERE / name / "src", gen), min_sdk)
        self.save(name, f"{name}.apk", self.apk(name, entries | dict(extra or {}), schemes, min_sdk))

    def save(self, sample: str, file: str, data: bytes) -> None:
        """Keep an output."""
        if len(data) > MOST:
            raise RuntimeError(f"{file}: {len(data)} bytes, at most {MOST}")
        (self.out / sample).mkdir(parents=True, exist_ok=True)
        (self.out / sample / file).write_bytes(data)


def clean(b: Build) -> None:
    """The well-behaved app."""
    b.simple("clean", 24)


def violator(b: Build) -> None:
    """The misbehaving one, signed as old packages are: by JAR signature alone."""
    b.simple("violator", 16, "v1")


def packed(b: Build) -> None:
    """Hollow components and a library with a packer's name, which is an empty ELF header."""
    b.simple("packed", 21, "v1 v2", {"lib/arm64-v8a/libjiagu.so": elf()})


def multidex(b: Build) -> None:
    """classes.dex, classes2.dex and, behind a gap, classes4.dex."""
    home = HERE / "multidex"
    entries, _, _ = b.resources(home / "AndroidManifest.xml")
    for n, suffix in ((1, ""), (2, "2"), (4, "4")):
        entries[f"classes{suffix}.dex"] = b.dex(b.classes(home / f"src{n}"), 21)
    b.save("multidex", "multidex.apk", b.apk("multidex", entries, "v1 v2 v3"))


def sdk(b: Build) -> None:
    """The same class files as JAR and as AAR."""
    classes = b.classes(HERE / "sdk" / "src")
    jar = b.tmp / "classes.jar"
    entries = {f.relative_to(classes).as_posix(): f.read_bytes() for f in classes.rglob("*.class")}
    _zip(jar, entries | {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n\r\n"})
    b.save("sdk", "sample-sdk.jar", jar.read_bytes())
    aar = b.tmp / "sdk.aar"
    manifest = (HERE / "sdk" / "AndroidManifest.xml").read_bytes()
    _zip(aar, {"AndroidManifest.xml": manifest, "R.txt": b"", "classes.jar": jar.read_bytes()}, (".jar",))
    b.save("sdk", "sample-sdk.aar", aar.read_bytes())


def split(b: Build) -> None:
    """One base and two configuration splits, in the two archives that such sets come in."""
    home, app = HERE / "split", "org.mingcha.sample.split"
    base, zh, gen = b.resources(home / "AndroidManifest.xml", "zh")
    base["classes.dex"] = b.dex(b.classes(home / "src", gen), 24)
    abi, _, _ = b.resources(home / "abi" / "AndroidManifest.xml")
    abi["lib/arm64-v8a/libsample.so"] = elf()
    apks = {n: b.apk(n, e, min_sdk=24) for n, e in (("base", base), ("zh", zh), ("arm64_v8a", abi))}
    b.save("split", "base.apk", apks["base"])
    # toc.pb of bundletool, of which only the package name (field 4) is filled in.
    toc = b"\x22" + bytes([len(app)]) + app.encode()
    names = {"base": "base-master", "zh": "base-zh", "arm64_v8a": "base-arm64_v8a"}
    bundle = b.tmp / "split.apks"
    _zip(bundle, {"toc.pb": toc} | {f"splits/{names[n]}.apk": data for n, data in apks.items()})
    b.save("split", "split.apks", bundle.read_bytes())
    files = {n: f"{app}.apk" if n == "base" else f"config.{n}.apk" for n in apks}
    about = {
        "xapk_version": 2, "package_name": app, "name": "Split Sample", "version_code": "12", "version_name": "2.1",
        "min_sdk_version": "24", "target_sdk_version": "28",
        "split_apks": [{"file": f, "id": "base" if n == "base" else f"config.{n}"} for n, f in files.items()],
    }  # fmt: skip
    xapk = b.tmp / "split.xapk"
    _zip(
        xapk, {"manifest.json": json.dumps(about, indent=1).encode()} | {files[n]: d for n, d in apks.items()}
    )
    b.save("split", "split.xapk", xapk.read_bytes())


def startup(b: Build) -> None:
    """What runs before the user acts: one unsigned package for each case."""
    for name, entries in cases.packages(b.tmp, b.tools, b.resources, elf()):
        plain = b.tmp / f"{name}.apk"
        _zip(plain, entries)
        b.save("startup/built", f"{name}.apk", plain.read_bytes())


SAMPLES: dict[str, Callable[[Build], None]] = {
    f.__name__: f for f in (clean, violator, multidex, sdk, split, packed, startup)
}  # fmt: skip


def build(out: Path, names: Iterable[str] = SAMPLES) -> None:
    """Build samples below `out`, in the layout of this folder."""
    with tempfile.TemporaryDirectory() as d:
        run = Build(Path(d), out)
        for name in names:
            SAMPLES[name](run)


def sums() -> str:
    """SHA256SUMS: what goes into the samples, and what comes out."""
    sources = [KEY, HERE / "inputs.csv"]
    sources += [
        f
        for n in SAMPLES
        for f in (HERE / n).rglob("*")
        if f.is_file() and not f.match("expected*.yml") and f.suffix != ".pyc"
    ]
    lines = (
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(HERE).as_posix()}\n"
        for f in sorted(sources)
    )
    return "".join(lines)


def outputs(root: Path = HERE) -> list[Path]:
    """The built files below a folder."""
    return sorted(
        f
        for n in SAMPLES
        for f in (root / n).rglob("*.*")
        if f.suffix in (".apk", ".apks", ".xapk", ".aar", ".jar")
    )


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[[], *SAMPLES], metavar="NAME")
    parser.add_argument("--check", action="store_true", help="rebuild elsewhere and compare; change nothing")
    args = parser.parse_args(argv)
    names = args.names or list(SAMPLES)
    if lacking := missing():
        print("missing: " + "; ".join(lacking), file=sys.stderr)
        return 6
    with tempfile.TemporaryDirectory() as d:
        build(Path(d), names)
        new = outputs(Path(d))
        if args.check:
            other = [f for f in new if f.read_bytes() != (HERE / f.relative_to(d)).read_bytes()]
            print("".join(f"differs: {f.relative_to(d)}\n" for f in other) or f"{len(new)} files the same")
            return 1 if other else 0
        for file in new:
            target = HERE / file.relative_to(d)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    total = sum(f.stat().st_size for f in outputs())
    if total > MOST_ALL:
        raise RuntimeError(f"{total} bytes in all, at most {MOST_ALL}")
    SUMS.write_text(sums(), encoding="utf-8")
    print(f"{len(new)} files built, {total} bytes in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
