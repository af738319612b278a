"""The queue: jobs are taken by a lease, run by the engine in its child process, and their result is taken in once.

A worker that dies leaves its lease behind; when it has run out, the job is taken again, at most three times. What a
worker brings after its lease was lost, or after the job was called off, is not taken in.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone

from mingcha import pipeline
from mingcha.errors import MingchaError
from mingcha.report import json_
from mingcha.server import blobs
from mingcha.server.inspections.models import Job
from mingcha.server.ledger import intake
from mingcha.server.ledger.clocks import day
from mingcha.settings import load

TRIES = 3
LEASE = timedelta(seconds=90)
BEAT = 20.0
PAUSE = 2.0
"""Seconds: how often a lease is renewed, and how long an idle worker waits."""


def claim(worker: str, now: datetime | None = None) -> Job | None:
    """Take the oldest job that waits or whose worker is gone. A conditional update decides between two workers."""
    at = now or timezone.now()
    _give_up(at)
    while True:
        waiting = Job.objects.filter(state="queued").order_by("pk").first()
        waiting = waiting or Job.objects.filter(state="running", lease__lt=at, tries__lt=TRIES).order_by("pk").first()
        if waiting is None:
            return None
        taken = Job.objects.filter(pk=waiting.pk, state=waiting.state, tries=waiting.tries).update(
            state="running", worker=worker, lease=at + LEASE, tries=waiting.tries + 1, started=at, step=0, stage=""
        )
        if taken:
            return Job.objects.get(pk=waiting.pk)


def _give_up(at: datetime) -> None:
    """Jobs that killed every worker that took them end as not conclusive."""
    Job.objects.filter(state="running", lease__lt=at, tries__gte=TRIES).update(
        state="failed", ended=at, lease=None, code="not-conclusive",
        zh="检测进程多次异常终止，本次检测没有结论", en="the inspection ended abnormally several times: not conclusive",
    )  # fmt: skip


def held(job: Job) -> bool:
    """Renew the lease; False where the job is no longer this worker's."""
    alive = Job.objects.filter(pk=job.pk, state="running", worker=job.worker, tries=job.tries)
    return alive.update(lease=timezone.now() + LEASE) > 0


def run(job: Job, beat: float = BEAT) -> None:
    """Inspect one job that was claimed, and take the result in."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(beat):
            if not held(job):
                break
        close_old_connections()

    keeper = threading.Thread(target=renew, daemon=True)
    keeper.start()
    try:
        raw = _inspect(job)
    except MingchaError as e:
        _end(job, "failed", code=e.code, zh=e.text["zh"], en=e.text["en"])
    except FileNotFoundError:
        _end(job, "failed", code="lost-file", zh="上传的文件已不在存储中或者已损坏", en="an uploaded file is no longer in the store, or damaged")
    except Exception as e:  # a fault of ours must not lose the record of the job
        _end(job, "failed", code="internal", zh=f"检测程序出错：{type(e).__name__}", en=f"the inspection failed: {type(e).__name__}")
    else:
        _take(job, raw)
    finally:
        ended.set()
        keeper.join(beat + 5)


def _inspect(job: Job) -> bytes:
    folder = Path(tempfile.mkdtemp(dir=_room()))
    try:
        paths, forced = [], []
        for n, file in enumerate(job.files.order_by("pk")):
            # By its own name, which reports show, in a folder of its own: two files may have one name.
            place = folder / str(n)
            place.mkdir()
            target = place / file.name
            try:
                os.link(blobs.path(file.sha256), target)
            except OSError:
                shutil.copyfile(blobs.path(file.sha256), target)
            if file.role == "package":
                paths.append(target)
            else:
                forced.append((target, file.role))

        steps = iter(range(1, 1000))

        def progress(name: str) -> None:
            Job.objects.filter(pk=job.pk, worker=job.worker, state="running").update(stage=name[:200], step=next(steps))

        read = pipeline.read(paths, load(), forced=forced, progress=progress)
        return json_.render(pipeline.judge(read, day(timezone.now())))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _room() -> Path:
    folder: Path = settings.HOME / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _take(job: Job, raw: bytes) -> None:
    with transaction.atomic():
        if not held(job):
            return
        entered = intake.take(raw, json_.load(raw))
        Job.objects.filter(pk=job.pk).update(state="done", ended=timezone.now(), lease=None, inspection=entered)


def _end(job: Job, state: str, **why: str) -> None:
    mine = Job.objects.filter(pk=job.pk, state="running", worker=job.worker, tries=job.tries)
    mine.update(state=state, ended=timezone.now(), lease=None, **why)


def work(once: bool = False) -> int:
    """Run jobs until there are none (`once`) or until told to end; how many were run. The one at hand is finished."""
    name, done, stop = f"{socket.gethostname()[:20]}-{os.getpid()}", 0, threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
    while not stop.is_set():
        job = claim(name)
        if job is not None:
            run(job)
            done += 1
        elif once:
            break
        else:
            close_old_connections()
            time.sleep(PAUSE)
    return done
