"""From the file to its facts: sniffing, the child process, refusals, and what kind of text it is."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue, extract
from mingcha.errors import BadInput
from mingcha.extract.policy import reader
from mingcha.extract.policy.topics import FILE, TOPICS, grams, scores, topics
from tests.extract.policy import sample
from tests.extract.policy.test_documents import p, word

ROOT = Path(__file__).parents[3]
KNOWN = catalogue.load()


def read(path: Path) -> tuple[Any, list[dict[str, Any]]]:
    """Exhibit and facts, in this process."""
    facts: list[dict[str, Any]] = []
    return extract.read_here(path, facts.extend, None), facts


def put(folder: Path, name: str, data: str | bytes) -> Path:
    """A file."""
    path = folder / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


# ---- what is a policy ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [("p.txt", "utf-8"), ("p.txt", "gb18030"), ("p.txt", "utf-16"), ("p", "utf-8-sig")])
def test_texts_that_speak_of_privacy_are_policies(name: str, code: str, tmp_path: Path) -> None:
    assert extract.sniff(put(tmp_path, name, sample.text().encode(code))) == "policy"


def test_pages_pdf_and_word_files_are_policies(tmp_path: Path) -> None:
    assert extract.sniff(put(tmp_path, "p.html", sample.html())) == "policy"
    assert extract.sniff(put(tmp_path, "p.pdf", b"%PDF-1.7\n")) == "policy"
    assert extract.sniff(word(tmp_path, p("你好"))) == "policy"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.har", '{"log": {"entries": [], "comment": "隐私政策 个人信息"}}'), ("b.jsonl", '{"t": 1, "api": "x", "note": "个人信息"}\n'),
        ("screen.xml", '<?xml version="1.0"?><hierarchy><node text="隐私政策"/></hierarchy>'), ("log.txt", "11-27 06:10:00.123 1 2 I app: 隐私政策\n"),
        ("log2.txt", "2026-11-27 06:10:00 隐私政策 个人信息\n"), ("plain.txt", "今天天气很好。\n"), ("page.html", "<html><body>隐私</body></html>"), ("s.sh", "#!/bin/sh\n# 隐私\n"),
    ],
)  # fmt: skip
def test_other_exhibits_are_left_to_others(name: str, data: str, tmp_path: Path) -> None:
    try:
        kind = extract.sniff(put(tmp_path, name, data))
    except BadInput:
        return  # of no kind at all
    assert kind in ("traffic", "behaviour") and name in ("a.har", "b.jsonl")


def test_check_sheets_and_packages_stay_what_they_are(tmp_path: Path) -> None:
    assert extract.sniff(put(tmp_path, "a.yml", "# 隐私政策核验\nmingcha-answers: 1\nanswers: []\n")) == "sheet"
    assert extract.sniff(ROOT / "samples" / "clean" / "clean.apk") == "package"
    path = word(tmp_path, p("个人信息"))
    with zipfile.ZipFile(path, "a") as z:
        z.writestr("AndroidManifest.xml", b"\3\0\x08\0")
    assert extract.sniff(path) == "package"  # an app may carry a Word file's parts and stays an app
    tail = (ROOT / "samples" / "clean" / "clean.apk").read_bytes()
    assert extract.sniff(put(tmp_path, "two.html", sample.html().encode() + tail)) == "package"


# ---- facts -----------------------------------------------------------------------------------------------


def test_a_whole_policy(tmp_path: Path) -> None:
    exhibit, facts = read(put(tmp_path, "policy.html", sample.html()))
    assert (exhibit.kind, exhibit.status, exhibit.limitations) == ("policy", "read", ())
    one = [f for f in facts if f["kind"] == "policy-document"]
    assert len(one) == 1
    wanted = {"document": "policy", "format": "html", "title": sample.TITLE, "effective_date": "2025-03-01", "language": "zh-Hans", "whole": True}
    assert {k: one[0][k] for k in wanted} == wanted
    assert one[0]["minutes"] == pytest.approx(one[0]["chars"] / 400, abs=0.1)
    for fact in facts:
        assert set(fact) - {"kind", "exhibit", "where"} == set(KNOWN.facts[fact["kind"]].fields)
        assert fact["exhibit"] == exhibit.sha256


def test_facts_are_the_same_in_the_child_process_and_in_every_encoding(tmp_path: Path) -> None:
    path = put(tmp_path, "p.txt", sample.text())
    exhibit, here = read(path)
    with extract.Worker() as worker:
        there = worker.read(path, "policy")
        other = worker.read(put(tmp_path, "q.txt", sample.text().encode("gb18030")), "policy")
    assert (there.exhibit, list(there.facts)) == (exhibit, here)
    bare = [{k: v for k, v in f.items() if k not in ("exhibit", "encoding")} for f in other.facts]
    assert bare == [{k: v for k, v in f.items() if k not in ("exhibit", "encoding")} for f in here]


@pytest.mark.parametrize(
    ("title", "kind"),
    [("示例隐私政策", "policy"), ("儿童个人信息保护规则", "children"), ("第三方SDK目录", "sdk-list"), ("个人信息收集清单", "collection-list"), ("应用权限说明", "permission-list"), ("用户协议", "other")],
)
def test_kinds_of_texts_by_their_titles(title: str, kind: str, tmp_path: Path) -> None:
    document, _ = reader.load(put(tmp_path, "x.txt", f"{title}\n我们重视您的个人信息。\n"))
    assert next(iter(reader.facts(document, "x", KNOWN)))["document"] == kind


def test_dates_and_languages(tmp_path: Path) -> None:
    def about(text: str) -> dict[str, Any]:
        document, _ = reader.load(put(tmp_path, "x.txt", text))
        return next(iter(reader.facts(document, "x", KNOWN)))

    both = about("隐私政策\n生效日期：2018年1月25日\n更新日期：2022年6月17日\n版本号：V2.1\n")
    assert (both["effective_date"], both["updated_date"], both["version"]) == ("2018-01-25", "2022-06-17", "V2.1")
    assert about("隐私政策\n生效日期：2018年13月45日\n")["effective_date"] is None
    assert about("隱私權政策\n我們會收集您的個人資料與設備資訊。")["language"] == "zh-Hant"
    assert about("Privacy Policy\nWe collect personal data.")["language"] == "en"


def test_a_file_that_holds_nothing_to_read_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "p.html", "<html><title>隐私政策</title><script>load('隐私政策')</script><body></body></html>")
    exhibit, facts = read(path)
    assert (exhibit.status, [f["code"] for f in facts]) == ("refused", ["no-text"])


# ---- topics ----------------------------------------------------------------------------------------------


def test_topics_of_plain_sentences() -> None:
    found = topics([
        "您可以在设置中注销您的账号，注销后我们将删除您的个人信息。", "我们会将您的个人信息存储于中华人民共和国境内。",
        "如您是未满十四周岁的儿童，请在监护人同意后使用。", "我们会与合作伙伴共享您的个人信息。", "如您有疑问，请拨打客服电话与我们联系。",
    ])  # fmt: skip
    for expected, names in zip(("management", "storage", "audience", "sharing", "contact"), found, strict=True):
        assert expected in names
    assert topics([]) == []


def test_the_model_is_small_plain_and_credits_its_source() -> None:
    import numpy as np

    assert FILE.stat().st_size < 2_000_000
    with np.load(FILE, allow_pickle=False) as data:
        assert b"CC BY 4.0" in bytes(data["credit"])
        assert not any(data[n].dtype.hasobject for n in data.files)
    assert "CC BY 4.0" in (FILE.parent / "README.md").read_text("utf-8")
    assert scores(["", "。", "x" * 5_000]).shape == (3, len(TOPICS))
    assert grams("1 23，a") == grams("9 8，A")
