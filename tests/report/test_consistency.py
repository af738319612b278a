"""The page that lays what is said beside what is done."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from mingcha.model import Inspection
from mingcha.report import consistency, render
from mingcha.report.words import words
from tests.judge.test_consistency import ALL, CAT, DOC, PUSH, SDK, called, path, said, sent, table

from .fixture import HOSTILE_NAME, clean, inspection, inventory

ZH, EN = words("zh"), words("en")


def data(*facts: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for f in (DOC, *facts):
        kinds.setdefault(f["kind"], []).append(f)
    return table(kinds, CAT, ALL)


FACTS = (
    said("imei", quote=HOSTILE_NAME, section=HOSTILE_NAME), said("phone-number", polarity=False, quote="不收集手机号码"),
    called(), called("phone-number", state="pre-consent", count=3), called("android-id", PUSH, api=HOSTILE_NAME),
    sent(host=HOSTILE_NAME, clear=True), path("precise-location", caller="Lcom/a/B;->where()V"), called("precise-location", result="denied"),
)  # fmt: skip


def with_table(value: Inspection, found: Any) -> Inspection:
    return msgspec.structs.replace(value, inventory={**value.inventory, "consistency": found})


def page(value: Inspection, lang: str = "zh") -> str:
    raw = render(value, "html", lang)
    assert isinstance(raw, bytes)
    return raw.decode()


def test_cells_say_what_was_seen() -> None:
    found = consistency.section({**inventory(), "consistency": data(*FACTS)}, ZH)
    assert found is not None and found.missing == []
    rows = {(r.item, r.receiver): r for r in found.rows}
    phone = next(r for r in found.rows if r.verdict == "contradicted")
    assert phone.declared == "称不收集" and phone.called == ["同意前 3", "首次于第 2.5 秒"] and phone.seen
    imei = next(r for r in found.rows if r.verdict == "disclosed")
    assert imei.sent[:2] == ["1 条", "明文"] and imei.places[0].column == "文本所述"
    where = next(r for r in found.rows if r.code == "启动可达")
    assert where.called == ["未成功 1 次"] and where.ground == "仅代码" and where.places[0].text == "com.a.B.where()"
    assert any(receiver != "应用自身" for _, receiver in rows)
    assert [n for _, _, n, _ in found.totals] == [1, 2, 0, 0, 0, 1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_escaped_and_numbered_and_nothing_is_left_untold(lang: str) -> None:
    text = page(with_table(inspection(), data(*FACTS)), lang)
    section = re.search(r'<section id="consistency".*?</section>', text, re.S)
    assert section and "<script>alert" not in text and "{" not in re.sub(r"<style>.*?</style>", "", section.group(), flags=re.S)
    numbers = re.findall(r'<h2 id="(\w+)-h"><span class="no">(\d+)</span>', text)
    assert [int(n) for _, n in numbers] == list(range(1, len(numbers) + 1)) and ("consistency", "4") in numbers
    assert 'href="#consistency"' in text


def test_without_documents_and_logs_there_is_no_such_page() -> None:
    text = page(clean())
    assert 'id="consistency"' not in text and "#consistency" not in text


def test_every_code_has_words() -> None:
    for w in (ZH, EN):
        for v in consistency.VERDICTS:
            assert w(f"consistency_verdict.{v}") and w(f"consistency_means.{v}")
    from mingcha.judge import consistency as judged

    assert set(judged.VERDICTS) == set(consistency.VERDICTS) == set(consistency.SIGNS) == set(consistency.TONES)


@pytest.mark.parametrize(
    "junk",
    [{"rows": "x"}, {"rows": [{"verdict": "omitted"}]}, {"rows": [{"verdict": "none"}], "counts": 7, "observed": {"a": 1}},
     {"rows": [{"verdict": "vague", "declared": [], "called": {"states": 3, "first": True}, "sent": {"forms": 9}, "receiver": "x"}]}],
)  # fmt: skip
def test_odd_inventories_do_no_harm(junk: dict[str, Any]) -> None:
    page(with_table(clean(), junk), "en")
    assert consistency.brief({"consistency": junk}, EN)[1] == 0


def test_the_terminal_gets_what_was_contradicted_or_omitted() -> None:
    rows, more = consistency.brief({"consistency": data(*FACTS)}, EN)
    assert [r.verdict for r in rows] == ["contradicted", "omitted", "omitted"] and more == 0 and SDK
