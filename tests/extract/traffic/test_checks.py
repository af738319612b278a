"""Check digits against published examples, shapes against their neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.traffic import checks, datum


def test_published_examples() -> None:
    assert checks.has_luhn("79927398713")  # the usual example of the Luhn algorithm
    assert checks.id_check("11010519491231002") == "X"  # GB 11643-1999, example
    assert checks.is_id_card("11010519491231002x") and checks.is_id_card("440524188001010014") is False  # born 1880


@settings(deadline=None)
@given(st.text("0123456789", min_size=14, max_size=14))
def test_one_digit_changed_breaks_luhn(body: str) -> None:
    good = body + str(checks.luhn(body))
    assert checks.has_luhn(good)
    for n in range(15):
        assert not checks.has_luhn(good[:n] + str((int(good[n]) + 1) % 10) + good[n + 1 :])


@pytest.mark.parametrize(("test", "good", "bad"), [
    (checks.is_mac, "a4:50:46:00:12:01", "02:00:00:00:00:00"),
    (checks.is_mac, "A4504600AB01", "a6:50:46:00:12:01"),
    (checks.is_mac, "00-1a-2b-3c-4d-5e", "ff:ff:ff:ff:ff:ff"),
    (checks.is_imsi, "460001234567890", "310150123456789"),
    (checks.is_phone, "+86 13812345678", "23812345678"),
    (checks.is_imei, "866349350086744", "123456789012347"),
    (checks.is_uuid, "e046e832-9d61-49aa-8ba5-bd2d162e7c3f", "00000000-0000-0000-0000-000000000000"),
])  # fmt: skip
def test_shapes(test: object, good: str, bad: str) -> None:
    assert callable(test) and test(good) and not test(bad)


def test_coordinates() -> None:
    assert checks.coordinate("39.9087") == 39.9087
    assert checks.coordinate("39.908") is None and checks.coordinate("1e9") is None
    assert checks.in_china(39.9, 116.4) and not checks.in_china(116.4, 39.9)


def test_shifted_datums_of_a_known_place() -> None:
    # Widely published pair for the centre of Beijing; programs agree to about a metre.
    lat, lon = datum.gcj02(39.908722, 116.397496)
    assert abs(lat - 39.910125) < 2e-5 and abs(lon - 116.403739) < 2e-5
    lat, lon = datum.bd09(lat, lon)
    assert abs(lat - 39.916465) < 2e-5 and abs(lon - 116.410113) < 2e-5
