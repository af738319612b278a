"""The parent's side of the child process: start, ask, watch the clock, survive its death."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from mingcha.errors import BadInput
from mingcha.extract.cache import store
from mingcha.model import Exhibit, Fact, Limitation
from mingcha.plain import plain
from mingcha.sandbox.guard import Guard

FRAME = 64 << 20  # no frame of a well-behaved child comes near this
TOTAL = 1 << 28  # as objects here they take several times as much


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What reading one exhibit gave: always an exhibit, and the facts found before any failure."""

    exhibit: Exhibit
    facts: list[Fact]


def refusal(path: Path, kind: str, code: str, detail: str, facts: list[Fact]) -> Reading:
    """The reading of an exhibit that could not be read to its end: `facts` are those found before."""
    size = path.stat().st_size if path.is_file() else 0
    digest = next((str(f["exhibit"]) for f in facts), "")
    exhibit = Exhibit(
        kind=kind, name=plain(path.name), sha256=digest, size=size, reader="worker",
        status="partly" if facts else "refused", limitations=(Limitation(code=code, detail=detail),),
    )  # fmt: skip
    told = {
        "kind": "limitation", "exhibit": digest, "where": exhibit.name, "code": code, "detail": detail,
    }  # fmt: skip
    return Reading(exhibit=exhibit, facts=[*facts, told])


class _Kept(msgspec.Struct, frozen=True):
    key: str
    value: msgspec.Raw


class _Done(msgspec.Struct, frozen=True):
    exhibit: Exhibit
    cpu: float = 0.0


class Taught(msgspec.Struct, frozen=True):
    """What an archive of an SDK teaches, as the child says it: nobody has looked at it yet."""

    entry: msgspec.Raw
    features: bytes


class _Refused(msgspec.Struct, frozen=True):
    code: str
    text: dict[str, str]
    hint: dict[str, str]


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One frame of the child: exactly one of these."""

    facts: list[dict[str, Any]] | None = None
    keep: _Kept | None = None
    done: _Done | None = None
    error: dict[str, Any] | None = None
    taught: Taught | None = None
    refused: _Refused | None = None


class _Failed(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Worker:
    """A child process for untrusted exhibits. It is started on first use and again after a death.

    cpu and wall in seconds per exhibit, memory in MB of address space. A `resident` child reads many
    packages: it takes the compiled engine where the extra `fast` is installed. A `guard` keeps it in. `prints` is a file of
    fingerprints that SDKs are told by, `seeds` an identity sheet by which traffic is searched.
    """

    def __init__(
        self, cpu: int = 60, wall: int = 180, memory: int = 4096, catalogue: Path | None = None,
        cache: Path | None = None, cache_mb: int = 0, resident: bool = False,
        prints: Path | None = None, seeds: Path | None = None, guard: Guard | None = None,
    ) -> None:  # fmt: skip
        self.guard, self.spent = guard, 0.0
        self.resident, self.prints, self.seeds = resident, prints, seeds
        self.cpu, self.wall, self.memory, self.catalogue = cpu, wall, memory, catalogue
        self.cache, self.cache_mb = cache if cache_mb else None, cache_mb
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child now, so that its imports run beside the caller's own work."""
        self._child()

    def _child(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            env = {
                k: v
                for k, v in os.environ.items()
                if k in ("PATH", "HOME", "PYTHONPATH", "MINGCHA_DEBUG", "MINGCHA_HOME")
            }
            # One thread each: the sweep gains nothing from a BLAS pool, and starting one costs CPU.
            env |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
            command = [sys.executable, "-m", "mingcha.extract.worker", *(["--resident"] if self.resident else [])]
            before = None
            if self.guard:
                # A relative path would lead elsewhere from the folder that the child starts in.
                env["PYTHONPATH"] = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)  # noqa: PTH100
                env |= self.guard.environment()
                command, before = self.guard.command(command), self.guard.before()
            self._process = subprocess.Popen(
                command, env=env, start_new_session=True, preexec_fn=before,  # noqa: PLW1509 - this process has one thread
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=None if os.environ.get("MINGCHA_DEBUG") else subprocess.DEVNULL,
            )  # fmt: skip
        return self._process

    def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process:
            if process.stdin:
                with suppress(OSError):  # what an earlier write left behind goes nowhere
                    process.stdin.close()
            _end(process, 0.2)
            if process.stdout:
                process.stdout.close()

    def read(self, path: Path, kind: str | None = None) -> Reading:
        """Read one exhibit in the child. Never raises for what the exhibit or the child does."""
        facts: list[Fact] = []
        try:
            exhibit = self._ask(path, kind, facts)
        except _Failed as e:
            self.close()
            return refusal(path, kind or "package", e.code, e.detail, facts)
        except BaseException:  # interrupted: what the child still says must not answer the next request
            self.close()
            raise
        return Reading(exhibit=exhibit, facts=facts)

    def teach(self, path: Path, sdk: str | None, version: str | None, name: str) -> Taught | Limitation:
        """What an archive of an SDK teaches, or why it could not be read to its end. BadInput where the child says that
        it teaches nothing. `name`: what the archive is called."""
        try:
            answer = self._message(self._send(path, {"lesson": {"sdk": sdk, "version": version, "name": name}}))
        except _Failed as e:
            self.close()
            return Limitation(code=e.code, detail=e.detail)
        except BaseException:
            self.close()
            raise
        if (no := answer.refused) is not None and {"zh", "en"} <= no.text.keys():
            text, hint = ({k: plain(v, 300) for k, v in words.items()} for words in (no.text, no.hint))
            raise BadInput(text["zh"], text["en"], hint, code=plain(no.code, 40))
        if answer.taught is None:
            self.close()
            return Limitation(code="crash", detail="an answer to another question")
        return answer.taught

    def _ask(self, path: Path, kind: str | None, facts: list[Fact]) -> Exhibit:
        stream = self._send(path, {
            "kind": kind, "cache": str(self.cache.absolute()) if self.cache else None,
            "prints": str(self.prints.absolute()) if self.prints else None,
            "seeds": str(self.seeds.absolute()) if self.seeds else None,
        })  # fmt: skip
        while True:
            message = self._message(stream)
            if message.done is not None:
                self.spent += max(0.0, message.done.cpu)
                return message.done.exhibit
            if message.keep is not None:
                if self.cache:
                    store(self.cache, message.keep.key, bytes(message.keep.value), self.cache_mb * 1_000_000)
                continue
            said = message.facts
            if said is None or any(type(f.get(key)) is not str for f in said for key in ("kind", "exhibit", "where")):
                raise _Failed("crash", "unreadable answer: a fact of no form")
            facts += said

    def _send(self, path: Path, asked: dict[str, Any]) -> _Frames:
        """Put a question about a file to the child."""
        process = self._child()
        assert process.stdin and process.stdout
        request = {
            "path": str(path.absolute()), "cpu": self.cpu, "memory": self.memory,
            "catalogue": str(self.catalogue) if self.catalogue else None, **asked,
        }  # fmt: skip
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            raise _Failed("crash", "the reader did not start") from None
        return _Frames(process, time.monotonic() + self.wall)

    @staticmethod
    def _message(stream: _Frames) -> _Message:
        """The next thing that the child says."""
        frame = stream.next()
        stream.total += len(frame)
        if stream.total > TOTAL:
            raise _Failed("reader-limit", f"more than {TOTAL >> 20} MB of facts")
        try:
            message = msgspec.json.decode(frame, type=_Message)
            if message.error is not None:
                raise _Failed(str(message.error["code"])[:40], str(message.error["detail"])[:300])
        except (msgspec.MsgspecError, KeyError, TypeError) as e:
            raise _Failed("crash", f"unreadable answer: {e}") from None
        return message


def _end(process: subprocess.Popen[bytes], patience: float) -> int | None:
    """Status of a child that ends by itself in time; None where it had to be killed."""
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


class _Frames:
    """Length-prefixed frames from the child's stdout, with a deadline."""

    def __init__(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        self.process, self.deadline, self.buffer = process, deadline, bytearray()
        self.total = 0
        assert process.stdout
        self.file = process.stdout.fileno()

    def next(self) -> bytes:
        size = int.from_bytes(self._take(4), "big")
        if size > FRAME:
            raise _Failed("crash", "frame beyond the limit")
        return self._take(size)

    def _take(self, size: int) -> bytes:
        with selectors.DefaultSelector() as wait:
            wait.register(self.file, selectors.EVENT_READ)
            while len(self.buffer) < size:
                left = self.deadline - time.monotonic()
                if left <= 0 or not wait.select(left):
                    self.process.kill()
                    raise _Failed("timeout", "wall clock")
                chunk = os.read(self.file, 1 << 20)
                if not chunk:
                    raise self._death()
                self.buffer += chunk
        out = bytes(self.buffer[:size])
        del self.buffer[:size]
        return out

    def _death(self) -> _Failed:
        # It may have closed its end and live on.
        status = _end(self.process, min(5.0, max(0.0, self.deadline - time.monotonic())))
        if status is not None and status > 128:  # as a shell, or bubblewrap, says it
            status = 128 - status
        if status is None:
            return _Failed("crash", "the reader fell silent")
        if status == -signal.SIGXCPU:
            return _Failed("timeout", "CPU time")
        if status == -signal.SIGKILL:
            return _Failed("memory", "killed")
        name = str(status)
        if status < 0:
            known = -status in set(signal.Signals)  # most real-time signals have no name
            name = signal.Signals(-status).name if known else f"signal {-status}"
        return _Failed("crash", f"the reader ended with {name}")
