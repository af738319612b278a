"""Verbs of the office: `serve` and `manage`. Django is imported only when one of them runs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from mingcha.errors import Exit, MingchaError, ToolMissing, Usage
from mingcha.plain import plain

WITH_PARENT = "MINGCHA_WITH_PARENT"
"""Set for a worker that has to end when its standard input does."""
TOGETHER = 100
"""Results that are entered in one transaction."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _office() -> Path:
    """Set Django up; the office's home. Exit 6 where the extra is not installed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.server.conf.settings")
    try:
        import django
    except ImportError as e:
        raise ToolMissing(
            "未安装管理端组件", "the office is not installed",
            {"zh": "pip install 'mingcha[server]'", "en": "pip install 'mingcha[server]'"}, code="server-missing",
        ) from e  # fmt: skip
    django.setup()
    from mingcha.server.conf.settings import HOME

    return HOME


def _migrated() -> Path:
    home = _office()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. 监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port. 端口。")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes. 进程数。")
@click.option("--worker/--no-worker", "inspect", default=True, show_default=True, help="Also inspect uploads. 同时运行检测队列。")
def serve(host: str, port: int, workers: int, inspect: bool) -> None:
    """Run the office in a browser. 启动管理端。"""
    _migrated()
    from django.db import connections
    from gunicorn.app.base import BaseApplication

    from mingcha.server.conf.wsgi import application
    from mingcha.server.desk.lists import rule_title

    class Office(BaseApplication):  # type: ignore[misc] # gunicorn has no types
        def load_config(self) -> None:
            for key, value in {"bind": f"{host}:{port}", "workers": workers, "control_socket_disable": True, "timeout": 60, "preload_app": True}.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return application

    # What every process needs is read once, before they part; a connection must not be shared by them.
    rule_title("", "zh")
    connections.close_all()
    click.echo(f"http://{host}:{port}/", err=True)
    if inspect:
        _beside()
    Office().run()


def _beside() -> None:
    """A process that inspects uploads, as long as this one lives."""
    import subprocess
    import threading

    # It ends when its standard input closes: also where this process is killed.
    command = [sys.executable, "-m", "mingcha", "manage", "work"]

    def keep() -> None:
        while True:
            with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, WITH_PARENT: "1"}) as child:
                child.wait()
            time.sleep(5)  # whatever ended it must not be met as fast as it can

    threading.Thread(target=keep, daemon=True).start()


@click.group()
def manage() -> None:
    """Administration of the office. 管理端维护。"""


@manage.command()
def migrate() -> None:
    """Make or renew the tables of the database. 建立或者升级数据库。"""
    _migrated()


@manage.command("add-person")
@click.argument("login")
@click.option("--name", required=True, help="Name as it is shown. 姓名。")
@click.option("--organisation", required=True, help="Name of the organisation; made where it is new. 单位名称。")
@click.option("--kind", help="Kind of a new organisation. 单位类型。")
@click.option("--province", default="", help="Two-digit region code of a new administration. 地区代码。")
@click.option("--credit-code", default="", help="Unified credit code of a new company. 统一社会信用代码。")
@click.option("--role", required=True, help="officer, approver, tester, contact, … 角色。")
@click.password_option(help="Asked for where it is not given. 口令。")
def add_person(login: str, name: str, organisation: str, kind: str | None, province: str, credit_code: str, role: str, password: str) -> None:
    """Add a person in a role of an organisation. 添加人员。"""
    _migrated()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from mingcha.server.ledger.process import ORGANISATIONS, ROLES
    from mingcha.server.people.models import Membership, Organisation, Person

    if role not in ROLES or (kind and kind not in ORGANISATIONS):
        raise Usage(
            "没有这种角色或者单位类型", "there is no such role or kind of organisation",
            {k: f"{', '.join(ROLES)}; {', '.join(ORGANISATIONS)}" for k in ("zh", "en")},
        )  # fmt: skip
    try:
        validate_password(password)
    except ValidationError as e:
        raise Usage("口令过短或者过于常见（至少 12 位）", "the password is too short or too common (12 characters at least)") from e
    with transaction.atomic():
        home = Organisation.objects.filter(name=organisation).first()
        if home is None:
            if not kind:
                raise Usage("新单位需要 --kind", "a new organisation needs --kind")
            home = Organisation.objects.create(name=organisation, kind=kind, province=province, credit_code=credit_code)
        person = Person.objects.filter(login=login).first() or Person.objects.create(login=login, name=name, password=password)
        Membership.objects.get_or_create(person=person, organisation=home, role=role)
    click.echo(f"{login} · {home.name} · {role}")


@manage.command()
@click.argument("results", nargs=-1, required=True, type=FILE)
@click.option("--open-as", "login", help="Also open a case for each, as this officer. 并以该承办人身份立案。")
def take(results: tuple[Path, ...], login: str | None) -> None:
    """Take results of `mingcha scan --format json` into the registry. 导入检测结果。"""
    _migrated()
    from django.db import transaction

    from mingcha.report import json_
    from mingcha.server.ledger.intake import open_for
    from mingcha.server.ledger.intake import take as enter
    from mingcha.server.people.models import Person

    person = Person.objects.filter(login=login or "").first()
    if login and person is None:
        raise Usage(f"没有这个人员：{login}", f"there is no such person: {login}")
    failed = 0
    for start in range(0, len(results), TOGETHER):
        with transaction.atomic():  # one for many: each waits for the disk
            for path in results[start : start + TOGETHER]:
                try:
                    raw = path.read_bytes()
                    entered = enter(raw, json_.load(raw))
                    case = open_for(entered, person).number if person else ""
                except (MingchaError, OSError) as e:  # one bad file stops no other
                    failed += 1
                    told = e.line("zh") if isinstance(e, MingchaError) else str(e.strerror)
                    click.echo(f"{plain(path)}: {told}", err=True)
                    continue
                click.echo(f"{entered.digest}  {entered.subject.name}  {entered.findings.count()}  {case}".rstrip())
    if failed:
        sys.exit(Exit.INPUT)


@manage.command()
def tick() -> None:
    """Let deadlines pass, erase what has to be, and enter events into the log; run it by a timer. 定时任务。"""
    home = _migrated()
    from django.utils import timezone

    from mingcha.server.evaluations import badges
    from mingcha.server.figures import count
    from mingcha.server.inbox import services as inbox
    from mingcha.server.ledger import leads, sequence, services, who
    from mingcha.server.ledger.clocks import day
    from mingcha.server.outbox import services as outbox

    now = timezone.now()
    passed, erased = services.lapse(who.clock(), now), leads.erase(day(now)) + inbox.erase(day(now), now)
    ended = badges.expire(who.clock(), now)
    entered = sequence.publish(home / "log")
    counted = count.catch_up()
    outbox.fill(now)
    sent, failed = outbox.deliver(now)
    told = f"overdue {passed}, badges expired {ended}, erased {erased}, entered {entered.events}, log {entered.size}, counted {counted}, sent {sent}, failed {failed}"
    click.echo(told)


@manage.command()
def recount() -> None:
    """Count all statistics anew from the events. 重新统计。"""
    _migrated()
    from mingcha.server.figures import count

    click.echo(f"counted {count.rebuild()}")


@manage.command("add-key")
@click.argument("organisation")
@click.option("--name", required=True, help="What the key is for. 用途。")
@click.option("--days", default=366, show_default=True, type=click.IntRange(1, 366), help="How long it holds. 有效天数。")
def add_key(organisation: str, name: str, days: int) -> None:
    """Make a key of the API for an organisation; it is printed once. 建立接口密钥。"""
    _migrated()
    from mingcha.server.api.keys import ROLES, make
    from mingcha.server.people.models import Organisation

    home = Organisation.objects.filter(name=organisation).first()
    if home is None or home.kind not in ROLES:
        raise Usage(f"没有可以使用接口的单位：{organisation}", f"no organisation of that name can have keys: {organisation}")
    click.echo(make(home, name, None, days)[1])


@manage.command()
@click.option("--once", is_flag=True, help="End when nothing waits. 队列空后退出。")
def work(once: bool) -> None:
    """Inspect uploads, one after the other; several may run. 运行检测队列。"""
    _migrated()
    from mingcha.server.inspections import queue

    if os.environ.get(WITH_PARENT):
        import threading

        def follow() -> None:
            sys.stdin.buffer.read()
            os._exit(0)

        threading.Thread(target=follow, daemon=True).start()
    click.echo(f"{queue.work(once)} inspected")


@manage.command("import-leads")
@click.argument("file", type=FILE)
@click.option("--login", required=True, help="The officer who enters them. 登记的承办人。")
@click.option("--check", is_flag=True, help="Only say what is wrong. 只检查，不登记。")
def import_leads(file: Path, login: str, check: bool) -> None:
    """Enter leads from an xlsx, csv or JSON file; each fault is told by row and column. 导入线索。"""
    _migrated()
    import hashlib

    from mingcha.server.desk.words import say
    from mingcha.server.inbox.services import enter_rows, lines
    from mingcha.server.inbox.sheets import BYTES
    from mingcha.server.ledger.refusals import Refused
    from mingcha.server.ledger.who import Who
    from mingcha.server.people.models import Membership

    held = Membership.objects.filter(person__login=login, person__is_active=True, role="officer", ended=False).select_related("person", "organisation").first()
    if held is None or held.organisation.kind not in ("ministry", "administration"):
        raise Usage(f"不是主管部门的承办人：{login}", f"no officer of an authority: {login}")
    if file.stat().st_size > BYTES:
        raise Refused("file-too-large")
    who, raw = Who(held.person, held.organisation, held.role), file.read_bytes()
    rows = lines(raw, who)
    for row in rows:
        for wrong in row.wrong:
            told = " / ".join(f"{say(f'inbox-f-{wrong.field}', lang)} {say(wrong.why, lang)}" for lang in ("zh", "en"))
            click.echo(f"{row.number}: {told}", err=True)
    good = [r for r in rows if not r.wrong]
    made = 0 if check else enter_rows(who, hashlib.sha256(raw).hexdigest(), good)
    click.echo(f"rows {len(rows)}, wrong {len(rows) - len(good)}, entered {made}")


@manage.command("rebuild-search")
def rebuild_search() -> None:
    """Make the index of names anew. 重建名称索引。"""
    _migrated()
    from django.db import transaction

    from mingcha.server.search.names import rebuild

    with transaction.atomic():
        rebuild()


@manage.command("verify-ledger")
def verify_ledger() -> None:
    """Prove the whole ledger against its log, or point to the break. 校验台账日志。"""
    home = _migrated()
    from mingcha.server.ledger import sequence
    from mingcha.server.log.note import verifier
    from mingcha.server.log.verify import verify

    log = home / "log"
    text = (log / "checkpoint").read_text("utf-8") if (log / "checkpoint").is_file() else None
    known = [verifier((log / "verifier").read_text("utf-8"))] if (log / "verifier").is_file() else []
    report = verify(log, sequence.entries(), text, known)
    waiting = sequence.waiting()
    if broken := report.broken or (sequence.second_broken(text, known[0].name) if text and known else ""):
        click.echo(f"BROKEN: {broken}")
        sys.exit(Exit.FINDINGS)
    signed = f"checkpoint over {report.signed}" if report.signed else "no checkpoint"
    click.echo(f"ok: {report.entries} entries, {signed}, root {report.root.hex()}, {waiting} events not entered yet")


@manage.command()
@click.option("--cases", default=60, show_default=True, type=click.IntRange(1, 100_000), help="How many. 案件数。")
@click.option("--scale", type=click.FloatRange(0, 10, min_open=True), help="Instead: a part of the campaign; 1 is 2.08 million inspections. 规模。")
@click.option("--password", help="Password of the made-up people; none lets nobody sign in. 演示人员口令。")
def seed(cases: int, scale: float | None, password: str | None) -> None:
    """Fill the office with made-up cases, for a first look. 填充演示数据。"""
    home = _migrated()
    from mingcha.server.figures import count
    from mingcha.server.ledger import sequence
    from mingcha.server.ledger.models import Case
    from mingcha.server.ledger.seed import seed as fill

    if scale:
        from django.utils import timezone

        from mingcha.server.ledger import seed_scale
        from mingcha.server.ledger.seed import staff

        staff(password)
        done = seed_scale.seed(scale, timezone.now())
        click.echo(", ".join(f"{kind} {count}" for kind, count in done.items()))
        sequence.publish(home / "log")
        count.catch_up()
        return
    click.echo(f"{fill(cases, password, number=Case.objects.count() + 1)} cases")
    sequence.publish(home / "log")
    count.catch_up()
