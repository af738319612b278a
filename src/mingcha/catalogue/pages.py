"""Rule pages, the page of fact kinds and JSON Schemas, generated: what is written about a rule is
the rule.

docs/rules/<lang>/<aspect>.md and README.md, docs/fact-kinds.md, docs/sdk-versions.md,
docs/schemas/<form>.schema.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mingcha.catalogue.build import LISTS
from mingcha.catalogue.loader import Catalogue, FactKind, load
from mingcha.catalogue.schema import OTHER, Basis, Law, Rule, Text
from mingcha.model import Lang

LANGS: tuple[Lang, Lang] = ("zh", "en")
WORDS: dict[str, tuple[str, str]] = {
    "generated": ("本页由规则文件生成，请勿手工修改。", "Generated from the rule files; do not edit."),
    "rules": ("规则", "Rules"),
    "aspect": ("方面", "Aspect"),
    "count": ("规则数", "Rules"),
    "scenario": ("场景", "Scenario"),
    "other": ("22 个场景之外", "Outside the 22 scenarios"),
    "origin": ("场景来源", "Origin of the scenario"),
    "seed": ("官方公布名称", "named by the ministry"),
    "public": ("依公开说明归纳", "from public statements"),
    "ours": ("本项目推导，非官方表述", "derived by this project, not official wording"),
    "official": ("官方文本", "official text"),
    "press": ("媒体报道", "press"),
    "recalled": ("凭记忆，待核对", "recalled, to be checked"),
    "what": ("认定内容", "What it establishes"),
    "why": ("理由", "Why it matters"),
    "fix": ("整改要求", "What to do"),
    "limits": ("局限", "Where it is blind"),
    "shows_not": ("不能说明的问题", "What it does not show"),
    "suspect": ("线索依据", "Evidence to suspect"),
    "confirm": ("认定依据", "Evidence to confirm"),
    "record": ("不作通过结论，除非有", "Never passed without"),
    "question": ("人工核验问题", "Question for a person"),
    "attach": ("应附材料", "What to attach"),
    "basis": ("依据", "Legal basis"),
    "mark": ("文本来源", "Source of the text"),
    "version": ("版本", "version"),
    "needs": ("所需渠道", "Channels needed"),
    "blocked": ("遇以下受限时不作通过结论", "Never passed under these limitations"),
    "issues": ("所涉问题", "Issue types"),
    "force": ("适用期间", "Applies"),
    "none": ("无", "none"),
    "draft": ("草案", "draft"),
    "trial": ("试行", "trial"),
    "stable": ("正式", "stable"),
    "retired": ("已停用", "retired"),
    "critical": ("特别严重", "critical"),
    "serious": ("严重", "serious"),
    "moderate": ("一般", "moderate"),
    "minor": ("轻微", "minor"),
    "proved": ("机器确证", "proved"),
    "suspected": ("机器疑似", "suspected"),
    "needs-human": ("需人工核验", "needs a person"),
}


def word(name: str, lang: Lang) -> str:
    """A heading or label."""
    return WORDS[name][LANGS.index(lang)]


def said(text: Text, lang: Lang) -> str:
    """One language of a text."""
    return text.zh if lang == "zh" else text.en


def rule_page(rule: Rule, catalogue: Catalogue, lang: Lang = "zh") -> str:
    """One rule as Markdown, from its heading (level 3) on."""
    colon = "：" if lang == "zh" else ": "
    labels = (word(name, lang) for name in (rule.status, rule.severity, rule.confidence))
    meta = " · ".join((f"{word('version', lang)} {rule.version}", *labels))
    lines = [f"### {_safe(said(rule.title, lang))}", "", f"`{rule.id}` · {meta}", ""]
    for name in ("what", "why", "fix", "limits", "shows_not"):
        lines.append(f"- **{word(name, lang)}**{colon}{_safe(said(getattr(rule, name), lang))}")
    for name in ("suspect", "confirm", *(("record",) if rule.evidence.record else ())):
        lines.append(f"- **{word(name, lang)}**{colon}{_safe(said(getattr(rule.evidence, name), lang))}")
    if rule.sheet is not None:
        for name in ("question", "attach"):
            lines.append(f"- **{word(name, lang)}**{colon}{_safe(said(getattr(rule.sheet, name), lang))}")
    lines.append(f"- **{word('needs', lang)}**{colon}{_codes(rule.needs, lang)}")
    if rule.blocked_by:
        lines.append(f"- **{word('blocked', lang)}**{colon}{_codes(rule.blocked_by, lang)}")
    if rule.issue_types:
        known = (catalogue.issue_types.get(one) for one in rule.issue_types)
        listed = (_safe(said(one.name, lang)) for one in known if one)
        lines.append(f"- **{word('issues', lang)}**{colon}{('；' if lang == 'zh' else '; ').join(listed)}")
    span = f"{rule.in_force.start or '…'} – {rule.in_force.end or '…'}"
    lines.append(f"- **{word('force', lang)}**{colon}{span}")
    lines += ["", f"| {word('basis', lang)} | {word('mark', lang)} |", "|---|---|"]
    lines += [_basis_row(basis, catalogue, lang) for basis in rule.basis]
    return "\n".join(lines) + "\n"


def _basis_row(basis: Basis, catalogue: Catalogue, lang: Lang) -> str:
    law: Law | None = catalogue.laws.get(basis.law)
    article = catalogue.article(basis.law, basis.article)
    name = said(law.name, lang) if law else basis.law
    text = f"{'：' if lang == 'zh' else ': '}{said(article.text, lang)}" if article else ""
    mark = word(article.mark, lang) if article else ""
    return f"| {_safe(name)} {basis.article}{_safe(text)} | {mark} |"


def _codes(names: Iterable[str], lang: Lang) -> str:
    return " ".join(f"`{name}`" for name in names) or word("none", lang)


def _safe(text: str) -> str:
    """Text inside Markdown: no markup of its own, no broken table rows."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def rule_pages(catalogue: Catalogue) -> dict[str, str]:
    """Path below docs/ → page, for both languages."""
    pages = {}
    for lang in LANGS:
        index = [f"# {word('rules', lang)}", "", word("generated", lang), ""]
        index += [f"| {word('aspect', lang)} | {word('count', lang)} |", "|---|---|"]
        for code, aspect in sorted(catalogue.aspects.items()):
            rules = [r for _, r in sorted(catalogue.rules.items()) if r.scenario.startswith(code)]
            index.append(f"| [{code} {_safe(said(aspect.name, lang))}]({code}.md) | {len(rules)} |")
            lines = [f"# {code} {_safe(said(aspect.name, lang))}", "", word("generated", lang), ""]
            for scenario in (s for kind in aspect.types for s in kind.scenarios):
                colon = "：" if lang == "zh" else ": "
                origin = f"{word('origin', lang)}{colon}{word(scenario.status, lang)}"
                lines += [f"## {scenario.code} {_safe(said(scenario.name, lang))}", "", origin, ""]
                lines += [rule_page(r, catalogue, lang) for r in rules if r.scenario == scenario.code]
            pages[f"rules/{lang}/{code}.md"] = "\n".join(lines).rstrip() + "\n"
        others = [r for _, r in sorted(catalogue.rules.items()) if r.scenario == OTHER]
        index.append(f"| [{word('other', lang)}](other.md) | {len(others)} |")
        lines = [f"# {word('other', lang)}", "", word("generated", lang), ""]
        lines += [rule_page(r, catalogue, lang) for r in others]
        pages[f"rules/{lang}/other.md"] = "\n".join(lines).rstrip() + "\n"
        pages[f"rules/{lang}/README.md"] = "\n".join(index) + "\n"
    return pages


TYPES = {
    "str": "text", "int": "integer", "float": "number", "bool": "true or false", "strs": "list of texts",
    "owner": "owner: `kind` (app, sdk, system, unknown), `id`, `name`; `by` where not the name of the class tells it: fingerprint",
}  # fmt: skip


def fact_pages(kinds: Mapping[str, FactKind]) -> dict[str, str]:
    """Path below docs/ → page of all kinds of fact, in the order of facts.yml."""
    lines = [
        "# 事实种类 · Fact kinds", "",
        ("由 `src/mingcha/catalogue/facts*.yml` 生成，请勿手工修改（`mingcha rules pages`）。"
        "Generated from these files; do not edit."), "",
        ("`mingcha facts` prints one fact per line as JSON. Besides the fields below every fact has `kind`, "
        "`exhibit` (SHA-256 of the file that it was read from) and `where` (its place in there). "
        "A field marked *may be null* can also be absent. A channel (通道) counts as observed when at least "
        "one exhibit of it was read; `any` is always observed. A kind never changes its meaning: a new "
        "meaning is a new kind."), "",
        "| Kind | 中文 | English | Channel 通道 |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| [`{k}`](#{k}) | {_safe(f.name.zh)} | {_safe(f.name.en)} | `{f.channel}` |" for k, f in kinds.items()]
    for kind, form in kinds.items():
        lines += ["", f"## {kind}", "", f"{_safe(form.doc.zh)}。{_safe(form.doc.en)[:1].upper()}{_safe(form.doc.en)[1:]}.", ""]
        lines += ["| Field | Type | Meaning |", "|---|---|---|"]
        for name, field in form.fields.items():
            null = "; may be null" if field.type.endswith("?") else ""
            lines.append(f"| `{name}` | {TYPES[field.base]}{null} | {_safe(field.doc)} |")
    return {"fact-kinds.md": "\n".join(lines) + "\n"}


def version_pages(catalogue: Catalogue) -> dict[str, str]:
    """Path below docs/ → page of the SDK versions that something is known against, by SDK."""
    lines = [
        "# 存在已知问题的 SDK 版本 · SDK versions with known problems", "",
        ("由 `src/mingcha/catalogue/lists/sdk-versions.yml` 生成，请勿手工修改（`mingcha rules pages`）。"
        "Generated from these files; do not edit."), "",
        ("规则 `sdk-version-known-bad` 据此给出线索；自“公开日”起适用，来源未注明日期的，以读到之日为准。"
        "The rule `sdk-version-known-bad` gives leads by this list, from the day on which the matter was public, or "
        "was read where the source bears no date."), "",
        "| SDK | 版本 · Versions | 问题 | Problem | 公开日 · Public | 来源 · Source |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for entry in sorted(catalogue.sdk_versions.values(), key=lambda e: (e.sdk, e.id)):
        span = f"≥ {entry.start}, < {entry.below}" if entry.start else f"< {entry.below}"
        mark = " / ".join(WORDS[entry.mark])
        what = f"{_safe(entry.what.zh)} | {_safe(entry.what.en)}"
        lines.append(f"| `{entry.sdk}` | {span} | {what} | {entry.known} | {_safe(entry.source)} ({mark}) |")
    return {"sdk-versions.md": "\n".join(lines) + "\n"}


def schemas() -> dict[str, str]:
    """Path below docs/ → JSON Schema of one form of catalogue file."""
    forms: dict[str, Any] = {"facts": dict[str, FactKind]}
    for name, (_, struct, _) in LISTS.items():
        forms[name] = {"rules": Rule, "laws": Law | list[Law]}.get(name, list[struct])  # type: ignore[valid-type]
    found = {}
    for name, form in sorted(forms.items()):
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(form)}
        text = msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode()
        found[f"schemas/catalogue-{name.replace('_', '-')}.schema.json"] = text + "\n"
    return found


def pages(catalogue: Catalogue) -> dict[str, str]:
    """Everything this module writes: path below docs/ → text."""
    return {**rule_pages(catalogue), **fact_pages(catalogue.facts), **version_pages(catalogue), **schemas()}


def write(docs: Path, catalogue: Catalogue | None = None) -> list[Path]:
    """Write all pages and schemas below `docs`; returns those that changed."""
    changed = check(docs, catalogue)
    texts = pages(catalogue or load())
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path.relative_to(docs).as_posix()], "utf-8")
    return changed


def check(docs: Path, catalogue: Catalogue | None = None) -> list[Path]:
    """Pages and schemas below `docs` that are missing or out of date."""
    stale = []
    for name, text in pages(catalogue or load()).items():
        path = docs / name
        if not path.is_file() or path.read_text("utf-8") != text:
            stale.append(path)
    return stale
