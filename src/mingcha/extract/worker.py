"""The child process that reads untrusted exhibits: one at a time, under limits.

Requests come as JSON lines on stdin; answers go out as frames on stdout: four bytes of
length (big endian), then JSON. Facts are sent in batches as they are found, so a child that
is killed loses only what it had not yet said. Nothing is pickled, nothing is written to
disk (RLIMIT_FSIZE 0), and no network is used.

    {"path": ..., "kind": null, "cpu": 60, "memory": 4096}      request
    {"facts": [...]} … {"keep": {"key": ..., "value": ...}} … {"done": {"exhibit": {...}}}   answer
    {"path": ..., "lesson": {"sdk": null, "version": null, "name": ...}, ...}   what an SDK's archive teaches
    {"taught": {"entry": {...}, "features": ...}} or {"refused": {"code": ..., "text": {...}, "hint": {...}}}   answer
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

BATCH = 500
LARGE = 16 << 20  # bytes of one fact, and of a frame that holds several


def limit(cpu: int, memory_mb: int) -> None:
    """Set the resource limits for the next exhibit (POSIX; elsewhere the parent's clock alone holds).

    CPU time counts from the start of the process, and a resident one has read others before.
    """
    try:
        import resource
    except ImportError:
        return
    cpu += int(time.process_time()) + 1
    for kind, value in (
        (resource.RLIMIT_CPU, cpu), (resource.RLIMIT_AS, memory_mb * 1_000_000),
        (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64),
    ):  # fmt: skip
        try:
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (value if hard < 0 else min(value, hard), hard))
        except (OSError, ValueError):
            continue  # a host that refuses one limit still has the others


def send(out: BinaryIO, message: dict[str, Any]) -> None:
    """One frame."""
    import msgspec

    _write(out, msgspec.json.encode(message))


def _write(out: BinaryIO, data: bytes) -> None:
    with _undisturbed():
        out.write(len(data).to_bytes(4, "big") + data)
        out.flush()


def _keep(out: BinaryIO, key: str, value: bytes) -> None:
    """A value for the cache; the parent writes it, this process may not."""
    _write(out, b'{"keep":{"key":"' + key.encode() + b'","value":' + value + b"}}")


def send_facts(out: BinaryIO, facts: list[dict[str, Any]]) -> None:
    """The facts in as many frames as they need. One that cannot be written (a lone surrogate, a size
    beyond reason) is a limitation instead, and costs none of the others."""
    import msgspec

    try:
        data = msgspec.json.encode({"facts": facts})
    except (ValueError, TypeError, OverflowError, msgspec.MsgspecError):
        data = b""
    if data and len(data) <= LARGE:
        _write(out, data)
    elif len(facts) > 1:
        send_facts(out, facts[: len(facts) // 2])
        send_facts(out, facts[len(facts) // 2 :])
    elif facts:
        known = {key: str(facts[0].get(key, "")) for key in ("kind", "exhibit", "where")}
        _write(out, msgspec.json.encode({"facts": [_unsaid(**known)]}))


def _unsaid(kind: str, exhibit: str, where: str) -> dict[str, Any]:
    from mingcha.plain import plain

    detail = f"a fact {plain(kind, 40)} could not be written"
    return {"kind": "limitation", "exhibit": plain(exhibit), "where": plain(where), "code": "reader-limit",
            "detail": detail}  # fmt: skip


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Half a frame would make all that follows unreadable: the CPU limit's signal waits for its end."""
    if not hasattr(signal, "SIGXCPU"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGXCPU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def answer(out: BinaryIO, request: dict[str, Any]) -> None:
    """Read one exhibit and send its facts."""
    from mingcha import extract
    from mingcha.extract.cache import Cache

    begun = time.process_time()
    batch: list[dict[str, Any]] = []

    def emit(facts: Iterable[dict[str, Any]]) -> None:
        batch.extend(facts)
        while len(batch) >= BATCH:
            # Taken out first: the CPU limit's signal, held back while a frame is written, comes right
            # after it, and the same facts must not be said twice.
            part = batch[:BATCH]
            del batch[:BATCH]
            send_facts(out, part)

    folder = request.get("cache")
    cache = Cache(Path(folder) if folder else None, lambda key, value: _keep(out, key, value))
    prints, seeds = request.get("prints"), request.get("seeds")
    exhibit = extract.read_here(
        Path(request["path"]), emit, request.get("kind"), request.get("catalogue"), cache,
        Path(prints) if prints else None, Path(seeds) if seeds else None,
    )  # fmt: skip
    send_facts(out, batch)
    import msgspec

    send(out, {"done": {"exhibit": msgspec.to_builtins(exhibit), "cpu": time.process_time() - begun}})


def teach(out: BinaryIO, request: dict[str, Any]) -> None:
    """What an archive of an SDK teaches."""
    from mingcha import catalogue
    from mingcha.errors import BadInput
    from mingcha.extract.package.fingerprint import learn

    asked, root = request["lesson"], request.get("catalogue")
    try:
        entry, features = learn.lesson(
            Path(request["path"]), catalogue.lists(Path(root) if root else None).sdks, asked["sdk"], asked["version"], asked["name"]
        )
    except BadInput as e:
        send(out, {"refused": {"code": e.code, "text": dict(e.text), "hint": dict(e.hint)}})
    else:
        send(out, {"taught": {"entry": entry, "features": features.astype("<u8").tobytes()}})


def main() -> int:
    """Serve requests until stdin closes."""
    # Whatever a library prints must not get between the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import gc
    import json

    from mingcha.errors import MingchaError

    # Facts and columns form no cycles, and each round would look at the whole catalogue: once per
    # exhibit, and only where another follows, is enough.
    gc.disable()
    # Before any limit is set: later this process may write no file, not even the bytecode of its
    # own modules, and would compile them anew for every package.
    from mingcha.extract.package import reader  # noqa: F401
    from mingcha.plain import plain

    if "--resident" in sys.argv[1:]:
        with suppress(ImportError):  # without the extra `fast` the plain engine does the same
            from mingcha.extract.package.dex import fast

            fast.enable()
    from mingcha.sandbox import inside

    inside.from_environment()
    for number, line in enumerate(sys.stdin.buffer):
        if number:
            gc.collect()
        request = json.loads(line)
        limit(int(request["cpu"]), int(request["memory"]))
        try:
            (teach if request.get("lesson") else answer)(out, request)
        except MemoryError:
            send(out, {"error": {"code": "memory", "detail": ""}})
        except RecursionError:
            send(out, {"error": {"code": "crash", "detail": "RecursionError"}})
        except Exception as e:  # the parent turns it into a limitation, whatever it was
            detail = str(e) if isinstance(e, MingchaError) else f"{type(e).__name__}: {e}"
            if os.environ.get("MINGCHA_DEBUG"):
                import traceback

                traceback.print_exc()
            code = e.code if isinstance(e, MingchaError) else "crash"
            send(out, {"error": {"code": code, "detail": plain(detail, 300)}})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
