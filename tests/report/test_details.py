"""Details of limitations in the language of the page."""

from __future__ import annotations

import pytest

from mingcha.report.details import shown
from mingcha.report.text import digest_name


@pytest.mark.parametrize(
    ("detail", "zh"),
    [
        ("2 text files above 1 MB", "2 个文本文件超过 1 MB"),
        ("more than 200 calls of Lx/Y;->z", "Lx/Y;->z 的调用超过 200 处"),
        ("a: b: more than 9 bytes from 1", "a: b：由 1 字节解压超过 9 字节"),
        ("v1 and v2 name different certificates", "v1 与 v2 签名的证书不同"),
        ("Lua: assets/backup.lua", "Lua: assets/backup.lua"),
        ("2 text files above 1 MB and more", "2 text files above 1 MB and more"),
    ],
)
def test_known_details_are_told_in_chinese_and_the_rest_stays(detail: str, zh: str) -> None:
    assert shown(detail, "zh") == zh
    assert shown(detail, "en") == detail


def test_a_detail_of_unusual_length_is_not_searched() -> None:
    long = "a" * 500 + ": more than 9 bytes from 1"
    assert shown(long, "zh") == long


def test_names_of_digests() -> None:
    assert [digest_name(c) for c in ("sha1", "sha256", "md5", "", "sha3-256")] == [
        "SHA-1",
        "SHA-256",
        "MD5",
        "",
        "sha3-256",
    ]
