"""The command line called in this process as from a shell, and small packages to give it."""

from __future__ import annotations

import io
import json
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.cli import main
from tests.extract.package import build, dexbuild
from tests.extract.package.dexbuild import Cls, Mth

ERROR = re.compile(r"\[[a-z-]+\] \S.*")


class Ran(NamedTuple):
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:
        """stdout as one JSON document."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one error line; fails where there is none, more, or a traceback."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert ERROR.fullmatch(line), line
        assert line.isprintable() or "\u3000" in line, line
        assert "Traceback" not in line
        return line

    @property
    def error_code(self) -> str:
        return self.error[1 : self.error.index("]")]


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def run(*args: object) -> Ran:
    """`mingcha ARGS`; streams are captured, nothing else is changed."""
    out, err = _Stream(), _Stream()
    code: Any = None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(a) for a in args])
        except SystemExit as e:
            code = e.code
    assert code is not None
    return Ran(int(code), out.text(), err.text())


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fails, instead of hanging, when the block takes longer."""

    def late(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


CODE = [Cls("Lcom/example/app/Main;", [Mth("f", "()V", [("const-string", 0, "http://a.example.cn/x"), ("return-void",)])])]


def dex(classes: Sequence[Cls] = CODE) -> bytes:
    """A DEX file."""
    return dexbuild.build(list(classes))


def apk(
    root: build.Node | None = None, *codes: Sequence[Cls], extra: Sequence[build.File] = (), **options: Any
) -> bytes:
    """An APK of a manifest and DEX files (default: one with a URL)."""
    files = [build.File("AndroidManifest.xml", build.axml(root or build.manifest()))]
    for n, classes in enumerate(codes or (CODE,), 1):
        files.append(build.File(f"classes{n if n > 1 else ''}.dex", dex(classes)))
    return build.zip_([*files, *extra], **options)


def flagged(**attributes: build.Attr) -> build.Node:
    """A manifest whose application element carries more attributes (`android:` is put before)."""
    node = list(build.manifest())
    app = dict(node[-1][1])
    app.update({f"android:{k}": v for k, v in attributes.items()})
    node[-1] = ("application", app)
    return tuple(node)


def put(path: Path, data: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(data)
    return path
