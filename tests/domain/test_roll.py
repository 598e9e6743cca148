"""Rolls are sealed, credentials registered, slips reconciled; each once, and adding up."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.approval import OwnRequest
from domain.errors import Refused
from domain.roll import (
    SPARES_AT_LEAST,
    CredentialsAlreadyRegistered,
    CredentialsNotRegistered,
    NoSpareLeft,
    Roll,
    RollUnitsDiffer,
    SlipCount,
    SlipFate,
    SlipsAlreadyReconciled,
    SlipsDoNotReconcile,
    TooFewCredentials,
    TooManySpares,
    most_spares,
)
from domain.round import NotThisRound, Phase, WrongPhase
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.examples import AFTER, CITY, CLERK, DISTRICT, DURING, EARLY, HEAD, ROUND_ID, digest, round_in
from tests.given import given, past, recorded, refused

PEOPLE = {CITY: 1_000, DISTRICT: 30}
CREDENTIALS = {CITY: 1_100, DISTRICT: 50}
ROOT, CREDENTIALS_ROOT = digest("roll"), digest("credentials")
SLIPS = (
    SlipCount(CITY, printed=1_100, handed_out=700, unused=390, spoiled=10, cast=650),
    SlipCount(DISTRICT, printed=50, handed_out=20, unused=30, spoiled=0, cast=20),
)

SEALED = past(Roll.Created, round_id=ROUND_ID, people=PEOPLE, root=ROOT, by=CLERK)
REGISTERED = past(Roll.CredentialsRegistered, credentials=CREDENTIALS, root=CREDENTIALS_ROOT, by=CLERK)
RECONCILED = past(Roll.SlipsReconciled, slips=SLIPS, explanation="", by=CLERK)

BEFORE_VOTING = {Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW}
AFTER_CLOSING = {Phase.CLOSED, Phase.CONCLUDED, Phase.PUBLISHED, Phase.IMPLEMENTING, Phase.COMPLETED}


def sealed() -> Roll:
    roll: Roll = given(Roll.create_id(ROUND_ID), SEALED)
    return roll


def registered() -> Roll:
    roll: Roll = given(Roll.create_id(ROUND_ID), SEALED, REGISTERED)
    return roll


def with_city(**counts: Any) -> tuple[SlipCount, ...]:
    return (replace(SLIPS[0], **counts), SLIPS[1])


@pytest.mark.parametrize("phase", Phase)
def test_a_roll_is_sealed_before_voting_only(phase: Phase) -> None:
    if phase in BEFORE_VOTING:
        roll = Roll.seal(round_in(phase), PEOPLE, ROOT, by=CLERK, at=EARLY)
        assert recorded(roll) == [("roll.sealed.v1", SEALED.facts)]
    else:
        with refused(WrongPhase, phase=phase.value):
            Roll.seal(round_in(phase), PEOPLE, ROOT, by=CLERK, at=EARLY)


def test_a_round_has_one_roll() -> None:
    first = Roll.seal(round_in(Phase.REVIEW), PEOPLE, ROOT, by=CLERK, at=EARLY)
    assert Roll.seal(round_in(Phase.REVIEW), {CITY: 1}, ROOT, by=CLERK, at=EARLY).id == first.id


@pytest.mark.parametrize("people", [{}, {"710000000": 5}, {CITY: 0}, {CITY: 10, DISTRICT: -1}])
def test_a_roll_covers_units_of_the_round_with_people_in_them(people: dict[str, int]) -> None:
    with refused(RollUnitsDiffer):
        Roll.seal(round_in(Phase.REVIEW), people, ROOT, by=CLERK, at=EARLY)


def test_a_roll_is_sealed_under_a_merkle_root_by_staff() -> None:
    with refused(DigestInvalid, field="root"):
        Roll.seal(round_in(Phase.REVIEW), PEOPLE, "", by=CLERK, at=EARLY)
    with refused(IdentifierInvalid, field="by"):
        Roll.seal(round_in(Phase.REVIEW), PEOPLE, ROOT, by="", at=EARLY)


@pytest.mark.parametrize("phase", Phase)
def test_credentials_are_registered_before_voting_only(phase: Phase) -> None:
    roll = sealed()
    if phase in BEFORE_VOTING:
        roll.register_credentials(round_in(phase), CREDENTIALS, CREDENTIALS_ROOT, by=CLERK, at=EARLY)
        assert recorded(roll) == [("roll.credentials_registered.v1", REGISTERED.facts)]
    else:
        with refused(WrongPhase, roll, phase=phase.value):
            roll.register_credentials(round_in(phase), CREDENTIALS, CREDENTIALS_ROOT, by=CLERK, at=EARLY)


def test_the_same_credentials_again_record_nothing() -> None:
    roll = registered()
    roll.register_credentials(round_in(Phase.VOTING), CREDENTIALS, CREDENTIALS_ROOT, by=CLERK, at=EARLY)
    assert recorded(roll) == []


@pytest.mark.parametrize(
    ("credentials", "root"),
    [(CREDENTIALS, digest("swapped")), ({CITY: 1_001, DISTRICT: 30}, CREDENTIALS_ROOT)],
)
def test_nobody_can_add_or_swap_a_credential_later(credentials: dict[str, int], root: str) -> None:
    roll = registered()
    with refused(CredentialsAlreadyRegistered, roll):
        roll.register_credentials(round_in(Phase.REVIEW), credentials, root, by=CLERK, at=EARLY)


@pytest.mark.parametrize("credentials", [{}, {CITY: 1_000}, {**PEOPLE, "710000000": 1}])
def test_credentials_are_for_the_rolls_units(credentials: dict[str, int]) -> None:
    roll = sealed()
    with refused(RollUnitsDiffer, roll):
        roll.register_credentials(round_in(Phase.REVIEW), credentials, CREDENTIALS_ROOT, by=CLERK, at=EARLY)


def test_there_is_a_slip_for_everyone() -> None:
    roll = sealed()
    with refused(TooFewCredentials, roll, unit=CITY, people=1_000, credentials=999):
        roll.register_credentials(
            round_in(Phase.REVIEW), {**CREDENTIALS, CITY: 999}, CREDENTIALS_ROOT, by=CLERK, at=EARLY
        )


def test_spares_are_bounded() -> None:
    roll = sealed()
    with refused(TooManySpares, roll, unit=DISTRICT, spares=21, most=20):
        roll.register_credentials(
            round_in(Phase.REVIEW), {**CREDENTIALS, DISTRICT: 51}, CREDENTIALS_ROOT, by=CLERK, at=EARLY
        )


def test_credentials_are_registered_under_a_merkle_root() -> None:
    roll = sealed()
    with refused(DigestInvalid, roll, field="root"):
        roll.register_credentials(round_in(Phase.REVIEW), CREDENTIALS, "", by=CLERK, at=EARLY)


@forall(people=st.integers(1, 10**7))
def test_spares_are_a_tenth_of_the_roll_or_twenty(people: int) -> None:
    assert most_spares(people) == max(SPARES_AT_LEAST, people // 10)


def replaced(fate: SlipFate, unit: str = DISTRICT) -> Any:
    return past(Roll.SlipReplaced, unit=unit, fate=fate, by=CLERK, approved_by=HEAD)


@pytest.mark.parametrize("phase", Phase)
def test_slips_are_replaced_while_people_are_served_only(phase: Phase) -> None:
    roll = registered()
    again: dict[str, Any] = {"by": CLERK, "approved_by": HEAD, "at": DURING}
    if phase in {Phase.REVIEW, Phase.VOTING}:
        roll.replace_slip(round_in(phase), DISTRICT, SlipFate.LOST, **again)
        assert recorded(roll) == [("roll.slip_replaced.v1", replaced(SlipFate.LOST).facts)]
    else:
        with refused(WrongPhase, roll, phase=phase.value):
            roll.replace_slip(round_in(phase), DISTRICT, SlipFate.LOST, **again)


def test_a_slip_is_replaced_by_two_people() -> None:
    roll = registered()
    with refused(OwnRequest, roll):
        roll.replace_slip(
            round_in(Phase.VOTING), DISTRICT, SlipFate.LOST, by=CLERK, approved_by=CLERK, at=DURING
        )


@pytest.mark.parametrize(
    ("history", "unit", "refusal"),
    [
        ((SEALED,), DISTRICT, CredentialsNotRegistered),
        ((SEALED, REGISTERED), "710000000", RollUnitsDiffer),
    ],
)
def test_only_a_registered_slip_of_the_roll_replaces_another(
    history: tuple[Any, ...], unit: str, refusal: type[Refused]
) -> None:
    roll = given(Roll.create_id(ROUND_ID), *history)
    with refused(refusal, roll):
        roll.replace_slip(round_in(Phase.VOTING), unit, SlipFate.LOST, by=CLERK, approved_by=HEAD, at=DURING)


def test_what_somebody_on_the_roll_is_due_replaces_nothing() -> None:
    """Twenty spares: neither a lost nor a spoiled slip gets the twenty-first; a slip that was never drawn gets its own."""
    used = [replaced(fate) for fate in (SlipFate.LOST, SlipFate.SPOILED) for _ in range(10)]
    roll = given(Roll.create_id(ROUND_ID), SEALED, REGISTERED, *used)
    assert (roll.spares_left(DISTRICT), roll.spares_left(CITY)) == (0, 100)
    again: dict[str, Any] = {"by": CLERK, "approved_by": HEAD, "at": DURING}
    for fate in (SlipFate.LOST, SlipFate.SPOILED):
        with refused(NoSpareLeft, roll, unit=DISTRICT):
            roll.replace_slip(round_in(Phase.VOTING), DISTRICT, fate, **again)
    roll.replace_slip(round_in(Phase.VOTING), DISTRICT, SlipFate.NOT_HANDED_OVER, **again)
    assert recorded(roll) == [("roll.slip_replaced.v1", replaced(SlipFate.NOT_HANDED_OVER).facts)]


def test_slips_replaced_as_spoiled_are_in_the_pile_of_spoiled_ones_or_explained() -> None:
    eleven = [replaced(SlipFate.SPOILED, CITY)] * 11
    roll = given(Roll.create_id(ROUND_ID), SEALED, REGISTERED, *eleven)
    with refused(SlipsDoNotReconcile, roll, unit=CITY, missing=0):
        roll.reconcile_slips(round_in(Phase.CLOSED), SLIPS, by=CLERK, at=AFTER)
    roll.reconcile_slips(round_in(Phase.CLOSED), with_city(spoiled=11, unused=389), by=CLERK, at=AFTER)
    assert roll.slips[0].adds_up


@pytest.mark.parametrize("phase", Phase)
def test_slips_are_reconciled_after_closing_only(phase: Phase) -> None:
    roll = registered()
    if phase in AFTER_CLOSING:
        roll.reconcile_slips(round_in(phase), SLIPS, by=CLERK, at=AFTER)
        assert recorded(roll) == [("roll.slips_reconciled.v1", RECONCILED.facts)]
    else:
        with refused(WrongPhase, roll, phase=phase.value):
            roll.reconcile_slips(round_in(phase), SLIPS, by=CLERK, at=AFTER)


def test_slips_are_reconciled_once() -> None:
    roll = registered()
    roll.reconcile_slips(round_in(Phase.CLOSED), SLIPS, by=CLERK, at=AFTER)
    with refused(SlipsAlreadyReconciled, roll):
        roll.reconcile_slips(round_in(Phase.CLOSED), SLIPS, by=CLERK, at=AFTER)


def test_slips_that_were_never_printed_are_not_reconciled() -> None:
    roll = sealed()
    with refused(CredentialsNotRegistered, roll):
        roll.reconcile_slips(round_in(Phase.CLOSED), (), by=CLERK, at=AFTER)


@pytest.mark.parametrize("slips", [(), SLIPS[:1], (*SLIPS, SLIPS[0]), (SLIPS[0], SLIPS[0])])
def test_every_unit_is_reconciled_exactly_once(slips: tuple[SlipCount, ...]) -> None:
    roll = registered()
    with refused(RollUnitsDiffer, roll):
        roll.reconcile_slips(round_in(Phase.CLOSED), slips, by=CLERK, at=AFTER)


@pytest.mark.parametrize("explanation", ["", "a clerk's mistake"])
@pytest.mark.parametrize("counts", [{"printed": 1_099, "unused": 389}, {"unused": -1}, {"cast": -1}])
def test_impossible_counts_are_refused_whatever_the_explanation(
    counts: dict[str, int], explanation: str
) -> None:
    roll = registered()
    with refused(SlipsDoNotReconcile, roll, unit=CITY, printed=1_100):
        roll.reconcile_slips(
            round_in(Phase.CLOSED), with_city(**counts), explanation=explanation, by=CLERK, at=AFTER
        )


@pytest.mark.parametrize(
    ("counts", "facts"),
    [
        ({"unused": 389}, {"missing": 1}),
        ({"unused": 391}, {"missing": -1}),
        ({"cast": 701}, {"missing": 0, "cast": 701, "handed_out": 700}),
    ],
)
def test_a_gap_is_refused_unexplained_and_recorded_explained(
    counts: dict[str, int], facts: dict[str, int]
) -> None:
    roll, slips = registered(), with_city(**counts)
    with refused(SlipsDoNotReconcile, roll, unit=CITY, **facts):
        roll.reconcile_slips(round_in(Phase.CLOSED), slips, by=CLERK, at=AFTER, explanation=" ")
    roll.reconcile_slips(round_in(Phase.CLOSED), slips, by=CLERK, at=AFTER, explanation="rain in the tent")
    assert recorded(roll) == [
        ("roll.slips_reconciled.v1", {"slips": slips, "explanation": "rain in the tent", "by": CLERK})
    ]


def test_an_explanation_has_a_limit() -> None:
    roll = registered()
    with refused(TextInvalid, roll, field="explanation", problem="too_long"):
        roll.reconcile_slips(round_in(Phase.CLOSED), SLIPS, by=CLERK, at=AFTER, explanation="x" * 2_001)


def test_another_rounds_phase_opens_nothing() -> None:
    other = UUID(int=2)
    fresh, ready = sealed(), registered()
    with refused(NotThisRound, fresh):
        fresh.register_credentials(
            round_in(Phase.REVIEW, round_id=other), CREDENTIALS, CREDENTIALS_ROOT, by=CLERK, at=EARLY
        )
    with refused(NotThisRound, ready):
        ready.reconcile_slips(round_in(Phase.CLOSED, round_id=other), SLIPS, by=CLERK, at=AFTER)


def test_old_events_replay_under_any_later_rule() -> None:
    roll = given(
        Roll.create_id(ROUND_ID),
        past(Roll.Created, round_id=ROUND_ID, people={"nowhere": 0}, root="", by=""),
        past(Roll.CredentialsRegistered, credentials={"elsewhere": 10**9}, root="", by=""),
        past(Roll.SlipReplaced, unit="nowhere", fate=SlipFate.LOST, by="", approved_by=""),
        past(Roll.SlipsReconciled, slips=(SlipCount("", -1, 5, 5, 5, 99),), explanation="", by=""),
    )
    assert (roll.people, roll.credentials, len(roll.slips)) == ({"nowhere": 0}, {"elsewhere": 10**9}, 1)
