"""Every lie is found, by the step that is meant for it and by no other; no failure that can be told is without its lie."""

from typing import Any

import pytest

from tests.audit.conftest import Verify
from tests.audit.election import Good
from tests.audit.forgery import Forgery
from tests.audit.lies import Lie
from tests.audit.lies_of_acts import LIES

LEAST_LIES = 40


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.name) for lie in LIES])
def test_a_lie_is_found_by_the_step_meant_for_it_alone(lie: Lie, good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    lie.tell(forgery)
    record = verify(forgery.written(), since=lie.since(good) if lie.since else None)
    assert record.code == 1, record.screen
    assert list(record.failures) == [lie.step], record.screen
    assert lie.failure in record.failures[lie.step], record.screen


def test_there_are_at_least_forty_lies_each_another() -> None:
    assert len({lie.name for lie in LIES}) == len(LIES) >= LEAST_LIES


def test_every_failure_of_a_step_has_a_lie(verifier: Any) -> None:
    failures = {id_: step for id_, step in verifier.STEP_OF.items() if not id_.startswith("remark_")}
    assert failures == {lie.failure: lie.step for lie in LIES if lie.failure != "malformed"}
