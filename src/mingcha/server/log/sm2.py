"""A second signature under checkpoints, SM2 with SM3 (GB/T 32918.2, GB/T 32905), where an authority has to use
commercial cryptography.

The tree stays SHA-256, as tlog-tiles has it. Signing is left to a command of the authority's own (a certified module
signs, and its key never comes here): text on standard input, signature in DER on standard output. Proving is left to
OpenSSL. The type of such a line is 0xff and a name, as signed-note asks for types that it does not assign: whoever does
not know the key passes over it.
"""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from asn1crypto import pem

from mingcha.errors import ToolMissing, Usage
from mingcha.server.log import note

TYPE = b"\xff" + b"mingcha.invalid/sm2-sm3"
USER = "1234567812345678"
"""The user id that enters the digest where none was agreed on (GB/T 35276)."""
# SubjectPublicKeyInfo of an uncompressed point on the curve of SM2 (GM/T 0006), up to the point.
_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SECONDS = 30


class Key(NamedTuple):
    """A public SM2 key with its name; `der` is its SubjectPublicKeyInfo."""

    name: str
    der: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return hashlib.sha256(self.name.encode() + b"\n" + TYPE + self.der).digest()[:4]

    def right(self, text: str, signature: bytes) -> bool:
        """Whether the signature is of this text. ToolMissing without an OpenSSL that knows SM2."""
        with tempfile.TemporaryDirectory() as place:
            said, signed, key = (Path(place) / n for n in ("text", "signature", "key.der"))
            said.write_bytes(text.encode())
            signed.write_bytes(signature)
            key.write_bytes(self.der)
            ran = _run([
                "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", str(key), "-rawin", "-digest", "sm3",
                "-pkeyopt", f"distid:{USER}", "-in", str(said), "-sigfile", str(signed),
            ])  # fmt: skip
        if b"Verified Successfully" not in ran.stdout and b"Verification Failure" not in ran.stdout:
            raise ToolMissing(
                "OpenSSL 不支持 SM2", "this OpenSSL does not know SM2", {"zh": "需要 OpenSSL 3", "en": "OpenSSL 3 is needed"}, code="sm2-missing"
            )
        return ran.returncode == 0

    def line(self, text: str, command: str) -> str:
        """The signature line of a text, signed by the command and proved before it is taken. Usage where the command
        fails or signs with another key."""
        try:
            ran = _run(shlex.split(command), text.encode())
        except (ValueError, ToolMissing) as e:
            raise Usage("无法运行 SM2 签名命令", "the command that signs with SM2 cannot be run", code="sm2-failed") from e
        if ran.returncode or not ran.stdout or len(ran.stdout) > 80 or not self.right(text, ran.stdout):
            raise Usage(
                "SM2 签名命令没有给出正确的签名", "the command that signs with SM2 gave no right signature",
                {"zh": "标准输入为待签名文本，标准输出应为 DER 格式签名", "en": "text on standard input, signature in DER on standard output"},
                code="sm2-failed",
            )  # fmt: skip
        return note.signature_line(self.name, self.id, ran.stdout)


def key(name: str, path: Path) -> Key:
    """Read a public key from its PEM file. Usage for anything else."""
    try:
        der = _der(path.read_bytes())
    except (OSError, ValueError) as e:
        raise Usage(f"{path} 不是 SM2 公钥", f"{path} is no public SM2 key", code="sm2-key") from e
    return Key(name, der)


def _der(text: bytes) -> bytes:
    kind, _, found = pem.unarmor(text)
    der = bytes(found)
    if kind != "PUBLIC KEY" or len(der) != len(_HEAD) + 65 or not der.startswith(_HEAD):
        raise ValueError("no SM2 key")
    return der


def _run(command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, input=given, capture_output=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired, IndexError) as e:
        raise ToolMissing(f"无法运行 {command[:1]}", f"{command[:1]} cannot be run", code="sm2-missing") from e
