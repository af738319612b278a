"""Runs in a bucket: made once, mended, brought to a folder; packages that lie in one."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mingcha import objects, packed, settings, store
from mingcha.fleet import commit, items, places, remote
from mingcha.fleet import run as fleet_run
from mingcha.fleet.items import Item
from mingcha.fleet.lane import Setup
from mingcha.fleet.spool import Spool
from mingcha.fleet.supervisor import Supervisor
from mingcha.objects import Bucket
from mingcha.report import json_
from tests.fleet.conftest import Fleet
from tests.support import run

obstore = pytest.importorskip("obstore.store", reason="the extra s3 is not installed")

Stored = tuple[store.Run, bytes]


@pytest.fixture
def bucket() -> Bucket:
    return Bucket("s3://a/b", obstore.MemoryStore())


@pytest.fixture
def ran(packages: Path, fleet: Fleet, place: Path) -> Callable[[int], Stored]:
    """A run as any, under another name each time."""
    for path in packages.glob("[1-9].apk"):
        path.unlink()
    fleet(packages, place / "local", jobs=1)
    folder = next(commit.runs(place / "local"))
    found, document = msgspec.json.decode((folder / "run.json").read_bytes(), type=store.Run), packed.document(folder)
    return lambda n: (msgspec.structs.replace(found, id=f"{found.id}{n:02}", key=f"{n % 4:064x}"), document)


def held(bucket: Bucket) -> list[str]:
    return sorted({s.name.split("/")[3] for s in bucket.below("runs")})


def test_of_many_runs_of_a_key_one_stays(bucket: Bucket, ran: Callable[[int], Stored]) -> None:
    index = remote.RemoteIndex(bucket)
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda n: remote.RemoteIndex(bucket).commit(ran(n)[0], [], ran(n)[1]), range(24)))
    assert sum(first) == 4
    assert held(bucket) == sorted(ran(n)[0].id for n, f in enumerate(first) if f)
    assert sorted(remote.keys(bucket)) == [f"{n:064x}" for n in range(4)]
    for n in range(4):
        owner = index.get(f"{n:064x}")
        assert owner in held(bucket)
        assert index.whole(owner or "")
        assert index.sure(f"{n:064x}", "")
    assert not index.sure("f" * 64, "")
    assert not index.whole("no run")
    assert list(bucket.below("index/pending")) == []
    with pytest.raises(ValueError, match="no key"):
        index.get("../x")


class Stops(Bucket):
    """A bucket whose writer is killed before its n-th request that changes something."""

    left = 0

    def _one(self) -> None:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1

    def put(self, name: str, data: bytes) -> None:
        self._one()
        super().put(name, data)

    def create(self, name: str, data: bytes) -> bool:
        self._one()
        return super().create(name, data)

    def remove(self, names: object) -> None:
        self._one()
        super().remove(names)  # type: ignore[arg-type]


@pytest.mark.parametrize("whole", [False, True])
def test_a_kill_between_any_two_requests_leaves_nothing_or_a_whole_run(ran: Callable[[int], Stored], whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, document = ran(1)
    for after in range(8):
        behind = Stops("s3://a", obstore.MemoryStore())
        behind.left = after
        try:
            remote.RemoteIndex(behind).commit(wanted, [], document)
        except KeyboardInterrupt:
            pass
        bucket = Bucket("s3://a", behind.store)
        assert remote.mend(bucket) == commit.Mended()  # its writer may be at work yet
        with monkeypatch.context() as m:
            m.setattr(remote, "OLD", -1.0)
            done = remote.mend(bucket, whole)
        assert (done.adopted, done.removed) == {0: (0, 0), 5: (1, 0)}.get(after, (0, after < 5))
        assert held(bucket) == ([wanted.id] if after >= 5 else [])
        assert list(bucket.below("index/pending")) == []
        assert remote.RemoteIndex(bucket).get(wanted.key) == (wanted.id if after >= 5 else None)
        assert remote.mend(bucket, True) == commit.Mended(indexed=after >= 5)


def test_a_run_that_took_too_long_to_store_is_given_up(bucket: Bucket, ran: Callable[[int], Stored]) -> None:
    times = iter((0.0, remote.SLOW + 1))
    with pytest.raises(OSError, match="too long"):
        remote.RemoteIndex(bucket, lambda: next(times)).commit(ran(0)[0], [], ran(0)[1])
    assert list(remote.keys(bucket)) == []


def test_repair_finds_what_is_not_whole(bucket: Bucket, ran: Callable[[int], Stored]) -> None:
    index = remote.RemoteIndex(bucket)
    for n in range(4):
        index.commit(ran(n)[0], [], ran(n)[1])
    bucket.remove([f"{remote.place(ran(0)[0].id)}/facts.jsonl.gz"])  # a key without a whole run
    bucket.remove([remote.entry(ran(1)[0].key)])  # a run without a key
    bucket.put(f"{remote.place(ran(2)[0].id)}/run.json", b"{")
    done = remote.mend(bucket, whole=True)
    assert (done.indexed, done.dangling, done.adopted, done.removed, done.damaged) == (2, 1, 1, 1, 1)


def test_old_is_told_by_the_servers_time(bucket: Bucket) -> None:
    assert remote.SLOW * 2 < remote.OLD
    bucket.put("x", b"")
    (seen,) = bucket.below()
    assert abs(datetime.now(UTC) - seen.modified) < timedelta(seconds=60)


def fleet_of(source: Path | str, root: str, where: Path) -> list[fleet_run.Outcome]:
    wanted = settings.Settings(home=str(where), cache_mb=0)
    setup = Setup(store=places.named(root), settings=wanted, options=fleet_run.options(wanted))
    return list(fleet_run.run(source, root, lambda s: Supervisor(s, 2), setup, fleet_run.Progress()))


def test_a_fleet_from_a_bucket_into_a_bucket(packages: Path, fleet: Fleet, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(place))
    url, source = f"file://{place}/store", f"file://{packages}"
    (packages / "readme.txt").write_text("no package")
    first = fleet_of(source, url, place / "home")
    assert [o.ended for o in first] == ["read"] * 6
    assert all(o.committed for o in first)
    assert all(len(o.stamp) == 16 for o in first)
    assert fleet_of(source, url, place / "home") == []  # known by what the listing says
    assert all(o.had for o in fleet_of(source, url, place / "another"))  # the journal is only a hint
    assert not list(place.glob("mingcha-spool-*"))
    # The same packages on a folder have the same keys, and the same results.
    local = {o.key: o.run for o in fleet(packages, place / "local")}
    assert {o.key for o in first} == local.keys()
    brought = place / "brought"
    assert run("fleet", "mirror", "--store", url, "-o", brought).out.startswith(("6 ", "取回 6"))
    assert run("fleet", "mirror", "--store", url, "-o", brought).out.startswith(("0 ", "取回 0"))
    here = {r.key: f for f in commit.runs(brought) for r in [msgspec.json.decode((f / "run.json").read_bytes(), type=store.Run)]}
    for key, name in local.items():
        ours, theirs = (json_.load(packed.document(f)) for f in (here[key], commit.Index(place / "local").store.folder(name)))
        assert [(f.rule, f.outcome) for f in ours.findings] == [(f.rule, f.outcome) for f in theirs.findings]
        assert ours.exhibits[0].name == theirs.exhibits[0].name
    assert run("fleet", "status", "--store", brought, "--repair").code == 0
    assert run("fleet", "status", "--store", url, "--repair").code == 0


def test_a_source_that_cannot_be_listed_is_told_as_such(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(objects, "RETRIES", 0)
    ran = run("fleet", "run", "s3://not-there/x", "--store", place / "s", "--lang", "en")
    assert "[unreadable]" in ran.err
    assert ran.code == 3


def test_questions_to_a_bucket_say_what_to_do_first(place: Path) -> None:
    assert "mirror" in run("fleet", "export", "--store", "s3://a/b", "--lang", "en").error
    assert run("fleet", "mirror", "--store", place, "-o", place / "x").error_code == "bad-bucket"


def test_a_mirror_tells_what_the_bucket_has_lost(bucket: Bucket, ran: Callable[[int], Stored], place: Path) -> None:
    index = remote.RemoteIndex(bucket)
    for n in range(3):
        index.commit(ran(n)[0], [], ran(n)[1])
    bucket.remove([f"{remote.place(ran(0)[0].id)}/facts.jsonl.gz"])
    bucket.put(f"{remote.place(ran(1)[0].id)}/result.json.gz", b"no gzip")
    bucket.create(remote.entry("e" * 64), b"../../etc/passwd")
    assert remote.mirror(bucket, place / "brought") == (1, 3)
    assert sum(1 for _ in commit.runs(place / "brought")) <= 2


def test_names_of_objects_do_not_lead_out_of_the_spool(place: Path) -> None:
    (place / "b").mkdir()
    names = ["..", "a/..", "x" * 300 + ".apk", "ok.apk", "\0.apk", ""]
    for name in names:
        assert "/" not in (made := objects_name(name))
        assert made.strip(".")
        assert len(made.encode()) <= 255
    assert objects_name("x" * 300 + ".apk").endswith(".apk")
    (place / "b" / "p.apk").write_bytes(b"1")
    spool = Spool()
    with spool.files([f"file://{place}/b/p.apk", str(place / "b" / "p.apk")]) as (fetched, local):
        assert fetched.name == local.name == "p.apk"
        assert fetched != local
        assert fetched.read_bytes() == b"1"
    assert not fetched.exists()
    with pytest.raises(FileNotFoundError), spool.files([f"file://{place}/b/gone.apk"]):
        pass
    folder = spool.folder
    spool.close()
    assert not folder.exists()


def test_what_a_killed_lane_left_in_its_spool_is_removed_and_nothing_else(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    alive = Spool()
    (alive.folder / "package").write_bytes(b"1")
    dead, young, other = place / "mingcha-spool-dead", place / "mingcha-spool-young", place / "elsewhere"
    for folder in (dead, young, other):
        folder.mkdir()
        (folder / "package").write_bytes(b"1")
    (place / "mingcha-spool-link").symlink_to(other)
    for folder in (alive.folder, dead):
        os.utime(folder, (1, 1))
    new = Spool()
    assert new.folder.is_dir()
    assert (alive.folder / "package").is_file()
    assert not dead.exists()
    assert young.exists()
    assert (other / "package").exists()
    new.close()
    alive.close()


def objects_name(name: str) -> str:
    from mingcha.fleet import spool

    return spool._plain(name)


def test_lists_may_name_objects_and_they_are_known_again_by_their_state(place: Path) -> None:
    path = place / "list.txt"
    path.write_text("s3://b/x.apk\nlocal.apk\n")
    one, two = items.source(path)
    assert isinstance(one, Item)
    assert isinstance(two, Item)
    assert one.paths == ("s3://b/x.apk",)
    assert two.paths == (str(place / "local.apk"),)
    assert items.stamp(one, "") is None  # nobody has listed it
    stamps = {items.stamp(msgspec.structs.replace(one, state=(s,)), "") for s in ("1:a", "1:b")}
    assert len(stamps) == 2
    assert not objects.remote(os.fspath(place))
