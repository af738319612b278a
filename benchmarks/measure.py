"""Measure one thing in a process of its own and print one JSON line. Called by run.py.

    python benchmarks/measure.py tables|fast|floor|manifest|engine|fast-engine|reach|fast-reach|androguard|androguard-graph FILE

CPU is user + system time of the measured part, without interpreter start and imports; memory
is the peak resident set of the whole process.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def tables(path: Path) -> dict[str, object]:
    """Archive index, inflate, all tables, definitions and edges of every DEX file."""
    from mingcha.extract.package.archive import Archive
    from mingcha.extract.package.dex import tables as dex

    start = _cpu()
    size = 0
    with Archive.open(path) as archive:
        for name in list(archive.names(prefix="classes", suffix=".dex")):
            data = archive.read(name)
            if data is not None:
                size += len(data)
                try:
                    dex.read(name, bytes(data))
                except dex.NotDex:
                    continue
    return {"cpu": _cpu() - start, "dex": size}


def fast(path: Path) -> dict[str, object]:
    """`tables` by the compiled engine, which is ready when the clock starts."""
    from mingcha.extract.package.dex import fast as compiled

    compiled.enable()
    return tables(path)


def fast_engine(path: Path) -> dict[str, object]:
    """`engine` likewise."""
    from mingcha.extract.package.dex import fast as compiled

    compiled.enable()
    return engine(path)


def floor(path: Path) -> dict[str, object]:
    """What no reader can do without: read the file, inflate its DEX files, look at each byte once."""
    import deflate
    import numpy as np

    start = _cpu()
    size = total = 0
    path.read_bytes()
    with zipfile.ZipFile(path) as z:
        for info in z.infolist():
            if info.filename.startswith("classes") and info.filename.endswith(".dex"):
                z.fp.seek(info.header_offset)  # type: ignore[union-attr]
                head = z.fp.read(30)  # type: ignore[union-attr]
                z.fp.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)  # type: ignore[union-attr]
                packed = z.fp.read(info.compress_size)  # type: ignore[union-attr]
                data = deflate.deflate_decompress(packed, info.file_size) if info.compress_type else packed
                size += len(data)
                total += int(np.frombuffer(data, np.uint8).sum(dtype=np.int64))
    return {"cpu": _cpu() - start, "dex": size, "sum": total}


def manifest(path: Path) -> dict[str, object]:
    """Container, manifest with resources, and certificates."""
    from mingcha.extract.package import certificates, signing, splits
    from mingcha.extract.package import manifest as reader
    from mingcha.extract.package.arsc import Resources

    start = _cpu()
    with splits.open_container(path) as container:  # type: ignore[union-attr]
        if container.apks:
            base = container.apks[0]
            raw = container.resource_table(base)
            found = Resources(raw, container.notes) if raw else None
            reader.read(base.root, found, "", container.notes)
            signing.read(base.archive, "")
    return {"cpu": _cpu() - start, "modules": certificates.__name__}


def engine(path: Path) -> dict[str, object]:
    """Everything the reader does for a package, in this process."""
    from mingcha import catalogue
    from mingcha.extract.package import reader

    reader.reference(catalogue.load())
    facts: list[object] = []
    gc.disable()  # as the reading child does
    start = _cpu()
    reader.read(path, facts.extend, catalogue.load())
    return {"cpu": _cpu() - start, "facts": len(facts)}


def reach(path: Path) -> dict[str, object]:
    """Digest, archive, manifest, all tables and edges, sensitive calls, dispatch, start-up reach, and for each
    call that is reached a shortest path with the owner of every step: what compares with a peer's analysis and
    call graph. What an inspection adds (guards, flows, texts, certificates, native code) is in `engine`."""
    import hashlib

    from mingcha import catalogue
    from mingcha.extract.package import manifest as manifests
    from mingcha.extract.package import owners, reader, splits
    from mingcha.extract.package.apis import Matcher
    from mingcha.extract.package.dex import tables as dex
    from mingcha.extract.package.graph import inspect
    from mingcha.extract.package.graph.startup import shown

    ref = reader.reference(catalogue.load())
    gc.disable()
    start = _cpu()
    with path.open("rb") as f:
        hashlib.file_digest(f, "sha256").hexdigest()
    with splits.open_container(path) as container:  # type: ignore[union-attr]
        read = manifests.read(container.apks[0].root, None, "", container.notes)
        own = owners.Owners(ref.prefixes, read.package.get("id"), None)
        codes, matcher = [], Matcher(ref.table)
        for entry in container.dex_entries():
            code = dex.read(entry.where, bytes(container.read_dex(entry) or b""))
            codes.append(code)
            matcher.add(code)
        components = [f for f in read.facts if f["kind"] == "component"]
        startup = inspect.start(codes, read.package, components, read.classes, {}, ref.graph)
        paths = 0
        for call in matcher.finish() if startup else ():
            d = startup.world.find(call.caller)
            if d >= 0 and startup.reach.reached[d]:
                paths += bool(list(shown(startup.world, own, startup.reach.path(d), call.callee)))
    return {"cpu": _cpu() - start, "paths": paths}


def fast_reach(path: Path) -> dict[str, object]:
    """`reach` by the compiled engine."""
    from mingcha.extract.package.dex import fast as compiled

    compiled.enable()
    return reach(path)


def androguard(path: Path) -> dict[str, object]:
    """AnalyzeAPK, its counts and the callers of the catalogue's APIs."""
    from loguru import logger

    logger.remove()
    from androguard.misc import AnalyzeAPK

    import peers

    start = _cpu()
    _, dexes, analysis = AnalyzeAPK(str(path))
    cpu = _cpu() - start
    return {
        "cpu": cpu,
        "counts": peers.androguard_totals(dexes),
        "callers": peers.androguard_callers(analysis),
    }


def androguard_graph(path: Path) -> dict[str, object]:
    """AnalyzeAPK and its call graph."""
    from loguru import logger

    logger.remove()
    from androguard.misc import AnalyzeAPK

    start = _cpu()
    _, _, analysis = AnalyzeAPK(str(path))
    graph = analysis.get_call_graph()
    return {"cpu": _cpu() - start, "edges": graph.number_of_edges()}


def main() -> None:
    what, path = sys.argv[1], Path(sys.argv[2])
    run: dict[str, Callable[[Path], dict[str, object]]] = {
        "tables": tables, "fast": fast, "fast-engine": fast_engine, "floor": floor, "manifest": manifest, "engine": engine, "reach": reach, "fast-reach": fast_reach, "androguard": androguard,
        "androguard-graph": androguard_graph,
    }  # fmt: skip
    out = run[what](path)
    out["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(out))


if __name__ == "__main__":
    main()
