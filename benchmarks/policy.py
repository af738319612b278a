"""Figures of the policy reader: elements against the gold set, topics by policy, polarity of planted denials, SDK
tables in four formats, speed.

    python benchmarks/policy.py [elements|polarity|planted|speed|topics|tables]... [--corpus ../shared/data/capp-130]

Tables are made up here (names and vendors are the catalogue's) and written as HTML, DOCX, Markdown and, where
Chromium is installed, PDF; every field is compared with what was written.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import itertools
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.document import Sentence
from mingcha.extract.policy.statements import Statements

KNOWN = catalogue.load()
HEADERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("name", "SDK名称"), ("vendor", "提供方"), ("purpose", "使用目的"), ("data", "收集个人信息类型"), ("link", "隐私政策链接")),
    (("name", "第三方SDK名称"), ("purpose", "功能用途"), ("data", "收集的个人信息"), ("manner", "共享方式"), ("vendor", "第三方公司名称"), ("link", "官网链接")),
    (("none", "序号"), ("vendor", "公司主体"), ("name", "产品名称"), ("scene", "使用场景"), ("data", "个人信息字段"), ("link", "第三方隐私政策")),
    (("name", "名称"), ("package", "包名"), ("vendor", "开发者"), ("purpose", "收集目的"), ("data", "涉及个人信息"), ("manner", "处理方式")),
    (("name", "SDK"), ("vendor", "SDK提供方名称"), ("data", "信息种类"), ("purpose", "目的"), ("scene", "应用场景"), ("link", "隐私协议网址")),
    (("vendor", "接收方"), ("name", "SDK 名称"), ("data", "共享信息内容"), ("purpose", "共享目的"), ("manner", "共享方式")),
)  # fmt: skip
PURPOSES = ("向用户推送消息", "统计分析应用使用情况", "提供地图和定位服务", "实现第三方账号登录与分享", "监测崩溃并修复问题", "支付订单")
MANNERS = ("SDK 本机采集", "加密传输", "接口传输", "后台接口传输，去标识化处理")
SCENES = ("打开应用时", "用户点击登录时", "查看附近门店时", "付款时")
ITEMS = ("IMEI", "OAID", "设备型号", "操作系统版本", "MAC地址", "Android ID", "IP地址", "网络类型", "精确位置", "应用列表", "手机号码", "运营商信息")
STYLE = "<meta charset=utf-8><style>body{font:14px 'Noto Sans CJK SC'}table{border-collapse:collapse;width:100%}td,th{border:1px solid #333;padding:4px;word-break:break-all}div{page-break-after:always}</style>"


def table(n: int, rng: random.Random) -> tuple[list[str], list[dict[str, str]]]:
    """Heads and rows of one made-up list of SDKs."""
    columns = HEADERS[n % len(HEADERS)]
    sdks = [s for s in KNOWN.sdks.values() if s.personal and s.policy and re.search("[\u4e00-\u9fff]", s.name.zh)]
    rows = []
    for k, sdk in enumerate(rng.sample(sdks, rng.randint(2, 6))):
        rows.append({
            "none": str(k + 1), "name": sdk.name.zh, "vendor": sdk.vendor.zh, "purpose": rng.choice(PURPOSES), "scene": rng.choice(SCENES),
            "manner": rng.choice(MANNERS), "data": "、".join(rng.sample(ITEMS, rng.randint(2, 6))), "link": sdk.policy or "",
            "package": (sdk.prefixes or [""])[0], "sdk": sdk.id,
        })  # fmt: skip
    return [h for _, h in columns], [{f: r[f] for f, _ in columns} | {"sdk": r["sdk"]} for r in rows]


def as_html(heads: list[str], rows: list[dict[str, str]]) -> str:
    """As a page has it."""
    cells = ["<tr>" + "".join(f"<th>{html.escape(h)}</th>" for h in heads) + "</tr>"]
    for row in rows:
        shown = [f'<a href="{html.escape(v)}">{html.escape(v)}</a>' if f == "link" else html.escape(v) for f, v in row.items() if f != "sdk"]
        cells.append("<tr>" + "".join(f"<td>{v}</td>" for v in shown) + "</tr>")
    return f"<h2>第三方SDK目录</h2><p>我们接入的第三方SDK如下：</p><table>{''.join(cells)}</table>"


def as_markdown(heads: list[str], rows: list[dict[str, str]]) -> str:
    """As a README has it."""
    lines = [heads, ["---"] * len(heads), *([v for f, v in r.items() if f != "sdk"] for r in rows)]
    return "## 第三方SDK目录\n\n" + "\n".join("| " + " | ".join(x) + " |" for x in lines) + "\n"


def as_docx(path: Path, heads: list[str], rows: list[dict[str, str]]) -> None:
    """As a word processor saves it, in the least parts that one accepts."""
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p>"

    lines = [heads, *([v for f, v in r.items() if f != "sdk"] for r in rows)]
    body = "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(v)}</w:tc>" for v in line) + "</w:tr>" for line in lines)
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        z.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="{w}"><w:body>{paragraph("第三方SDK目录")}<w:tbl>{body}</w:tbl></w:body></w:document>')


def as_pdfs(folder: Path, tables: list[tuple[list[str], list[dict[str, str]]]]) -> list[Path]:
    """One print by Chromium, cut into one file for each table by its first page."""
    import pypdfium2 as pdfium

    page = folder / "all.html"
    page.write_text(STYLE + "".join(f"<div><p>起点{n:03d}起点</p>{as_html(*t)}</div>" for n, t in enumerate(tables)), "utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={folder / 'all.pdf'}", page.as_uri()],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    pdf = pdfium.PdfDocument(folder / "all.pdf")
    starts = {}
    for k in range(len(pdf)):
        if m := re.search(r"起点(\d{3})起点", pdf[k].get_textpage().get_text_range()):
            starts[int(m[1])] = k
    out = []
    for n in range(len(tables)):
        part = pdfium.PdfDocument.new()
        part.import_pages(pdf, list(range(starts[n], starts.get(n + 1, len(pdf)))))
        out.append(folder / f"{n}.pdf")
        part.save(out[-1])
    return out


def plain(text: str | None) -> str:
    """Without blanks: where a cell breaks its lines is no part of what it says."""
    return re.sub(r"\s+", "", text or "")


def compare(path: Path, rows: list[dict[str, str]], wrong: Counter[str], examples: list[str]) -> tuple[int, int, int, int]:
    """Right fields, all fields, SDKs told, SDKs."""
    document, encoding = reader.load(path)
    found = [f for f in reader.facts(document, path.stem, KNOWN, encoding) if f["kind"] == "sdk-listing"]
    right = total = told = 0
    for row, fact in itertools.zip_longest(rows, found):
        if row is None:
            total += 1
            wrong["extra row"] += 1
            continue
        for name, value in row.items():
            if name in ("none", "sdk") or not value:
                continue
            total += 1
            ok = fact is not None and plain(fact[name]) == plain(value)
            right += ok
            if not ok:
                wrong[f"{path.suffix} {name}"] += 1
                examples.append(f"{path.name} {name}: {value!r} read as {fact and fact[name]!r}")
        told += fact is not None and fact["sdk"] == row["sdk"]
    return right, total, told, len(rows)


def tables(count: int) -> None:
    """Field accuracy by format."""
    rng = random.Random(20261127)
    made = [table(n, rng) for n in range(count)]
    wrong: Counter[str] = Counter()
    examples: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files: dict[str, list[Path]] = {"html": [], "md": [], "docx": []}
        for n, t in enumerate(made):
            for form, paths in files.items():
                paths.append(folder / f"{n}.{form}")
            files["html"][n].write_text("<!doctype html><title>SDK</title>" + as_html(*t), "utf-8")
            files["md"][n].write_text(as_markdown(*t), "utf-8")
            as_docx(files["docx"][n], *t)
        if shutil.which("chromium"):
            files["pdf"] = as_pdfs(folder, made)
        for form, paths in files.items():
            sums = [sum(x) for x in zip(*(compare(p, t[1], wrong, examples) for p, t in zip(paths, made, strict=True)), strict=True)]
            print(f"tables {form}: {len(paths)} files, fields {sums[0]}/{sums[1]} = {sums[0] / sums[1]:.4f}; SDK of the catalogue {sums[2]}/{sums[3]} = {sums[2] / sums[3]:.4f}")
    print("wrong:", dict(wrong), *examples[:6], sep="\n  ")


# ---- polarity -------------------------------------------------------------------------------------------

DENIED = (
    "我们不会收集您的{i}。", "我们不收集{i}。", "本应用不会主动获取您的{i}。", "未经您的同意，我们不会向任何第三方提供您的{i}。",
    "除法律法规另有规定外，我们不会向第三方共享您的{i}。", "我们承诺绝不出售您的{i}。", "您的{i}不会被上传至服务器，我们也不会存储。",
    "我们不会将您的{i}用于广告推送。", "我们从未采集{i}。", "无需收集您的{i}即可使用本功能。", "我们没有收集您的{i}。", "在您同意之前，我们不会读取{i}。",
    "我们不会以任何形式，向第三方出租、出售您的{i}。", "除非获得您的明确同意，我们不会公开披露您的{i}。", "我们会收集您的昵称，但不会收集您的{i}。",
    "禁止任何SDK收集您的{i}。", "我们不再存储您的{i}。", "我们既不收集也不使用您的{i}。", "未征得您的授权，我们不会使用您的{i}。", "我们不会保存您的{i}。",
)  # fmt: skip
AFFIRMED = (
    "我们会收集您的{i}。", "为了保障安全，我们需要收集{i}。", "我们不仅收集昵称，还会收集您的{i}。", "我们可能会向第三方提供您的{i}。",
    "除上述信息外，我们还会收集您的{i}。", "我们将您的{i}用于广告推送。", "经您同意后，我们会读取{i}。", "未成年人使用本服务时，我们会收集{i}。",
    "我们不会收集通讯录，但会收集您的{i}。", "我们不得不收集您的{i}以完成验证。", "您使用不同功能时，我们会获取您的{i}。", "我们会在不超过三年的期限内存储您的{i}。",
    "无论您是否登录，我们都会收集{i}。", "我们不会收集短信内容，仅收集您的{i}。", "SDK会收集您的{i}。", "我们与合作伙伴共享您的{i}。",
    "为不断改进服务，我们会使用您的{i}。", "我们委托第三方处理您的{i}。", "如遇不可抗力，我们将披露您的{i}。", "我们会存储您的{i}。",
)  # fmt: skip


def signs(text: str) -> list[tuple[str, bool, list[str]]]:
    """Act, polarity and items of each statement of one sentence."""
    matcher, known, _ = reader.tools(KNOWN)
    return [(f["denies"] or f["act"], f["polarity"], f["items"]) for f in Statements(matcher, known).one(Sentence(text, 0, (), "text", 0))]


def polarity() -> None:
    """Sentences of our own: of those about the item, all have the sign that was planted."""
    right = total = 0
    missed = []
    for item in ("IMEI", "手机号码", "精确位置", "应用列表", "身份证号码"):
        for sign, forms in ((False, DENIED), (True, AFFIRMED)):
            for form in forms:
                text = form.format(i=item)
                about = [s for s in signs(text) if s[2] and (item not in text or _last(text, s[2], item))]
                ok = bool(about) and all(s[1] is sign for s in about)
                right, total = right + ok, total + 1
                if not ok:
                    missed.append(f"{text} {about}")
    print(f"polarity, own sentences: {right}/{total} = {right / total:.4f}", *missed[:8], sep="\n  ")


def _last(text: str, found: list[str], item: str) -> bool:
    wanted = {h.value for h in reader.tools(KNOWN)[0].find(item)}
    return bool(wanted & set(found))


def planted(corpus: Path) -> None:
    """Sentences of real policies that assert something: with a denial put before the verb, the sign must turn."""
    right = total = kept = 0
    missed = []
    for text in sentences(corpus):
        m = re.search(r"(?:我们|本公司|我司)(?:会|将|可能会|需要|将会)?(收集|采集|获取|读取|共享|披露|使用|存储|保存)(?=[^。；]{0,12}(?:您|用户|你))", text)
        # A condition, a right to refuse or a noun (我们收集的…) asserts nothing that could be denied.
        if not m or len(text) > 200 or re.search(r"(?:如|若|拒绝|同意|需要获取|所|有关|或|例如)[^，,。；;]{0,12}$", text[: m.start()]) or text[m.end() : m.end() + 1] == "的":
            continue
        before = [s for s in signs(text) if s[2]]
        if len(before) != 1 or not before[0][1]:
            continue
        start = m.start(1)
        lead = re.sub(r"(?:会|将|可能会|需要|将会)$", "", text[:start])
        after = signs(lead + "不会" + text[start:])
        ok = any(not s[1] for s in after)  # what else the sentence asserts stays
        right, total = right + ok, total + 1
        kept += any(not s[1] and s[2] for s in after)  # a denial speaks of the items of its own clause only
        if not ok:
            missed.append(f"{lead}不会{text[start:]} {after}"[:160])
    print(f"polarity, denials planted in {total} sentences of the corpus: {right / max(total, 1):.4f}, with items {kept / max(total, 1):.4f}", *missed[:5], sep="\n  ")


def sentences(corpus: Path) -> Iterator[str]:
    """All sentences of the corpus, once each."""
    seen: set[str] = set()
    for path in sorted(corpus.rglob("rw_*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            text = json.loads(line)["text"]
            if text not in seen:
                seen.add(text)
                yield text


def speed(corpus: Path) -> None:
    """CPU seconds of whole policies, tools built before."""
    reader.tools(KNOWN)
    reader.topics(["热身。"])
    costs: list[float] = []
    sizes: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        for path in sorted(corpus.rglob("rw_*.jsonl"))[:40]:
            text = "\n".join(json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
            file = Path(name) / "p.txt"
            file.write_text(text, "utf-8")
            before = time.process_time()
            document, encoding = reader.load(file)
            count: Any = sum(1 for _ in reader.facts(document, "p", KNOWN, encoding))
            costs.append(time.process_time() - before)
            sizes.append(len(text))
            assert count
    worst = max(c / n * 15_000 for c, n in zip(costs, sizes, strict=True))
    print(f"speed: {sum(sizes)} characters in {sum(costs):.2f} CPU-s; 15,000 characters: {sum(costs) / sum(sizes) * 15_000:.3f} CPU-s on average, {worst:.3f} at worst")


def topics(corpus: Path) -> None:
    """Micro-F1 on the policies that the model was not trained on."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
    import numpy as np
    from train_topics import LABELS, f1, load

    from mingcha.extract.policy.topics import scores

    policies = load(corpus)
    part = sorted(policies, key=lambda n: hashlib.sha256(n.encode()).digest())[108:]
    said = np.vstack([scores([t for t, _ in policies[p]]) for p in part]) > 0
    truth = np.zeros_like(said)
    for n, labels in enumerate(ls for p in part for _, ls in policies[p]):
        truth[n, labels] = True
    micro, macro, _ = f1(truth, said)
    print(f"topics: micro-F1 {micro:.4f}, macro-F1 {macro:.4f} on {len(part)} policies, {len(truth)} sentences, {len(LABELS)} topics")


# ---- elements -------------------------------------------------------------------------------------------

GOLD = Path(__file__).parents[1] / "tests" / "extract" / "policy" / "gold"


def kappa(pairs: list[tuple[bool, bool]]) -> tuple[float, float | None]:
    """Share of agreement and Cohen's kappa; None where one answer is the only one."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    a, b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = a * b + (1 - a) * (1 - b)
    return observed, (observed - chance) / (1 - chance) if chance < 1 else None


def rates(counts: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of hits, false ones and misses; 1 where there was nothing to find."""
    hit, false, missed = counts["hit"], counts["false"], counts["missed"]
    return hit / max(hit + false, 1) if hit or false else 1.0, hit / (hit + missed) if hit or missed else 1.0, 2 * hit / (2 * hit + false + missed) if hit or false or missed else 1.0


def gold(corpus: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Labels, and the texts that they are about; a text that is not the one that was read is an error."""
    texts: dict[str, str] = {}
    for line in (GOLD / "policies.jsonl").read_text("utf-8").splitlines():
        known = json.loads(line)
        path = next(corpus.rglob(f"{known['policy']}.jsonl"))
        rows = [json.loads(row)["text"].replace("\n", " ") for row in path.read_text("utf-8").splitlines() if row.strip()]
        texts[known["policy"]] = "\n".join(rows)
        if hashlib.sha256(texts[known["policy"]].encode()).hexdigest() != known["sha256"]:
            raise SystemExit(f"{path} is not the text that was annotated")
    return [json.loads(line) for line in (GOLD / "elements.jsonl").read_text("utf-8").splitlines()], texts


def found(texts: dict[str, str]) -> dict[str, set[str]]:
    """Elements that the reader finds in each text."""
    out: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        for policy, text in texts.items():
            path = Path(name) / "p.txt"
            path.write_text(text, "utf-8")
            document, encoding = reader.load(path)
            facts = reader.facts(document, policy, KNOWN, encoding)
            out[policy] = {f["element"] for f in facts if f["kind"] == "policy-element" and f["present"]}
    return out


def elements(corpus: Path) -> tuple[float, float, float]:
    """Agreement of the annotators and precision, recall, F1 of the reader, per element and over all; returns the
    latter."""
    labels, texts = gold(corpus)
    said = found(texts)
    whole: Counter[str] = Counter()
    each: dict[str, Counter[str]] = {}
    answers: dict[str, list[tuple[bool, bool]]] = {}
    for row in labels:
        one = each.setdefault(row["element"], Counter())
        what = ("hit" if row["present"] else "false") if row["element"] in said[row["policy"]] else ("missed" if row["present"] else "right")
        one[what] += 1
        whole[what] += 1
        answers.setdefault(row["element"], []).append((row["labels"][0], row["labels"][1]))
    agreed, k = kappa([pair for pairs in answers.values() for pair in pairs])
    print(f"annotators: {len(labels)} labels of {len(texts)} policies, agreement {agreed:.4f}, Cohen's kappa {k:.4f}")
    for name, one in each.items():
        precision, recall, f1 = rates(one)
        agreed, k = kappa(answers[name])
        print(
            f"  {name:22} gold {one['hit'] + one['missed']:2}  hit {one['hit']:2} false {one['false']:2} missed {one['missed']:2}  "
            f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}  agreement {agreed:.3f} kappa {'-' if k is None else f'{k:.3f}'}"
        )
    total = rates(whole)
    macro = sum(rates(one)[2] for one in each.values()) / len(each)
    always = rates(Counter(hit=whole["hit"] + whole["missed"], false=whole["false"] + whole["right"]))
    absent = rates(Counter(hit=whole["right"], false=whole["missed"], missed=whole["false"]))
    print(f"elements: micro precision {total[0]:.4f}, recall {total[1]:.4f}, F1 {total[2]:.4f}; macro F1 {macro:.4f}; {dict(whole)}")
    print(f"  whoever calls everything present has F1 {always[2]:.4f}; of the absent: precision {absent[0]:.4f}, recall {absent[1]:.4f}, F1 {absent[2]:.4f}")
    return total


PARTS = ("elements", "polarity", "planted", "speed", "topics", "tables")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, help="all when none is named")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/data/capp-130"))
    parser.add_argument("--tables", type=int, default=100)
    args = parser.parse_args()
    wanted = args.parts or PARTS
    here = args.corpus.is_dir()
    if not here:
        print(f"{args.corpus} is not here: no figures on real policies")
    for part in wanted:
        if part == "polarity":
            polarity()
        elif part == "tables":
            tables(args.tables)
        elif here:
            try:
                {"elements": elements, "planted": planted, "speed": speed, "topics": topics}[part](args.corpus)
            except ImportError as e:
                print(f"{part}: not measured, {e}")


if __name__ == "__main__":
    main()
