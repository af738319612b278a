"""Pages a visit chooses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.observe.plan import Link, Plan, owner_of, role_of

HOME = "https://www.site.example/index.html"


@pytest.mark.parametrize(
    ("name", "href", "role"),
    [
        ("长辈版", "/e", "elder"),
        ("切换到关怀模式", "/e", "elder"),
        ("亲情版", "/e", "elder"),
        ("关爱版", "/e", "elder"),
        ("用户登录", "/l", "login"),
        ("站内搜索", "/s", "search"),
        ("联系我们", "/c", "contact"),
        ("网上留言", "/f", "form"),
        ("通知公告", "/n", "list"),
        ("看", "/art/2026/t20260102_1234.html", "article"),
        ("关于推进数字技术适用能力的若干措施", "/x", "article"),
        ("首页", "/", None),
    ],
)
def test_roles_are_told_by_name_then_by_address(name: str, href: str, role: str | None) -> None:
    assert role_of(Link(name, href)) == role


def test_one_page_for_each_role_with_its_distance_from_home() -> None:
    plan = Plan(HOME)
    first = plan.add(
        plan.stops[0], [Link("长辈版", "e/"), Link("长辈版", "e2/"), Link("新闻", "//news.site.example/#top")]
    )
    assert first == [("elder", "https://www.site.example/e/", 1), ("list", "https://news.site.example/", 1)]
    assert plan.add(first[1], [Link("登录", "/in")]) == [("login", "https://news.site.example/in", 2)]


@pytest.mark.parametrize(
    "href",
    [
        "https://other.example/",
        "https://evilsite.example/",
        "https://site.example.other/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://u:p@site.example/",
        "https://site.example:x/",
        "https://[::1",
        "/files/form.pdf",
        "/" + "a" * 3000,
    ],
)
def test_what_is_not_a_page_of_the_site_is_passed_over(href: str) -> None:
    plan = Plan(HOME)
    assert plan.add(plan.stops[0], [Link("长辈版", href)]) == []


def test_links_that_act_are_not_followed() -> None:
    plan = Plan(HOME)
    assert plan.add(plan.stops[0], [Link("退出登录", "/out"), Link("注销申请", "/gone")]) == []


def test_robots_are_honoured_and_what_they_close_is_kept_for_the_record() -> None:
    plan = Plan(HOME, "User-agent: *\nDisallow: /search")
    assert plan.add(plan.stops[0], [Link("搜索", "/search?q=1"), Link("检索", "/find")])[0].url.endswith(
        "/find"
    )
    assert plan.left_out == ["https://www.site.example/search?q=1"]
    assert Plan(HOME, "User-agent: *\nDisallow: /").stops == ()


def test_a_plan_is_bounded() -> None:
    plan = Plan(HOME, most=2)
    plan.add(plan.stops[0], [Link("登录", "/a"), Link("搜索", "/b")])
    assert [s.role for s in plan.stops] == ["home", "login"]


def test_other_addresses_are_no_home() -> None:
    with pytest.raises(ValueError, match="no web address"):
        Plan("ftp://site.example/")


@given(st.lists(st.tuples(st.sampled_from(["长辈版", "登录", "更多"]), st.text())))
def test_no_link_breaks_the_plan_or_leads_off_the_site(links: list[tuple[str, str]]) -> None:
    plan = Plan(HOME)
    for stop in plan.add(plan.stops[0], [Link(*pair) for pair in links]):
        assert stop.url.startswith(("https://", "http://")) and "site.example" in stop.url


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("www.a.gov.cn", "elder.a.gov.cn", True), ("www.a.gov.cn", "www.b.gov.cn", False), ("a.example", "old.a.example", True), ("a.com.cn", "b.com.cn", False), ("127.0.0.1", "127.0.0.2", False)],
)
def test_an_elder_version_on_another_host_belongs_to_the_same_owner(one: str, other: str, same: bool) -> None:
    assert (owner_of(one) == owner_of(other)) is same
