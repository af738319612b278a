"""Figures of fleets on this host: `make bench-fleet`, or `python benchmarks/fleet.py PART...`.

    real    all packages of the cache end to end, cost by size, days for a nation, share of the queue
    kill    random kill -9 of workers, lanes and supervisors until all items are done
    judge   stored facts again, all rules and one
    query   blast radius and prevalence over 2.08 million made-up inspections
    soak    the same small packages many times: memory of lanes

CPU time is what counts: the machine may be shared. The load is printed with every part.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy

from mingcha import settings
from mingcha.fleet import commit, query, rejudge, rows, run, table
from mingcha.fleet.journal import Journal
from mingcha.fleet.lane import Setup, settled
from mingcha.fleet.supervisor import Supervisor
from mingcha.sandbox import guard

INPUTS = Path.home() / ".cache" / "mingcha-inputs"
NATION = 2_080_000


def say(part: str, **figures: object) -> None:
    print(json.dumps({"part": part, "load": round(os.getloadavg()[0], 1), **figures}, ensure_ascii=False), flush=True)


def rusage() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def fleet(source: Path, root: Path, jobs: int) -> tuple[run.Progress, Supervisor]:
    wanted = settings.load()
    setup = settled(Setup(store=str(root), settings=wanted, options=run.options(wanted), roots=(str(source),), layers=guard.probe()))
    progress, made = run.Progress(), []

    def engine(s: Setup) -> Supervisor:
        made.append(Supervisor(s, jobs))
        return made[0]

    for _ in run.run(source, root, engine, setup, progress):
        pass
    return progress, made[0]


def real(work: Path, jobs: int) -> None:
    root = work / "real"
    shutil.rmtree(root, ignore_errors=True)
    begun, cpu, own = time.monotonic(), rusage(), time.process_time()
    progress, _ = fleet(INPUTS, root, jobs)
    wall, spent, queue = time.monotonic() - begun, rusage() - cpu, time.process_time() - own
    inside = progress.cpu  # reading children are in namespaces of their own and are not among our children
    journal = Journal(root)
    packages = journal.rows("select bytes, cpu from done where cpu > 0 and path like '%.apk'")
    journal.close()
    dex = dex_sizes()
    points = numpy.array([(1.0, b / 1e6, dex.get(b, 0) / 1e6, c) for b, c in packages])
    model, *_ = numpy.linalg.lstsq(points[:, :3], points[:, 3], rcond=None)
    per = float(model @ numpy.array([1, 50, 18]))
    runs = list(commit.runs(root))
    size = sum(e.stat().st_size for f in runs for e in os.scandir(f)) / len(runs)
    say(
        "real", items=progress.done, again=progress.again, ended=dict(progress.ended), megabytes=round(progress.bytes / 1e6), wall=round(wall, 1),
        cpu_inside=round(inside, 1), cpu_supervisor=round(queue, 2), queue_share_percent=round(100 * queue / inside, 2), cpu_of_children=round(spent, 1),
        model=[round(float(x), 4) for x in model], seconds_at_50_18=round(per, 3), days_for_nation_on_2=round(per * NATION / 2 / 86400, 2),
        store_bytes_per_inspection=round(size), sandbox="+".join(guard.probe()),
    )  # fmt: skip


def dex_sizes() -> dict[int, int]:
    """Size of a package -> inflated size of its code."""
    import zipfile

    out = {}
    for path in INPUTS.glob("*.apk"):
        try:
            with zipfile.ZipFile(path) as z:
                out[path.stat().st_size] = sum(i.file_size for i in z.infolist() if i.filename.endswith(".dex"))
        except (zipfile.BadZipFile, OSError, NotImplementedError):
            continue
    return out


def children(pid: int) -> list[int]:
    out: list[int] = []
    for task in Path("/proc", str(pid), "task").glob("*/children"):
        try:
            found = [int(x) for x in task.read_text().split()]
        except OSError:
            continue
        out += found + [x for child in found for x in children(child)]
    return out


def small(work: Path, count: int) -> Path:
    """Packages of different content: a small real one with another tail."""
    folder = work / f"small-{count}"
    if not folder.is_dir():
        source = min((p for p in INPUTS.glob("*.apk") if p.stat().st_size > 5000), key=lambda p: p.stat().st_size).read_bytes()
        at = source.rfind(b"PK\5\6")
        folder.mkdir(parents=True)
        for n in range(count):
            tail = f"{n:08}".encode()
            (folder / f"{n:06}.apk").write_bytes(source[: at + 20] + len(tail).to_bytes(2, "little") + tail)
    return folder


def kill(work: Path, jobs: int, count: int) -> None:
    folder, root, dice = small(work, count), work / "kill", random.Random(3)
    shutil.rmtree(root, ignore_errors=True)
    kills = {"supervisor": 0, "lane or worker": 0}
    begun, log = time.monotonic(), work / "kill.log"
    while True:
        with log.open("ab") as out:
            process = subprocess.Popen([sys.executable, "-m", "mingcha", "fleet", "run", str(folder), "--store", str(root), "--jobs", str(jobs)], stdout=out, stderr=out)
        until = time.monotonic() + 20 + dice.random() * 20
        while process.poll() is None and time.monotonic() < until:
            time.sleep(3 + dice.random() * 3)
            if victims := children(process.pid):
                try:
                    os.kill(dice.choice(victims), signal.SIGKILL)
                    kills["lane or worker"] += 1
                except ProcessLookupError:
                    pass
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills["supervisor"] += 1
    mended = commit.mend(root, whole=True)
    assert mended is not None
    journal = Journal(root)
    ended = dict(journal.rows("select ended, count(*) from done group by 1"))
    journal.close()
    found = list(commit.runs(root))
    keys = {json.loads((f / "run.json").read_bytes())["key"] for f in found}
    say(
        "kill", items=count, kills=kills, committed=mended.indexed, lost=count - len(keys), twice=len(found) - len(keys), removed=mended.removed,
        ended=ended, wall=round(time.monotonic() - begun), last_exit=process.returncode,
    )  # fmt: skip


def judge(work: Path, jobs: int) -> None:
    root = work / "real"
    for name, rules in (("all rules", ()), ("one rule", ("debuggable-release",)), ("one rule of code", ("imei-before-consent",))):
        try:
            trial = rejudge.trial(root, date.today(), jobs=jobs, rules=rules)
        except Exception as e:
            print(name, e)
            continue
        single = rejudge.Judge(rejudge.selected(rejudge.catalogue.load(at=date.today()), rules), date.today())
        found = list(commit.runs(root))
        cpu = time.process_time()
        for folder in found:
            single.changes(folder, frozenset(rules))
        each = (time.process_time() - cpu) / len(found)
        say("judge", what=name, runs=trial.runs, changes=len(trial.changes), ms_each=round(each * 1e3, 2), per_second_on_2=round(2 / each), hours_for_nation_on_2=round(each * NATION / 2 / 3600, 2))


def questions(work: Path, count: int) -> None:
    root = work / f"made-{count}"
    if not root.is_dir():
        make(root, count)
    total = sum(Path(p).stat().st_size for p in table.paths(root, "findings"))
    db = query.connect(root)
    findings = db.execute("select count(*) from findings").fetchone()[0]
    db.close()
    say("tables", inspections=count, findings=findings, bytes_per_finding=round(total / findings, 1), megabytes=round(sum(p.stat().st_size for p in root.rglob("*.parquet")) / 1e6))
    wanted = {"sdk": "sdk-007", "version": "9.5.0", "item": "imei", "before": True, "own": True}
    for name, values, by in (("sdk", wanted, ()), ("sdk-reach", wanted, ()), ("prevalence", {}, ("rule",)), ("prevalence", {}, ("month", "store")), ("offenders", {"rule": "rule-007"}, ()), ("duplicates", {}, ())):
        times = []
        for _ in range(3):
            begun, cpu = time.monotonic(), time.process_time()
            found = query.ask(root, name, values, by)
            times.append((time.monotonic() - begun, time.process_time() - cpu))
        wall, cpu = min(times)
        say("query", question=name, by=by, rows=len(found.rows), wall=round(wall, 2), cpu=round(cpu, 2))


def make(root: Path, count: int) -> None:
    """A nation's inspections: 9.1 findings, 6 SDKs and 12 calls each, over twelve months."""
    db = table.duckdb().connect()
    db.execute("set threads = 2")
    known = table.Manifest()
    each = count // 12
    for n in range(12):
        month = f"2026{n + 1:02}"
        runs = f"select {n * each} + range as i, '{month[:4]}-{month[4:]}' as month, format('{month}01T000000-{{:012x}}-{{:012x}}', {n * each} + range, range) as run from range({each})"
        db.execute(f"create or replace temp table runs as {runs}")
        made = {
            "inspections": """select run, month, month || '-01' as at, md5(i::varchar) || md5((i + 1)::varchar) as sha256, 'app' as kind, 'App ' || i % 368000 as name,
                'cn.example.a' || i % 1900000 as id, (i % 9) || '.1' as version, i % 900 as version_code, (i % 39 + 1)::smallint as app_type, 50000000 as size,
                md5((i % 297142)::varchar) || md5((i % 297142 + 7)::varchar) as signer, 'store-' || i % 12 as store, 'read' as ended, 'rlimits' as sandbox, '1' as engine,
                'c' as catalogue, month || '-01' as judged_at, 9::smallint as failed, []::varchar[] as limitations from runs""",
            "findings": """select run, month, format('rule-{:03}', (hash(i, k) % 190)::int) as rule, 1::smallint as rule_version, 'A1-01' as scenario,
                case when hash(k, i) % 3 = 0 then 'cantTell' else 'failed' end as outcome, 'proved' as confidence,
                ['critical', 'serious', 'moderate', 'minor'][(hash(i, k, 1) % 4)::int + 1] as severity, (hash(i, k, 2) % 20)::int as evidence
                from runs, range(9 + (i % 10 = 0)::int) t(k)""",
            "sdks": """select run, month, format('sdk-{:03}', (hash(i, k) % 400)::int) as sdk, 'SDK' as sdk_name, v as version, low, low as high, 'initialised' as state, 'high' as confidence
                from (select *, '9.' || hash(i, k, 3) % 9 || '.' || hash(i, k, 4) % 20 as v,
                      format('{:012}.{:012}.{:012}-', 9, (hash(i, k, 3) % 9)::int, (hash(i, k, 4) % 20)::int) as low from runs, range(6) t(k))""",
            "calls": """select run, month, ['imei', 'oaid', 'android-id', 'location', 'mac', 'imsi'][(hash(i, k) % 6)::int + 1] as item,
                format('android.api.Class.method{}', (hash(i, k) % 60)::int) as api, 'sdk' as owner_kind, format('sdk-{:03}', (hash(i, k % 6) % 400)::int) as owner,
                ['reachable', 'guarded', 'needs-run', 'not-reachable', 'not-reachable'][(hash(i, k, 5) % 5)::int + 1] as seen, 1 as times from runs, range(12) t(k)""",
            "tallies": f"""select '{month[:4]}-{month[4:]}' as month, 'store-' || s as store, a::smallint as app_type, format('rule-{{:03}}', r) as rule, o as outcome,
                (hash(s, a, r, o) % 40)::int as inspections from range(12) x(s), range(1, 40) y(a), range(190) z(r), unnest(['failed', 'passed', 'cantTell', 'inapplicable']) w(o)""",
        }
        for name, sql in made.items():
            assert set(rows.COLUMNS[name]) == {c[0] for c in db.execute(f"select * from ({sql}) limit 0").description}
            known.files[name].append(table.put(db, root, name, f"{month}-{n + 1:06}", f"select * from ({sql})"))
    db.close()
    known.next = 13
    (root / "parquet" / "manifest.json").write_bytes(table.msgspec.json.encode(known))


def soak(work: Path, jobs: int, count: int) -> None:
    folder, root = small(work, count), work / "soak"
    shutil.rmtree(root, ignore_errors=True)
    wanted = settings.load()
    setup = settled(Setup(store=str(root), settings=wanted, options=run.options(wanted), roots=(str(folder),), layers=guard.probe()))
    seen: list[tuple[int, int, int]] = []
    made: list[Supervisor] = []

    def engine(s: Setup) -> Supervisor:
        made.append(Supervisor(s, jobs))
        return made[0]

    def rss(pid: int | str) -> int:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 // 1_000_000

    begun, own = time.monotonic(), time.process_time()
    progress = run.Progress()
    for n, _ in enumerate(run.run(folder, root, engine, setup, progress)):
        if n % (count // 8) == count // 16:
            seen.append((n, rss("self"), max(rss(lane.process.pid) for lane in made[0].lanes)))
    say(
        "soak", items=progress.done, wall=round(time.monotonic() - begun), memory_mb_at=[list(x) for x in seen],
        supervisor_ms_each=round((time.process_time() - own) / count * 1e3, 3), cpu_ms_each=round(progress.cpu / count * 1e3, 1),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["real", "judge", "query", "soak", "kill"])
    parser.add_argument("--work", type=Path, default=Path("build/bench-fleet"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--items", type=int, default=10_000, help="items of kill and soak")
    parser.add_argument("--made", type=int, default=NATION, help="made-up inspections of query")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    for part in asked.parts:
        if part == "real":
            real(asked.work, asked.jobs)
        elif part == "judge":
            judge(asked.work, asked.jobs)
        elif part == "query":
            questions(asked.work, asked.made)
        elif part == "soak":
            soak(asked.work, asked.jobs, asked.items)
        elif part == "kill":
            kill(asked.work, asked.jobs, asked.items)
    print("done")


if __name__ == "__main__":
    main()
