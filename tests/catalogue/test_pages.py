"""Generated pages and schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from mingcha import catalogue
from mingcha.catalogue import pages
from mingcha.catalogue.schema import Rule


def test_pages_follow_the_rules(write: Any, tmp_path: Path) -> None:
    loaded = catalogue.load(write())
    docs = tmp_path / "docs"
    assert pages.check(docs, loaded) == [docs / name for name in pages.pages(loaded)]
    written = pages.write(docs, loaded)
    assert docs / "rules/zh/C.md" in written
    assert docs / "schemas/catalogue-rules.schema.json" in written
    assert pages.check(docs, loaded) == []
    assert pages.write(docs, loaded) == []
    (docs / "rules/en/C.md").write_text("edited by hand")
    assert pages.check(docs, loaded) == [docs / "rules/en/C.md"]


def test_a_page_tells_the_whole_rule(write: Any, rule_text: str) -> None:
    more = "issue_types: [N01, N99]\nsheet: {question: {zh: 有无？, en: Is there one?}, attach: {zh: 截图。, en: A shot.}}\nseverity"
    text = rule_text.replace("severity", more).replace("to: null", "to: '2030-01-01'")
    issues = "[{id: N01, name: {zh: 违规收集, en: Unlawful collection}, since: '2019', proof: {zh: 乙, en: B}, mark: ours}]"
    loaded = catalogue.load(write({"rules/C/cleartext.yml": text, "issue_types.yml": issues}))
    zh, en = (pages.rule_pages(loaded)[f"rules/{lang}/C.md"] for lang in ("zh", "en"))
    for part in ("## C5-13 未加密", "官方公布名称", "### 允许明文", "`cleartext` · 版本 1 · 试行 · 一般 · 机器确证",
                 "**不能说明的问题**：不说明已经传输。", "| 某法 1：应当加密。 | 官方文本 |", "`packed`", "违规收集", "有无？",
                 "2021-11-01 – …"):  # fmt: skip
        assert part in zh, part
    for part in ("named by the ministry", "### Cleartext allowed", "version 1 · trial · moderate · proved",
                 "**What it does not show**: Does not show", "| A law 1: Encrypt it. | official text |",
                 "Unlawful collection", "Is there one?"):  # fmt: skip
        assert part in en, part
    assert "[C 数据安全](C.md) | 1 |" in pages.rule_pages(loaded)["rules/zh/README.md"]


def test_a_page_copes_with_what_lint_has_not_seen_yet(write: Any, rule_text: str) -> None:
    text = rule_text.replace("law: LAW", "law: NOWHERE").replace("blocked_by: [packed]", "")
    text = text.replace("zh: 允许明文,", "zh: 允|许<b>_明*文,").replace(
        "{from: '2021-11-01'}", "{to: '2030-01-01'}"
    )
    loaded = catalogue.load(write({"rules/C/cleartext.yml": text}))
    page = pages.rule_page(loaded.rules["cleartext"], loaded)
    assert "### 允\\|许&lt;b>\\_明\\*文" in page
    assert "| NOWHERE 1 |  |" in page
    assert "… – 2030-01-01" in page
    assert pages._codes([], "en") == "none"


def test_schemas_describe_the_files(write: Any) -> None:
    schemas = {name: json.loads(text) for name, text in pages.schemas().items()}
    rule = schemas["schemas/catalogue-rules.schema.json"]["$defs"]["Rule"]
    assert set(rule["required"]) < set(rule["properties"]) == set(Rule.__struct_encode_fields__)
    assert rule["additionalProperties"] is False
    assert schemas["schemas/catalogue-sdks.schema.json"]["type"] == "array"
    assert "anyOf" in schemas["schemas/catalogue-laws.schema.json"]
    assert msgspec.json.decode(msgspec.json.encode(schemas))


def test_the_repository_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs"
    assert [path.name for path in pages.check(docs)] == []
