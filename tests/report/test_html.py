"""The page: complete, self-contained, and unmoved by a hostile package."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from mingcha.errors import RuleError
from mingcha.model import Inspection, Owner
from mingcha.report import html, names, render
from mingcha.report.findings import article_word
from mingcha.report.words import table, words

from .fixture import HOSTILE_NAME, PUSH, call, clean, finding, findings, inspection, large, other

VOID = {"col", "meta", "br", "wbr", "link", "img", "input", "hr"}
CJK = re.compile("[\u3400-\u9fff]")


class Page(HTMLParser):
    """Parses strictly enough to notice what leaks out of its element."""

    def __init__(self, source: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.styles: list[str] = []
        self.headings: list[int] = []
        self.feed(source.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"stray </{tag}>"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.styles.append(data)
        else:
            self.text.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]

    @property
    def body(self) -> str:
        return "".join(self.text)


def source(value: Inspection, lang: str = "zh") -> bytes:
    raw = render(value, "html", lang)
    assert isinstance(raw, bytes)
    return raw


def page(value: Inspection, lang: str = "zh") -> Page:
    return Page(source(value, lang))


@pytest.fixture(scope="module", params=["zh", "en"])
def rich(request: pytest.FixtureRequest) -> tuple[str, Page]:
    return request.param, page(inspection(), request.param)


def test_only_expected_elements(rich: tuple[str, Page]) -> None:
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "p",
        "span",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "nav",
        "ol",
        "li",
        "a",
        "main",
        "section",
        "div",
        "dl",
        "dt",
        "dd",
        "figure",
        "svg",
        "desc",
        "rect",
        "g",
        "text",
        "tspan",
        "path",
        "circle",
        "table",
        "caption",
        "colgroup",
        "col",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "code",
        "article",
        "details",
        "summary",
        "wbr",
    }
    assert {tag for tag, _ in rich[1].tags} <= allowed
    for tag, attrs in rich[1].tags:
        assert not any(name.startswith("on") or name == "style" for name in attrs), tag


def test_nothing_is_loaded_from_anywhere(rich: tuple[str, Page]) -> None:
    for _, attrs in rich[1].tags:
        assert not {"src", "srcset", "action", "data", "background"} & set(attrs)
        assert (attrs.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|expression\(", "".join(rich[1].styles))


def test_the_policy_allows_the_two_styles_and_nothing_else(rich: tuple[str, Page]) -> None:
    policy = next(
        a["content"] for a in rich[1].all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in rich[1].styles]
    assert len(digests) == 2
    styles = " ".join(f"'sha256-{d}'" for d in digests)
    assert policy == f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'"


def test_hostile_names_are_shown_and_do_nothing(rich: tuple[str, Page]) -> None:
    body = rich[1].body
    assert "<script>alert(1)</script>" in body
    assert "[U+202E]gpj.exe" in body
    assert "[U+001B][31mred[U+0007]" in body
    assert '"><img src=x onerror=alert(2)>' in body.replace("\u200b", "")
    for forbidden in ("\u202e", "\u200b", "\u2066", "\u2067", "\x1b", "\x07"):
        assert forbidden not in body
        assert all(forbidden not in (value or "") for _, attrs in rich[1].tags for value in attrs.values())


def test_the_running_header_cannot_leave_its_string() -> None:
    value = inspection()
    for name in (HOSTILE_NAME, '"}</style><script>x</script>', "\\\n*/ } body{display:none}"):
        subject = msgspec.structs.replace(value.subject, name=name)
        style = page(msgspec.structs.replace(value, subject=subject)).styles[1]
        assert re.fullmatch(r'@page\{(@[a-z-]+\{content:("[A-Za-z0-9 \\]*"|[ a-z()])+\})+\}', style)


def test_structure(rich: tuple[str, Page]) -> None:
    lang, p = rich
    assert p.all("html") == [{"lang": "zh-CN" if lang == "zh" else "en"}]
    ids = [a["id"] for _, a in p.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for a in p.all("a"):
        assert (a["href"] or "")[1:] in ids
    for _, attrs in p.tags:
        for ref in (attrs.get("aria-labelledby") or "").split():
            assert ref in ids
    assert p.headings[0] == 1
    assert p.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(p.headings, p.headings[1:], strict=False))
    assert all("scope" in a for a in p.all("th"))
    assert len(p.all("caption")) == len(p.all("table"))
    for svg in p.all("svg"):
        assert svg.get("role") == "img" or svg.get("aria-hidden") == "true"


def test_every_finding_is_on_the_page(rich: tuple[str, Page]) -> None:
    lang, p = rich
    body = p.body
    for f in findings():
        assert f.title[lang] in body, f.rule
        if f.outcome != "cantTell":
            assert f.rule in body or f.sheet
    assert body.count(table()["tag.lead"][lang]) == 4
    assert table()["part.leads_lede"][lang] in body
    assert "57" in body
    for digest in (inspection().subject.sha256, "5e" * 32, "ab" * 32, "cd" * 20, "ef" * 16):
        assert digest in body
    for kind in ("official", "press", "recalled", "ours"):
        assert table()[f"mark.means.{kind}"][lang] in body


def test_long_evidence_folds_after_eight_rows() -> None:
    evidence = [call(f"La/B{n};->c()V", "Lx/Y;->z()V", PUSH, "i") for n in range(11)]
    for count, folds in ((8, 0), (10, 0), (11, 1)):  # a fold that hides one or two rows is not worth it
        p = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=evidence[:count])]))
        before = page(inspection([finding("r", "C5-13", "failed", "甲", "a")]))
        assert len(p.all("details")) - len(before.all("details")) == folds


def printed_rows(p: str) -> int:
    """Rows of evidence that are not for the screen alone."""
    tables = re.findall(r'<table class="evidence.*?</table>', p, re.DOTALL)
    return sum(t.count("<tr>") - 1 for t in tables if "<tr>" in t)


@pytest.mark.parametrize(("outcome", "rows", "printed"), [("cantTell", 4, 4), ("cantTell", 5, 3), ("cantTell", 40, 3), ("failed", 40, 8)])
def test_paper_bounds_the_evidence_and_says_how_much_it_leaves_out(outcome: str, rows: int, printed: int) -> None:
    evidence = [call(f"La/B{n};->c()V", "Lx/Y;->z()V", PUSH, "i") for n in range(rows)]
    one = finding("r", "C5-13", outcome, "甲", "a", confidence="suspected", reasons=("suspect",), evidence=evidence)
    raw = source(inspection([one]), "en").decode()
    assert printed_rows(raw) == printed
    left = f"Further rows: {rows - printed} (not printed"
    assert (left in raw) == (rows > printed)
    assert raw.count("<code>a.<wbr>B") >= rows  # all of it stays in the electronic report


def test_no_owner_is_left_off_the_paper_by_a_long_list_of_another() -> None:
    evidence = [*(call(f"La/B{n};->c()V", "Lx/Y;->z()V", PUSH, "i") for n in range(30)),
                call("Lz/Own;->c()V", "Lx/Y;->z()V", Owner("app", "a", "A"), "i")]  # fmt: skip
    one = finding("r", "C5-13", "cantTell", "甲", "a", confidence="suspected", reasons=("suspect",), evidence=evidence)
    raw = source(inspection([one])).decode()
    rows = re.findall(r"<tr>(.*?)</tr>", raw[raw.index('<table class="evidence') :], re.DOTALL)
    assert [("Own" in r) for r in rows[1:4]] == [False, True, False]


def test_a_call_with_the_answer_of_start_up_stands_once() -> None:
    one = call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i")
    path = msgspec.structs.replace(one, fact={**one.fact, "kind": "startup-path", "verdict": "needs-run"})
    twice = finding("r", "C5-13", "cantTell", "甲", "a", confidence="suspected", reasons=("suspect",), evidence=[one, path])
    raw = source(inspection([twice])).decode()
    assert printed_rows(raw) == 1
    assert "证据（1 处）" in raw


def test_clauses_of_leads_stand_once_in_a_table_for_paper() -> None:
    two = [finding(f"r{n}", "C5-13", "cantTell", "甲", "a", confidence="suspected", reasons=("suspect",)) for n in (1, 2)]
    raw = source(inspection(two)).decode()
    annex = raw[raw.index('class="on-paper annex"') :].partition("</table>")[0]
    texts = re.findall(r"<tr><th.*?</tr>", annex, re.DOTALL)[1:]
    assert texts and all("2.2.1, 2.2.2" in t for t in texts)


def test_what_a_rule_has_to_have_on_record_is_told_by_its_own_words() -> None:
    waits = finding("self-start-observed", "other", "cantTell", "甲", "a", confidence="suspected", reasons=("unrecorded",))
    other = finding("no-such-rule", "other", "cantTell", "乙", "b", confidence="suspected", reasons=("unrecorded",))
    body = page(inspection([waits, other]), "zh").body
    assert "没有可据以判断的记录，尚需一小时以上、记有进程启动起因的行为记录。" in body
    assert "材料中没有此类记录，未见问题不等于没有问题。" in body


def test_english_page_has_no_chinese_of_ours() -> None:
    body = page(inspection(), "en").body.replace(table()["page.also"]["zh"], "")
    ours = {
        text
        for key, texts in table().items()
        for text in [texts["zh"]]
        if CJK.search(text) and key != "page.also"
    }
    found = {text for text in ours if len(text) > 3 and "{" not in text and text in body}
    assert found == set()
    assert "JPush" in body
    assert "极光推送" not in body


def test_a_text_missing_in_one_language_is_shown_in_the_other() -> None:
    p = page(inspection([finding("r", "C5-13", "failed", "只有中文", "", title={"zh": "只有中文"})]), "en")
    assert "只有中文" in p.body


def test_the_six_groups_of_nothing() -> None:
    p = page(clean())
    assert "这不表示该对象合规" in p.body
    assert table()["summary.unseen_none"]["zh"] in p.body
    assert "hongmeng" in p.body
    nothing = page(msgspec.structs.replace(clean(), findings=()))
    assert "没有规则得到判定" in nothing.body


@pytest.mark.parametrize(
    "inventory",
    [
        dict.fromkeys(("sdks", "permissions", "items", "components", "hosts", "signing", "packers", "deviations", "limitations"), value)
        for value in (None, 3, "text", [], {}, [None, 3, "x", [], {}], {"a": {"b": 1}}, [{"name": [1], "items": 7, "used": [], "needed": {}, "by": {}, "permissions": [{}], "owners": "x", "used_by": [[]], "host": 1, "vendor": [], "signals": {}, "title": 3, "purpose": []}])
    ],
)  # fmt: skip
def test_a_strange_inventory_does_not_stop_the_page(inventory: dict[str, Any]) -> None:
    value = msgspec.structs.replace(inspection([]), inventory=inventory)
    for fmt in ("html", "table", "sarif"):
        assert render(value, fmt, "en")


def test_without_the_catalogue_codes_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> None:
        raise RuleError("坏", "broken")

    readers = (
        names.known, names.aspects, names.scenarios, names.issue_types, names.limitations, names.patterns,
        names.app_types,
    )  # fmt: skip
    monkeypatch.setattr(names.catalogue, "load", unreadable)
    try:
        for reader in readers:
            reader.cache_clear()
        p = page(inspection())
        assert "C5-13" in p.body
        assert "N01" in p.body
        assert names.aspects() == ()
    finally:
        for reader in readers:
            reader.cache_clear()


def test_names_come_from_the_catalogue() -> None:
    assert len(names.scenarios()) == 22
    assert len(names.aspects()) == 4
    body = page(inspection()).body
    for scenario in names.scenarios().values():
        assert scenario.name["zh"] in body
    assert names.issue_types()["N01"].name["zh"] in body
    assert names.limitations()["packed"].name["zh"] in body


def test_reasons_are_told_in_words() -> None:
    codes = (
        "channel:traffic",
        "limitation:packed",
        "limitation:script-code",
        "absence",
        "check:sdk-list",
        "answer:unconfirmed",
        "never-heard-of",
    )
    value = inspection(
        [finding("r", "C5-13", "cantTell", "甲", "a", confidence="needs-human", reasons=codes)]
    )
    body = page(value).body
    assert "未观察：网络流量记录。" in body
    assert "仅有一人答复" in body
    assert "专项检查：sdk-list" in body
    assert "never-heard-of" in body
    assert "channel:traffic" not in body
    limits = [names.limitations()[code].name["zh"] for code in ("packed", "script-code")]
    assert f"读取受限：{'、'.join(limits)}。" in body


@pytest.mark.parametrize(
    ("law", "article", "zh", "en"),
    [
        ("PIPL", "13", "第 13 条", "Article 13"), ("CAC-191", "3.1", "条款 3.1", "clause 3.1"),
        ("MIIT-164", "1", "条款 1", "clause 1"), ("YDT-4177", ".11", "第 11 部分", "part 11"),
        ("TAF-078", ".7-shake", "第 7 部分", "part 7"), ("GB-41391", "E", "附录 E", "annex E"),
        ("FACE", "whole", "全文", "whole text"), ("ANDROID", "tls", "要点 tls", "point tls"),
        ("UNHEARD", "13", "条款 13", "clause 13"), ("PIPL", "", "", ""),
    ],
)  # fmt: skip
def test_a_clause_is_called_as_the_instrument_calls_it(law: str, article: str, zh: str, en: str) -> None:
    assert (article_word(article, words("zh"), law), article_word(article, words("en"), law)) == (zh, en)


def test_facts_without_owner_claim_none() -> None:
    seen = [
        msgspec.structs.replace(other("permission", "android.permission.CAMERA"), owner=Owner()),
        msgspec.structs.replace(
            call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i"),
            where="classes.dex:La/B;->c()V",
            exhibit="elsewhere",
        ),
    ]
    body = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=seen)])).body
    findings_only = body.partition(table()["startup.lede"]["zh"])[0]
    assert table()["owner.unknown"]["zh"] not in findings_only
    assert "elsewhere · classes.dex" in body
    assert "classes.dex:La" not in body


def test_a_place_in_code_is_told_as_people_write_it() -> None:
    seen = msgspec.structs.replace(
        other("text-match", "com.tencent.mm"),
        where="classes2.dex:La/B$C;->open(Landroid/os/Bundle;I)V",
        text="com.tencent.mm list=rival-packages entry=tencent source=code",
    )
    body = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=[seen])])).body
    assert "classes2.dex · a.B$C.open(Bundle, int)" in body.replace("<wbr>", "")
    assert "词表：知名应用包名；条目：腾讯；来源：代码" in body


def test_a_condition_on_the_kind_of_package_is_no_evidence() -> None:
    kind = other("package", "format=aar")
    reached = call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i")
    body = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=[reached, kind])])).body
    assert "证据（1 处）" in body and "文件格式：aar" not in body
    alone = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=[kind])])).body
    assert "证据（1 处）" in alone and "文件格式：aar" in alone


def test_the_number_of_a_pattern_is_told() -> None:
    def body(pattern: str, value: float, lang: str) -> str:
        fact = {"kind": "code-pattern", "method": "La/B;->c()V", "pattern": pattern, "detail": "x.y", "value": value}
        seen = msgspec.structs.replace(call("La/B;->c()V", "", PUSH, "i"), path=(), fact=fact)
        return page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=[seen])]), lang).body.replace("<wbr>", "")

    assert "x.y · 间隔 0.8 秒" in body("timer-frequent", 0.8, "zh")
    assert "x.y · every 5 s" in body("timer-frequent", 5.0, "en")
    assert "x.y · 数值 12" in body("shake-jump", 12.0, "zh")


def test_evidence_of_unusual_form() -> None:
    odd = [
        call("", "Lx/Y;->z()V", Owner(kind="system"), "i"),
        call("not a descriptor", "neither\u202e", Owner(), "i"),
        msgspec.structs.replace(call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i"), path=(), fact={}),
        msgspec.structs.replace(call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i"), path=("La/B;->c()V", "Lx/Y;->z()V"), fact={}),
        msgspec.structs.replace(call("La/B;->c()V", "", PUSH, "i"), path=(), fact={"kind": "code-pattern", "method": "La/B;->c()V", "pattern": "crypto-ecb", "detail": "AES/ECB"}),
    ]  # fmt: skip
    body = page(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=odd)])).body
    assert "not a descriptor" in body
    assert "AES/ECB" in body
    assert names.patterns()["crypto-ecb"].name["zh"] in body


def test_a_page_of_300_findings_takes_little_time() -> None:
    value = large(300)
    source(value)
    spent = []
    for _ in range(3):
        html.environment.cache_clear()  # with compiling the templates: one scan renders one page
        start = time.process_time()
        source(value)
        spent.append(time.process_time() - start)
    assert min(spent) < 60, spent  # a guard against hanging, no measure of speed (0.11 s where written)
