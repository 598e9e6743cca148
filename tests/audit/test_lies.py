"""Every lie is found, by the step that is meant for it and by no other; no failure that can be told is without its lie."""

import ast
from collections.abc import Iterator
from inspect import currentframe
from traceback import walk_stack
from typing import Any

import pytest

from tests.audit.conftest import VERIFIER, Record, Verify
from tests.audit.election import Good
from tests.audit.forgery import Forgery
from tests.audit.lies import Lie
from tests.audit.lies_of_mergings import LIES

LEAST_LIES = 40
LAST_STEP = 12
CHECKS = {
    *("check", "expect", "says", "follows", "fail"),
    *("called", "quorate", "published", "in_office", "counted"),
}
"""What step 12 calls where something can be wrong."""


class Hearing:
    """Tells each lie to the verifier once, and remembers the lines of it on whose behalf a failure was told."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.tripped: set[int] = set()

    def record(self, lie: Lie, good: Good, verify: Verify) -> Record:
        if lie.name not in self.records:
            forgery = Forgery(good)
            lie.tell(forgery)
            self.records[lie.name] = verify(forgery.written(), since=lie.since(good) if lie.since else None)
        return self.records[lie.name]


@pytest.fixture(scope="module")
def hearing(verifier: Any) -> Iterator[Hearing]:
    hearing, fail = Hearing(), verifier.Audit.fail

    def recorded(*args: Any, **named: Any) -> None:
        hearing.tripped.update(
            line for frame, line in walk_stack(currentframe()) if frame.f_code.co_filename == str(VERIFIER)
        )
        fail(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier.Audit, "fail", recorded)
        yield hearing


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.name) for lie in LIES])
def test_a_lie_is_found_by_the_step_meant_for_it_alone(
    lie: Lie, good: Good, verify: Verify, hearing: Hearing
) -> None:
    record = hearing.record(lie, good, verify)
    assert record.code == 1, record.screen
    assert list(record.failures) == [lie.step], record.screen
    assert lie.failure in record.failures[lie.step], record.screen


def test_there_are_at_least_forty_lies_each_another() -> None:
    assert len({lie.name for lie in LIES}) == len(LIES) >= LEAST_LIES


def test_every_failure_of_a_step_has_a_lie(verifier: Any) -> None:
    failures = {id_: step for id_, step in verifier.STEP_OF.items() if not id_.startswith("remark_")}
    assert failures == {lie.failure: lie.step for lie in LIES if lie.failure != "malformed"}


def test_every_check_of_the_last_step_is_tripped_by_a_lie(
    good: Good, verify: Verify, hearing: Hearing
) -> None:
    for lie in LIES:
        if lie.step == LAST_STEP:
            hearing.record(lie, good, verify)
    checks = {(call.lineno, call.end_lineno or 0, ast.unparse(call)) for call in checks_of_the_last_step()}
    assert [
        (first, check)
        for first, last, check in sorted(checks)
        if hearing.tripped.isdisjoint(range(first, last + 1))
    ] == []


def checks_of_the_last_step() -> Iterator[ast.Call]:
    """Of the rules for acts, of what these share, and of the step itself."""
    for part in ast.parse(VERIFIER.read_text(encoding="utf-8")).body:
        name = getattr(part, "name", "")
        if name in ("Acts", "step_12_council") or name.startswith("judge_"):
            for each in ast.walk(part):
                if isinstance(each, ast.Call) and getattr(each.func, "attr", "") in CHECKS:
                    yield each
