"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint): origin, size, root, and Ed25519 signatures.

A key is one line: `PRIVATE+KEY+<name>+<id>+<base64>` for the signer, `<name>+<id>+<base64>` for those who verify.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mingcha.server.log.merkle import HASH

ED25519 = b"\1"
_DASH = "\u2014"
_MOST = 100  # signatures of a note, as the reference implementation has it
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


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
    found = Signer(_known_name(parts[2]), _key(parts[4]))
    if found.verifier.id.hex() != parts[3]:
        raise BadNote("the key's id is not its own")
    return found


def verifier(line: str) -> Verifier:
    """Read a public key. BadNote for anything else."""
    parts = line.strip().split("+", 2)
    if len(parts) != 3:
        raise BadNote("no public key")
    found = Verifier(_known_name(parts[0]), _key(parts[2]))
    if found.id.hex() != parts[1]:
        raise BadNote("the key's id is not its own")
    return found


class Checkpoint(NamedTuple):
    """What a note says of a log."""

    origin: str
    size: int
    root: bytes


def sign(text: str, signers: Sequence[Signer]) -> str:
    """The note of a text (signed-note, "Format"). ValueError for a text that does not end in a newline, holds other
    control characters or is no UTF-8."""
    if not text.endswith("\n") or _controls(text):
        raise ValueError("no text of a note")
    raw = text.encode()
    return text + "\n" + "".join(
        signature_line(s.name, s.verifier.id, Ed25519PrivateKey.from_private_bytes(s.seed).sign(raw)) for s in signers
    )  # fmt: skip


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """One signature under a note."""
    return f"{_DASH} {name} {_b64(key_id + signature)}\n"


def signature_of(note: str, name: str, key_id: bytes) -> tuple[str, bytes] | None:
    """(text, signature) of a key under a note; None where it did not sign. Proves nothing."""
    text, _, rest = note.rpartition("\n\n")
    for line in rest.split("\n"):
        dash, _, tail = line.partition(" ")
        signer_name, _, signature = tail.partition(" ")
        try:
            raw = _bytes(signature)
        except BadNote:
            continue
        if dash == _DASH and signer_name == name and raw[:4] == key_id:
            return text + "\n", raw[4:]
    return None


def open_note(note: str, verifiers: Sequence[Verifier]) -> str:
    """The text of a note that at least one of the keys signed, and none of them wrongly. BadNote otherwise."""
    text, gap, rest = note.rpartition("\n\n")  # the last empty line: a text may have others
    text += "\n"
    lines = rest.split("\n")
    if not gap or lines.pop() or len(lines) > _MOST or _controls(note):
        raise BadNote("no signed note")
    good = False
    for line in lines:
        dash, _, tail = line.partition(" ")
        name, _, signature = tail.partition(" ")
        raw = _bytes(signature)
        if dash != _DASH or not name or len(raw) < 5:
            raise BadNote("a line that is no signature")
        known = next((v for v in verifiers if v.name == name and v.id == raw[:4]), None)
        if known is None:
            continue  # of somebody whom we do not know
        try:
            Ed25519PublicKey.from_public_bytes(known.key).verify(raw[4:], text.encode())
        except (InvalidSignature, UnicodeEncodeError):
            raise BadNote(f"the signature of {name} is wrong") from None
        good = True
    if not good:
        raise BadNote("not signed by a known key")
    return text


def checkpoint(said: Checkpoint, signers: Sequence[Signer]) -> str:
    """The signed note of a log's size and root. ValueError for an origin that is empty or of several lines."""
    _named(said.origin.replace(" ", "-"))
    return sign(f"{said.origin}\n{said.size}\n{_b64(said.root)}\n", signers)


def open_checkpoint(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Read a checkpoint, under the same condition as `open_note`. BadNote otherwise."""
    lines = open_note(note, verifiers).split("\n")[:-1]
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise BadNote("no checkpoint")
    root = _bytes(lines[2])
    if len(root) != HASH:
        raise BadNote("no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def _controls(text: str) -> bool:
    return any(c < " " and c != "\n" for c in text)


def _known_name(name: str) -> str:
    try:
        _named(name)
    except ValueError as e:
        raise BadNote(str(e)) from e
    return name


def _named(name: str) -> None:
    if not name or any(c.isspace() or c == "+" or c < " " or "\ud800" <= c <= "\udfff" for c in name):
        raise ValueError(f"{name!r} is no name of a key")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as e:
        raise BadNote("no base64") from e
    if _b64(raw) != text:  # bits that the last character has too many: one signature has one text
        raise BadNote("no base64")
    return raw


def _key(text: str) -> bytes:
    raw = _bytes(text)
    if raw[:1] != ED25519 or len(raw) != 33:
        raise BadNote("no Ed25519 key")
    return raw[1:]
