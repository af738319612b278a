"""The catalogue as one value, and its compiled form.

Reading some hundred YAML files costs seconds, so they are compiled once into one JSON file
whose name carries the digest of all of them; a changed byte makes another name. It is JSON
and no pickle: a file in somebody's home must never be able to run code.
"""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mingcha import __version__
from mingcha.catalogue import files
from mingcha.catalogue.schema import (
    ApiClass,
    AppType,
    Article,
    Aspect,
    Callback,
    Capability,
    Condition,
    FrameworkClass,
    IssueType,
    Item,
    Law,
    LimitationKind,
    Packer,
    Pattern,
    Permission,
    PolicyElement,
    Rule,
    Scenario,
    Scheme,
    Sdk,
    SdkVersion,
    Sink,
    Span,
    Strict,
    Text,
    UiCallback,
    WebCheck,
    WordList,
)
from mingcha.errors import RuleError
from mingcha.model import CatalogueRef, Citation

VERSION = "2026.11"
FORM = 7  # of the compiled file: raise it when the structs change without a new package version
KEPT = 4  # compiled files that stay in the cache; older ones belong to edits long gone
ROOT = Path(__file__).parent


class FactField(Strict):
    """One field of a fact kind. `type`: str, int, float, bool, strs or owner; `?` = may be null."""

    type: str
    doc: str = ""

    @property
    def base(self) -> str:
        """The type without its `?`."""
        return self.type.rstrip("?")


class FactKind(Strict):
    """One entry of facts.yml."""

    channel: str
    name: Text
    doc: Text
    fields: dict[str, FactField]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in force or ever in force, by id. Dates are applied by `rules_at` and `cite`."""

    form: int = FORM
    version: str = VERSION
    digest: str = ""
    at: str | None = None
    facts: dict[str, FactKind] = {}
    aspects: dict[str, Aspect] = {}
    scenarios: dict[str, Scenario] = {}
    issue_types: dict[str, IssueType] = {}
    laws: dict[str, Law] = {}
    rules: dict[str, Rule] = {}
    items: dict[str, Item] = {}
    capabilities: dict[str, Capability] = {}
    apis: dict[str, ApiClass] = {}
    framework: dict[str, FrameworkClass] = {}
    callbacks: dict[str, Callback] = {}
    ui_callbacks: dict[str, UiCallback] = {}
    conditions: dict[str, Condition] = {}
    sinks: dict[str, Sink] = {}
    permissions: dict[str, Permission] = {}
    sdks: dict[str, Sdk] = {}
    sdk_versions: dict[str, SdkVersion] = {}
    app_types: dict[int, AppType] = {}
    words: dict[str, WordList] = {}
    packers: dict[str, Packer] = {}
    policy_elements: dict[str, PolicyElement] = {}
    limitations: dict[str, LimitationKind] = {}
    patterns: dict[str, Pattern] = {}
    web_checks: dict[str, WebCheck] = {}
    schemes: dict[str, Scheme] = {}

    def ref(self, at: date | str) -> CatalogueRef:
        """What a result says about the catalogue that judged it."""
        return CatalogueRef(version=self.version, digest=self.digest, at=str(at))

    def rules_at(self, at: date | str | None = None, *, drafts: bool = False) -> list[Rule]:
        """Rules in force on a day (default: the day given to `load`, else today), by id.

        Retired rules never judge; drafts only when asked for.
        """
        day = str(at or self.at or date.today())
        status = {"trial", "stable"} | ({"draft"} if drafts else set())
        return [
            rule
            for _, rule in sorted(self.rules.items())
            if rule.status in status and in_force(rule.in_force, day)
        ]

    def ancestors(self, item: str) -> tuple[str, ...]:
        """The item itself and what it belongs to, narrowest first; an unknown id is its own only one."""
        chain = [item]
        node = self.items.get(item)
        while node is not None and node.parent is not None and node.parent not in chain:
            chain.append(node.parent)
            node = self.items.get(node.parent)
        return tuple(chain)

    def is_a(self, item: str, ancestor: str) -> bool:
        """Whether a data item is `ancestor` or lies below it in the ontology."""
        return ancestor in self.ancestors(item)

    def in_list(self, value: str, words: str) -> bool:
        """Whether `value` equals a word, or starts with a prefix, of the word list `words`."""
        entries = self.words[words].entries if words in self.words else []
        return any(value in (*e.words, *e.exact) or value.startswith(tuple(e.prefix)) for e in entries)

    def article(self, law: str, article: str, at: str | None = None) -> Article | None:
        """The edition of an article in force on `at`; without a day the last one listed."""
        known = self.laws.get(law)
        editions = [a for a in known.articles if a.id == article] if known else []
        if at is not None:
            editions = [a for a in editions if a.in_force is None or in_force(a.in_force, at)]
        return editions[-1] if editions else None

    def cite(self, rule: Rule, at: str) -> tuple[Citation, ...]:
        """The legal basis of a rule on a day. What was not yet, or no longer, in force and mere
        drafts are left out: nobody may be held to them."""
        found = []
        for basis in rule.basis:
            law = self.laws.get(basis.law)
            article = self.article(basis.law, basis.article, at)
            if law is None or law.kind == "draft" or article is None or not in_force(law.in_force, at):
                continue
            found.append(
                Citation(
                    law=basis.law,
                    article=basis.article,
                    mark=article.mark,
                    name=texts(law.name),
                    text=texts(article.text),
                    failed=basis.failed,
                    passed=basis.passed,
                )
            )
        return tuple(found)


Part = TypeVar("Part", "Catalogue", "Lists")


def texts(text: Text) -> dict[str, str]:
    """Both languages as a mapping, the form that results use."""
    return {"zh": text.zh, "en": text.en}


def in_force(span: Span, day: str) -> bool:
    """Whether an ISO day lies in the span; open ends are always inside."""
    return (span.start is None or span.start <= day) and (span.end is None or day < span.end)


@cache
def _memory(root: Path, digest: str) -> Catalogue:
    return _decoded(digest, Catalogue) or _compile(root, digest)


def load(root: Path | None = None, at: date | None = None) -> Catalogue:
    """The catalogue under `root` (default: the one shipped).

    Raises RuleError, naming file and field, when a file is wrong. Files that are unchanged
    come from the compiled form in `$MINGCHA_HOME/cache`; an unwritable home costs only time.
    """
    where = root or ROOT
    catalogue = _memory(where, files.digest(where))
    return msgspec.structs.replace(catalogue, at=str(at)) if at else catalogue


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader of packages looks things up in: these parts of a `Catalogue` and no others, since a
    process that reads one package would spend as long on all the rules and laws as on all the rest."""

    form: int
    digest: str
    apis: dict[str, ApiClass]
    framework: dict[str, FrameworkClass]
    callbacks: dict[str, Callback]
    ui_callbacks: dict[str, UiCallback]
    conditions: dict[str, Condition]
    sinks: dict[str, Sink]
    items: dict[str, Item]
    sdks: dict[str, Sdk]
    words: dict[str, WordList]
    packers: dict[str, Packer]


def lists(root: Path | None = None) -> Lists | Catalogue:
    """The lists of the catalogue under `root`; the whole of it where it had to be compiled."""
    where = root or ROOT
    return _lists(where, files.digest(where))


@cache
def _lists(root: Path, digest: str) -> Lists | Catalogue:
    return _decoded(digest, Lists) or _memory(root, digest)


def _compile(root: Path, digest: str) -> Catalogue:
    from mingcha.catalogue import build

    built = build.build(root)
    if built.problems:
        first, more = built.problems[0], len(built.problems) - 1
        raise RuleError(
            first.line("zh") + (f"（另有 {more} 处）" if more else ""),
            first.line("en") + (f" (and {more} more)" if more else ""),
        )
    catalogue = msgspec.structs.replace(built.catalogue, digest=digest)
    path = cache_path(digest)
    if path is not None:
        _write_atomically(path, msgspec.json.encode(catalogue))
    return catalogue


def cache_path(digest: str) -> Path | None:
    """Where the compiled form lies; None when there is no home."""
    home = os.environ.get("MINGCHA_HOME")
    try:
        base = Path(home) if home else Path.home() / ".mingcha"
    except RuntimeError:
        return None
    return base / "cache" / f"catalogue-{digest[:16]}-{__version__}.json"


def _decoded(digest: str, form: type[Part]) -> Part | None:
    path = cache_path(digest)
    if path is None:
        return None
    enabled = gc.isenabled()
    gc.disable()  # tens of thousands of small objects, none of them garbage: collecting would double the time
    try:
        found = msgspec.json.decode(path.read_bytes(), type=form)
    except (OSError, msgspec.DecodeError):
        return None
    finally:
        if enabled:
            gc.enable()
    return found if found.form == FORM and found.digest == digest else None


def _write_atomically(path: Path, data: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".catalogue-", delete=False) as out:
            temporary = Path(out.name)
            out.write(data)
        temporary.replace(path)
        _prune(path.parent.glob("catalogue-*.json"), keep={path})
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _prune(found: Iterable[Path], keep: Collection[Path]) -> None:
    old = sorted((p for p in found if p not in keep), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in old[KEPT - len(keep) :]:
        path.unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """A struct as builtin values, in the spelling of its file."""
    return msgspec.to_builtins(value)
