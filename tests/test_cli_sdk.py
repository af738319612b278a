"""`mingcha sdk` and `--fingerprints`, as from a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mingcha.errors import Exit
from tests.extract.package.build import File
from tests.extract.package.dexbuild import Cls, Mth, build
from tests.extract.package.fingerprint.test_anchors import cls
from tests.support import apk, flagged, put, run

pytestmark = pytest.mark.usefixtures("place")


def sdk(first: int, package: str = "cn/jpush/android") -> list[Cls]:
    return [cls(n, package) for n in range(first, first + 40)]


@pytest.fixture
def learnt(place: Path) -> Path:
    """Two versions of one SDK that have most classes in common."""
    old, new = put(place / "jpush-android-3.1.0.dex", build(sdk(0))), put(place / "jpush-android-3.2.0.dex", build(sdk(12)))
    ran = run("sdk", "learn", old, new, "-o", place / "s.mcfp")
    assert ran.code == Exit.OK
    assert [line.split("\t")[:3] for line in ran.out.splitlines()] == [
        ["jpush", "3.1.0", "jpush-android"], ["jpush", "3.2.0", "jpush-android"]]  # fmt: skip
    return place / "s.mcfp"


@pytest.fixture
def app(place: Path) -> Path:
    """The older version under names that say nothing."""
    return put(place / "app.apk", apk(extra=[File("classes2.dex", build(sdk(0, "o/a")))]))


def test_show_lists_what_was_learnt(learnt: Path) -> None:
    ran = run("sdk", "show", learnt)
    assert ran.code == Exit.OK
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert [r[:4] for r in rows] == [["jpush", v, "jpush-android", "40"] for v in ("3.1.0", "3.2.0")]


def test_learning_adds_to_the_file_and_again_changes_nothing(learnt: Path, place: Path) -> None:
    before = learnt.read_bytes()
    assert run("sdk", "learn", place / "jpush-android-3.1.0.dex", "-o", learnt).code == Exit.OK
    assert learnt.read_bytes() == before
    put(place / "x.dex", build(sdk(50, "com/nobody/here")))
    assert run("sdk", "learn", place / "x.dex", "-o", learnt, "--id", "umeng-push", "--version", "7.0").code == Exit.OK
    assert len(run("sdk", "show", learnt).out.splitlines()) == 3


def test_an_archive_that_teaches_nothing_costs_none_of_the_others(place: Path) -> None:
    nobody = put(place / "x.dex", build(sdk(50, "com/nobody/here")))
    good = put(place / "jpush-android-3.1.0.dex", build(sdk(0)))
    ran = run("sdk", "learn", nobody, good, "-o", place / "t.mcfp")
    assert ran.code == Exit.OK and "[unknown-sdk]" in ran.err
    assert run("sdk", "show", place / "t.mcfp").out.startswith("jpush\t3.1.0")
    assert run("sdk", "learn", nobody, "-o", place / "u.mcfp").code == Exit.INPUT
    assert not (place / "u.mcfp").exists()


def test_match_names_sdk_version_and_likeness(learnt: Path, app: Path) -> None:
    ran = run("sdk", "match", learnt, app)
    assert ran.code == Exit.OK
    assert ran.out.splitlines()[0].split("\t") == ["jpush", "3.1.0", "fingerprint", "40", "1.00", "fingerprint"]


@pytest.mark.parametrize("isolate", ["true", "false"])
def test_facts_by_option_and_by_setting(
    learnt: Path, app: Path, monkeypatch: pytest.MonkeyPatch, isolate: str
) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", isolate)
    assert run("facts", app, "--kind", "sdk").out == ""
    by_option = run("facts", app, "--kind", "sdk", "--fingerprints", learnt)
    fact = json.loads(by_option.out)
    assert (fact["id"], fact["version"], fact["version_by"], fact["by"]) == ("jpush", "3.1.0", "fingerprint", ["fingerprint"])
    assert run("facts", app, "--kind", "sdk", "--fingerprints", learnt).out == by_option.out  # from the cache
    monkeypatch.setenv("MINGCHA_FINGERPRINTS", str(learnt))
    assert run("facts", app, "--kind", "sdk").out == by_option.out


def test_other_fingerprints_are_not_answered_from_the_cache(
    learnt: Path, app: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", "true")
    assert json.loads(run("facts", app, "--kind", "sdk", "--fingerprints", learnt).out)["version"] == "3.1.0"
    run("sdk", "learn", place / "jpush-android-3.1.0.dex", "-o", place / "one.mcfp")
    assert json.loads(run("facts", app, "--kind", "sdk", "--fingerprints", place / "one.mcfp").out)["version"] is None


def test_scan_takes_them(learnt: Path, app: Path) -> None:
    ran = run("scan", app, "--fingerprints", learnt, "--format", "json", "--fail-on", "never")
    assert ran.code == Exit.OK
    assert "jpush" in ran.out


@pytest.mark.parametrize("content", [b"", b"MCFP\x02\n", b"PK\3\4 an archive", b"MCFP\x02\n\xff\xff\xff\xff"])
def test_a_file_that_is_none_is_an_error(place: Path, app: Path, content: bytes) -> None:
    file = put(place / "bad.mcfp", content)
    for ran in (run("sdk", "show", file), run("sdk", "match", file, app), run("scan", app, "--fingerprints", file),
                run("sdk", "learn", app, "-o", file)):  # fmt: skip
        assert ran.code == Exit.INPUT
        assert "bad-fingerprints" in ran.err
    assert run("facts", app, "--fingerprints", place / "none.mcfp").code == Exit.INPUT


def test_what_cannot_be_learnt_is_an_error(place: Path, app: Path) -> None:
    ran = run("sdk", "learn", app, "-o", place / "n.mcfp")
    assert ran.code == Exit.INPUT
    assert not (place / "n.mcfp").exists()
    assert run("sdk", "learn", place / "missing.jar").code == Exit.INPUT
    assert run("sdk", "learn", app, "--version", "a\nb").code == Exit.USAGE


@pytest.mark.parametrize("isolate", ["true", "false"])
def test_calls_addresses_and_paths_in_renamed_code_are_the_sdk_s(
    place: Path, monkeypatch: pytest.MonkeyPatch, isolate: str
) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", isolate)
    address = Mth("site", "()V", [("const-string", 0, "https://up.vendor.example/v1"), ("return-void",)])
    learnt, renamed = place / "own.mcfp", sdk(0, "o/a")
    for classes in (original := sdk(0), renamed):
        classes[0].methods.append(address)
    assert run("sdk", "learn", put(place / "jpush-android-3.1.0.dex", build(original)), "-o", learnt).code == Exit.OK
    start = Mth("onCreate", "()V", [("invoke-static", [0, 1], "Lo/a/C0;->ask(ILo/a/C1;)V"), ("return-void",)], flags=1, virtual=True)
    other = Mth("x", "()V", [("const-string", 0, "https://else.example/"), ("return-void",)])
    classes = [Cls("Lcom/demo/Own;", [start], parent="Landroid/app/Application;"), Cls("Lp/q;", [other]), *renamed]
    root = flagged(name="com.demo.Own")
    app = put(place / "own.apk", apk(root, extra=[File("classes2.dex", build(classes))]))

    def owners(*options: str) -> dict[str, dict[str, object]]:
        facts = [json.loads(line) for line in run("facts", app, *options).out.splitlines()]
        where = {"startup-path": "caller", "api-call": "caller", "url": "url"}
        return {f"{f['kind']} {f[where[f['kind']]]}": f for f in facts if f["kind"] in where}

    mine = {"kind": "sdk", "id": "jpush", "name": "极光推送 SDK", "by": "fingerprint"}
    before, told = owners(), owners("--fingerprints", str(learnt))
    assert owners("--fingerprints", str(learnt)) == told  # from the cache
    for key in ("api-call Lo/a/C0;->ask(ILo/a/C1;)V", "startup-path Lo/a/C0;->ask(ILo/a/C1;)V", "url https://up.vendor.example/v1"):
        assert before[key]["owner"] == {"kind": "unknown", "id": "", "name": ""}
        assert told[key]["owner"] == mine, key
    path = told["startup-path Lo/a/C0;->ask(ILo/a/C1;)V"]
    assert (path["verdict"], path["owners"]) == ("reachable", ["unknown:", "sdk:jpush", "system:android"])
    assert told["url https://else.example/"]["owner"] == before["url https://else.example/"]["owner"]
    (fact,) = [json.loads(x) for x in run("facts", app, "--kind", "sdk", "--fingerprints", learnt).out.splitlines()]
    assert fact["state"] == "initialised"
