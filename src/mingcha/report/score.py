"""The score report: one self-contained page with annotated pictures, and the same as text for a terminal.

Pictures come from the recorded visit; boxes and numbers are drawn over them, never into them. What a page says of itself
is escaped like any other text of the inspected.
"""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.judge.score import ItemScore, Score
from mingcha.model import Fact, Finding, Inspection
from mingcha.plain import plain
from mingcha.report.html import environment, style_digest
from mingcha.report.html import style as base_style
from mingcha.report.text import pick
from mingcha.report.words import HTML_LANG, Words, words

_PICTURES = 10
_PLACES = 12  # of one finding
_WIDTH = 960  # px of a picture in the report
_TALL = 2600  # px: a picture is cut below the last box, at the latest here
_PATH = 60  # stops that are drawn


class Place(NamedTuple):
    """One place of a finding: its number on the picture (0 where it is not drawn)."""

    number: int
    page: str
    name: str
    text: str
    code: str
    fix: str


class Problem(NamedTuple):
    """One finding as the report tells it."""

    finding: Finding
    title: str
    what: str
    remedy: str
    basis: list[str]
    places: list[Place]
    more: int


class Picture(NamedTuple):
    """A picture with what is drawn over it. `marks`: left, top, width, height, number, kind. `points`: of a path."""

    page: str
    name: str
    data: str
    width: int
    height: int
    marks: list[tuple[float, float, float, float, int, str]]
    points: str = ""


def render(score: Score, inspection: Inspection, facts: Sequence[Fact], folder: Path | None, lang: str = "zh") -> bytes:
    """The report as one HTML page in UTF-8. `folder`: the recorded visit, for its pictures."""
    from markupsafe import Markup

    from mingcha import catalogue

    w = words(lang)
    known = catalogue.load()
    pages = {str(f["page"]): f for f in facts if f["kind"] == "page"}
    views = _Views(inspection, pages, known.web_checks, w)
    failed = [views.problem(f) for f in views.of(score, "failed")]
    open_ = [views.problem(f) for f in views.of(score, "cantTell")]
    sheets = [(f, pick(f.title, lang), pick((f.sheet or {}).get("question"), lang) or pick(f.what, lang), pick((f.sheet or {}).get("attach"), lang)) for f in views.of(score, "cantTell", "untested")]
    pictures = [p for p in (_picture(folder, page, views.marks[page], views.name(page)) for page in list(views.marks)[:_PICTURES]) if p]
    style = base_style() + _EXTRA
    text = environment().get_template("score.html.j2").render(
        w=w, lang=lang, html_lang=HTML_LANG[lang], other=words("en" if lang == "zh" else "zh"), other_lang=HTML_LANG["en" if lang == "zh" else "zh"], markup=Markup, style=Markup(style),
        policy=f"default-src 'none'; img-src data:; style-src {style_digest(style)}; base-uri 'none'; form-action 'none'",
        s=score, i=inspection, pick=pick, pages=pages, profiles=w.join([w.get("score.profile", p) for p in dict.fromkeys(str(f["profile"]) for f in pages.values())]),
        verdict=verdict(score, w), failed=failed, first=failed[:5], open=open_, sheets=sheets, pictures=pictures, pairs=_pairs(folder, facts, w), paths=_paths(folder, facts, views), why=why, outcome=lambda o: w.get("score.outcome", o), ruled=lambda o: w.get("score.rule", o),
        rules=[(i, [(r, pick(_title(inspection, r), lang), o) for r, o in i.rules.items()]) for i in score.items], observed=[(pick(o.name, lang), w("score.found") if o.found else w("score.not_found")) for o in score.observed], limits=_limits(inspection, known.limitations, w),
    )  # fmt: skip
    return text.encode("utf-8")


def verdict(score: Score, w: Words) -> str:
    """The result in one sentence."""
    line = f"{score.scheme['pass_line']:g}"
    if any(v.failed for v in score.vetoes):
        return f"{w('score.failed')}{'：' if w.lang == 'zh' else ': '}{w('score.vetoed')}"
    if score.passed is None:
        return w("score.open")
    return w("score.passed", line=line) if score.passed else w("score.below", line=line)


def why(part: Any, score: Score, w: Words) -> str:
    """What is said beside a part."""
    if part.why:
        return w.get("score.why", part.why)
    if part.id == "survey" and score.survey:
        return w("score.survey_said", sample=score.survey.sample, mean=f"{score.survey.mean:g}")
    if part.id == "technical" and score.technical is not None:
        return f"{score.technical:g} / 100"
    return ""


def text(score: Score, inspection: Inspection, lang: str = "zh") -> str:
    """The score for a terminal."""
    w = words(lang)
    total = f"{score.total:g}" if score.total is not None else w("score.none")
    lines = [f"{plain(score.subject.name or score.subject.id or '')} · {pick(score.scheme['name'], lang)}", f"{w('score.total')} {total} · {verdict(score, w)}", ""]
    lines += [f"  {pick(p.name, lang)}: {'-' if p.points is None else f'{p.points:g}'} / {p.weight:g}  {why(p, score, w)}".rstrip() for p in score.parts]
    lines += [f"  {w('score.untested')}: {w.percent(score.untested)}", ""]
    marks = {"passed": "+", "partly": "~", "failed": "!", "open": "?", "inapplicable": " "}
    for item in score.items:
        lines.append(f"{marks[item.outcome]} {item.id:<4}{w.get('score.outcome', item.outcome)}  {_points(item)}  {pick(item.name, lang)}")
        lines += [f"       {w.get('score.outcome', o)}: {pick(_title(inspection, r), lang)}" for r, o in item.rules.items() if o in ("failed", "cantTell")]
    return "\n".join(lines) + "\n"


def _points(item: ItemScore) -> str:
    return f"{'-' if item.points is None else f'{item.points:g}'}/{item.weight:g}"


def _title(inspection: Inspection, rule: str) -> Mapping[str, str]:
    found = next((f for f in inspection.findings if f.rule == rule), None)
    return found.title if found else {"zh": rule, "en": rule}


class _Views:
    """Findings as the report tells them, and the marks that they leave on pictures."""

    def __init__(self, inspection: Inspection, pages: Mapping[str, Fact], checks: Mapping[str, Any], w: Words) -> None:
        self.inspection, self.pages, self.checks, self.w = inspection, pages, checks, w
        self.marks: dict[str, list[tuple[float, float, float, float, int, str]]] = defaultdict(list)
        self._numbers: dict[tuple[str, tuple[str, ...]], int] = {}

    def of(self, score: Score, *outcomes: str) -> list[Finding]:
        """Findings of the scheme's rules with these outcomes, gravest first."""
        rank = {"critical": 0, "serious": 1, "moderate": 2, "minor": 3}
        rules = {r for i in score.items for r in i.rules}
        return sorted((f for f in self.inspection.findings if f.rule in rules and f.outcome in outcomes), key=lambda f: (rank[f.severity], f.rule))

    def name(self, page: str) -> str:
        """What a page is called."""
        fact = self.pages.get(page)
        if fact is None:
            return page
        return f"{self.w.get('score.role', str(fact['role']))} · {self.w.get('score.profile', str(fact['profile']))}"

    def problem(self, finding: Finding) -> Problem:
        """A finding with its places."""
        lang = self.w.lang
        places = [self._place(e.fact or {}, e.where, e.text, "failed" if finding.outcome == "failed" else "open") for e in finding.evidence[:_PLACES]]
        basis = [f"{pick(c.name, lang)} {c.article}" for c in finding.basis]
        return Problem(finding, pick(finding.title, lang), pick(finding.what, lang), pick(finding.remedy, lang), basis, places, max(0, finding.evidence_total - len(places)))

    def _place(self, fact: Mapping[str, Any], where: str, text: str, kind: str) -> Place:
        page = str(fact.get("page") or where.partition("#")[0])
        box = tuple(str(v) for v in fact.get("box") or ())
        number = 0
        if len(box) == 4 and page in self.pages and self.pages[page].get("picture"):
            key = (page, box)
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers) + 1
                left, top, width, height = (float(v) for v in box)
                self.marks[page].append((left, top, width, height, self._numbers[key], kind))
            number = self._numbers[key]
        check = self.checks.get(str(fact.get("check")))
        said = pick({"zh": check.name.zh, "en": check.name.en}, self.w.lang) if check else _said(fact, text, self.w)
        return Place(number, page, self.name(page), said, str(fact.get("html") or "")[:200], pick({"zh": check.fix.zh, "en": check.fix.en}, self.w.lang) if check else "")


def _said(fact: Mapping[str, Any], text: str, w: Words) -> str:
    """What was measured, in short."""
    kind = fact.get("kind")
    words_ = str(fact.get("text") or fact.get("name") or fact.get("word") or "")[:60]
    if kind == "web-keyboard":
        told = [(w("score.said.trap"), bool(fact.get("trap"))), (w("score.said.mouse", n=fact.get("mouse_only")), bool(fact.get("mouse_only"))), (w("score.said.missed", n=fact.get("missed")), bool(fact.get("missed")))]
        return w.join([t for t, holds in told if holds])
    if kind == "web-contrast":
        return f"{fact.get('ratio')}:1 · {fact.get('px')} px · {words_}"
    if kind == "web-target":
        return f"{fact.get('w'):g} × {fact.get('h'):g} px · {words_}"
    if kind == "web-floating":
        size = f" · {fact['close_w']:g} × {fact['close_h']:g} px" if fact.get("close_w") else ""
        return f"{words_}{size}"
    if kind == "web-text":
        return f"{fact.get('main_px')} px"
    if kind == "web-spacing":
        return f"{fact.get('line')} / {fact.get('paragraph') or '-'}"
    if kind == "web-zoom":
        return f"{fact.get('how')} · {words_}"
    return words_ or text[:120]


def _load(folder: Path | None, page: str) -> Any:
    """The picture of a page, None where there is none that can be opened."""
    if folder is None:
        return None
    try:
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = 60_000_000
        image = Image.open(folder / "pages" / page / "page.png")
        image.load()
        return image.convert("RGB")
    except Exception:  # a picture that is broken or of absurd size costs only itself; Pillow raises many kinds
        return None


def _encoded(image: Any, width: int) -> tuple[str, int, int]:
    """A data address of the picture, reduced to `width` px at most."""
    if image.width > width:
        image = image.resize((width, max(1, round(image.height * width / image.width))))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii"), image.width, image.height


def _picture(folder: Path | None, page: str, marks: list[tuple[float, float, float, float, int, str]], name: str, points: list[tuple[float, float]] | None = None, css: float = 0) -> Picture | None:
    """The picture of a page, cut below its last mark. Boxes are in CSS px, pictures in device px."""
    image = _load(folder, page)
    if image is None:
        return None
    scale = _scale(folder, page, image.width)
    bottom = max([m[1] + m[3] for m in marks] + [p[1] for p in points or ()], default=0) + 80
    high = min(image.height, max(round(min(bottom, _TALL) * scale), round(image.width * 0.6)))
    data, width, height = _encoded(image.crop((0, 0, image.width, high)), _WIDTH if image.width > 900 * scale else 520)
    k = width / image.width * scale
    drawn = [(m[0] * k, m[1] * k, max(m[2] * k, 6), max(m[3] * k, 6), m[4], m[5]) for m in marks if m[1] * k < height]
    line = " ".join(f"{x * k:.0f},{y * k:.0f}" for x, y in points or () if y * k < height)
    return Picture(page, name, data, width, height, drawn, line)


def _scale(folder: Path | None, page: str, pixels: int) -> float:
    """Device px of one CSS px."""
    import json

    try:
        told = json.loads(((folder or Path()) / "pages" / page / "page.json").read_bytes())
        return max(0.5, min(4.0, pixels / float(told["picture"]["width"])))
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError):
        return 1.0


def _pairs(folder: Path | None, facts: Sequence[Fact], w: Words) -> list[tuple[str, Picture, str, Picture, str]]:
    """Ordinary and elder page side by side, for each profile."""
    out = []
    texts = [f for f in facts if f["kind"] == "web-text"]
    for profile in dict.fromkeys(str(f["profile"]) for f in texts):
        before = next((f for f in texts if f["profile"] == profile and f["mode"] == "ordinary" and f["role"] == "home"), None)
        after = next((f for f in texts if f["profile"] == profile and f["mode"] == "elder" and f["role"] == "elder"), None)
        if before is None or after is None:
            continue
        pictures = [_picture(folder, str(f["page"]), [(0, 0, 1, 700, 0, "")], str(f["page"])) for f in (before, after)]
        if pictures[0] and pictures[1]:
            out.append((w.get("score.profile", profile), pictures[0]._replace(marks=[]), w("score.before", px=f"{before['median_px']:g}"), pictures[1]._replace(marks=[]), w("score.after", px=f"{after['median_px']:g}")))
    return out


def _paths(folder: Path | None, facts: Sequence[Fact], views: _Views) -> list[tuple[Picture, int]]:
    """Each walk by keyboard as a line through the controls in its order; at most three."""
    walks: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact["kind"] == "web-focus" and len(fact["box"]) == 4:
            walks[str(fact["page"])].append(fact)
    out = []
    for page, stops in list(walks.items())[:3]:
        marks, points = [], []
        for stop in stops[:_PATH]:
            left, top, width, height = (float(v) for v in stop["box"])
            if left + width < 0 or top + height < 0 or width < 1 or height < 1:
                continue
            marks.append((left, top, width, height, int(stop["step"]), "failed" if stop["visible"] is False else "stop"))
            points.append((left + width / 2, top + height / 2))
        picture = _picture(folder, page, marks, views.name(page), points) if marks else None
        if picture:
            out.append((picture, len(stops)))
    return out


def _limits(inspection: Inspection, known: Mapping[str, Any], w: Words) -> list[tuple[str, str, str]]:
    out = []
    for exhibit in inspection.exhibits:
        for limitation in exhibit.limitations:
            entry = known.get(limitation.code)
            out.append((getattr(entry.name, w.lang) if entry else limitation.code, limitation.detail, getattr(entry.hint, w.lang) if entry else ""))
    return out[:40]


_EXTRA = """
.score { display: grid; grid-template-columns: auto 1fr; gap: 8px 40px; align-items: start; margin: 12px 0 20px; }
.big { font: 700 64px/1 var(--serif); font-variant-numeric: tabular-nums; margin: 0; }
.big small { font: 400 20px/1 var(--sans); color: var(--grey); }
.gauge { width: 100%; max-width: 520px; display: block; margin: 6px 0; }
.shot { margin: 16px 0 28px; break-inside: avoid; }
.shot figcaption { font-size: 13px; color: var(--grey); margin-bottom: 6px; }
.shot svg { display: block; border: 1px solid var(--line); max-width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 24px; align-items: start; }
.problem { border-top: 1px solid var(--line); padding: 14px 0 6px; break-inside: avoid; }
.problem h3 { margin: 0 0 6px; }
.problem ol { margin: 6px 0; padding: 0; list-style: none; }
.problem li { display: grid; grid-template-columns: 2.4em 1fr; gap: 8px; padding: 4px 0; }
.pin { display: inline-block; min-width: 1.9em; text-align: center; border-radius: 10px; background: var(--accent); color: #fff; font: 600 13px/1.5 var(--sans); height: 1.5em; }
.pin.open { background: #5b4a00; }
.pin.none { background: none; color: var(--grey); }
.out-failed, .out-partly { color: var(--accent); font-weight: 600; }
.out-passed { color: #1c5a34; }
.rules { margin: 0; padding: 0; list-style: none; font-size: 13px; }
pre { font: 12px/1.5 var(--mono); background: var(--faint); padding: 4px 8px; margin: 4px 0; white-space: pre-wrap; }
@media (max-width: 640px) { .score, .pair { grid-template-columns: 1fr; } }
"""
