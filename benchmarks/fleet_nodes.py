"""A fleet over three nodes in network namespaces of this machine: one is cut off and comes back, one is killed.

    python benchmarks/fleet_nodes.py FOLDER [--items 400] [--s3 URL]      needs root, iproute2 and the extra `fleet-ray`

Nodes share the machine's disk and processors; only their network is their own. Each inspection waits some time before it
is judged, so that losses fall into the middle of items. Printed at the end: what was lost, entered twice, begun twice.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

NET = "10.99.0"
PORT = 6379
WAIT = """
import os, sys
if "mingcha.fleet.lane" in sys.orig_argv:
    import time
    from mingcha import pipeline
    real = pipeline.judge
    def judge(read, *args, **options):
        with open(os.environ["TRIAL_LOG"], "a") as f:
            f.write(f"{os.environ.get('TRIAL_NODE')} {read.subject.sha256}\\n")
        time.sleep(float(os.environ["TRIAL_WAIT"]))
        return real(read, *args, **options)
    pipeline.judge = judge
"""


def ip(*words: object, check: bool = True) -> None:
    """One command of iproute2."""
    subprocess.run(["ip", *map(str, words)], check=check, capture_output=not check)


class Net:
    """A bridge and a namespace for each node."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.down()
        ip("link", "add", "mcbr", "type", "bridge")
        ip("addr", "add", f"{NET}.254/24", "dev", "mcbr")
        ip("link", "set", "mcbr", "up")
        for n in range(1, nodes + 1):
            ip("netns", "add", f"mcn{n}")
            ip("link", "add", f"mcv{n}", "type", "veth", "peer", "name", "eth0", "netns", f"mcn{n}")
            ip("link", "set", f"mcv{n}", "master", "mcbr", "up")
            ip("-n", f"mcn{n}", "link", "set", "lo", "up")
            ip("-n", f"mcn{n}", "addr", "add", f"{NET}.{n}/24", "dev", "eth0")
            ip("-n", f"mcn{n}", "link", "set", "eth0", "up")

    @staticmethod
    def link(node: int, state: str) -> None:
        """Cut a node off, or back in."""
        ip("link", "set", f"mcv{node}", state)

    @staticmethod
    def kill(node: int) -> int:
        """Every process of a node at once, as when its power goes. Returns how many there were."""
        ran = subprocess.run(["ip", "netns", "pids", f"mcn{node}"], capture_output=True, text=True, check=False)
        pids = [int(p) for p in ran.stdout.split()]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def down(self) -> None:
        """Remove all of it, with every process in it."""
        for n in range(1, self.nodes + 1):
            self.kill(n)
            ip("link", "del", f"mcv{n}", check=False)
            ip("netns", "del", f"mcn{n}", check=False)
        ip("link", "del", "mcbr", check=False)


def ray(folder: Path, node: int, lanes: int, env: dict[str, str]) -> None:
    """Start Ray on a node; the first one is the head."""
    where = ["--head", f"--port={PORT}", "--include-dashboard=false", f"--temp-dir={folder}/ray"] if node == 1 else [f"--address={NET}.1:{PORT}"]
    command = ["ip", "netns", "exec", f"mcn{node}", str(Path(sys.executable).with_name("ray")), "start", *where]
    command += [f"--node-ip-address={NET}.{node}", f"--num-cpus={lanes}", "--disable-usage-stats", "--object-store-memory=80000000"]
    with (folder / f"ray{node}.log").open("wb") as log:
        subprocess.run(command, env=env | {"TRIAL_NODE": f"node{node}"}, stdout=log, stderr=log, check=True, timeout=180)


def packages(folder: Path, items: int) -> Path:
    """Small packages that differ in a byte."""
    from tests.extract.package.build import File
    from tests.support import apk

    out = folder / "packages"
    out.mkdir()
    for n in range(items):
        (out / f"{n:05}.apk").write_bytes(apk(extra=[File("assets/n", str(n).encode())]))
    return out


def executed(log: Path) -> Counter[str]:
    """How often each package was inspected, by whichever node."""
    return Counter(line.split()[1] for line in log.read_text().splitlines()) if log.exists() else Counter()


def figures(store: str, folder: Path, items: int, log: Path) -> list[tuple[str, object]]:
    """Counts from the store itself and from the log of what was begun."""
    import msgspec

    from mingcha import objects
    from mingcha.fleet import commit, places, remote
    from mingcha.store import Run

    root = Path(store)
    if objects.remote(store):
        for seen in objects.bucket(store).below("index/pending"):
            print("mark left:", seen.name)
        root = folder / "mirror"
        remote.mirror(objects.bucket(store), root)
        kept = sum(1 for _ in remote.ids(objects.bucket(store)))
    else:
        mended = places.mend(store, whole=True)
        print("mended:", mended)
        kept = sum(1 for _ in commit.runs(root))
    runs = [msgspec.json.decode((f / "run.json").read_bytes(), type=Run) for f in commit.runs(root)]
    keys = [k for k, _ in commit.Index(root).all()]
    begun = executed(log)
    return [
        ("packages", items), ("keys in the index", len(keys)), ("folders of runs", kept), ("lost", items - len({r.subject.sha256 for r in runs})),
        ("entered twice", len(runs) - len({r.key for r in runs})), ("inspections begun", begun.total()),
        ("begun twice or more", sum(n > 1 for n in begun.values())),
        ("share begun twice", f"{100 * (begun.total() - len(begun)) / items:.1f} %"), ("ended", dict(Counter(r.ended for r in runs))),
    ]  # fmt: skip


def events(net: Net, folder: Path, args: argparse.Namespace, env: dict[str, str], run: subprocess.Popen[bytes], log: Path) -> None:
    """Cut node 2 off at a quarter and back in later, kill node 3 at a third; start both again, as a service manager would."""
    begun = time.monotonic()
    todo = [(0.3, "head")] if args.kill_head else [(0.25, "cut"), (0.33, "kill")]
    back = float("inf")
    while run.poll() is None:
        time.sleep(0.5)
        now, share = time.monotonic() - begun, len(executed(log)) / args.items
        if todo and share >= todo[0][0]:
            what = todo.pop(0)[1]
            if what == "cut":
                net.link(2, "down")
                back = now + args.cut
            elif what == "head":
                net.kill(1)
            else:
                print(f"{now:6.1f} s: {net.kill(3)} processes of node 3 killed", flush=True)
            print(f"{now:6.1f} s: {what} at {100 * share:.0f} %", flush=True)
        if now > back:
            back = float("inf")
            net.link(2, "up")
            print(f"{now:6.1f} s: node 2 is back, {100 * share:.0f} %", flush=True)
            if args.again:
                time.sleep(8)
                print("left of node 2:", net.kill(2), "processes", flush=True)
                for node in (2, 3):
                    ray(folder, node, args.lanes, env)
        if now > args.most:
            print("too slow: stopped", flush=True)
            run.send_signal(signal.SIGINT)
            break


def main() -> int:
    """The whole trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--lanes", type=int, default=2, help="of each node")
    parser.add_argument("--wait", type=float, default=0.8, help="seconds before judging")
    parser.add_argument("--cut", type=float, default=45, help="seconds that node 2 is cut off")
    parser.add_argument("--silent", type=float, default=15)
    parser.add_argument("--most", type=float, default=400)
    parser.add_argument("--store", help="s3://bucket/prefix that the nodes reach; default a shared folder")
    parser.add_argument("--again", action=argparse.BooleanOptionalAction, default=True, help="start lost nodes again")
    parser.add_argument("--outside", action="store_true", help="the head inspects nothing, the coordinator is on a fourth host")
    parser.add_argument("--kill-head", action="store_true", help="kill the head instead, start all again, then the same command")
    parser.add_argument("--kill-coordinator", action="store_true", help="kill -9 the coordinator once, then the same command")
    args = parser.parse_args()
    folder = args.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(WAIT)
    source, log, store = packages(folder, args.items), folder / "begun.log", args.store or str(folder / "store")
    env = os.environ | {
        "PYTHONPATH": f"{folder}/site{os.pathsep}{os.environ.get('PYTHONPATH', '')}", "TRIAL_LOG": str(log), "TRIAL_WAIT": str(args.wait),
        "MINGCHA_LANG": "en", "MINGCHA_CACHE_MB": "0", "MINGCHA_HOME": str(folder / "home"), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }  # fmt: skip
    net, nodes = Net(4), (1, 2, 3, 4) if args.outside or args.kill_head else (1, 2, 3)
    try:
        for node in nodes:
            ray(folder, node, 0 if node == 4 or (node == 1 and len(nodes) == 4) else args.lanes, env)
        command = ["ip", "netns", "exec", f"mcn{nodes[-1] if len(nodes) == 4 else 1}", sys.executable, "-m", "mingcha", "fleet", "run", str(source), "--store", store]
        command += ["--engine", "ray", "--address", f"{NET}.1:{PORT}", "--silent", str(args.silent)]
        begun = time.monotonic()
        run = subprocess.Popen(command, env=env | {"TRIAL_NODE": "coordinator"})
        if args.kill_coordinator:
            while len(executed(log)) < args.items * 0.15 and run.poll() is None:
                time.sleep(0.3)
            run.kill()
            run.wait()
            print(f"coordinator killed at {len(executed(log))}", flush=True)
            run = subprocess.Popen(command, env=env)
        events(net, folder, args, env, run, log)
        print("exit", run.wait(120), f"after {time.monotonic() - begun:.1f} s", flush=True)
        if args.kill_head:
            for node in nodes:
                net.kill(node)
            for node in nodes:
                ray(folder, node, 0 if node in (1, 4) else args.lanes, env)
            print("all again, exit", subprocess.run(command, env=env, check=False, timeout=args.most).returncode)
        time.sleep(5)  # what was cut off has had its time to commit late
        for node in nodes:
            net.kill(node)
        for name, value in figures(store, folder, args.items, log):
            print(f"{name}\t{value}")
    finally:
        net.down()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
