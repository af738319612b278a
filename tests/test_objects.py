"""Objects in a bucket: memory, a folder, and a server that speaks S3 where one is installed."""

from __future__ import annotations

import errno
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from mingcha import objects
from mingcha.errors import ToolMissing, Usage
from mingcha.objects import Bucket

obstore = pytest.importorskip("obstore.store", reason="the extra s3 is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server on this machine that speaks S3."""
    serving = pytest.importorskip("moto.server", reason="moto[server] is not installed").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    serving.start()
    yield "http://{}:{}".format(*serving.get_host_and_port())
    serving.stop()


@pytest.fixture(params=["memory", "folder", "server"])
def bucket(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    if request.param == "memory":
        return Bucket("s3://a/b", obstore.MemoryStore())
    if request.param == "folder":
        return Bucket(f"file://{place}/bucket")
    url = request.getfixturevalue("server")
    for name, value in (("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "of ours"), ("AWS_ENDPOINT_URL", url), ("AWS_REGION", "us-east-1")):
        monkeypatch.setenv(name, value)
    urlopen(Request(f"{url}/nation", method="PUT")).close()
    return Bucket(f"s3://nation/{uuid.uuid4().hex}/x")


def test_an_object_is_made_once(bucket: Bucket) -> None:
    assert bucket.create("x/y", b"1")
    assert not bucket.create("x/y", b"2")
    assert bucket.create("x/y", b"1")  # ours, whose answer was lost on the way
    assert bucket.get("x/y") == b"1"
    bucket.put("x/y", b"3")
    assert bucket.get("x/y") == b"3"
    assert bucket.get("x/z") is None


def test_of_many_who_make_an_object_at_once_one_is_first(bucket: Bucket) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: bucket.create("one", b"%d" % n), range(64)))
    assert sum(made) == 1
    assert bucket.get("one") == b"%d" % made.index(True)


def test_objects_are_listed_by_folder(bucket: Bucket) -> None:
    for name in ("a/1", "a/b/2", "ab/3", "c"):
        bucket.put(name, name.encode())
    assert sorted(s.name for s in bucket.below()) == ["a/1", "a/b/2", "ab/3", "c"]
    assert sorted(s.name for s in bucket.below("a")) == ["a/1", "a/b/2"]
    assert bucket.folders() == ["a", "ab"]
    assert bucket.folders("a") == ["b"]
    assert list(bucket.below("nothing")) == []
    bucket.remove(["a/1", "not-there"])
    assert sorted(s.name for s in bucket.below("a")) == ["a/b/2"]


def test_names_that_need_care_come_back_as_they_went(bucket: Bucket) -> None:
    names = sorted(["a b.apk", "a+b.apk", "中文 #1?.apk", "a%20b.apk", "a&b='c'.apk"])
    for name in names:
        bucket.put(f"n/{name}", name.encode())
    assert sorted(s.name for s in bucket.below("n")) == [f"n/{n}" for n in names]
    assert [bucket.get(f"n/{n}") for n in names] == [n.encode() for n in names]


def test_more_objects_than_a_page_are_all_listed(bucket: Bucket) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: bucket.put(f"p/{n}", b""), range(1100)))
    assert len({s.name for s in bucket.below("p")}) == 1100


def test_a_changed_object_has_another_state(bucket: Bucket) -> None:
    bucket.put("x", b"12")
    (old,) = bucket.below()
    assert old.state.startswith("2:")
    assert bucket.head("x") == old
    bucket.put("x", b"34")
    (new,) = bucket.below()
    assert new.state != old.state
    assert bucket.head("y") is None


def test_an_object_as_a_file(bucket: Bucket, place: Path) -> None:
    bucket.put("x", bytes(100))
    assert bucket.fetch("x", place / "x", 100) == 100
    assert (place / "x").read_bytes() == bytes(100)
    with pytest.raises(OSError, match="too large"):
        bucket.fetch("x", place / "x", 99)
    with pytest.raises(FileNotFoundError) as gone:
        bucket.fetch("y", place / "y", 99)
    assert gone.value.strerror == "no such object"


def test_addresses() -> None:
    assert objects.split("s3://b/c/d e%20.apk") == ("s3://b", "c/d e%20.apk")
    assert objects.split("file:///a/b.apk") == ("file:///a", "b.apk")
    assert objects.remote("s3://b")
    assert not objects.remote("/b")
    assert not objects.remote(Path("s3://b"))


@pytest.mark.parametrize("url", ["s3://", "s3://key:secret@bucket/x", "s3://bucket?region=x/y"])
def test_an_address_that_is_none_or_holds_a_secret_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Usage) as told:
        Bucket(url)
    assert told.value.code == "bad-bucket"
    assert "secret" not in str(told.value) + str(told.value.text)


def test_a_server_that_is_not_there_is_trouble_and_not_an_empty_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ACCESS_KEY_ID", "id-of-ours"), ("AWS_SECRET_ACCESS_KEY", "secret-of-ours"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(objects, "RETRIES", 0)
    with pytest.raises(OSError, match="s3://there") as told:
        Bucket("s3://there").get("x")
    assert told.value.errno == errno.EIO
    assert "of-ours" not in str(told.value)


def test_without_obstore_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "obstore", None)
    with pytest.raises(ToolMissing) as told:
        Bucket("s3://a")
    assert "mingcha[s3]" in told.value.hint["zh"]
