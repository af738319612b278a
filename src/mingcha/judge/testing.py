"""The tests that every rule carries in its own file."""

from __future__ import annotations

from typing import Any, NamedTuple

from mingcha.catalogue import Catalogue, tree
from mingcha.catalogue.schema import Rule, RuleTest
from mingcha.judge.engine import Decision, decide
from mingcha.judge.match import FactIndex
from mingcha.model import Outcome, Subject


class Tested(NamedTuple):
    """One test and what the engine made of it."""

    test: RuleTest
    outcome: Outcome
    error: str | None

    @property
    def met(self) -> bool:
        """Whether the outcome is the one the test names."""
        return self.outcome == self.test.outcome and self.error is None

    @property
    def holds(self) -> bool:
        """Whether the test is as it should be: met, or a known miss that is still missed."""
        return self.met != self.test.todo


def run_tests(rule: Rule, catalogue: Catalogue) -> list[Tested]:
    """Run all tests of a rule."""
    results = []
    for test in rule.tests:
        decision = run_test(rule, test, catalogue)
        results.append(Tested(test, decision.outcome, decision.error))
    return results


def run_test(rule: Rule, test: RuleTest, catalogue: Catalogue) -> Decision:
    """Decide a rule on the facts of one of its tests. The channels of its facts count as observed,
    and the subject is of the first kind that the rule names."""
    facts: list[dict[str, Any]] = [{"exhibit": "", "where": "", **fact} for fact in test.facts]
    channels = {catalogue.facts[fact["kind"]].channel for fact in facts} - {tree.UNIVERSAL}
    index = FactIndex(facts, catalogue, {*test.observed, *channels})
    subject = Subject(kind=rule.subjects[0], app_type=test.app_type)
    return decide(rule, index, subject)
