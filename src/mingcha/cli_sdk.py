"""The verbs `mingcha sdk`: learn fingerprints of SDK archives, show them, look for them in a package.

Archives and packages are read in the child process, under its limits: an archive of an SDK is made by others, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mingcha.cli import lang_option
from mingcha.errors import BadInput, Usage
from mingcha.plain import plain

DEFAULT = "sdks.mcfp"
_path = click.Path(path_type=Path)


@click.group(short_help="Fingerprints of SDKs. SDK 指纹。")
def sdk() -> None:
    """Learn SDKs and their versions from archives, and find them in packages whose names were obfuscated.
    从 SDK 包学习指纹，在混淆后的安装包中识别 SDK 及版本。"""


@sdk.command("learn", short_help="Learn from archives. 学习。")
@click.argument("files", nargs=-1, required=True, type=_path, metavar="FILE...")
@click.option("-o", "--output", type=_path, default=Path(DEFAULT), help=f"File to add to (default {DEFAULT}). 指纹文件。")
@click.option("--id", "known", metavar="ID", help="Entry of the catalogue (default: who owns most classes). SDK 编号。")
@click.option("--version", metavar="V", help="Version (default: as the archive says). 版本。")
@lang_option
@click.pass_obj
def learn(state: Any, files: tuple[Path, ...], output: Path, known: str | None, version: str | None) -> None:
    """Learn from JAR, AAR or DEX files; what is learnt is added to the file. 从 JAR、AAR、DEX 学习并加入指纹文件。"""
    from mingcha import catalogue, store
    from mingcha.extract.package.fingerprint import prints

    if version is not None and (len(version) > 40 or not version.isprintable() or not version):
        raise Usage("版本不是一个短文本", "the version is no short text")
    loaded = catalogue.load()
    learnt = prints.load(output).learnt() if output.exists() else []
    refused: list[BadInput] = []
    with _worker(state.settings) as worker:
        for file in files:
            try:
                entry, features = _lesson(worker if state.settings.isolate else None, loaded, file, known, version)
            except BadInput as e:  # one that teaches nothing must not cost what the others teach
                refused.append(e)
                if len(refused) == len(files):
                    raise
                continue
            learnt.append((entry, features))
            click.echo("\t".join((entry.id, entry.version or "-", entry.part, str(entry.classes), str(entry.count))))
    for problem in refused:
        click.echo(plain(problem.line(state.lang), 1000), err=True)
    data = prints.dump(prints.make(learnt))
    try:
        prints.parse(data)  # what could not be read again is not written
        store.write_atomic(output, data)
    except ValueError as e:
        raise BadInput(f"指纹文件超出限制：{e}", f"the fingerprints are beyond the limits: {e}", code="bad-fingerprints") from e
    except OSError as e:
        raise Usage(f"无法写入 {output}：{e.strerror}", f"cannot write {output}: {e.strerror}", code="unwritable") from e
    click.echo(plain(output), err=True)


def _worker(settings: Any) -> Any:
    from mingcha.extract import Worker

    return Worker(settings.cpu_seconds, settings.wall_seconds, settings.memory_mb)


def _lesson(worker: Any, loaded: Any, file: Path, known: str | None, version: str | None) -> tuple[Any, Any]:
    """What a file teaches. BadInput where it teaches nothing, or could not be read to its end."""
    from mingcha.extract import unreadable
    from mingcha.extract.package.fingerprint import learn as lessons
    from mingcha.model import Limitation

    try:
        file.open("rb").close()
        if worker is None:
            return lessons.lesson(file, loaded.sdks, known, version)
    except OSError as e:
        raise unreadable(file, e) from e
    taught = worker.teach(file, known, version, file.name)
    if not isinstance(taught, Limitation):
        try:
            return lessons.received(bytes(taught.entry), taught.features, loaded.sdks)
        except ValueError as e:
            taught = Limitation(code="crash", detail=str(e))
    why = loaded.limitations.get(taught.code) or loaded.limitations["crash"]
    raise BadInput(
        f"{plain(file.name)} 无法学习：{why.name.zh}", f"{plain(file.name)} cannot be learnt from: {why.name.en}",
        {"zh": why.hint.zh, "en": why.hint.en}, code=taught.code,
    )  # fmt: skip


@sdk.command("show", short_help="What a file holds. 查看。")
@click.argument("file", type=_path)
@lang_option
def show(file: Path) -> None:
    """List what was learnt: id, version, part, classes, features. 列出指纹：编号、版本、部分、类数、特征数。"""
    from mingcha.extract.package.fingerprint import prints

    for e in prints.load(file).entries:
        click.echo("\t".join((e.id, e.version or "-", e.part, str(e.classes), str(e.count))))


@sdk.command("match", short_help="SDKs in a package. 匹配。")
@click.argument("file", type=_path)
@click.argument("package", type=_path)
@lang_option
@click.pass_obj
def match(state: Any, file: Path, package: Path) -> None:
    """List the SDKs of a package: id, version, how the version is known, classes, likeness, signs.
    列出安装包中的 SDK：编号、版本、版本依据、类数、相似度、迹象。"""
    import msgspec

    from mingcha import pipeline

    settings = msgspec.structs.replace(state.settings, fingerprints=str(file))
    for f in pipeline.read([package], settings).facts:
        if f["kind"] == "sdk":
            version = (f["version"] or "/".join(f["versions"]) or "-", f["version_by"] or "-")
            likeness = "-" if f["likeness"] is None else f"{f['likeness']:.2f}"
            click.echo("\t".join((f["id"], *version, str(f["classes"]), likeness, ",".join(f["by"]))))
