"""Search by names: the same as looking at every name, whatever is typed, before and after names change."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.server.ledger.leads import receive
from mingcha.server.ledger.models import Lead
from mingcha.server.ledger.who import public
from mingcha.server.registry.models import Operator, Subject, folded
from mingcha.server.search import names
from tests.server.cast import Cast
from tests.server.test_pages import browser

NAMES = ["微信", "微博 国际版", "QQ浏览器", "ＵＣ浏览器", "C++ 编译器", "100%纯净", "a_b", "\"引号\" OR x", "🎵音乐", "Straße", "𠮷野家", "*"]


def add() -> dict[str, int]:
    return {
        n: Subject.objects.create(kind="app", identifier=f"com.Example.n{i}", name=n, folded=folded(n)).pk for i, n in enumerate(NAMES)
    }


def found(text: str) -> set[int]:
    return set(names.subjects(text).values_list("pk", flat=True))


def wanted(text: str) -> set[int]:
    return {s.pk for s in Subject.objects.all() if folded(text) in s.folded or folded(text) in s.identifier.lower()}


def test_every_length_and_every_sign(db: None) -> None:
    made = add()
    assert found("微") == {made["微信"], made["微博 国际版"]} and found("浏览器") == {made["QQ浏览器"], made["ＵＣ浏览器"]}
    assert found("uc浏") == {made["ＵＣ浏览器"]} and found("博国") == {made["微博 国际版"]} and found("STRASSE") == {made["Straße"]}
    assert found("器览") == set() and found("com.example.n3") == {made["ＵＣ浏览器"]}
    for text in ("+", "%", "_", "*", '"', "🎵", "𠮷", "OR", "' OR 1=1 --", "NEAR(", "微 AND 信", "\\", ")", "n1", "x" * 5000):
        assert found(text) == wanted(text), text
    assert found("") == {s.pk for s in Subject.objects.all()} == found("  ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12), part=st.data())
def test_whatever_a_name_holds_is_found_by_each_part(db: None, name: str, part: st.DataObject) -> None:
    text = folded(name)
    subject = Subject.objects.create(kind="app", identifier="p", name=name, folded=text)
    if text:
        start = part.draw(st.integers(0, len(text) - 1))
        piece = text[start : start + part.draw(st.integers(1, 4))]
        # Folding a piece again may compose its signs anew: what counts is what looking at every name finds.
        try:
            assert found(piece) == wanted(piece), piece
            assert subject.pk in found(text) or folded(text) != text
        finally:
            subject.delete()
        return
    subject.delete()


def test_the_index_follows_changes_and_can_be_made_anew(cast: Cast) -> None:
    made = add()
    Subject.objects.filter(pk=made["微信"]).update(name="新名", folded="新名")
    assert found("微信") == set() and found("新名") == {made["微信"]}
    Subject.objects.filter(pk=made["*"]).delete()
    assert found("*") == set()
    operator = Operator.objects.create(name="深圳某公司", folded="深圳某公司")
    assert list(names.operators("圳某")) == [operator]
    before = {t: found(t) for t in ("微", "浏览", "新名", "n4")}
    names.rebuild()
    assert before == {t: found(t) for t in before} and list(names.operators("圳某")) == [operator]


def test_leads_and_cases_are_found(cast: Cast) -> None:
    lead = receive(public(), "complaint", "某 浏览器", "说明", province="44")
    assert list(names.leads(Lead.objects.all(), "某浏览")) == [lead] and not names.leads(Lead.objects.all(), "别的")
    case = cast.case("opened")
    client = browser(cast.officer)
    for text in ("示", "示例", cast.subject.identifier.upper(), case.number, cast.company.organisation.name[1:]):
        assert client.get("/desk/cases/", {"q": text}).content.decode().count(f'/desk/cases/{case.number}/"') == 1, text
    assert client.get("/desk/cases/", {"q": "没有的"}).content.decode().count('class="badge') == 0
