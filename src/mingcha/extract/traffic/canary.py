"""Make an identity sheet with values that nobody else has: valid in form, made up in substance.

ID cards are of people born before 1910, contacts and places have names made of rare characters, allocation codes
are real beginnings with random ends. Numbers of the SIM (IMSI, ICCID, phone) cannot be chosen on a real device and
are to be replaced by its own.
"""

from __future__ import annotations

import random
import uuid
from datetime import date

from mingcha.extract.traffic import checks

_RARE = "翀翃翙翚翛翥翮翯翾耑耔耖耜耰聃聱肜肟胂胗胙胛胝胫脒脘脬腧膦膪臌臬臻舁舄舫舳舸艄艉艋艏艟艨"
_SURNAMES = ("欧阳", "司徒", "上官", "诸葛", "尉迟", "澹台", "宇文", "慕容")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _word(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(_RARE, k=count))


def _mac(rng: random.Random, oui: str) -> str:
    return ":".join([oui, *(f"{rng.randrange(256):02x}" for _ in range(3))])


def identity(rng: random.Random | None = None) -> list[tuple[str, str, str]]:
    """(id, item, value) of a made-up device and person; `rng` only for tests."""
    r = rng or random.SystemRandom()
    imei = [f"86{_digits(r, 12)}" for _ in range(2)]
    iccid = f"898600{_digits(r, 13)}"
    body = f"110101{r.randrange(1901, 1910)}{r.randrange(1, 13):02}{r.randrange(1, 29):02}{_digits(r, 3)}"
    name = r.choice(_SURNAMES) + _word(r, 2)
    bank = f"622202{_digits(r, 12)}"
    lat, lon = r.uniform(29.0, 33.0), r.uniform(108.0, 118.0)
    code = f"{r.randrange(16**8):08x}"
    return [
        ("imei-1", "imei", imei[0] + str(checks.luhn(imei[0]))),
        ("imei-2", "imei", imei[1] + str(checks.luhn(imei[1]))),
        ("imsi", "imsi", f"46000{_digits(r, 10)}"),
        ("iccid", "iccid", iccid + str(checks.luhn(iccid))),
        ("serial", "serial-number", f"MC{_word_latin(r, 10)}"),
        ("android-id", "android-id", f"{r.randrange(1 << 60, 1 << 64):016x}"),
        ("oaid", "oaid", str(uuid.UUID(int=r.getrandbits(128), version=4))),
        ("mac", "mac-address", _mac(r, "a4:50:46")),
        ("bluetooth", "bluetooth-mac", _mac(r, "a4:50:46")),
        ("bssid", "wifi-bssid", _mac(r, "50:d2:f5")),
        ("ssid", "wifi-ssid", f"mc-lab-{code}"),
        ("phone", "phone-number", f"199{_digits(r, 8)}"),
        ("id-card", "id-card-number", body + checks.id_check(body)),
        ("name", "name", name),
        ("address", "address", f"{_word(r, 2)}路{r.randrange(100, 999)}号{_word(r, 2)}苑"),
        ("email", "email", f"mc{code}@lab-{code[:4]}.example"),
        ("bank-card", "bank-card-number", bank + str(checks.luhn(bank))),
        ("position", "precise-location", f"{lat:.6f},{lon:.6f}"),
        ("contact-1", "contacts", r.choice(_SURNAMES) + _word(r, 3)),
        ("contact-2", "contacts", f"198{_digits(r, 8)}"),
        ("clipboard", "clipboard", f"mc-clip-{_word_latin(r, 12)}"),
        ("installed-app", "installed-apps", f"org.mingcha.canary.{_word_latin(r, 8).lower()}"),
        ("sms", "sms", f"mc-sms-{_word_latin(r, 12)}"),
        ("password", "password", f"Mc!{_word_latin(r, 12)}"),
    ]


def _word_latin(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=count))


def sheet(rng: random.Random | None = None, today: date | None = None) -> str:
    """A sheet as YAML text."""
    rows = identity(rng)
    lines = [
        "# 测试设备身份信息表：请将下列各值设置到设备和账号上。IMSI、ICCID、手机号请改为测试卡的实际号码。",
        "# Identity sheet of a test device: set these values on it. Replace imsi, iccid and phone by those of the test SIM.",
        "mingcha-seeds: 1",
        f"made: '{today or date.today()}'",
        "# 设备未信任抓包代理的证书时取消下一行的注释 · uncomment where the device did not trust the proxy's certificate",
        "# recording: {ca: untrusted}",
        "seeds:",
        *(f"  - {{id: {i}, item: {item}, value: '{value}'}}" for i, item, value in rows),
    ]
    return "\n".join(lines) + "\n"
