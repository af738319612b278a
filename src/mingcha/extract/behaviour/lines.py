"""Lines of a log that may be huge, cut, of any charset or no text at all: bounded, never an exception."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mingcha.extract.behaviour.sniff import decode
from mingcha.extract.package.notes import Notes

LINE = 1 << 20  # bytes of one line; a call with 200 frames takes some 20 KB
LOG = 4 << 30  # bytes of one log


def raw(path: Path, notes: Notes) -> Iterator[tuple[int, bytes]]:
    """(number from 1, bytes) of every line, without its end. What is too long or lies beyond the limit of
    the file is a limitation; so is a last line without an end that cannot be whole (the caller tells)."""
    with path.open("rb") as f:
        mark = f.read(2)
        f.seek(0)
        if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            yield from _wide(f, notes)
            return
        number = read = 0
        while line := f.readline(LINE + 1):
            number += 1
            read += len(line)
            if read > LOG:
                notes.limitation("too-large", f"what follows line {number} was not read")
                return
            if len(line) > LINE and line[-1:] != b"\n":
                notes.limitation("malformed-log", "a line is longer than 1 MB", f"line {number}")
                while (more := f.readline(LINE)) and more[-1:] != b"\n":
                    read += len(more)
                continue
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            yield number, line.rstrip(b"\r\n")


def _wide(f: BinaryIO, notes: Notes) -> Iterator[tuple[int, bytes]]:
    """UTF-16 as UTF-8; lines are cut in characters."""
    wrapped = io.TextIOWrapper(f, "utf-16", errors="replace", newline="\n")
    number = 0
    skipping = False
    while line := wrapped.readline(LINE):
        whole = line[-1:] == "\n"
        if skipping:
            skipping = not whole
            continue
        number += 1
        if not whole and len(line) >= LINE:
            skipping = True
            notes.limitation("malformed-log", "a line is longer than 1 MB", f"line {number}")
            continue
        yield number, line.rstrip("\r\n").encode("utf-8", "replace")


def text(path: Path, notes: Notes) -> Iterator[tuple[int, str]]:
    """As `raw`, decoded line by line."""
    for number, line in raw(path, notes):
        yield number, decode(line) if line else ""
