"""The process as documentation: one page, made from the table, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator

from mingcha.server.ledger.process import Act, Process, table
from mingcha.server.ledger.refusals import CODES, Refused


def process_page(process: Process | None = None) -> str:
    """docs/office-process.md."""
    return "\n".join(_page(process or table())) + "\n"


def _page(process: Process) -> Iterator[str]:
    yield "<!-- Made by tools/office_pages.py from src/mingcha/server/ledger/process.yml. -->"
    yield "# 案件流程 · Process of a case\n"
    yield "## 状态 · States\n"
    yield "| State | 状态 | 含义 | Meaning |\n|---|---|---|---|"
    for name, state in process.states.items():
        yield f"| `{name}` | {state.zh} | {state.doc.zh} | {state.doc.en} |"
    yield "\n## 操作 · Acts\n"
    yield "| Act | 操作 | English | From | To | By | Conditions | 文书 Document | 期限 Clock |\n|---|---|---|---|---|---|---|---|---|"
    yield from (_row(name, act) for name, act in process.acts.items())
    yield "\n## 其他操作 · Acts on other things\n"
    yield "| Act | 操作 | English | By |\n|---|---|---|---|"
    for name, other in process.others.items():
        by = "; ".join(f"{kind}: {', '.join(roles)}" for kind, roles in other.by.items())
        yield f"| `{name}` | {other.text.zh} | {other.text.en} | {by} |"
    yield "\n## 不予办理的原因 · Refusals\n"
    yield "| Code | HTTP | 原因 | Reason |\n|---|---|---|---|"
    for code in sorted(CODES):
        said = Refused(code)
        yield f"| `{code}` | {said.status} | {said.text['zh']} | {said.text['en']} |"


def _row(name: str, act: Act) -> str:
    by = "; ".join(f"{kind}: {', '.join(roles)}" for kind, roles in act.by.items())
    cells = (
        f"`{name}`", act.text.zh, act.text.en, ", ".join(f"`{s}`" for s in act.from_) or "—",
        f"`{act.to}`" if act.to else "unchanged", by, ", ".join(f"`{g}`" for g in act.guards) or "—", act.document or "—", act.clock or "—",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
