"""The report as one self-contained page: no script, nothing loaded, fit for A4.

The page may quote a hostile package, so three things hold independently: every value is
autoescaped, unseen characters are made visible on the way out (`finalize`), and the page's own
Content-Security-Policy allows its two style sheets by digest and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mingcha.model import SEVERITIES, Inspection
from mingcha.report import charts, consistency, selfstart, startup, summary, tables, timeline
from mingcha.report.findings import (
    FOLD,
    Reader,
    article_word,
    cited,
    fold_at,
    overview,
    paper_at,
    scenario_code,
    startup_path,
)
from mingcha.report.groups import Groups, by_severity, group
from mingcha.report.text import css_string, digest_name, octets, pick, prose, visible
from mingcha.report.words import HTML_LANG, Words, words

if TYPE_CHECKING:
    from jinja2 import Environment

_OPTION = re.compile(r"--[a-z][a-z-]*")
_LONG = re.compile(r"[A-Za-z0-9]{21,}")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BREAKS = re.compile(r"([./_$])")  # none of these stands in a character reference
_HERE = Path(__file__).parent
SECTIONS = (
    "summary", "findings", "startup", "consistency", "sdks", "permissions", "items", "hosts", "limits", "records",
)  # fmt: skip
_MOST_ROWS = 1000  # of one inventory table; the JSON result has all


def _shown(value: Any) -> Any:
    """What the template prints: strings with unseen characters made visible.

    Markup (drawings, made by us and escaped there) is a str too, and passes: it holds no such
    characters.
    """
    return visible(value) if type(value) is str else value


def _breaks(text: str) -> Any:
    """Escaped text that may break after the dots and dashes of long names, and in a part of more
    than twenty letters before its capitals, before it breaks elsewhere."""
    from markupsafe import Markup, escape

    humps = _LONG.sub(lambda part: _HUMPS.sub("<wbr>", part[0]), str(escape(visible(text))))
    return Markup(_BREAKS.sub(r"\1<wbr>", humps))


def _options(text: str) -> Any:
    """Escaped text in which options of the command line stand as code, and whole."""
    from markupsafe import Markup, escape

    return Markup(_OPTION.sub(r'<code class="code">\g<0></code>', str(escape(visible(text)))))


@cache
def environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["prose"] = prose
    made.filters["breaks"] = _breaks
    made.filters["options"] = _options
    return made


@cache
def style() -> str:
    return (_HERE / "style.css").read_text(encoding="utf-8")


def style_digest(style: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'"


def _summary_charts(groups: Groups, w: Words, markup: Callable[[str], Any]) -> list[dict[str, Any]]:
    severities = {s: sum(1 for f in groups.failed if f.severity == s) for s in SEVERITIES}
    drawn = (
        ("severity", w("chart.severity"),
         [charts.Part(w(f"severity.{s}"), n, charts.SEVERITY[s]) for s, n in severities.items()]),
        ("outcome", w("chart.outcome"),
         [charts.Part(w(f"group.{name}"), len(found), charts.GROUP[name])
          for name, found in zip(Groups._fields, groups, strict=True)]),
    )  # fmt: skip
    return [
        {
            "title": title,
            "total": sum(part.value for part in parts),  # a bar of nothing is an empty box
            "svg": markup(charts.bar(f"chart-{uid}", title, parts)),
            "rows": [(markup(charts.swatch(p.tone)), p.label, p.value) for p in parts],
        }
        for uid, title, parts in drawn
    ]


def _facts_of(inventory: Mapping[str, Any], key: str, fields: Sequence[str]) -> list[list[str]]:
    """Chosen fields of a list of facts, as text."""
    return [[str("" if fact.get(f) is None else fact.get(f)) for f in fields]
            for fact in tables.dicts(inventory.get(key))]  # fmt: skip


def _title(inspection: Inspection, w: Words) -> str:
    kinds = {"sdk": w("page.title_sdk"), "website": w("page.title_site")}
    return kinds.get(inspection.subject.kind, w("page.title"))


def _page_style(inspection: Inspection, w: Words) -> str:
    """Running header and footer of the printed pages."""
    s = inspection.subject
    name = s.name or s.id or next((e.name for e in inspection.exhibits if e.sha256 == s.sha256), "")
    left = " ".join(part for part in (name, s.version or "") if part)
    page = w("print.page").split("#")
    return (
        "@page{"
        f"@top-left{{content:{css_string(_title(inspection, w))}}}"
        f"@top-right{{content:{css_string(left)}}}"
        f"@bottom-left{{content:{css_string(s.sha256[:16] and 'SHA-256 ' + s.sha256[:16])}}}"
        f"@bottom-right{{content:{css_string(page[0])} counter(page) {css_string(page[1])} counter(pages) "
        f"{css_string(page[2])}}}"
        "}"
    )


def render(inspection: Inspection, lang: str = "zh") -> bytes:
    """One HTML page in UTF-8."""
    from markupsafe import Markup

    w = words(lang)
    groups = group(inspection.findings)
    reader = Reader(inspection, w)
    inventory = inspection.inventory if isinstance(inspection.inventory, Mapping) else {}
    failed = reader.sections(groups.failed, "2.1")
    leads = reader.sections(groups.leads, "2.2")
    sheets = reader.sections(groups.sheets, "2.3", full=False)
    anchors = {id(view.finding): view for section in (*failed, *leads) for view in section.findings}
    sheet, page_style = style(), _page_style(inspection, w)
    waiting = summary.missing(inspection, w)
    not_seen = summary.unseen(inspection, w)
    packers = summary.packers(inventory, lang)
    started, said = startup.section(inventory, w), consistency.section(inventory, w)
    first_reached, more_reached = summary.before_consent(started)

    def brief(findings: Sequence[Any]) -> list[Any]:
        return [view for section in reader.sections(findings, "0", full=False) for view in section.findings]

    page = environment().get_template("page.html.j2")
    text = page.render(
        w=w,
        lang=lang,
        title=_title(inspection, w),
        other=words("en" if lang == "zh" else "zh"),
        html_lang=HTML_LANG[lang],
        other_lang=HTML_LANG["en" if lang == "zh" else "zh"],
        markup=Markup,
        style=Markup(sheet),
        page_style=Markup(page_style),
        policy=f"default-src 'none'; style-src {style_digest(sheet)} {style_digest(page_style)}; "
        "base-uri 'none'; form-action 'none'",
        i=inspection,
        subject=summary.subject(inspection, w),
        verdict=summary.verdict(inspection, groups, w),
        charts=_summary_charts(groups, w, Markup),
        gravest=[anchors[id(f)] for f in by_severity(groups.failed)[: summary.BRIEF + 1]],
        first_leads=[anchors[id(f)] for f in by_severity(groups.leads)[: summary.BRIEF]],
        groups=groups,
        overview=overview(groups, lang),
        group_names=Groups._fields,
        failed=failed,
        leads=leads,
        sheets=sheets,
        undecided=brief(groups.undecided),
        passed=brief(groups.passed),
        inapplicable=brief(groups.inapplicable),
        errors=[f for f in inspection.findings if f.error],
        unseen=not_seen,
        unseen_names=summary.unseen_briefly(not_seen, bool(packers)),
        waiting=waiting,
        waiting_briefly=summary.missing_briefly(inspection, w)[: summary.BRIEF],
        observed=[w.get("channel.name", code) for code in inspection.summary.observed],
        startup=startup.page(started, Markup),
        said=consistency.page(said, Markup),
        timeline=timeline.page(timeline.section(inventory, w), Markup),
        no={part: n for n, part in enumerate((p for p in SECTIONS if said or p != "consistency"), 1)},
        first_reached=first_reached,
        more_reached=more_reached,
        startup_leads=summary.startup_leads(groups),
        self_starts=selfstart.rows(inventory, w),
        sdks=tables.sdks(inventory, w),
        permissions=tables.permissions(inventory, w),
        items=tables.items(inventory, w),
        hosts=tables.hosts(inventory, w),
        host_count=len({str(h.get("host")) for h in tables.dicts(inventory.get("hosts"))}),
        components=tables.components(inventory, w),
        packers=packers,
        deviations=tables.deviations(inventory, w),
        signing=_facts_of(inventory, "signing", ("scheme", "subject", "key", "hash", "not_after", "sha256")),
        marks=("official", "press", "recalled", "ours"),
        octets=octets,
        digest_name=digest_name,
        article=article_word,
        scenario_code=scenario_code,
        pick=pick,
        fold=FOLD,
        fold_at=fold_at,
        paper_at=paper_at,
        cited=cited(leads),
        drawn_leads=any(view.path and startup_path(view.finding) for section in leads for view in section.findings),
        most=_MOST_ROWS,
    )
    return text.encode("utf-8")
