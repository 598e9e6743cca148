"""The auditors' verifier on a good bundle: every step passes."""

from tests.audit.conftest import Verify
from tests.audit.election import Good
from tests.audit.forgery import Forgery


def test_a_good_bundle_passes_every_step(good: Good, verify: Verify) -> None:
    record = verify(good.bundle, since=good.older)
    assert record.failures == {}, record.screen
    assert record.code == 0


def test_a_forger_who_changes_nothing_writes_a_bundle_that_passes(good: Good, verify: Verify) -> None:
    record = verify(Forgery(good).written(), since=good.older)
    assert record.failures == {}, record.screen
