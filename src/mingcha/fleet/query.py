"""Questions to the tables of a store: ready-made ones, and SQL that can read nothing else.

Every answer is columns and rows; `answers` writes them as a table, CSV, XLSX or Parquet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.errors import BadInput, Usage
from mingcha.fleet import rows, table

MEMORY = "2GB"  # of DuckDB


class Answer(NamedTuple):
    """Columns and rows."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class Question(NamedTuple):
    """A ready-made question: its text in SQL with named values, and what it needs."""

    zh: str
    en: str
    needs: tuple[str, ...]
    sql: str


_CALLS = """
called as (
    select run, max(case when seen in ('pre-consent', 'refused') then 2 when seen = 'reachable' then 1 else 0 end) as how, sum(times) as times
    from calls where ($item is null or item = $item) and ($call is null or api = $call)
        and (not $own or (owner_kind = 'sdk' and owner = $sdk))
        and (not $before or seen in ('pre-consent', 'refused', 'reachable'))
    group by run)
"""
_HOW = "case how when 2 then 'observed' when 1 then 'static-lead' else 'no' end as before_consent"
_CERTAIN = """case when $top is null then 'any' when s.low is null then 'version-unknown' when s.high <= $top then 'yes' else 'perhaps' end"""

QUESTIONS: dict[str, Question] = {
    "sdk": Question(
        "含某 SDK（可限版本、接口、同意前）的应用", "apps with an SDK, up to a version, that call something before consent", ("sdk",),
        f"""with {_CALLS} select i.name, i.id, i.version, s.version as sdk_version, {_CERTAIN} as affected, s.state, {_HOW},
        c.times as calls, i.store, i.signer, i.sha256, i.run
        from sdks s join inspections i using (run) {{join}} called c using (run)
        where s.sdk = $sdk and ($top is null or s.low is null or s.low <= $top)
        order by affected = 'yes' desc, how desc nulls last, i.id, i.version_code limit $limit""",
    ),
    "sdk-reach": Question(
        "某 SDK 各版本的波及面", "how many apps hold each version of an SDK", ("sdk",),
        f"""with {_CALLS} select coalesce(s.version, '?') as sdk_version, count(distinct i.sha256) as packages, count(distinct i.id) as apps,
        count(distinct i.signer) as signers, count(distinct case when how = 2 then i.sha256 end) as observed_before_consent,
        count(distinct case when how = 1 then i.sha256 end) as static_leads
        from sdks s join inspections i using (run) {{join}} called c using (run)
        where s.sdk = $sdk and ($top is null or s.low is null or s.low <= $top) group by s.version, s.low order by s.low limit $limit""",
    ),
    "prevalence": Question(
        "各规则的检出率", "how often rules fail, by store, type or month", (),
        """select {by}, sum(inspections) filter (outcome = 'failed') as failed, sum(inspections) filter (outcome = 'passed') as passed,
        sum(inspections) filter (outcome in ('cantTell', 'untested')) as undecided,
        round(100.0 * sum(inspections) filter (outcome = 'failed')
              / nullif(sum(inspections) filter (outcome in ('failed', 'passed')), 0), 2) as percent_of_decided
        from tallies where ($rule is null or rule = $rule) and ($month is null or month = $month) and ($store is null or store = $store)
        group by {by} order by failed desc nulls last, {by} limit $limit""",
    ),
    "duplicates": Question(
        "同名包的不同签名（疑似重签名、仿冒）", "one package name under several signers: re-signed or counterfeit", (),
        """with many as (select id from inspections where id is not null and signer is not null group by id having min(signer) <> max(signer))
        select id, count(distinct signer) as signers, count(distinct sha256) as packages, count(distinct store) as stores,
        min(name) as name, list_sort(list_distinct(list(signer)))[1:5] as first_signers
        from inspections where id in (from many) and signer is not null group by id
        order by signers desc, packages desc, id limit $limit""",
    ),
    "same-file": Question(
        "多次登记的同一文件", "files handed in under several names or by several stores", (),
        """select key, count(*) as files, count(distinct store) as stores, min(path) as first_path, min(run) as run from sightings
        where key <> '' group by key having count(*) > 1 order by files desc, key limit $limit""",
    ),
    "offenders": Question(
        "同一签名者反复出现的问题", "signers whose apps fail the same rule again", (),
        """select i.signer, f.rule, count(distinct i.id) as apps, count(distinct i.sha256) as packages, min(i.at)[1:10] as first,
        max(i.at)[1:10] as last, min(i.name) as one_of_them
        from findings f join inspections i using (run)
        where f.outcome = 'failed' and i.signer is not null and ($rule is null or f.rule = $rule)
        group by i.signer, f.rule having count(distinct i.sha256) > 1 order by apps desc, packages desc, i.signer, f.rule limit $limit""",
    ),
    "ended": Question(
        "检测如何结束、在何种隔离下", "how inspections ended and in what sandbox", (),
        """select ended, sandbox, count(*) as inspections, sum(size) as bytes from inspections group by all order by inspections desc limit $limit""",
    ),
}
BY = ("rule", "store", "month", "app_type")


def connect(root: Path) -> Any:
    """A connection that sees the store's tables and no file beside. BadInput where nothing was exported."""
    duckdb = table.duckdb()
    if not table.manifest(root).files["inspections"]:
        raise BadInput(
            f"{root} 还没有可查询的数据", f"{root} has nothing to ask yet",
            {"zh": f"先运行 mingcha fleet export --store {root}", "en": f"run mingcha fleet export --store {root} first"}, code="not-exported",
        )  # fmt: skip
    db = duckdb.connect()
    db.execute(f"set memory_limit = '{MEMORY}'")
    files: list[str] = []
    for name, columns in rows.COLUMNS.items():
        found = table.paths(root, name)
        files += found
        if found:
            listed = ", ".join(f"'{p.replace(chr(39), chr(39) * 2)}'" for p in found)
            db.execute(f"create view {name} as select * from read_parquet([{listed}])")
        else:
            empty = ", ".join(f"{c} {t}" for c, t in columns.items())
            db.execute(f"create table {name} ({empty})")
    _sightings(db, root)
    listed = ", ".join(f"'{p.replace(chr(39), chr(39) * 2)}'" for p in files)
    db.execute(f"set allowed_paths = [{listed}]")
    db.execute("set enable_external_access = false")
    db.execute("set lock_configuration = true")
    return db


def _sightings(db: Any, root: Path) -> None:
    """Every file that the journal knows: the same content may have come from several stores."""
    from mingcha.fleet.journal import Journal

    db.execute("create table sightings (path varchar, store varchar, key varchar, run varchar)")
    if not (root / "fleet" / "journal.sqlite").is_file():
        return
    journal = Journal(root)
    last = b""
    while found := journal.rows("select stamp, path, store, key, run from done where stamp > ? order by stamp limit 5000", (last,)):
        last = found[-1][0]
        columns = list(zip(*(r[1:] for r in found), strict=True))
        db.execute("insert into sightings select unnest(?), unnest(?), unnest(?), unnest(?)", [list(c) for c in columns])
    journal.close()


def ask(root: Path, name: str, values: Mapping[str, Any], by: Sequence[str] = ()) -> Answer:
    """The answer to a ready-made question."""
    question = QUESTIONS[name]
    if missing := [n for n in question.needs if values.get(n) in (None, "")]:
        raise Usage(f"{name} 需要 --{missing[0]}", f"{name} needs --{missing[0]}")
    top = rows.comparable(values.get("version"))
    if values.get("version") and top is None:
        raise Usage(f"不是版本号：{values['version']}", f"no version: {values['version']}")
    called = any(values.get(n) for n in ("item", "call", "before"))
    sql = question.sql.replace("{join}", "join" if called else "left join").replace("{by}", ", ".join(by or ("rule",)))
    given = {"own": False, "before": False, "limit": 1000, **values, "top": top}
    wanted = {k: given.get(k) for k in ("sdk", "top", "item", "call", "own", "before", "rule", "month", "store", "limit") if f"${k}" in sql}
    db = connect(root)
    try:
        return _answer(db.execute(sql, wanted))
    finally:
        db.close()


def sql(root: Path, text: str, limit: int) -> Answer:
    """The answer to one SELECT of the user's. Usage for anything else."""
    duckdb = table.duckdb()
    db = connect(root)
    try:
        statements = db.extract_statements(text)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise Usage("只接受一条 SELECT", "one SELECT and nothing else", code="bad-query")
        return _answer(db.execute(statements[0]), limit)
    except duckdb.Error as e:
        why = " ".join(str(e).split())[:300]
        raise Usage(f"查询有误：{why}", f"the query is wrong: {why}", code="bad-query") from e
    finally:
        db.close()


def _answer(cursor: Any, limit: int | None = None) -> Answer:
    found = cursor.fetchmany(limit) if limit else cursor.fetchall()
    return Answer([c[0] for c in cursor.description], found)
