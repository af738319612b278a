"""Class files: real ones made by javac where it is here, and damaged ones."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from mingcha.extract.package import classfile
from mingcha.extract.package.columns import FIELD, INVOKE, NEW, STRING

SOURCE = """
package p;
import javax.net.ssl.*;
import java.security.cert.X509Certificate;
public class T implements X509TrustManager, HostnameVerifier {
    static long big = 5L; static String own = "x";
    public void checkClientTrusted(X509Certificate[] c, String a) { throw new RuntimeException(); }
    public void checkServerTrusted(X509Certificate[] c, String a) { }
    public X509Certificate[] getAcceptedIssuers() { return null; }
    public boolean verify(String h, SSLSession s) { return true; }
    int sw(int n) { switch (n) { case 1: return 7; case 2: return 8; case 3: return 9; default: return own.length(); } }
    int lookup(int n) { switch (n) { case 1: return 7; case 1000: return 8; default: return 0; } }
    Runnable lambda() { return () -> System.out.println("https://j.example.cn/" + own); }
    long wide() { long a = 0; for (int i = 0; i < 300; i += 200) a += i; return a; }
}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    if not shutil.which("javac"):
        pytest.skip("javac is not installed")
    folder = tmp_path_factory.mktemp("java")
    (folder / "T.java").write_text(SOURCE)
    subprocess.run(
        ["javac", "--release", "8", "-nowarn", "-d", folder, folder / "T.java"],
        check=True,
        capture_output=True,
    )
    return [(p.name, p.read_bytes()) for p in folder.rglob("*.class")]


def test_columns_of_a_real_class(compiled: list[tuple[str, bytes]]) -> None:
    code = classfile.read("t.jar", compiled)
    assert code.malformed == []
    assert code.class_name(0) == "Lp/T;"
    names = {code.definition(d): d for d in range(len(code.def_method))}
    assert (
        code.bodies.shape(
            code, names["Lp/T;->checkServerTrusted([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V"]
        )
        == "void"
    )
    assert (
        code.bodies.shape(code, names["Lp/T;->verify(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z"])
        == "true"
    )
    assert code.bodies.shape(code, names["Lp/T;->sw(I)I"]) == ""
    texts = [code.text(s) for s in code.event_operand[code.event_kind == STRING].tolist()]
    assert "https://j.example.cn/" in texts
    assert "Ljava/lang/RuntimeException;" in [
        code.type(t) for t in code.event_operand[code.event_kind == NEW].tolist()
    ]
    assert "Ljava/lang/String;->length()I" in [
        code.method(m) for m in code.event_operand[code.event_kind == INVOKE].tolist()
    ]
    assert "Lp/T;->own:Ljava/lang/String;" in [
        code.field_ref(f) for f in code.event_operand[code.event_kind == FIELD].tolist()
    ]
    assert {code.type(int(t)) for t in code.interface_type} == {
        "Ljavax/net/ssl/X509TrustManager;",
        "Ljavax/net/ssl/HostnameVerifier;",
    }


def test_instruction_counts_equal_javap(compiled: list[tuple[str, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "T.class"
    path.write_bytes(compiled[0][1])
    out = subprocess.run(["javap", "-c", "-p", str(path)], check=True, capture_output=True, text=True).stdout
    import re

    theirs = len(re.findall(r"^ +\d+: [a-z]", out, re.M))
    assert classfile.read("t.jar", compiled).counts.instructions == theirs


def test_a_damaged_class_is_left_out_and_the_others_stay(compiled: list[tuple[str, bytes]]) -> None:
    good = compiled[0]
    code = classfile.read("t.jar", [("bad.class", good[1][:200]), good, ("no.class", b"nothing")])
    assert [n.partition(":")[0] for n in code.malformed] == ["bad.class", "no.class"]
    assert code.counts.classes == 1
    assert (code.event_def < len(code.def_method)).all()


def test_mutated_classes_never_raise(compiled: list[tuple[str, bytes]]) -> None:
    for seed in range(300):
        rng = random.Random(seed)
        data = bytearray(compiled[0][1])
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(4, len(data))] = rng.randrange(256)
        code = classfile.read("t.jar", [("m.class", bytes(data))])
        for d in range(len(code.def_method)):
            code.definition(d)
            code.bodies.shape(code, d)
        for e in range(len(code.event_def)):
            code.bodies.constants(code, e)


def test_no_classes_at_all() -> None:
    code = classfile.read("t.jar", [])
    assert code.counts.classes == 0
    assert len(code.event_def) == 0
