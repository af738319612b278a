"""The second signature under checkpoints, by OpenSSL as an authority's own tool would make and prove it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mingcha.errors import MingchaError
from mingcha.server.ledger import sequence
from mingcha.server.log import note, sm2
from tests.server.cast import Cast

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(
    not OPENSSL or b"SM2" not in subprocess.run(["openssl", "list", "-public-key-algorithms"], capture_output=True, check=False).stdout,
    reason="no OpenSSL with SM2",
)


def signer(folder: Path, name: str = "k") -> tuple[Path, str]:
    """(public key, command) of a new key."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return public, f"openssl pkeyutl -sign -inkey {private} -rawin -digest sm3 -pkeyopt distid:{sm2.USER} -in /dev/stdin"


def test_a_checkpoint_with_two_signatures(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public, command = signer(tmp_path)
    monkeypatch.setenv("MINGCHA_SM2_KEY", str(public))
    monkeypatch.setenv("MINGCHA_SM2_SIGNER", command)
    cast.case("noticed")
    log = tmp_path / "log"
    sequence.publish(log)
    text = (log / "checkpoint").read_text("utf-8")
    verifier = note.verifier((log / "verifier").read_text("utf-8"))
    assert text.count("\n\u2014 ") == 2, text
    assert note.open_checkpoint(text, [verifier]).size > 0, "who does not know SM2 passes over its line"
    assert sequence.second_broken(text, verifier.name) == ""
    said, signature = note.signature_of(text, verifier.name, sm2.key(verifier.name, public).id) or ("", b"")
    (tmp_path / "t").write_text(said, "utf-8")
    (tmp_path / "s").write_bytes(signature)
    assert subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{sm2.USER}",
         "-in", tmp_path / "t", "-sigfile", tmp_path / "s"], check=False, capture_output=True,
    ).returncode == 0  # fmt: skip
    assert "wrong" in sequence.second_broken(text.replace("\n", "x\n", 1), verifier.name)
    assert "not signed" in sequence.second_broken(text.rpartition("\n\u2014 ")[0] + "\n", verifier.name)


@pytest.mark.parametrize("command", ["false", "no-such-command-here", "cat", "echo 'unbalanced", ""])
def test_a_signer_that_does_not_sign(tmp_path: Path, command: str) -> None:
    public, _ = signer(tmp_path)
    with pytest.raises(MingchaError) as e:
        sm2.key("office", public).line("text\n", command)
    assert e.value.code == "sm2-failed"


def test_another_key_is_not_taken(tmp_path: Path) -> None:
    public, _ = signer(tmp_path)
    _, command = signer(tmp_path, "other")
    with pytest.raises(MingchaError):
        sm2.key("office", public).line("text\n", command)


@pytest.mark.parametrize("what", ["private", "p256", "none", "junk"])
def test_what_is_no_public_key(tmp_path: Path, what: str) -> None:
    signer(tmp_path)
    path = tmp_path / "x.pub"
    match what:
        case "private":
            path = tmp_path / "k.pem"
        case "p256":
            private = tmp_path / "p.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", private], check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", path], check=True, capture_output=True)
        case "junk":
            path.write_bytes(b"-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n")
    with pytest.raises(MingchaError) as e:
        sm2.key("office", path)
    assert e.value.code == "sm2-key"


def test_one_setting_without_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_SM2_SIGNER", "true")
    with pytest.raises(MingchaError) as e:
        sequence.sm2_key("office")
    assert e.value.code == "bad-settings"
