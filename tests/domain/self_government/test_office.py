"""An office has one holder at a time; dismissal is not among the reasons a clerk may enter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Refused
from domain.self_government.office import (
    MOST_SEATS,
    DismissalNeeded,
    LeaveReason,
    Office,
    OfficeHeld,
    OfficeKind,
    OfficeVacant,
    Official,
    SeatInvalid,
    TermInvalid,
)
from domain.text import IdentifierInvalid, TextInvalid
from tests.given import Past, given, past, recorded, refused
from tests.self_government import AKIM, CLERK, NEXT_AKIM, TOLD, UNIT, the_unit

FROM, UNTIL = TOLD, TOLD + timedelta(days=4 * 365)
MIDDLE = FROM + timedelta(days=400)

ESTABLISHED = past(Office.Created, unit=UNIT, kind=OfficeKind.AKIM, seat=0, by=CLERK)
TAKEN = past(Office.Taken, holder=AKIM, term_from=FROM, term_until=UNTIL, basis="Elections of 2026", by=CLERK)
LEFT = past(Office.Left, holder=AKIM, on=MIDDLE, reason=LeaveReason.RESIGNED, basis="Own wish", by=CLERK)


def akim(*history: Past) -> Office:
    office: Office = given(Office.create_id(UNIT, OfficeKind.AKIM, 0), ESTABLISHED, *history)
    return office


def test_a_unit_has_one_akim_and_numbered_experts() -> None:
    office = Office.establish(the_unit(), OfficeKind.AKIM, by=CLERK, at=TOLD)
    assert recorded(office) == [("office.established.v1", ESTABLISHED.facts)]
    second = Office.establish(the_unit(), OfficeKind.EXPERT, seat=2, by=CLERK, at=TOLD)
    assert second.id == Office.create_id(UNIT, OfficeKind.EXPERT, 2)


@pytest.mark.parametrize(
    ("kind", "seat"),
    [
        (OfficeKind.AKIM, 1),
        (OfficeKind.MASLIKHAT_SECRETARY, 1),
        (OfficeKind.EXPERT, 0),
        (OfficeKind.AUDITOR, MOST_SEATS + 1),
    ],
)
def test_a_second_akim_has_no_seat(kind: OfficeKind, seat: int) -> None:
    with refused(SeatInvalid, most=MOST_SEATS):
        Office.establish(the_unit(), kind, seat=seat, by=CLERK, at=TOLD)


def test_an_office_is_taken_for_a_term() -> None:
    office = akim()
    office.take(AKIM, FROM, UNTIL, "Elections of 2026", by=CLERK, at=TOLD)
    assert recorded(office) == [("office.taken.v1", TAKEN.facts)]


@pytest.mark.parametrize(
    "when", [FROM - timedelta(seconds=1), UNTIL], ids=["before the term", "when it is over"]
)
def test_outside_the_term_nobody_holds_it(when: datetime) -> None:
    office = akim(TAKEN)
    assert office.holder_on(FROM) == office.holder_on(UNTIL - timedelta(seconds=1)) == AKIM
    with refused(OfficeVacant, office, unit=UNIT, kind="akim"):
        office.holder_on(when)


def test_two_holders_at_once_are_refused() -> None:
    office = akim(TAKEN)
    with refused(OfficeHeld, office):
        office.take(
            NEXT_AKIM, UNTIL - timedelta(seconds=1), UNTIL + timedelta(days=9), "x", by=CLERK, at=TOLD
        )
    office.take(NEXT_AKIM, UNTIL, UNTIL + timedelta(days=9), "Elections", by=CLERK, at=TOLD)
    assert office.holder_on(UNTIL) == NEXT_AKIM


def test_who_left_makes_room_from_that_moment() -> None:
    office = akim(TAKEN)
    office.leave(MIDDLE, LeaveReason.RESIGNED, "Own wish", by=CLERK, at=MIDDLE)
    assert recorded(office) == [("office.left.v1", LEFT.facts)]
    office.take(NEXT_AKIM, MIDDLE, UNTIL, "By-election", by=CLERK, at=MIDDLE)
    assert office.holder_on(MIDDLE - timedelta(seconds=1)) == AKIM
    assert office.holder_on(MIDDLE) == NEXT_AKIM
    assert office.tenure_on(MIDDLE).term_from == MIDDLE


@pytest.mark.parametrize("history", [(), (TAKEN, LEFT)], ids=["never taken", "left already"])
def test_nobody_leaves_an_office_twice_or_without_holding_it(history: tuple[Past, ...]) -> None:
    office = akim(*history)
    with refused(OfficeVacant, office):
        office.leave(MIDDLE - timedelta(days=1), LeaveReason.RESIGNED, "again", by=CLERK, at=MIDDLE)


def test_a_clerk_cannot_dismiss_an_akim() -> None:
    office = akim(TAKEN)
    with refused(DismissalNeeded, office):
        office.leave(MIDDLE, LeaveReason.DISMISSED, "a wish", by=CLERK, at=MIDDLE)


def test_the_maslikhats_decision_ends_the_akims_powers() -> None:
    office = akim(TAKEN)
    office.end_powers(MIDDLE, "Maslikhat decision 12", by=CLERK, at=MIDDLE)
    [(topic, facts)] = recorded(office)
    assert (topic, facts["reason"], facts["holder"]) == ("office.left.v1", LeaveReason.DISMISSED, AKIM)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"term_until": FROM}, TermInvalid),
        ({"holder": Official("A B", "A B")}, IdentifierInvalid),
        ({"holder": Official("a.b", " ")}, TextInvalid),
        ({"basis": ""}, TextInvalid),
        ({"by": ""}, IdentifierInvalid),
    ],
)
def test_taking_office_is_checked(wrong: dict[str, Any], refusal: type[Refused]) -> None:
    office = akim()
    facts: dict[str, Any] = {
        "holder": AKIM,
        "term_from": FROM,
        "term_until": UNTIL,
        "basis": "x",
        "by": CLERK,
    }
    with refused(refusal, office):
        office.take(**(facts | wrong), at=TOLD)


def test_a_name_is_in_no_repr() -> None:
    assert AKIM.name not in repr(AKIM)


def test_old_events_replay_under_any_later_rule() -> None:
    assert len(akim(TAKEN, TAKEN, LEFT).tenures) == 2


class OneOffice(RuleBasedStateMachine):
    """However terms are entered and left: nobody shares the office, and only `end_powers` says dismissed."""

    def __init__(self) -> None:
        super().__init__()
        self.office = akim()
        self.dismissals = 0

    @rule(start=st.integers(0, 50), days=st.integers(-1, 20))
    def take(self, start: int, days: int) -> None:
        begins = FROM + timedelta(days=start)
        self._try(
            lambda: self.office.take(AKIM, begins, begins + timedelta(days=days), "x", by=CLERK, at=FROM)
        )

    @rule(day=st.integers(-5, 60), reason=st.sampled_from(LeaveReason))
    def leave(self, day: int, reason: LeaveReason) -> None:
        on = FROM + timedelta(days=day)
        self._try(lambda: self.office.leave(on, reason, "x", by=CLERK, at=FROM))

    @rule(day=st.integers(-5, 60))
    def end_powers(self, day: int) -> None:
        on = FROM + timedelta(days=day)
        if self._try(lambda: self.office.end_powers(on, "x", by=CLERK, at=FROM)):
            self.dismissals += 1

    @invariant()
    def one_holder_at_a_time(self) -> None:
        for day in range(-5, 75):
            assert sum(each.covers(FROM + timedelta(days=day)) for each in self.office.tenures) <= 1

    @invariant()
    def dismissed_only_by_the_maslikhat(self) -> None:
        reasons = [facts["reason"] for topic, facts in recorded(self.office) if topic == "office.left.v1"]
        assert reasons.count(LeaveReason.DISMISSED) == self.dismissals

    @staticmethod
    def _try(command: Any) -> bool:
        try:
            command()
        except Refused:
            return False
        return True


TestOneOffice = OneOffice.TestCase
TestOneOffice.settings = settings(max_examples=40)
