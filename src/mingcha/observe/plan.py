"""Which pages of a site a visit looks at: one of each role, chosen from the links of the pages seen so far.

The roles are those the criteria for websites speak of: home, the version for older users, list, article, form, search,
login, contact. Only the site itself, only what robots.txt leaves open (RFC 9309), only so many pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

AGENT = "mingcha"
MAX_LINKS = 5000  # links of one page that are looked at
MAX_ADDRESS = 2048  # characters of an address; longer ones are left out

# What links are called, in the order of choice: the first role a link fits is its role.
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "elder",
        re.compile(r"(?:长辈|亲情|关爱|关怀|敬老|老年|适老化?)(?:版|模式|专区|服务)|^\W*(?:适老化?|(?:网站)?无障碍(?:浏览|阅读|版|服务)?)\W*$|大字版|elder", re.I),
    ),
    ("login", re.compile(r"登[录陆]|sign.?in|log.?in", re.I)),
    ("search", re.compile(r"搜索|检索|search", re.I)),
    ("contact", re.compile(r"联系我们|联系方式|人工客服|在线客服|客服热线|contact", re.I)),
    ("form", re.compile(r"留言|咨询|投诉|建议|反馈|申请|申报|预约|注册|feedback|apply", re.I)),
    ("list", re.compile(r"更多|列表|公告|新闻|动态|资讯|news|list|more", re.I)),
)
# An article has no name of its own: a long text, or an address that ends in a date or a number.
_ARTICLE = re.compile(
    r"(?:/|_|-)(?:t?\d{6,8}_?\d*|\d{4,})(?:\.s?html?)?$|/(?:article|content|detail)s?/", re.I
)
_SHORT = 14  # characters of what a page is called
_NOT_A_PAGE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|apk|exe|dmg|jpe?g|png|gif|mp[34]|css|js|json|xml|txt|csv|rss|atom)$", re.I)
# Following such a link would change something for somebody.
_ACT = re.compile(r"退出|注销|删除|支付|log.?out|sign.?out|delete", re.I)


class Link(NamedTuple):
    """A link as a page shows it: its accessible name and its address, relative or not."""

    name: str
    href: str


class Stop(NamedTuple):
    """A page to visit: its role, its address without fragment, and how many links lead there from the home page."""

    role: str
    url: str
    steps: int


def role_of(link: Link) -> str | None:
    """Role of the page behind a link by its name, then by its address; None where neither says so."""
    for role, names in _NAMES:
        # A long name is a headline that speaks of such a page.
        if names.search(link.name) and len(link.name) <= _SHORT:
            return role
    path = urlsplit(link.href).path
    return "article" if len(link.name.strip()) >= 12 or _ARTICLE.search(path) else None


def site_of(host: str) -> str:
    """The host that bounds a visit: the home page's, without a leading www."""
    return host.lower().rstrip(".").removeprefix("www.")


# Second levels below which China's registry gives out names; below others the last two labels are taken.
_SECOND = frozenset(("com.cn", "net.cn", "org.cn", "gov.cn", "edu.cn", "ac.cn", "mil.cn", "com.hk", "com.tw", "com.mo"))


def owner_of(host: str) -> str:
    """The part of a host that one owner registered, as far as its last labels tell: two cities below gov.cn are two owners.
    Addresses are their own."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in _SECOND else labels[-2:])


@dataclass
class Plan:
    """Pages still to visit and pages chosen so far. `robots` is the text of robots.txt, None where there is none."""

    home: str
    robots: str | None = None
    most: int = 12

    def __post_init__(self) -> None:
        parts = urlsplit(self.home)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no web address: {self.home}")
        self._site, self._port = site_of(parts.hostname), parts.port
        self._rules = RobotFileParser()
        self._rules.parse((self.robots or "").splitlines())
        self.left_out: list[str] = []  # addresses robots.txt closes, for the record
        self._others: dict[str, Stop] = {}  # pages of a role that is taken, or of none
        self._stops: list[Stop] = [Stop("home", urlunsplit(parts._replace(fragment="")), 0)]
        if not self._open(self._stops[0].url):
            self.left_out.append(self._stops.pop().url)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Chosen pages in order; the home page first, none at all where robots.txt closes it."""
        return tuple(self._stops)

    def _open(self, url: str) -> bool:
        return self._rules.can_fetch(AGENT, url)

    def add(self, page: Stop, links: Iterable[Link]) -> list[Stop]:
        """Choose from the links of `page` one page for each role that has none yet; returns the new ones.

        Hostile links (other schemes, other sites, endless addresses) are passed over.
        """
        new: list[Stop] = []
        for count, link in enumerate(links):
            if count >= MAX_LINKS or len(self._stops) >= self.most:
                break
            role = role_of(link)
            url = self._page(page.url, link)
            if url is None or url in self.left_out or any(s.url == url for s in self._stops):
                continue
            if role is None or any(s.role == role for s in self._stops):
                if len(self._others) < MAX_LINKS and role != "elder":
                    self._others.setdefault(url, Stop(role or "page", url, page.steps + 1))
                continue
            if not self._open(url):
                self.left_out.append(url)
                continue
            new.append(Stop(role, url, page.steps + 1))
            self._stops.append(new[-1])
        return new

    def more(self) -> Stop | None:
        """One page more of those seen, where the plan has room; first those that are no second page of their role."""
        known = {s.url for s in self._stops}
        roles = [s.role for s in self._stops]
        left = [s for s in self._others.values() if s.url not in known and self._open(s.url)]
        if not left or len(self._stops) >= self.most:
            return None
        stop = min(left, key=lambda s: (roles.count(s.role), s.steps))
        self._stops.append(stop)
        return stop

    def _page(self, base: str, link: Link) -> str | None:
        """Whole address of a page of this site that is safe to fetch, or None."""
        if len(link.href) > MAX_ADDRESS or _ACT.search(link.name):
            return None
        try:
            parts = urlsplit(urljoin(base, link.href.strip()))
            host, port = parts.hostname, parts.port  # both raise ValueError for what is no host and port
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            return None
        if _NOT_A_PAGE.search(parts.path):
            return None
        inside = (site_of(host) == self._site or host.lower().endswith("." + self._site)) and port == self._port
        return urlunsplit(parts._replace(fragment="")) if inside else None
