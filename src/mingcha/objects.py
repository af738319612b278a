"""Objects in S3 and its like, through obstore: whole objects by name, and "put where there is none".

A bucket is named `s3://bucket/prefix`; `file:///folder` is a folder that behaves like one, for trials. What follows the
bucket's name is taken as it is, without percent signs. Credentials, endpoint and region come from the environment only
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_WEB_IDENTITY_TOKEN_FILE`, ...).
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.errors import ToolMissing, Usage

SCHEMES = ("s3://", "file://")
CLIENT = {"timeout": "120s", "connect_timeout": "10s"}
RETRIES = 6
PATIENCE = timedelta(seconds=120)  # with all retries of a request
_CHUNK = 4 << 20


class Seen(NamedTuple):
    """An object of a listing. `tag` is the server's, not a digest."""

    name: str
    size: int
    modified: datetime
    tag: str

    @property
    def state(self) -> str:
        """By what a change of the object is known; begins with its size."""
        return f"{self.size}:{self.tag or self.modified.isoformat()}"


def remote(text: object) -> bool:
    """Whether a name is one of an object or bucket."""
    return isinstance(text, str) and text.startswith(SCHEMES)


def _library() -> Any:
    try:
        import obstore
        import obstore.exceptions
        import obstore.store
    except ImportError:
        raise ToolMissing(
            "缺少 obstore", "obstore is not installed", dict.fromkeys(("zh", "en"), "pip install 'mingcha[s3]'")
        ) from None
    return obstore


def split(url: str) -> tuple[str, str]:
    """(bucket, name below it) of an address; of a folder, (folder, name of the file)."""
    scheme, _, rest = url.partition("://")
    if scheme == "file":
        folder, _, name = rest.rpartition("/")
        return f"file://{folder}", name
    bucket, _, name = rest.partition("/")
    return f"s3://{bucket}", name


class Bucket:
    """Objects below a prefix. Trouble with the server is an OSError."""

    def __init__(self, url: str, store: Any = None) -> None:
        self.url, self.lib = url.rstrip("/"), _library()
        self.store = store if store is not None else _open(self.lib, self.url)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The library's errors as what the rest of the house knows. They are not chained: they may name a signed address."""
        try:
            yield
        except FileNotFoundError as e:
            raise FileNotFoundError(errno.ENOENT, "no such object") from e
        except (self.lib.exceptions.BaseError, OSError) as e:
            if isinstance(e, OSError) and e.errno:  # of this machine: its disk is full
                raise
            raise OSError(errno.EIO, f"{self.url}: {type(e).__name__}") from None

    def get(self, name: str) -> bytes | None:
        """An object, None where there is none."""
        try:
            with self._told():
                return bytes(self.lib.get(self.store, name).bytes())
        except FileNotFoundError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Write an object, whatever was there."""
        with self._told():
            self.lib.put(self.store, name, data, use_multipart=False)

    def create(self, name: str, data: bytes) -> bool:
        """Write an object where there is none, in one step of the server's. False where there is one; our own, whose answer
        was lost on the way, counts as written."""
        try:
            with self._told():
                try:
                    self.lib.put(self.store, name, data, mode="create", use_multipart=False)
                    return True
                except (self.lib.exceptions.AlreadyExistsError, self.lib.exceptions.PreconditionError):
                    return bytes(self.lib.get(self.store, name).bytes()) == data
        except FileNotFoundError:  # it went between the two
            return False

    def head(self, name: str) -> Seen | None:
        """What is known of an object."""
        try:
            with self._told():
                return _seen(self.lib.head(self.store, name))
        except FileNotFoundError:
            return None

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects; it is all the same whether they were there."""
        for name in names:
            try:
                with self._told():
                    self.lib.delete(self.store, name)
            except FileNotFoundError:
                continue

    def below(self, prefix: str = "") -> Iterator[Seen]:
        """Objects below a folder."""
        with self._told():
            for part in self.lib.list(self.store, prefix.rstrip("/") or None, chunk_size=1000):
                for meta in part:
                    yield _seen(meta)

    def folders(self, prefix: str = "") -> list[str]:
        """Names of folders right below a folder."""
        with self._told():
            found = self.lib.list_with_delimiter(self.store, prefix.rstrip("/") or None)
        return sorted(p.rstrip("/").rpartition("/")[2] for p in found["common_prefixes"])

    def fetch(self, name: str, target: Path, most: int) -> int:
        """An object as a file. OSError where it is larger than `most` bytes; returns its size."""
        with self._told():
            got, size = self.lib.get(self.store, name), 0
            if got.meta["size"] > most:
                raise OSError(errno.EFBIG, "too large")
            with target.open("wb") as out:
                for part in got.stream(min_chunk_size=_CHUNK):
                    size += len(part)
                    if size > most:
                        raise OSError(errno.EFBIG, "too large")
                    out.write(part)
        return size


def _seen(meta: Any) -> Seen:
    return Seen(meta["path"], meta["size"], meta["last_modified"], (meta.get("e_tag") or "").strip('"'))


def _open(lib: Any, url: str) -> Any:
    where, prefix = (url, "") if url.startswith("file://") else split(url)
    name = where.partition("://")[2]
    if not name or "@" in name or any(x in name for x in "?#"):
        raise Usage(
            f"不是存储地址：{url.rpartition('@')[2]}", f"no address of a bucket: {url.rpartition('@')[2]}",
            {"zh": "写作 s3://bucket/prefix；密钥只取自环境变量", "en": "as in s3://bucket/prefix; credentials come from the environment only"},
            code="bad-bucket",
        )  # fmt: skip
    try:
        if url.startswith("file://"):
            return lib.store.LocalStore(prefix=Path(name), mkdir=True)
        return lib.store.S3Store(name, prefix=prefix or None, client_options=_client(), retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE})
    except (lib.exceptions.BaseError, ValueError) as e:
        raise Usage(f"无法打开 {url}：{e}", f"{url} cannot be opened: {e}", code="bad-bucket") from None


def _client() -> dict[str, Any]:
    plain_http = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")  # a server of one's own, in one's own network
    return {**CLIENT, "allow_http": plain_http}


@functools.lru_cache(maxsize=64)
def bucket(url: str) -> Bucket:
    """A bucket, opened once."""
    return Bucket(url)
