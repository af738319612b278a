"""The forms of the catalogue's files. Unknown keys are refused at load.

`mingcha rules pages` writes them as JSON Schema for editors (docs/schemas/).
"""

from __future__ import annotations

from typing import Any, Literal, dataclass_transform

import msgspec

from mingcha.model import Confidence, Mark, Severity

Node = dict[str, Any]  # a node of the match tree; its grammar is checked by catalogue.tree
Status = Literal["draft", "trial", "stable", "retired"]
# Rules whose issue type fits none of the 22 scenarios say so instead of borrowing one.
OTHER = "other"


# Type checkers do not see that msgspec hands `frozen` on to subclasses.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: a misspelt key is an error, never a silent false."""


class Text(Strict):
    """A text that a person sees, in both languages."""

    zh: str
    en: str


class Span(Strict, rename={"start": "from", "end": "to"}):
    """In force from (inclusive) to (exclusive); ISO dates, null = open."""

    start: str | None = None
    end: str | None = None


class Basis(Strict):
    """A clause, and what each outcome of the rule implies for it (after W3C ACT)."""

    law: str
    article: str
    failed: Literal["not-satisfied", "further-testing"] = "not-satisfied"
    passed: Literal["satisfied", "further-testing"] = "further-testing"


class EvidenceNeeds(Strict):
    """What is needed to suspect, what to confirm and, where silence alone does not count, to pass."""

    suspect: Text
    confirm: Text
    record: Text | None = None
    """What a rule with `recorded` still needs, as a noun phrase."""


class Sheet(Strict):
    """A question only a person can answer, with the evidence to attach."""

    question: Text
    attach: Text


class RuleTest(Strict):
    """Facts in, outcome out. `todo` marks a known miss that is kept in sight."""

    name: str
    outcome: Literal["passed", "failed", "cantTell", "inapplicable", "untested"]
    facts: list[dict[str, Any]] = []
    observed: list[str] = []
    app_type: int | None = None
    todo: bool = False


class Rule(Strict, kw_only=True):
    """One rule: what must be seen to decide, what breaks it, which clauses, what to do."""

    id: str
    version: int
    status: Status
    scenario: str
    issue_types: list[str] = []
    title: Text
    what: Text
    why: Text
    fix: Text
    limits: Text
    shows_not: Text
    basis: list[Basis]
    in_force: Span
    subjects: list[str]
    severity: Severity
    confidence: Confidence
    needs: list[str]
    blocked_by: list[str] = []
    applies: Node | None = None
    recorded: Node | None = None
    """What must have been seen before silence says anything: without it the rule never passes."""
    match: Node | None = None
    suspect: Node | None = None
    check: str | None = None
    params: dict[str, Any] = {}
    sheet: Sheet | None = None
    evidence: EvidenceNeeds
    tests: list[RuleTest]


class Source(Strict):
    """Where an entry comes from: a binary read by us, a public document, a public list, or memory."""

    by: Literal["binary", "document", "list", "recalled", "ours"]
    ref: str


class Sdk(Strict, kw_only=True):
    """One third-party SDK."""

    id: str
    name: Text
    vendor: Text
    purpose: str
    prefixes: list[str] = []
    components: list[str] = []
    libs: list[str] = []
    domains: list[str] = []
    meta: list[str] = []
    items: list[str] = []
    personal: bool | Literal["unknown"] = True
    """Whether it processes personal information. Unknown where it does what plug-ins or scripts ask of it."""
    policy: str | None = None
    sources: list[Source]


class SdkVersion(Strict, kw_only=True, rename={"start": "from"}):
    """Versions of one SDK that something is known against: from (inclusive, null = any) and below (exclusive) in the
    vendor's counting, and the day from which it was public."""

    id: str
    sdk: str
    start: str | None = None
    below: str
    what: Text
    known: str
    source: str
    mark: Mark


class Item(Strict, kw_only=True):
    """One node of the data-item ontology."""

    id: str
    parent: str | None = None
    name: Text
    synonyms: dict[str, list[str]] = {}
    sensitive: bool = False
    group: str = ""
    permissions: list[str] = []
    traffic_keys: list[str] = []
    basis: list[dict[str, str]] = []
    mark: Mark = "recalled"


class Capability(Strict):
    """Something an API lets code do that is no data item (install, overlay, exec, ...)."""

    id: str
    name: Text
    doc: Text


class Api(Strict):
    """One sensitive member of a class. Exactly one of item and capability."""

    name: str = ""
    field: str = ""
    args: str | None = None
    item: str | None = None
    capability: str | None = None
    permission: str | None = None
    since: int | None = None
    until: int | None = None
    via: Literal["direct", "provider", "settings-key", "reflection", "command", "intent", "file"] = "direct"
    constant: list[str] = []
    note: Text | None = None


class ApiClass(Strict, rename={"cls": "class"}):
    """The sensitive members of one framework class."""

    cls: str
    members: list[Api]
    subclasses: bool = False
    source: str = ""


class FrameworkClass(Strict, rename={"cls": "class"}, omit_defaults=True):
    """Superclass (none: Object) and direct interfaces of one platform class, or the interfaces that one
    extends; written by tools/framework_hierarchy.py. A class without an entry extends Object alone."""

    cls: str
    parent: str | None = None
    interfaces: list[str] = []
    interface: bool = False


class CallbackMethod(Strict, rename={"cls": "class"}):
    """A method that the framework will run; `args` as in the API lists."""

    cls: str
    name: str
    args: str | None = None


class Trigger(Strict, kw_only=True):
    """A call that hands code over. `on`: the object to be run is an argument, the receiver (this), what the
    receiver's constructor was given, the handler that the receiving message was obtained for (sender), or
    any object of the class."""

    name: str
    args: str | None = None
    calls: list[CallbackMethod]
    on: Literal["argument", "this", "constructor", "sender", "any"]
    via: Literal[
        "thread", "handler", "executor", "timer", "async-task", "coroutine", "rx", "work", "lifecycle", "job",
        "service", "receiver", "observer", "loader",
    ]  # fmt: skip


class Callback(Strict, rename={"cls": "class"}):
    """The triggers of one class; calls through subclasses and implementors count too. None of them waits
    for the user."""

    cls: str
    source: str
    triggers: list[Trigger]


UiKind = Literal[
    "click", "dialog-positive", "dialog-negative", "dialog", "touch", "menu", "key", "text", "choice"
]


class UiCallback(Strict, kw_only=True, rename={"cls": "class"}):
    """An interface or class whose methods run because the user did something. `setters`: names of the
    methods that set it, with what each one waits for; `kind` where that is not known."""

    cls: str
    source: str
    kind: UiKind
    methods: list[str]
    setters: dict[str, UiKind] = {}


class Asking(Strict, rename={"cls": "class"}):
    """A call by which an app asks for something, with the number that its first argument must be."""

    cls: str
    name: str
    value: int


class Condition(Strict, rename={"cls": "class"}):
    """Methods of a library that run only where somebody outside `home` (a package prefix) has made one of
    the calls `asked_by`."""

    cls: str
    source: str
    methods: list[str]
    home: str
    asked_by: list[Asking]


SinkKind = Literal["network", "log", "file", "preference", "database", "clipboard", "intent", "stream"]


class SinkMethod(Strict, kw_only=True):
    """A call that takes a value, or (`opens`) that gives the object on which a `stream` sink then writes; a
    field that holds such an object is written as a method."""

    name: str
    args: str | None = None
    kind: SinkKind
    role: Literal["takes", "opens"] = "takes"


class Sink(Strict, rename={"cls": "class"}):
    """Where values leave through one class; calls through subclasses and implementors count too."""

    cls: str
    source: str
    methods: list[SinkMethod]


class AppType(Strict, kw_only=True):
    """One of the 39 types of 14号 with its necessary personal information."""

    n: int
    id: str
    name: Text
    function: Text
    necessary: list[str]
    permissions: list[str] = []
    registered_mobile: bool = False
    payment: bool = False
    mark: Mark
    permissions_mark: Mark = "ours"
    note: Text | None = None


class Permission(Strict):
    """One platform permission of interest."""

    name: str
    title: Text
    level: Literal["normal", "dangerous", "signature", "special"]
    group: str = ""
    items: list[str] = []
    capabilities: list[str] = []
    since: int | None = None
    until: int | None = None
    note: Text | None = None


class Article(Strict):
    """One article, item or clause, told in our own words."""

    id: str
    text: Text
    mark: Mark
    in_force: Span | None = None


class Law(Strict, kw_only=True):
    """One instrument with its dated editions merged into one list of articles."""

    id: str
    name: Text
    issuer: Text
    number: str = ""
    kind: Literal["law", "regulation", "rule", "notice", "standard", "guide", "draft", "statement"]
    in_force: Span
    mark: Mark
    note: Text | None = None
    articles: list[Article]


class Scenario(Strict):
    """One of the 22 scenarios."""

    code: str
    name: Text
    status: Literal["seed", "public", "ours"]
    basis: Text
    evidence: Text


class ViolationType(Strict):
    """One of the 8 types."""

    n: int
    name: Text
    mark: Mark
    scenarios: list[Scenario]


class Aspect(Strict):
    """One of the 4 aspects."""

    code: Literal["A", "B", "C", "D"]
    name: Text
    types: list[ViolationType]


class Alias(Strict, rename={"start": "from", "end": "to"}):
    """Another wording of an issue type and when lists used it."""

    text: str
    start: str | None = None
    end: str | None = None
    source: str = ""


class IssueType(Strict, kw_only=True):
    """One wording of public naming lists."""

    id: str
    name: Text
    since: str
    aliases: list[Alias] = []
    scenarios: list[str] = []
    proof: Text
    mark: Mark


class WordEntry(Strict):
    """One entry of a word list. `words` are looked for inside a text (ASCII without regard to
    case), `exact` ones must be the whole text, `prefix` its beginning. An ASCII `regex` is only
    tried where one of `literals` occurs: searching for a literal costs a thirtieth."""

    id: str
    name: Text
    words: list[str] = []
    exact: list[str] = []
    prefix: list[str] = []
    regex: str | None = None
    literals: list[str] = []
    where: list[Literal["code", "resource", "asset", "manifest"]] = msgspec.field(
        default_factory=lambda: ["code", "resource", "manifest"]
    )
    mask: bool = False


class WordList(Strict):
    """One word list."""

    id: str
    name: Text
    doc: Text
    entries: list[WordEntry]


class SchemeItem(Strict, kw_only=True):
    """One criterion of a scheme: its rules weigh alike in it."""

    id: str
    weight: float
    criterion: str
    rules: list[str]
    name: Text


class SchemeVeto(Strict, kw_only=True):
    """What fails a subject whatever its points."""

    id: str
    rules: list[str]
    name: Text


class SchemePart(Strict, kw_only=True):
    """One part of a score; `least_sample`: answers that a survey needs."""

    weight: float
    name: Text
    least_sample: int = 0


class Scheme(Strict, kw_only=True, rename={"self_evaluation": "self"}):
    """How a subject is scored. `mark`: how sure parts and pass line are, `weights`: how sure those of the criteria are.
    `most_untested`: share of the weight that may be undecided before no score is given."""

    id: str
    version: int
    name: Text
    mark: Mark
    weights: Mark
    basis: list[Basis]
    in_force: Span
    subjects: list[str]
    pass_line: float
    most_untested: float
    valid_years: int
    survey: SchemePart
    technical: SchemePart
    self_evaluation: SchemePart
    items: list[SchemeItem]
    observed: list[SchemeVeto] = []
    vetoes: list[SchemeVeto] = []


class WebCheck(Strict, kw_only=True):
    """One check of a page, of an engine or our own, in words for people."""

    id: str
    engine: Literal["axe", "mingcha"]
    group: Literal["names", "aria", "structure", "forms", "keyboard", "contrast", "zoom", "language", "media", "time", "meaning"]
    level: Literal["wcag", "advice"]
    wcag: list[str] = []
    name: Text
    fix: Text


class Packer(Strict, kw_only=True):
    """Signs of one packer; two independent kinds of sign are needed to name it."""

    id: str
    name: Text
    libs: list[str] = []
    files: list[str] = []
    applications: list[str] = []
    sources: list[Source]


class PolicyElement(Strict, kw_only=True):
    """Something that a privacy policy is expected to say. `any`: expressions of which one must stand in one sentence;
    `none`: expressions that the same sentence must not hold; `topic`: topic of the sentence model that shows it as
    well; `value`: an expression that yields a number and its unit."""

    id: str
    name: Text
    doc: Text
    basis: list[dict[str, str]]
    mark: Mark
    any: list[str]
    none: list[str] = []
    topic: str | None = None
    value: str | None = None


class LimitationKind(Strict):
    """One code of what could not be seen."""

    code: str
    name: Text
    hint: Text


class Pattern(Strict):
    """One code pattern that extract can tell from a method body."""

    id: str
    name: Text
    doc: Text
