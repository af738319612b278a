"""The legal part of the catalogue: counts, languages, dates, marks and cross references."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml

import mingcha.catalogue
from mingcha.catalogue.schema import Aspect, IssueType, Law, Scenario, Span, Text, ViolationType
from mingcha.model import Mark

ROOT = Path(next(iter(mingcha.catalogue.__path__)))
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
HAN = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")

LAW_IDS = {
    "PIPL", "CSL", "DSL", "NDR", "TELECOM", "IIS", "MIIT-20", "MIIT-24", "MIIT-42", "MIIT-33", "ANTI-FRAUD",
    "AUCL", "BARRIER-FREE", "MINORS", "ALGO", "POPUP", "APP-SERVICE", "FACE", "AUDIT", "DRAFT-2026",
    "DRAFT-2021", "MIIT-337", "MIIT-164", "MIIT-26", "MIIT-292", "MIIT-407", "MIIT-269", "CAMPAIGN-2021",
    "IM-LINK-2021", "CAC-191", "CAC-14", "APP-FILING", "MIIT-32", "MIIT-161", "TAF-078", "TAF-077",
    "TAF-076", "TAF-114", "YDT-4177", "GB-35273", "GB-41391", "GB-42574", "GB-42884", "GB-43435",
    "GB-39335", "GB-37964", "GB-34978", "GB-37668", "GB-47523", "TC260-SELF", "TC260-SHAKE", "MIIT-200",
    "MIIT-67", "ISC-2022", "WCAG", "SDK-PLATFORM", "ANDROID",
}  # fmt: skip
SEED_NAMES = {
    "A1-01": "无正当理由限制其他网址链接的正常访问",
    "A1-02": "实施歧视性屏蔽措施",
    "B3-06": "弹窗整屏为跳转链接",
    "B4-10": "定向推送时提供虚假关闭按钮",
    "C5-13": "数据传输时未对敏感信息加密",
    "C6-16": "向第三方提供数据前未征得用户同意",
    "D7-19": "转租或使用违规网络接入资源",
    "D8-22": "未及时更新备案信息",
}
ISSUE_NAMES = {
    "N01": "违规收集个人信息",
    "N02": "超范围收集个人信息",
    "N03": "违规使用个人信息",
    "N04": "强制用户使用定向推送功能",
    "N05": "APP强制、频繁、过度索取权限",
    "N06": "APP频繁自启动和关联启动",
    "N07": "欺骗误导用户下载APP",
    "N08": "欺骗误导用户提供个人信息",
    "N09": "应用分发平台上的APP信息明示不到位",
    "N10": "应用分发平台管理责任落实不到位",
    "N11": "账号注销难",
    "N12": "开屏弹窗信息骚扰用户",
    "N13": "违规调用通信录和地理位置权限",
    "N14": "违规互联网弹窗信息推送服务",
    "N15": "信息窗口“乱跳转”",
    "N16": "信息窗口关不掉",
    "N17": "SDK使用说明不完整",
    "N18": "强制自动续费",
}


class StrictLoader(yaml.CSafeLoader):
    """PyYAML keeps the last of duplicate keys in silence; a catalogue must not."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubles = [key for key, count in Counter(keys).items() if count > 1]
        if doubles:
            raise yaml.constructor.ConstructorError(None, None, f"duplicate keys {doubles}", node.start_mark)
        return super().construct_mapping(node, deep)


def read(path: Path, form: type[Any]) -> list[Any]:
    """The entries of one list file as structs."""
    with path.open(encoding="utf-8") as stream:
        data = yaml.load(stream, Loader=StrictLoader)
    return msgspec.convert(data, list[form])  # type: ignore[valid-type]


@pytest.fixture(scope="module")
def laws() -> dict[str, Law]:
    entries = [law for path in sorted((ROOT / "laws").glob("*.yml")) for law in read(path, Law)]
    assert len({law.id for law in entries}) == len(entries), "a law id stands twice"
    return {law.id: law for law in entries}


@pytest.fixture(scope="module")
def aspects() -> list[Aspect]:
    return read(ROOT / "aspects.yml", Aspect)


@pytest.fixture(scope="module")
def types(aspects: list[Aspect]) -> list[ViolationType]:
    return [kind for aspect in aspects for kind in aspect.types]


@pytest.fixture(scope="module")
def scenarios(types: list[ViolationType]) -> list[Scenario]:
    return [scenario for kind in types for scenario in kind.scenarios]


@pytest.fixture(scope="module")
def issues() -> list[IssueType]:
    return read(ROOT / "issue_types.yml", IssueType)


def texts(value: Any, where: str = "") -> Iterator[tuple[str, Text]]:
    """Every bilingual text below a struct, with the path to it."""
    if isinstance(value, Text):
        yield where, value
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from texts(entry, f"{where}[{getattr(entry, 'id', number)}]")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name), f"{where}.{name}")


def ids(laws: dict[str, Law], law: str) -> list[str]:
    return [article.id for article in laws[law].articles]


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def check_span(span: Span, where: str) -> None:
    start, end = day(span.start), day(span.end)
    assert start is None or end is None or start < end, f"{where}: {start} is not before {end}"


# --- aspects, types, scenarios -------------------------------------------------------------------


def test_aspects_types_and_scenarios_are_numbered_without_gap(
    aspects: list[Aspect], types: list[ViolationType], scenarios: list[Scenario]
) -> None:
    assert [aspect.code for aspect in aspects] == ["A", "B", "C", "D"]
    assert [kind.n for kind in types] == list(range(1, 9))
    assert [len(aspect.types) for aspect in aspects] == [2, 2, 2, 2]
    assert [int(scenario.code[-2:]) for scenario in scenarios] == list(range(1, 23))
    for aspect in aspects:
        for kind in aspect.types:
            assert {scenario.code[:2] for scenario in kind.scenarios} == {f"{aspect.code}{kind.n}"}


def test_scenarios_are_spread_as_announced(aspects: list[Aspect], scenarios: list[Scenario]) -> None:
    per_aspect = [sum(len(kind.scenarios) for kind in aspect.types) for aspect in aspects]
    assert per_aspect == [5, 7, 6, 4]
    assert Counter(scenario.status for scenario in scenarios) == {"seed": 8, "public": 3, "ours": 11}


def test_only_the_types_of_aspect_c_are_ours(aspects: list[Aspect]) -> None:
    marks = {aspect.code: {kind.mark for kind in aspect.types} for aspect in aspects}
    assert marks == {"A": {"official"}, "B": {"official"}, "C": {"ours"}, "D": {"official"}}


def test_seed_scenarios_carry_the_official_wording(scenarios: list[Scenario]) -> None:
    assert {s.code: s.name.zh for s in scenarios if s.status == "seed"} == SEED_NAMES


def test_derived_scenarios_do_not_read_as_the_ministry(
    aspects: list[Aspect], scenarios: list[Scenario], issues: list[IssueType]
) -> None:
    official = {s.name.zh for s in scenarios if s.status == "seed"}
    official |= {kind.name.zh for aspect in aspects for kind in aspect.types if kind.mark == "official"}
    official |= {issue.name.zh for issue in issues} | {
        alias.text for issue in issues for alias in issue.aliases
    }
    for scenario in scenarios:
        if scenario.status == "seed":
            assert scenario.basis.zh.startswith("2021年专项整治点名；"), scenario.code
            continue
        borrowed = [wording for wording in official if wording in scenario.name.zh]
        assert not borrowed, f"{scenario.code} borrows {borrowed}"
        if scenario.status == "ours":
            assert scenario.basis.zh.startswith("本项目归纳，非官方措辞；"), scenario.code
            assert scenario.basis.en.startswith("Our derivation, not official wording; "), scenario.code
        else:
            assert "场景措辞由本项目拟定" in scenario.basis.zh, scenario.code


def test_campaign_statement_names_only_seed_and_press_scenarios(
    laws: dict[str, Law], scenarios: list[Scenario]
) -> None:
    status = {scenario.code: scenario.status for scenario in scenarios}
    named = {article.id: article.mark for article in laws["CAMPAIGN-2021"].articles if article.id in status}
    assert {code for code, mark in named.items() if mark == "official"} == set(SEED_NAMES)
    assert {status[code] for code, mark in named.items() if mark != "official"} == {"public"}


# --- issue types ---------------------------------------------------------------------------------


def test_issue_types_carry_the_wording_of_public_lists(issues: list[IssueType]) -> None:
    assert {issue.id: issue.name.zh for issue in issues} == ISSUE_NAMES


def test_issue_name_with_enumeration_comma_is_whole(issues: list[IssueType]) -> None:
    (issue,) = [issue for issue in issues if issue.id == "N05"]
    assert issue.name.zh.count("、") == 2
    pieces = issue.name.zh.split("、")
    known = {entry.name.zh for entry in issues} | {alias.text for entry in issues for alias in entry.aliases}
    # The last piece is a wording of notice 337 by itself: only the others betray a wrong split.
    assert pieces[-1] in known
    assert not set(pieces[:-1]) & known


def test_a_wording_means_one_issue_type(issues: list[IssueType]) -> None:
    wordings = [(issue.name.zh, issue.id) for issue in issues]
    wordings += [(alias.text, issue.id) for issue in issues for alias in issue.aliases]
    doubles = [text for text, count in Counter(text for text, _ in wordings).items() if count > 1]
    assert not doubles


def test_issue_dates_and_scenarios(issues: list[IssueType], scenarios: list[Scenario]) -> None:
    codes = {scenario.code for scenario in scenarios}
    for issue in issues:
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", issue.since), issue.id
        assert set(issue.scenarios) <= codes, issue.id
        for alias in issue.aliases:
            assert HAN.search(alias.text) and alias.source, alias
            check_span(Span(start=alias.start, end=alias.end), f"{issue.id} {alias.text}")


def test_wordings_of_notice_337_end_with_notice_164(issues: list[IssueType], laws: dict[str, Law]) -> None:
    replaced = {
        alias.text: (alias.start, alias.end)
        for issue in issues
        for alias in issue.aliases
        if alias.source == "337号" and alias.end
    }
    assert set(replaced) == {
        "私自收集个人信息", "私自共享给第三方", "不给权限不让用", "频繁申请权限", "过度索取权限",
    }  # fmt: skip
    assert set(replaced.values()) == {(laws["MIIT-337"].in_force.start, laws["MIIT-164"].in_force.start)}


# --- laws ----------------------------------------------------------------------------------------


def test_every_cited_instrument_is_there(laws: dict[str, Law]) -> None:
    assert not LAW_IDS - set(laws)


def test_article_ids_are_unique_and_never_empty(laws: dict[str, Law]) -> None:
    for law in laws.values():
        counts = Counter(ids(laws, law.id))
        assert counts, f"{law.id} has no article"
        assert max(counts.values()) == 1, f"{law.id}: {counts.most_common(1)}"


def test_marks_are_known_and_no_law_claims_more_than_its_best_article(laws: dict[str, Law]) -> None:
    for law in laws.values():
        for mark in [law.mark, *(article.mark for article in law.articles)]:
            assert mark in get_args(Mark), law.id
        assert not (law.mark == "recalled" and any(a.mark == "official" for a in law.articles)), law.id


def test_dates_parse_and_articles_stay_inside_their_law(laws: dict[str, Law]) -> None:
    for law in laws.values():
        check_span(law.in_force, law.id)
        for article in law.articles:
            if article.in_force is None:
                continue
            check_span(article.in_force, f"{law.id} {article.id}")
            start, first = day(article.in_force.start), day(law.in_force.start)
            assert start is None or first is None or first <= start, f"{law.id} {article.id}"


def test_open_starts_and_year_starts_are_explained(laws: dict[str, Law]) -> None:
    for law in laws.values():
        start = law.in_force.start
        if start is None or (
            start.endswith("-01-01") and law.id not in {"NDR", "MINORS", "MIIT-269", "YDT-4177"}
        ):
            assert law.note is not None, f"{law.id} starts {start} without a note"


def test_drafts_are_never_in_force(laws: dict[str, Law]) -> None:
    drafts = {law.id for law in laws.values() if law.kind == "draft"}
    assert drafts == {"DRAFT-2026", "DRAFT-2021"}
    for law in (laws[name] for name in drafts):
        assert (law.in_force.start, law.in_force.end) == (None, None)
        assert law.note is not None and "任何时点均不作为生效依据" in law.note.zh
        assert all(article.in_force is None for article in law.articles)


def test_notice_191_has_31_behaviours_in_six_classes(laws: dict[str, Law]) -> None:
    classes = Counter(article.split(".")[0] for article in ids(laws, "CAC-191"))
    assert [classes[str(number)] for number in range(1, 7)] == [4, 4, 9, 6, 3, 5]
    assert sum(classes.values()) == 31


def test_numbered_instruments_are_complete(laws: dict[str, Law]) -> None:
    def numbers(last: int) -> list[str]:
        return [str(number) for number in range(1, last + 1)]

    assert ids(laws, "MIIT-26") == numbers(26)
    assert ids(laws, "CAC-14") == numbers(39)
    assert ids(laws, "MIIT-337") == numbers(8)
    assert ids(laws, "MIIT-164") == [*numbers(10), "scene-1", "scene-5", "scene-7"]
    assert ids(laws, "IM-LINK-2021") == numbers(3)
    assert {f".{number}" for number in range(1, 11)} <= set(ids(laws, "TAF-078"))
    assert {*(f"6.{number}" for number in range(1, 8)), "A", "C", "D", "E", "F"} == set(ids(laws, "GB-41391"))
    assert {"15", "16", "17", "24", "26", "31"} == set(ids(laws, "ALGO"))
    assert {"5.6", "5.8", "5.9"} == set(ids(laws, "POPUP"))


def test_thirteen_app_types_need_no_personal_information(laws: dict[str, Law]) -> None:
    free = [int(a.id) for a in laws["CAC-14"].articles if "无须个人信息" in a.text.zh]
    assert free == [21, *range(27, 39)]


@pytest.mark.parametrize(
    ("clause", "figures"),
    [
        ("A2-1.1", ("30 dp/pt", "18 dp/pt")),
        ("A2-1.3", ("4.5:1", "3:1")),
        ("A2-2.1", ("60×60", "48×48", "44×44")),
        ("A2-2.4", ("44×44",)),
        ("A1-W6", ("3分钟", "2倍")),
        ("A3", ("40分", "20分", "60分", "两年")),
    ],
)
def test_elder_clauses_keep_their_numbers(
    laws: dict[str, Law], clause: str, figures: tuple[str, ...]
) -> None:
    (article,) = [article for article in laws["MIIT-67"].articles if article.id == clause]
    for figure in figures:
        assert figure in article.text.zh, figure


def test_editions_that_changed_do_not_run_on(laws: dict[str, Law]) -> None:
    """Amended texts that nobody read must not be cited by their old numbers."""
    csl = {a.id: a.in_force for a in laws["CSL"].articles}
    assert {span.end for name, span in csl.items() if span and name != "amendment-2026"} == {"2026-01-01"}
    assert csl["amendment-2026"] == Span(start="2026-01-01")
    aucl = {a.id: a.in_force for a in laws["AUCL"].articles}
    assert all(span is not None for span in [*csl.values(), *aucl.values()])
    assert {aucl[name].end for name in ("12", "24")} == {"2025-01-01"}  # type: ignore[union-attr]


# --- texts and files -----------------------------------------------------------------------------


def test_every_text_is_bilingual(
    laws: dict[str, Law], aspects: list[Aspect], issues: list[IssueType]
) -> None:
    seen = 0
    for where, text in texts([*laws.values(), *aspects, *issues]):
        seen += 1
        assert text.zh.strip() == text.zh and text.en.strip() == text.en, where
        assert HAN.search(text.zh), f"{where}: no Chinese in {text.zh!r}"
        assert re.search(r"[A-Za-z]{2}", text.en), f"{where}: no English in {text.en!r}"
        assert not CJK.search(text.en), f"{where}: Chinese in {text.en!r}"
    assert seen > 700


def test_chinese_texts_use_full_width_punctuation(
    laws: dict[str, Law], aspects: list[Aspect], issues: list[IssueType]
) -> None:
    for where, text in texts([*laws.values(), *aspects, *issues]):
        assert not HALF_WIDTH.search(text.zh), f"{where}: {text.zh!r}"


@pytest.mark.parametrize("path", sorted((ROOT / "laws").glob("*.yml")), ids=lambda path: path.name)
def test_law_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


def test_duplicate_keys_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yml"
    path.write_text("- id: X\n  id: Y\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match="duplicate keys"):
        read(path, Law)
