"""Test calls to hotlines: taken row by row, shown with their number, never called a breach."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha.server.figures import hotlines
from mingcha.server.figures.models import DialTest
from mingcha.server.registry.models import Operator
from tests.server.cast import Cast
from tests.server.test_acts import refused
from tests.server.test_pages import browser

HEAD = "credit_code,month,calls,answered,seconds,elder_line\n"


def test_rows_are_taken_and_wrong_ones_told(cast: Cast) -> None:
    code = cast.company.organisation.credit_code
    text = HEAD + f"{code},2026-03,100,90,12.5,1\nNOBODY,2026-03,1,1,1,\n{code},March,1,1,1,\n{code},2026-04,10,11,1,\n{code},2026-05,5,0,0,0\n{code},2026-06,x,1,1,1\n"
    done = hotlines.take(cast.officer, text.encode("gb18030"))
    assert (done.entered, [n for n, _, _ in done.wrong]) == (2, [3, 4, 5, 7]) and all(zh and en for _, zh, en in done.wrong)
    hotlines.take(cast.officer, (HEAD + f"{code},2026-03,200,100,45,").encode())
    (line,) = hotlines.month(date(2026, 3, 9))
    assert (line.test.calls, line.share, line.slow, line.few, line.test.elder_line) == (200, 0.5, True, True, None)
    Operator.objects.update(province="44")
    assert hotlines.month(date(2026, 3, 1), "51") == [] and len(hotlines.month(date(2026, 3, 1), "44")) == 1
    for who in (cast.approver, cast.tester, cast.company):
        refused("not-yours", hotlines.take, who, text.encode())


@pytest.mark.parametrize(("raw", "code"), [(b"a,b\n1,2\n", "no-dial-header"), (b"", "no-dial-header"), (b"\xff\xff\xff", "bad-encoding"), (b"x" * 3_000_000, "file-too-large"),
                                           ((HEAD + "x,2026-01,1,1,1,\n" * 6000).encode(), "too-many-rows")])  # fmt: skip
def test_what_is_no_record(cast: Cast, raw: bytes, code: str) -> None:
    refused(code, hotlines.take, cast.officer, raw)
    assert not DialTest.objects.exists()


def test_the_page(cast: Cast) -> None:
    code = cast.company.organisation.credit_code
    Operator.objects.update(province="44")
    path = "/desk/statistics/hotlines/"
    page = browser(cast.officer).post(path, {"file": SimpleUploadedFile("x.csv", (HEAD + f"{code},2026-03,10,5,40,0\nx,2026-03,1,1,1,\n").encode())})
    text = page.content.decode()
    assert page.status_code == 200 and "50.0%" in text and "低于鼓励水平" in text and "登记中没有" in text
    assert browser(cast.officer).post(path, {}).status_code == 422
    for month in ("2026-03", "x", "", "2026-99"):
        assert browser(cast.officer, "en").get(f"{path}?month={month}").status_code == 200
    assert {browser(w).get(path).status_code for w in (cast.company, cast.tester, cast.store)} == {404}
