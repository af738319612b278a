"""Lists and laws: references that must resolve, prefixes that must point at one vendor."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from mingcha.catalogue import lint_callbacks, sdk_versions
from mingcha.catalogue.build import Built
from mingcha.catalogue.lint_rules import iso_day
from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import Span

PURPOSES = frozenset(
    """
    push ads analytics crash attribution login share payment map location im rtc live video speech ocr
    face-recognition security identity sms-verification customer-service network image database hotfix
    plugin-framework cross-platform webview ui-library utility social game app-store device-vendor iot
    health cloud-storage testing system-library monitoring ab-test
    """.split()  # noqa: SIM905 - forty words read better in lines than one by one
)
# Whole companies, code hosts and top-level folders that many unrelated products share.
TOO_WIDE = frozenset(
    """
    com.google com.google.android com.tencent com.baidu com.alibaba com.alipay com.taobao com.ali
    com.aliyun com.huawei com.xiaomi com.miui com.oppo com.heytap com.vivo com.meizu com.samsung com.honor
    com.hihonor com.bytedance com.ss com.netease com.sina com.weibo com.jd com.meituan com.kuaishou com.qq
    com.facebook com.amazon com.microsoft com.android android.support org.apache org.json io.github
    com.github cn.com com.cn net.sf org.eclipse java.lang java.util javax.net
    """.split()  # noqa: SIM905
)

Say = Callable[[str, str, str], None]


def check(built: Built) -> list[Problem]:
    """Problems of everything that is no rule."""
    found: list[Problem] = []
    catalogue = built.catalogue

    def teller(member: str, key: object) -> Say:
        file = built.origin[member, key]
        return lambda where, zh, en: found.append(Problem(file, f"{key} {where}".strip(), zh, en))

    for sdk in catalogue.sdks.values():
        say = teller("sdks", sdk.id)
        if not sdk.sources:
            say("sources", "没有来源", "has no source")
        if sdk.purpose not in PURPOSES:
            say("purpose", f"未知用途：{sdk.purpose}", f"unknown purpose {sdk.purpose}")
        _known(say, "items", sdk.items, catalogue.items)
    _prefixes(built, teller)
    _sdk_versions(built, teller)
    for cls in catalogue.apis.values():
        say = teller("apis", cls.cls)
        for api in cls.members:
            where = api.name or api.field
            if (api.item is None) == (api.capability is None):
                say(where, "item 与 capability 须且只能有一项", "needs exactly one of item and capability")
            if bool(api.name) == bool(api.field):
                say(where, "name 与 field 须且只能有一项", "needs exactly one of name and field")
            _known(say, where, [api.item] if api.item else [], catalogue.items)
            _known(say, where, [api.capability] if api.capability else [], catalogue.capabilities)
            if api.since is not None and api.until is not None and api.since >= api.until:
                say(where, "since 应小于 until", "since must be below until")
    for app_type in catalogue.app_types.values():
        say = teller("app_types", app_type.n)
        _known(say, "necessary", app_type.necessary, catalogue.items)
        _known(say, "permissions", app_type.permissions, catalogue.permissions)
    for permission in catalogue.permissions.values():
        say = teller("permissions", permission.name)
        _known(say, "items", permission.items, catalogue.items)
        _known(say, "capabilities", permission.capabilities, catalogue.capabilities)
    for item in catalogue.items.values():
        say = teller("items", item.id)
        _known(say, "basis", [b.get("law", "") for b in item.basis], catalogue.laws)
        if item.id in catalogue.capabilities:
            say("", "与能力重名", "is also the id of a capability")
    for issue in catalogue.issue_types.values():
        say = teller("issue_types", issue.id)
        _known(say, "scenarios", issue.scenarios, catalogue.scenarios)
        for alias in issue.aliases:
            _span(say, f"aliases {alias.text}", Span(start=alias.start, end=alias.end))
    for words in catalogue.words.values():
        say = teller("words", words.id)
        for entry in words.entries:
            if not (entry.words or entry.exact or entry.prefix or entry.regex):
                say(entry.id, "没有任何词", "has nothing to look for")
            if entry.regex is not None:
                try:
                    re.compile(entry.regex)
                except re.error as error:
                    say(entry.id, f"正则表达式有误：{error}", f"bad regular expression: {error}")
    for element in catalogue.policy_elements.values():
        say = teller("policy_elements", element.id)
        for basis in element.basis:
            if catalogue.laws and catalogue.article(basis.get("law", ""), basis.get("article", "")) is None:
                say("basis", f"没有此条款：{basis}", f"no such article: {basis}")
        for expression in (*element.any, *element.none, *([element.value] if element.value else [])):
            try:
                re.compile(expression)
            except re.error as error:
                say("any", f"正则表达式有误：{error}", f"bad regular expression: {error}")
    for packer in catalogue.packers.values():
        if not packer.sources:
            teller("packers", packer.id)("sources", "没有来源", "has no source")
    _laws(built, teller)
    lint_callbacks.check(built, teller)
    return found


def _known(say: Say, where: str, used: Collection[str], allowed: Collection[str]) -> None:
    if not allowed:
        return  # that list is not part of this catalogue
    for name in used:
        if name not in allowed:
            say(where, f"未知：{name}", f"unknown {name}")


# Real package roots of a single segment, each met in a published artefact of its project.
SHORT_ROOTS = frozenset(
    {
        "_COROUTINE", "bolts", "butterknife", "cmbapi", "coil", "coil3", "dagger", "hilt_aggregated_deps", "kotlin",
        "kotlinx", "leakcanary", "mtopsdk", "okhttp3", "okio", "retrofit", "retrofit2", "xcrash",
    }
)  # fmt: skip


def _prefixes(built: Built, teller: Callable[[str, object], Say]) -> None:
    """Longest prefix wins, so only equal prefixes are ambiguous; too wide ones accuse bystanders."""
    owners: dict[str, str] = {}
    for sdk in built.catalogue.sdks.values():
        say = teller("sdks", sdk.id)
        for prefix in sdk.prefixes:
            plain = prefix.rstrip(".*")
            if plain.count(".") < 1 and plain not in SHORT_ROOTS:
                say("prefixes", f"前缀过短：{prefix}", f"prefix {prefix} has fewer than two segments")
            elif plain in TOO_WIDE:
                say("prefixes", f"前缀过宽：{prefix}", f"prefix {prefix} is too wide")
            other = owners.setdefault(plain, sdk.id)
            if other != sdk.id:
                say("prefixes", f"与 {other} 前缀相同：{prefix}", f"prefix {prefix} is also of {other}")


def _sdk_versions(built: Built, teller: Callable[[str, object], Say]) -> None:
    """Ranges that can hold a version, of SDKs that there are, with a day and a source that can be opened."""
    for entry in built.catalogue.sdk_versions.values():
        say = teller("sdk_versions", entry.id)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", entry.id):
            say("id", "只用小写字母、数字和连字符", "only small letters, digits and hyphens")
        _known(say, "sdk", [entry.sdk], built.catalogue.sdks)
        for name, bound in (("from", entry.start), ("below", entry.below)):
            if bound is not None and sdk_versions.order(bound) is None:
                say(name, f"不是版本号：{bound}", f"{bound} is no version")
        if entry.start is not None and sdk_versions.below(entry.start, entry.below) is False:
            say("from", "应低于 below", "must be lower than below")
        if not iso_day(entry.known):
            say("known", f"不是日期：{entry.known}", f"{entry.known} is no ISO date")
        if not entry.source.startswith("https://"):
            say("source", "来源应为公开网址", "the source must be a public address")


def _span(say: Say, where: str, span: Span) -> None:
    for day in (span.start, span.end):
        if day is not None and not iso_day(day):
            say(where, f"不是日期：{day}", f"{day} is no ISO date")
    if span.start and span.end and span.start >= span.end:
        say(where, "起止颠倒", "ends before it begins")


def _laws(built: Built, teller: Callable[[str, object], Say]) -> None:
    for law in built.catalogue.laws.values():
        say = teller("laws", law.id)
        _span(say, "in_force", law.in_force)
        if law.kind == "draft" and (law.in_force.start or law.in_force.end):
            say("in_force", "征求意见稿不得有生效日期", "a draft is never in force")
        open_editions: set[str] = set()
        for article in law.articles:
            if article.in_force is not None:
                _span(say, article.id, article.in_force)
            elif article.id in open_editions:
                say(article.id, "条款重复", "the article is listed twice")
            else:
                open_editions.add(article.id)
