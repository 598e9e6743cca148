"""An act that takes two people is answered once, in time, and by another than asked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.approval import (
    REQUEST_LASTS,
    Approval,
    ApprovalExpired,
    ApprovalSettled,
    NotOwnRequest,
    OwnRequest,
    TwoPeopleAct,
)
from domain.errors import Refused
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.examples import CLERK, EARLY, HEAD, ROUND_ID, digest
from tests.given import given, past, recorded, refused

PARAMETERS = digest("parameters")
SOON = EARLY + timedelta(hours=1)
REQUESTED = past(
    Approval.Created,
    act=TwoPeopleAct.OPEN_VOTING,
    subject=ROUND_ID,
    parameters_digest=PARAMETERS,
    reason="all lists are frozen",
    expires=EARLY + REQUEST_LASTS,
    by=CLERK,
)
SETTLED = (
    past(Approval.Granted, by=HEAD),
    past(Approval.Declined, reason="not yet", by=HEAD),
    past(Approval.Withdrawn, by=CLERK),
)


def approval(*history: Any) -> Approval:
    found: Approval = given(UUID(int=7), REQUESTED, *history)
    return found


def request(**changed: Any) -> Approval:
    facts: dict[str, Any] = {"parameters_digest": PARAMETERS, "reason": "all lists are frozen", "by": CLERK}
    facts |= changed
    return Approval.request(UUID(int=7), TwoPeopleAct.OPEN_VOTING, ROUND_ID, at=EARLY, **facts)


def test_a_request_says_what_is_asked_and_until_when() -> None:
    assert recorded(request()) == [("approval.requested.v1", REQUESTED.facts)]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": " "}, TextInvalid),
        ({"by": "Clerk 1"}, IdentifierInvalid),
        ({"parameters_digest": "none"}, DigestInvalid),
    ],
)
def test_a_request_is_well_formed(changed: dict[str, str], refusal: type[Refused]) -> None:
    with refused(refusal):
        request(**changed)


def test_another_person_grants() -> None:
    it = approval()
    it.grant(by=HEAD, at=SOON)
    assert recorded(it) == [("approval.granted.v1", {"by": HEAD})]


def test_another_person_declines_with_a_reason() -> None:
    it = approval()
    it.decline(" not yet ", by=HEAD, at=SOON)
    assert recorded(it) == [("approval.declined.v1", {"reason": "not yet", "by": HEAD})]
    with refused(TextInvalid, field="reason"):
        approval().decline("", by=HEAD, at=SOON)


def test_nobody_answers_the_own_request() -> None:
    it = approval()
    with refused(OwnRequest, it):
        it.grant(by=CLERK, at=SOON)
    with refused(OwnRequest, it):
        it.decline("changed my mind", by=CLERK, at=SOON)


def test_who_asked_takes_back_and_nobody_else_does() -> None:
    it = approval()
    with refused(NotOwnRequest, it):
        it.withdraw(by=HEAD, at=SOON)
    it.withdraw(by=CLERK, at=SOON)
    assert recorded(it) == [("approval.withdrawn.v1", {"by": CLERK})]


@pytest.mark.parametrize("end", SETTLED)
def test_a_request_is_settled_once(end: Any) -> None:
    it = approval(end)
    with refused(ApprovalSettled, it, state=it.state.value):
        it.grant(by=HEAD, at=SOON)
    with refused(ApprovalSettled, it):
        it.decline("no", by=HEAD, at=SOON)
    with refused(ApprovalSettled, it):
        it.withdraw(by=CLERK, at=SOON)


def test_a_request_that_nobody_answered_in_time_can_no_longer_be_granted() -> None:
    it = approval()
    it.must_be_grantable(by=HEAD, at=EARLY + REQUEST_LASTS - timedelta(microseconds=1))
    with refused(ApprovalExpired, it):
        it.grant(by=HEAD, at=EARLY + REQUEST_LASTS)
