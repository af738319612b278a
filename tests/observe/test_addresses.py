"""Addresses a visit may reach."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.observe.addresses import MAX_NAMES, AddressRefused, Pins, system_resolver, why_refused


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("192.168.0.1", "private"),
        ("fd12::1", "private"),
        ("169.254.3.4", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("100.64.0.1", "not-public"),
        ("224.0.0.1", "not-public"),
        ("0.0.0.0", "not-public"),
        ("::ffff:127.0.0.1", "translated"),
        ("64:ff9b::7f00:1", "translated"),
        ("64:ff9b:1::a00:1", "translated"),
        ("2002:7f00:1::", "translated"),
        ("2001:0:1::1", "translated"),
        ("1.1.1.1", None),
        ("2606:4700:4700::1111", None),
    ],
)
def test_only_public_unicast_is_reached(address: str, reason: str | None) -> None:
    assert why_refused(ipaddress.ip_address(address)) == reason


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_never_reached_in_the_clothes_of_ipv6(inner: ipaddress.IPv4Address) -> None:
    for base in ("::ffff:0:0", "64:ff9b::"):
        dressed = ipaddress.IPv6Address(int(ipaddress.IPv6Address(base)) | int(inner))
        assert why_refused(dressed) is not None


@given(st.ip_addresses())
def test_what_is_let_through_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if why_refused(address) is None:
        assert address.is_global and not address.is_multicast


def test_an_allowed_network_lifts_the_refusal_and_no_more() -> None:
    pins = Pins(["127.0.0.1/32"])
    assert str(pins.address("127.0.0.1")) == "127.0.0.1"
    with pytest.raises(AddressRefused, match="loopback"):
        pins.address("127.0.0.2")


@pytest.mark.parametrize("spelling", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1"])
def test_other_spellings_of_an_address_are_checked_as_what_they_mean(spelling: str) -> None:
    with pytest.raises(AddressRefused, match="loopback"):
        Pins(resolver=system_resolver).address(spelling)


def test_a_name_keeps_its_first_answer() -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    pins = Pins(resolver=lambda _: next(answers))
    assert str(pins.address("rebind.example")) == "1.1.1.1"
    assert str(pins.address("REBIND.example.")) == "1.1.1.1"


def test_one_answer_that_points_inward_refuses_the_name_for_good() -> None:
    pins = Pins(resolver=lambda _: ["1.1.1.1", "10.0.0.1"])
    for _ in range(2):
        with pytest.raises(AddressRefused, match="private"):
            pins.address("mixed.example")


def test_no_answer_and_names_without_end_are_refused() -> None:
    with pytest.raises(AddressRefused, match="unresolved"):
        Pins(resolver=lambda _: []).address("none.example")
    pins = Pins(resolver=lambda _: ["1.1.1.1"])
    for n in range(MAX_NAMES):
        pins.address(f"n{n}.example")
    with pytest.raises(AddressRefused, match="too-many-names"):
        pins.address("one-more.example")
