"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint): origin, size, root, and Ed25519 signatures.

A key is one line: `PRIVATE+KEY+<name>+<id>+<base64>` for the signer, `<name>+<id>+<base64>` for those who verify.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\1"
_DASH = "\u2014"


class BadNote(ValueError):
    """No note, or none that a known key signed."""


class Verifier(NamedTuple):
    """A public key with its name."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def line(self) -> str:
        """The key as text."""
        return f"{self.name}+{self.id.hex()}+{_b64(ED25519 + self.key)}"


class Signer(NamedTuple):
    """A private key with its name."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def line(self) -> str:
        """The key as text; a secret."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{_b64(ED25519 + self.seed)}"


def generate(name: str) -> Signer:
    """A new key. ValueError for a name with a blank or a plus sign."""
    _named(name)
    return Signer(name, Ed25519PrivateKey.generate().private_bytes_raw())


def signer(line: str) -> Signer:
    """Read a private key. BadNote for anything else."""
    parts = line.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
        raise BadNote("no private key")
    found = Signer(parts[2], _key(parts[4]))
    if found.verifier.id.hex() != parts[3]:
        raise BadNote("the key's id is not its own")
    return found


def verifier(line: str) -> Verifier:
    """Read a public key. BadNote for anything else."""
    parts = line.strip().split("+", 2)
    if len(parts) != 3:
        raise BadNote("no public key")
    found = Verifier(parts[0], _key(parts[2]))
    if found.id.hex() != parts[1]:
        raise BadNote("the key's id is not its own")
    return found


class Checkpoint(NamedTuple):
    """What a note says of a log."""

    origin: str
    size: int
    root: bytes


def checkpoint(said: Checkpoint, signers: Sequence[Signer]) -> str:
    """The signed note."""
    _named(said.origin.replace(" ", "-"))
    text = f"{said.origin}\n{said.size}\n{_b64(said.root)}\n"
    lines = [
        f"{_DASH} {s.name} {_b64(s.verifier.id + Ed25519PrivateKey.from_private_bytes(s.seed).sign(text.encode()))}\n" for s in signers
    ]
    return text + "\n" + "".join(lines)


def open_checkpoint(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Read a note that at least one of the keys signed, and none of them wrongly. BadNote otherwise."""
    text, gap, rest = note.partition("\n\n")
    text += "\n"
    good = 0
    for line in rest.splitlines() if gap else ():
        dash, _, tail = line.partition(" ")
        name, _, signature = tail.partition(" ")
        raw = _bytes(signature)
        known = next((v for v in verifiers if v.name == name and v.id == raw[:4]), None)
        if dash != _DASH or len(raw) < 5:
            raise BadNote("a line that is no signature")
        if known is None:
            continue  # of somebody whom we do not know
        try:
            Ed25519PublicKey.from_public_bytes(known.key).verify(raw[4:], text.encode())
        except InvalidSignature:
            raise BadNote(f"the signature of {name} is wrong") from None
        good += 1
    lines = text.split("\n")
    if not good or len(lines) < 4 or not lines[1].isascii() or not lines[1].isdigit() or (len(lines[1]) > 1 and lines[1][0] == "0"):
        raise BadNote("not signed by a known key" if not good else "no checkpoint")
    root = _bytes(lines[2])
    if len(root) != 32:
        raise BadNote("no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def _named(name: str) -> None:
    if not name or any(c.isspace() or c == "+" for c in name):
        raise ValueError(f"{name!r} is no name of a key")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as e:
        raise BadNote("no base64") from e


def _key(text: str) -> bytes:
    raw = _bytes(text)
    if raw[:1] != ED25519 or len(raw) != 33:
        raise BadNote("no Ed25519 key")
    return raw[1:]
