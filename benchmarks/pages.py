"""Large pages and long visits: wall seconds of pages of 500, 2,000 and 7,000 nodes beside axe-core alone on the same page, and the
memory that a visit of 30 pages takes.

    python benchmarks/pages.py [--nodes N...] [--pages 30]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.extract.page.serving import Answer, serving

from mingcha import pipeline
from mingcha.observe.browser import Options, visit
from mingcha.observe.browser.processes import family, resident
from mingcha.observe.browser.record import axe_source
from mingcha.observe.browser.supervise import browser
from mingcha.settings import Settings

_CARD = (
    '<li class="card"><a href="/p?{n}"><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=" alt="商品图 {n}" width="80" height="80"></a>'
    '<h3>商品 {n}</h3><p>原产地直供，<b>次日送达</b>，支持七天无理由退货。</p><span class="price">￥{n}.00</span> <button type="button">加入购物车</button></li>'
)


def shop(nodes: int) -> str:
    """A page of a made-up shop with about so many elements."""
    cards = "".join(_CARD.format(n=n) for n in range(max(1, nodes // 8)))
    return f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>示例商城</title><meta name="viewport" content="width=device-width"></head><body><main><h1>示例商城</h1><ul style="list-style:none">{cards}</ul></main></body></html>'


def alone(url: str) -> float:
    """Seconds of axe-core alone: the page loaded, the engine run, nothing kept."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        started = time.perf_counter()
        page.goto(url)
        page.evaluate(axe_source())
        page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.length)")
        took = time.perf_counter() - started
        chromium.close()
    return took


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="*", default=[500, 2000, 7000])
    parser.add_argument("--pages", type=int, default=30)
    asked = parser.parse_args()

    def answer(path: str) -> Answer:
        size = int(path.rpartition("n=")[2] or 500) if "n=" in path else 500
        return 200, {}, shop(size).encode()

    out = sys.stdout.write
    with serving(answer) as base, tempfile.TemporaryDirectory() as scratch:
        out("elements  record  read+judge  together   axe alone  ratio\n")
        for nodes in asked.nodes:
            folder = Path(scratch) / f"n{nodes}"
            visit(Options(url=base, pages=(f"{base}/?n={nodes}",), profiles=("desktop",), probes=("keyboard", "zoom"), wall=300, allow=("127.0.0.1/32",)), folder)
            page = json.loads((folder / "visit.json").read_bytes())["pages"][0]
            started = time.perf_counter()
            pipeline.judge(pipeline.read([folder], Settings(isolate=False)), date.today())
            read = time.perf_counter() - started
            axe = alone(f"{base}/?n={nodes}")
            record = float(page["took"])
            out(f"{page['metrics']['nodes']:8}  {record:6.1f}  {read:10.1f}  {record + read:8.1f}  {axe:10.1f}  {(record + read) / axe:5.2f}\n")
        out(f"\nvisit of {asked.pages} pages of 2,000 elements, MB by page (browser and child together)\n")
        folder = Path(scratch) / "long"
        code = (
            "import sys; from pathlib import Path; from mingcha.observe.browser import Options, visit; "
            f"visit(Options(url={base!r}, pages=tuple(f'{base}/?p={{n}}&n=2000' for n in range({asked.pages})), profiles=('desktop',), probes=(), wall=900, allow=('127.0.0.1/32',)), Path(sys.argv[1]), lambda l: print(l, flush=True))"
        )
        process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
        seen: list[float] = []
        most = [0.0]
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.5):
                most[0] = max(most[0], sum(resident(p) for p in family(process.pid)) / 1e6)

        threading.Thread(target=watch, daemon=True).start()
        assert process.stdout
        for _ in process.stdout:
            seen.append(sum(resident(p) for p in family(process.pid)) / 1e6)
        process.wait()
        done.set()
        out(" ".join(f"{mb:.0f}" for mb in seen[:: max(1, len(seen) // 10)]) + f"; most {most[0]:.0f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
