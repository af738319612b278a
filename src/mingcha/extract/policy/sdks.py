"""Which SDK of the catalogue a listing or a sentence speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from mingcha.catalogue.schema import Sdk
from mingcha.extract.policy.words import Matcher, core

_COMPANY = re.compile(
    r"(?:股份)?有限(?:责任)?公司|集团|科技|网络|信息|技术|计算机|系统|文化|传媒|软件|数据|服务|控股|公司|"
    r"北京市?|上海市?|深圳市?|广州市?|杭州市?|成都市?|武汉市?|南京市?|厦门市?|天津市?|重庆市?|珠海市?|东莞市?|"
    r"\b(?:inc|ltd|llc|co|corp|corporation|limited|technology|technologies|holdings)\b\.?"
)
_NAMED = re.compile(r"sdk|软件开发工具包|第三方|接入|集成|嵌入|合作方|服务商", re.I)
# Second-level labels under which many unrelated owners register.
_SUFFIXES = frozenset({"com.cn", "net.cn", "org.cn", "gov.cn", "co.uk", "co.jp", "com.hk", "com.tw", "co.kr"})
_HOSTS = frozenset({"github.com", "gitee.com", "github.io", "apache.org", "docs.qq.com", "yuque.com", "csdn.net", "bintray.com"})
SURE = 30


def domain(url: str) -> str:
    """The registrable domain of an address, by the few public suffixes that matter here; empty where there is none."""
    try:
        host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").strip(".").lower()
    except ValueError:
        return ""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    keep = 3 if ".".join(labels[-2:]) in _SUFFIXES and len(labels) > 2 else 2
    return ".".join(labels[-keep:])


def company(name: str) -> str:
    """What of a company's name tells it from others."""
    return re.sub(r"[\s（）()·.,，]+", "", _COMPANY.sub("", name.lower()))


class Known:
    """The catalogue's SDKs by name, package, address and vendor."""

    def __init__(self, sdks: Mapping[str, Sdk]) -> None:
        self.sdks = sdks
        self.names: dict[str, set[str]] = defaultdict(set)
        self.domains: dict[str, set[str]] = defaultdict(set)
        self.vendors: dict[str, set[str]] = defaultdict(set)
        self.prefixes: dict[str, str] = {}
        words = []
        for sdk in sdks.values():
            for name in (sdk.name.zh, sdk.name.en):
                key = core(name)
                if len(key) >= (2 if not key.isascii() else 3):
                    self.names[key].add(sdk.id)
                    words += [(name, sdk.id)] if len(name) >= 3 else []
                    if len(key) >= (4 if key.isascii() else 3):
                        plain = re.sub(r"(?:\s*SDK|服务|组件)+$", "", re.sub(r"[（(].*?[）)]", "", name)).strip()
                        words += [(plain, sdk.id), (f"{plain}SDK", sdk.id), (f"{plain} SDK", sdk.id), (key, sdk.id)]
            for url in (sdk.policy or "", *sdk.domains):
                if (host := domain(url)) and host not in _HOSTS:
                    self.domains[host].add(sdk.id)
            for name in (sdk.vendor.zh, sdk.vendor.en, *re.findall(r"[（(]([^）)]{2,20})[）)]", sdk.vendor.zh)):
                if len(key := company(name)) >= 2:
                    self.vendors[key].add(sdk.id)
            self.prefixes.update((p.rstrip(".*"), sdk.id) for p in sdk.prefixes)
        self.words = Matcher(sorted(words, key=lambda w: -len(w[0])))

    def resolve(self, name: str = "", vendor: str = "", links: Sequence[str] = (), package: str = "") -> str | None:
        """Identifier of the one SDK that name, vendor, addresses and package speak for together; None where nothing
        does, or several do equally. A vendor or an address alone never names one of its many SDKs."""
        points: dict[str, float] = defaultdict(float)
        for one in re.findall(r"[A-Za-z_]\w*(?:\.\w+)+", package):
            found = self._package(one)
            if found:
                points[found] += 100
        key = core(name)
        for found in self.names.get(key, ()):
            points[found] += 60
        if key and not self.names.get(key):
            for known, ids in self.names.items():
                if len(known) >= (3 if not known.isascii() else 4) and (known in key or (len(key) >= 4 and key in known)):
                    for found in ids:
                        points[found] = max(points[found], 30 + 20 * min(len(known), len(key)) / max(len(known), len(key)))
        hinted: dict[str, float] = defaultdict(float)
        for host in {domain(link) for link in links} - {""}:
            for found in self.domains.get(host, ()):
                hinted[found] += 10
        who = company(vendor)
        for found in self.vendors.get(who, ()) if who else ():
            hinted[found] += 10
        for found, more in hinted.items():
            if found in points or (len(hinted) == 1 and more >= 20):
                points[found] += more if found in points else SURE
        ranked = sorted(points.items(), key=lambda p: -p[1])
        if not ranked or ranked[0][1] < SURE or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]

    def _package(self, name: str) -> str | None:
        parts = name.split(".")
        for n in range(len(parts), 0, -1):
            if found := self.prefixes.get(".".join(parts[:n])):
                return found
        return None

    def mentioned(self, sentence: str) -> list[str]:
        """SDKs that a sentence names, where it speaks of SDKs or third parties at all."""
        if not _NAMED.search(sentence):
            return []
        return list(dict.fromkeys(h.value for h in self.words.find(sentence)))
