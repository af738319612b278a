"""Check digits and forms of identifiers, as standards publish them. Nothing here decides whose a value is.

Luhn: ISO/IEC 7812-1 annex B, also the last digit of an IMEI (3GPP TS 23.003 6.2.1). ID card: GB 11643-1999,
check character by ISO 7064 MOD 11-2. MAC: IEEE 802 bits of the first byte.
"""

from __future__ import annotations

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
# First two digits of GB/T 2260 codes: provinces, autonomous regions, municipalities, SAR and Taiwan.
_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
REGIONS = frozenset(str(n) for low, high in _RANGES for n in range(low, high + 1))
TAC = ("35", "86", "01", "99")
"""Reporting body identifiers of type allocation codes in use for phones."""


def luhn(digits: str) -> int:
    """Luhn check digit for `digits` without one."""
    total = 0
    for n, c in enumerate(reversed(digits)):
        d = int(c)
        if n % 2 == 0:
            d = d * 2 - 9 if d > 4 else d * 2
        total += d
    return -total % 10


def has_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn digit of the others."""
    return luhn(digits[:-1]) == int(digits[-1])


def id_check(first17: str) -> str:
    """Check character of an ID card number."""
    return CHECKS[sum(w * int(c) for w, c in zip(WEIGHTS, first17, strict=True)) % 11]


def is_id_card(text: str) -> bool:
    """18 characters with a known region, a real date and the right check character."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]", text) or text[:2] not in REGIONS:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= date.today().year and id_check(text[:17]) == text[17].upper()


def is_imei(text: str) -> bool:
    """15 digits with a Luhn digit and the beginning of a type allocation code in use."""
    return bool(re.fullmatch(r"[0-9]{15}", text)) and text.startswith(TAC) and has_luhn(text)


def is_imsi(text: str) -> bool:
    """15 digits that begin with the mobile country code of China."""
    return bool(re.fullmatch(r"460[0-9]{12}", text))


def is_iccid(text: str) -> bool:
    """19 or 20 digits (20: with a Luhn digit, ITU-T E.118) with 89 for telecom and 86 for China."""
    return bool(re.fullmatch(r"8986[0-9A-Fa-f]{15,16}", text))


def is_mac(text: str) -> bool:
    """Six bytes in hexadecimal that a network card may carry: neither multicast nor locally given (Android's
    02:00:00:00:00:00 and randomised addresses are), and not all the same."""
    flat = re.sub(r"[:-]", "", text)
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{12}", text):
        return False
    return not int(flat[:2], 16) & 3 and len(set(flat.lower())) > 2


def is_phone(text: str) -> bool:
    """A mobile number of mainland China, with or without +86."""
    return bool(re.fullmatch(r"(?:\+?86[- ]?)?1[3-9][0-9]{9}", text))


def is_bank_card(text: str) -> bool:
    """A UnionPay number: 62, 16 to 19 digits, Luhn."""
    return bool(re.fullmatch(r"62[0-9]{14,17}", text)) and has_luhn(text)


def is_hex_id(text: str, sizes: tuple[int, ...]) -> bool:
    """Hexadecimal of one of these lengths that is no run of few digits."""
    return len(text) in sizes and bool(re.fullmatch(r"[0-9A-Fa-f]+", text)) and len(set(text.lower())) > 5


def is_uuid(text: str) -> bool:
    """A UUID in its canonical form that is not all zeros."""
    return bool(re.fullmatch(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text)) and len(set(text)) > 4


def coordinate(text: str) -> float | None:
    """A decimal of at least four places, None where it is none."""
    return float(text) if re.fullmatch(r"[0-9]{1,3}\.[0-9]{4,17}", text) else None


def in_china(lat: float, lon: float) -> bool:
    """Within the rectangle around the mainland and Hainan; coarse on purpose."""
    return 18.0 <= lat <= 53.6 and 73.5 <= lon <= 135.1
