"""The office under load: how long its pages take, and what 100 officers at once do to the ledger.

    python benchmarks/office.py pages [--times 100]
    python benchmarks/office.py officers [--officers 100] [--minutes 10]

Takes the office of MINGCHA_HOME and MINGCHA_DATABASE as it is (`mingcha manage seed --scale`), starts `mingcha serve`
on it and speaks HTTP to it as browsers do. `officers` writes into that office.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx

PASSWORD = "a-password-of-your-own"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.server.conf.settings")


class Forms(HTMLParser):
    """The forms of a page: action, hidden fields, choices."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[dict[str, Any]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.all.append({"action": a.get("action", ""), "fields": {}, "choices": defaultdict(list)})
        elif self.all and tag == "input" and a.get("name"):
            kind = a.get("type", "text")
            if kind in ("radio", "checkbox"):
                self.all[-1]["choices"][a["name"]].append(a.get("value", ""))
            else:
                self.all[-1]["fields"][a["name"]] = a.get("value", "")
        elif self.all and tag == "textarea":
            self.all[-1]["fields"][a.get("name", "")] = ""
        elif self.all and tag == "select":
            self._select = a.get("name", "")
        elif self.all and tag == "option" and self._select:
            self.all[-1]["choices"][self._select].append(a.get("value", ""))


def forms(page: str) -> list[dict[str, Any]]:
    """All forms of a page."""
    parser = Forms()
    parser.feed(page)
    return parser.all


@contextlib.contextmanager
def office(workers: int) -> Iterator[str]:
    """A running office; its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "-m", "mingcha", "serve", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(200):
                with contextlib.suppress(httpx.HTTPError):
                    httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def people(count: int, kind: str = "administration") -> list[str]:
    """Logins of officers who can sign in, made where they are missing: spread over the provinces."""
    import django

    django.setup()
    from mingcha.server.people.models import Membership, Organisation, Person

    if kind == "ministry":
        Organisation.objects.get_or_create(kind=kind, name="部（示例）")
    bureaus = list(Organisation.objects.filter(kind=kind).order_by("pk"))
    logins = []
    for i in range(count):
        login = f"load-{kind}-{i:03d}"
        person = Person.objects.filter(login=login).first() or Person.objects.create(login=login, name=f"承办{i}", password=PASSWORD)
        Membership.objects.get_or_create(person=person, organisation=bureaus[i % len(bureaus)], role="officer")
        logins.append(login)
    return logins


def signed_in(base: str, login: str) -> httpx.Client:
    """A browser in which somebody has signed in."""
    client = httpx.Client(base_url=base, follow_redirects=True, timeout=60)
    page = client.get("/sign-in/").text
    (form,) = [f for f in forms(page) if "login" in f["fields"]]
    done = client.post("/sign-in/", data={**form["fields"], "login": login, "password": PASSWORD})
    if "/sign-out/" not in done.text:
        raise SystemExit(f"{login} could not sign in: {done.status_code}")
    return client


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pages(times: int) -> None:
    """Time of each page for an officer who sees all, in milliseconds as a browser sees them. Each is asked for once
    before by each process."""
    login, rng = people(1, "ministry")[0], random.Random(1)
    with office(2) as base, contextlib.closing(signed_in(base, login)) as client:
        first = client.get("/desk/cases/").text
        numbers = re.findall(r'href="/desk/cases/([^/"]+)/"', first)
        asked = {
            "dashboard": lambda: "/desk/",
            "ledger": lambda: "/desk/cases/",
            "ledger, one state": lambda: f"/desk/cases/?state={rng.choice(['closed', 'noticed', 'named'])}",
            "search, 1 character": lambda: f"/desk/cases/?q={rng.choice('青山小满望舒')}",
            "search, 2 characters": lambda: f"/desk/cases/?q={rng.choice(['购物', '地图', '漫画'])}",
            "search, 3 characters": lambda: f"/desk/cases/?q={rng.choice(['浏览器', '短视频', '游戏盒'])}",
            "search, nothing there": lambda: f"/desk/cases/?q=无此名称{rng.randrange(99)}",
            "leads": lambda: "/desk/leads/",
            "subjects, 2 characters": lambda: f"/desk/registry/?q={rng.choice(['购物', '地图', '漫画'])}",
            "subjects, 4 characters": lambda: f"/desk/registry/?q={rng.choice(['青山购物', '望舒地图', '知行漫画'])}",
            "statistics": lambda: "/desk/statistics/?figure=inspected&by=store",
            "press": lambda: "/press/",
            "case": lambda: f"/desk/cases/{rng.choice(numbers)}/",
        }
        print(f"{'page':24}{'p50':>8}{'p95':>8}{'most':>8}  ms, of {times}")
        for name, address in asked.items():
            taken = []
            for _ in range(6):
                client.get(address())
            for _ in range(times):
                begin = time.perf_counter()
                answer = client.get(address())
                taken.append((time.perf_counter() - begin) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{name}: {answer.status_code}")
            print(f"{name:24}{statistics.median(taken):8.0f}{percentile(taken, 0.95):8.0f}{max(taken):8.0f}", flush=True)


class Officer(threading.Thread):
    """Somebody at work: looks at the ledger, opens a case, does what its page offers, sometimes twice."""

    def __init__(self, base: str, login: str, until: float, number: int) -> None:
        super().__init__(daemon=True)
        self.base, self.login, self.until, self.rng = base, login, until, random.Random(number)
        self.answers: Counter[str] = Counter()
        self.acted: Counter[str] = Counter()
        self.times: list[float] = []

    def run(self) -> None:
        with contextlib.closing(signed_in(self.base, self.login)) as client:
            while time.monotonic() < self.until:
                try:
                    self.once(client)
                except httpx.HTTPError as e:
                    self.answers[type(e).__name__] += 1
                time.sleep(self.rng.uniform(0.4, 1.2))

    def get(self, client: httpx.Client, address: str) -> str:
        begin = time.perf_counter()
        answer = client.get(address)
        self.times.append((time.perf_counter() - begin) * 1000)
        self.answers[str(answer.status_code)] += 1
        return answer.text

    def once(self, client: httpx.Client) -> None:
        state = self.rng.choice(("opened", "inspected", "verified", "replied", "overdue", ""))
        page = self.get(client, f"/desk/cases/?state={state}")
        numbers = re.findall(r'href="/desk/cases/([^/"]+)/"', page)
        if self.rng.random() < 0.2:
            self.get(client, "/desk/")
        if not numbers:
            return
        number = self.rng.choice(numbers)
        offered = [f for f in forms(self.get(client, f"/desk/cases/{number}/")) if f["fields"].get("act")]
        if not offered:
            return
        form = self.rng.choice(offered)
        data = dict(form["fields"])
        for name, values in form["choices"].items():
            data[name] = "confirm" if name.startswith("decide-") else self.rng.choice([v for v in values if v] or [""])
        data |= {k: "压力测试" for k in data if k == "reason"}
        for _ in range(2 if self.rng.random() < 0.15 else 1):
            answer = client.post(form["action"], data=data)
            self.answers[str(answer.status_code)] += 1
            if answer.status_code == 200:
                self.acted[data["key"]] += 1


def officers(count: int, minutes: float) -> int:
    """So many at once for so long. 1 where something was lost, done twice or does not verify."""
    logins = people(count)
    from mingcha.server.ledger.models import Case, Event

    before = Event.objects.count()
    with office(4) as base:
        until = time.monotonic() + minutes * 60
        threads = [Officer(base, login, until, i) for i, login in enumerate(logins)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    answers = sum((t.answers for t in threads), Counter())
    keys = {k for t in threads for k in t.acted}
    kept = Counter(Event.objects.filter(key__in=keys).values_list("key", flat=True))
    times = [x for t in threads for x in t.times]
    lost, doubled = len(keys - kept.keys()), sum(1 for n in kept.values() if n > 1)
    wrong = [c.number for c in Case.objects.filter(events__key__in=keys).distinct() if c.version != c.events.exclude(act="open").exclude(act__startswith="sign-").count()]
    faults = {k: n for k, n in answers.items() if not k.startswith(("2", "4"))}
    print(f"{count} officers, {minutes:g} minutes: {sum(answers.values())} answers {dict(answers)}")
    print(f"pages: p50 {statistics.median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms, p99 {percentile(times, 0.99):.0f} ms, most {max(times):.0f} ms")
    print(f"acts done {len(keys)}, events new {Event.objects.count() - before}, lost {lost}, done twice {doubled}, cases whose count is wrong {len(wrong)}, faults {faults}")
    subprocess.run([sys.executable, "-m", "mingcha", "manage", "tick"], check=True)
    proof = subprocess.run([sys.executable, "-m", "mingcha", "manage", "verify-ledger"], check=False).returncode
    return int(bool(lost or doubled or wrong or faults or proof))


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["pages", "officers"])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--officers", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    if asked.part == "officers":
        return officers(asked.officers, asked.minutes)
    pages(asked.times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
