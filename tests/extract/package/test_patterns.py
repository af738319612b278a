"""Code patterns: each with its near misses."""

from __future__ import annotations

import pytest

from mingcha.catalogue import load
from mingcha.extract.package import patterns
from mingcha.extract.package.dex import tables
from tests.extract.package.dexbuild import Cls, Mth, build

VOID = ("return-void",)
TRUST = "([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V"
MANAGER = ("Ljavax/net/ssl/X509TrustManager;",)


def found(
    *classes: Cls, rivals: frozenset[str] = frozenset(), personal: frozenset[int] = frozenset()
) -> list[str]:
    code = tables.read("c", build(list(classes)))
    return [p for p, _, _ in patterns.find(code, rivals, personal)]


def in_method(*code: tuple, name: str = "f", proto: str = "()V") -> list[str]:
    return found(Cls("La/A;", [Mth(name, proto, [*code, VOID])]))


def call(kind: str, ref: str, *regs: int) -> tuple:
    return (f"invoke-{kind}", list(regs or (0,)), ref)


def test_a_trust_manager_that_only_returns() -> None:
    assert found(
        Cls("La/T;", [Mth("checkServerTrusted", TRUST, [VOID], virtual=True)], interfaces=MANAGER)
    ) == ["tls-trust-all"]


def test_trust_managers_that_do_something_are_no_hit() -> None:
    check = call("virtual", "Ljava/security/cert/X509Certificate;->checkValidity()V")
    assert (
        found(
            Cls("La/T;", [Mth("checkServerTrusted", TRUST, [check, VOID], virtual=True)], interfaces=MANAGER)
        )
        == []
    )
    assert (
        found(Cls("La/T;", [Mth("checkClientTrusted", TRUST, [VOID], virtual=True)], interfaces=MANAGER))
        == []
    )
    assert found(Cls("La/T;", [Mth("checkServerTrusted", TRUST, [VOID], virtual=True)])) == []


@pytest.mark.parametrize(("value", "hits"), [(1, ["tls-hostname-any"]), (0, [])])
def test_hostname_verifier_by_its_constant(value: int, hits: list[str]) -> None:
    verify = Mth(
        "verify",
        "(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z",
        [("const/4", 0, value), ("return", 0)],
        virtual=True,
    )
    assert found(Cls("La/V;", [verify], interfaces=("Ljavax/net/ssl/HostnameVerifier;",))) == hits


def test_a_verifier_that_compares_is_no_hit() -> None:
    code = [
        call("virtual", "Ljava/lang/String;->equals(Ljava/lang/Object;)Z"),
        ("raw", [0x000A]),
        ("return", 0),
    ]
    verify = Mth("verify", "(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z", code, virtual=True)
    assert found(Cls("La/V;", [verify], interfaces=("Ljavax/net/ssl/HostnameVerifier;",))) == []


def test_allow_all_constants_of_apache() -> None:
    ref = "Lorg/apache/http/conn/ssl/SSLSocketFactory;->ALLOW_ALL_HOSTNAME_VERIFIER:Lorg/apache/http/conn/ssl/X509HostnameVerifier;"
    assert in_method(("sget", 0, ref)) == ["tls-hostname-any"]
    assert in_method(("sget", 0, ref.replace("ALLOW_ALL_", "STRICT_"))) == []
    assert in_method(("new-instance", 0, "Lorg/apache/http/conn/ssl/AllowAllHostnameVerifier;")) == [
        "tls-hostname-any"
    ]


SSL_ERROR = "(Landroid/webkit/WebView;Landroid/webkit/SslErrorHandler;Landroid/net/http/SslError;)V"
PROCEED = call("virtual", "Landroid/webkit/SslErrorHandler;->proceed()V")


def test_webview_that_proceeds_on_ssl_errors() -> None:
    assert in_method(PROCEED, name="onReceivedSslError", proto=SSL_ERROR) == ["tls-webview-proceed"]
    cancel = call("virtual", "Landroid/webkit/SslErrorHandler;->cancel()V")
    assert in_method(PROCEED, cancel, name="onReceivedSslError", proto=SSL_ERROR) == []
    assert in_method(PROCEED, name="other", proto=SSL_ERROR) == []
    default = call("super", f"Landroid/webkit/WebViewClient;->onReceivedSslError{SSL_ERROR}")
    assert in_method(PROCEED, default, name="onReceivedSslError", proto=SSL_ERROR) == []  # e.g. in debug builds only


@pytest.mark.parametrize(
    ("setter", "value", "pattern"),
    [
        ("setJavaScriptEnabled(Z)V", 1, "webview-js-on"),
        ("setAllowFileAccess(Z)V", 1, "webview-file-on"),
        ("setAllowUniversalAccessFromFileURLs(Z)V", 1, "webview-universal-on"),
        ("setSavePassword(Z)V", 1, "webview-password-on"),
        ("setMixedContentMode(I)V", 0, "webview-mixed-on"),
    ],
)
def test_webview_setters_by_their_argument(setter: str, value: int, pattern: str) -> None:
    ref = f"Landroid/webkit/WebSettings;->{setter}"
    assert in_method(("const/4", 1, value), call("virtual", ref, 0, 1)) == [pattern]
    assert in_method(("const/4", 1, 1 - value), call("virtual", ref, 0, 1)) == []
    assert in_method(("const/4", 2, value), call("virtual", ref, 0, 1)) == []


def test_an_argument_set_before_a_branch_is_not_taken_for_constant() -> None:
    ref = "Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V"
    assert (
        in_method(("const/4", 1, 1), ("raw", [0x0038, 4]), ("const/4", 2, 0), call("virtual", ref, 0, 1))
        == []
    )


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("AES/ECB/PKCS5Padding", "crypto-ecb"), ("AES", "crypto-ecb"), ("DES/CBC/PKCS5Padding", "crypto-des"),
     ("AES/GCM/NoPadding", None), ("RSA/ECB/OAEPPadding", None), ("DESede/CBC/PKCS5Padding", "crypto-des"), ("RC4", "crypto-des")],
)  # fmt: skip
def test_ciphers_by_name(name: str, pattern: str | None) -> None:
    ref = "Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;"
    assert in_method(("const-string", 0, name), call("static", ref)) == ([pattern] if pattern else [])


@pytest.mark.parametrize(("name", "hit"), [("MD5", True), ("SHA-1", True), ("SHA-256", False)])
def test_digests_by_name(name: str, hit: bool) -> None:
    ref = "Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;"
    assert in_method(("const-string", 0, name), call("static", ref)) == (["crypto-weak-hash"] if hit else [])


BYTES = call("virtual", "Ljava/lang/String;->getBytes()[B")
BYTES_OF = call("virtual", "Ljava/lang/String;->getBytes(Ljava/lang/String;)[B", 0, 1)
KEY = call("direct", "Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V", 2, 0, 1)
NEW_KEY = ("new-instance", 2, "Ljavax/crypto/spec/SecretKeySpec;")


def test_a_key_that_is_a_constant() -> None:
    assert in_method(
        NEW_KEY, ("const-string", 0, "0123456789abcdef"), BYTES, ("const-string", 1, "AES"), KEY
    ) == ["crypto-fixed-key"]
    assert in_method(
        NEW_KEY, ("const-string", 0, "0123456789abcdef"), ("const-string", 1, "UTF-8"), BYTES_OF, KEY
    ) == ["crypto-fixed-key"]


def test_a_key_from_elsewhere_is_no_hit() -> None:
    random = call("static", "La/Keys;->load()[B")
    assert in_method(NEW_KEY, random, ("const-string", 1, "AES"), KEY) == []
    param = call("static", "La/Keys;->secret()Ljava/lang/String;")
    assert in_method(NEW_KEY, param, ("raw", [0x000C]), ("const-string", 1, "UTF-8"), BYTES_OF, KEY) == []


EXEC = call("virtual", "Ljava/lang/Runtime;->exec(Ljava/lang/String;)Ljava/lang/Process;", 0, 1)


@pytest.mark.parametrize(
    ("command", "hit"),
    [("su", "su-command"), ("/system/xbin/su", "su-command"), ("pm install -r ", "pm-install"),
     ("pm uninstall com.x", "pm-uninstall"), ("sum", None), ("ls", None), ("pm list packages", None)],
)  # fmt: skip
def test_commands_that_are_run(command: str, hit: str | None) -> None:
    assert in_method(("const-string", 1, command), EXEC) == ([hit] if hit else [])
    assert in_method(("const-string", 1, command)) == []


def test_killing_a_named_rival() -> None:
    kill = call(
        "virtual", "Landroid/app/ActivityManager;->killBackgroundProcesses(Ljava/lang/String;)V", 0, 1
    )
    body = [Mth("f", "()V", [("const-string", 1, "com.tencent.mm"), kill, VOID])]
    rivals = frozenset({"com.tencent.mm"})
    assert found(Cls("La/A;", body), rivals=rivals) == ["kill-named"]
    assert found(Cls("La/A;", body)) == []
    assert (
        found(Cls("La/A;", [Mth("f", "()V", [("const-string", 1, "com.tencent.mm"), VOID])]), rivals=rivals)
        == []
    )


def test_world_readable_modes() -> None:
    ref = "Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;"
    assert in_method(("const/4", 2, 1), call("virtual", ref, 0, 1, 2)) == ["world-readable"]
    assert in_method(("const/4", 2, 0), call("virtual", ref, 0, 1, 2)) == []


def test_hiding_a_component() -> None:
    ref = (
        "Landroid/content/pm/PackageManager;->setComponentEnabledSetting(Landroid/content/ComponentName;II)V"
    )
    assert in_method(("const/4", 2, 2), ("const/4", 3, 1), call("virtual", ref, 0, 1, 2, 3)) == [
        "hide-launcher"
    ]
    assert in_method(("const/4", 2, 1), ("const/4", 3, 1), call("virtual", ref, 0, 1, 2, 3)) == []


def test_logging_in_a_method_that_reads_personal_data() -> None:
    log = call("static", "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I", 0, 1)
    assert found(Cls("La/A;", [Mth("f", "()V", [log, VOID])]), personal=frozenset({0})) == [
        "log-personal"
    ]
    assert found(Cls("La/A;", [Mth("f", "()V", [log, VOID])])) == []


def test_every_pattern_that_is_found_is_in_the_catalogue() -> None:
    import re
    from pathlib import Path

    home = Path(patterns.__file__)
    # Those that a whole program is needed for are found beside the flow of data.
    source = home.read_text() + "".join(p.read_text() for p in sorted((home.parent / "flow").glob("*.py")))
    known = load().patterns
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', home.read_text())) <= set(known)
    assert set(known) <= named


def test_a_key_with_a_charset_field() -> None:
    charset = ("sget", 1, "Ljava/nio/charset/StandardCharsets;->UTF_8:Ljava/nio/charset/Charset;")
    get = call("virtual", "Ljava/lang/String;->getBytes(Ljava/nio/charset/Charset;)[B", 0, 1)
    assert in_method(NEW_KEY, ("const-string", 0, "0123456789abcdef"), charset, get, KEY) == ["crypto-fixed-key"]
    other = ("sget", 1, "La/Config;->secret:Ljava/lang/String;")
    assert in_method(NEW_KEY, ("const-string", 0, "tag"), other, get, KEY) == []
