"""A second slip: asked for with the person at the desk, granted by another, drawn once, and counted."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes
from uuid import UUID

import pytest

from application.approvals import Approvals
from application.desk.replacing import NotServedYet, Replacing, SlipNotDue
from application.desk.serving import AlreadyServed, Serving
from application.desk.tickets import TicketExpired, Tickets
from application.keys import Keys
from application.registrar import Registrar
from domain.approval import Approval, OwnRequest, TwoPeopleAct
from domain.roll import NoSpareLeft, Roll, SlipFate, SlipsDoNotReconcile
from domain.round import WrongPhase
from tests.engine import Engine
from tests.examples import CITY, CLERK, DISTRICT, DURING
from tests.people import iin
from tests.registrar import DESK, ROUND, cast, close_voting, open_voting, rows

SECOND = "desk-2"
ROLL = Roll.create_id(ROUND)


@pytest.fixture
def replacing(engine: Engine, tmp_path: Path) -> Replacing:
    tickets = Tickets(Keys(tmp_path / "keys"), lambda: DURING, token_bytes)
    return Replacing(engine.store, engine.datastore, tickets, lambda: DURING, token_bytes)


@pytest.fixture
def approvals(engine: Engine, replacing: Replacing) -> Approvals:
    acts = {TwoPeopleAct.REPLACE_SLIP: replacing.act()}
    return Approvals(engine.store, engine.documents, lambda: DURING, token_bytes, acts)


@pytest.fixture
def ticket(serving: Serving) -> str:
    """Of a person of the city who was served before."""
    serving.serve(ROUND, iin(1), by=DESK)
    return serving.find(ROUND, iin(1), by=DESK).ticket


def ask(approvals: Approvals, replacing: Replacing, ticket: str, fate: SlipFate = SlipFate.LOST) -> UUID:
    parameters = replacing.parameters(ROUND, ticket, fate, by=DESK)
    return approvals.request(TwoPeopleAct.REPLACE_SLIP, ROLL, parameters, by=DESK, reason=fate.value)


def test_two_people_and_a_spare_replace_a_lost_slip(
    approvals: Approvals, replacing: Replacing, ticket: str, registered: Registrar, engine: Engine
) -> None:
    asked = ask(approvals, replacing, ticket)
    assert replacing.due(ROUND, by=DESK) == []
    approvals.approve(asked, by=SECOND)
    [due] = replacing.due(ROUND, by=DESK)
    assert replacing.hand_over(ROUND, due.slip, by=DESK) == due.unit == CITY
    roll = engine.store.load(Roll, ROLL)
    assert (roll.replaced_as(SlipFate.LOST, CITY), roll.spares_left(CITY)) == (1, 1)
    assert registered.status(ROUND).handed_out == {CITY: 2, DISTRICT: 0}
    assert [row["slips"] for row in rows(engine, "slips_handed_out")] == [2]
    [counts] = rows(engine, "desk_counts")
    assert [counts[name] for name in ("desk", "served", "lost", "spoiled")] == [DESK, 1, 1, 0]
    engine.check()


def test_the_person_stays_served_once(
    approvals: Approvals, replacing: Replacing, ticket: str, serving: Serving
) -> None:
    approvals.approve(ask(approvals, replacing, ticket), by=SECOND)
    with pytest.raises(AlreadyServed):
        serving.serve_found(ROUND, ticket, by=DESK)


@pytest.mark.parametrize("fate", [SlipFate.SPOILED, SlipFate.NOT_HANDED_OVER])
def test_a_slip_that_never_reached_the_person_is_not_handed_out_twice(
    approvals: Approvals,
    replacing: Replacing,
    ticket: str,
    registered: Registrar,
    engine: Engine,
    fate: SlipFate,
) -> None:
    approvals.approve(ask(approvals, replacing, ticket, fate), by=SECOND)
    assert len(replacing.due(ROUND, by=DESK)) == 1
    assert registered.status(ROUND).handed_out[CITY] == 1
    assert [row["slips"] for row in rows(engine, "slips_handed_out")] == [1]
    [counts] = rows(engine, "desk_counts")
    assert (counts["served"], counts[fate.value]) == (1, 1)


def test_nobody_is_named_by_what_is_asked_for(
    approvals: Approvals, replacing: Replacing, ticket: str, engine: Engine
) -> None:
    asked = approvals.asked(ask(approvals, replacing, ticket))
    assert asked.parameters.keys() == {"slip", "unit", "fate", "by"}
    assert asked.units == {CITY}
    assert asked.approval.reason == "lost"
    person = next(row["person"] for row in rows(engine, "roll_people") if row["served"])
    assert isinstance(person, bytes)
    for table in ("events", "documents", "desk_slips_due", "desk_counts"):
        dump = str(rows(engine, table))
        assert person.hex() not in dump
        assert str(person) not in dump
        assert iin(1) not in dump


def test_who_asked_does_not_grant_and_nothing_is_due(
    approvals: Approvals, replacing: Replacing, ticket: str, engine: Engine
) -> None:
    asked = ask(approvals, replacing, ticket)
    with pytest.raises(OwnRequest):
        approvals.approve(asked, by=DESK)
    approvals.decline(asked, "not seen", by=SECOND)
    assert replacing.due(ROUND, by=DESK) == []
    assert engine.store.load(Roll, ROLL).replaced == {}


def test_who_has_had_no_slip_gets_no_second_one(replacing: Replacing, serving: Serving) -> None:
    found = serving.find(ROUND, iin(2), by=DESK)
    with pytest.raises(NotServedYet):
        replacing.parameters(ROUND, found.ticket, SlipFate.LOST, by=DESK)
    with pytest.raises(TicketExpired):
        replacing.parameters(ROUND, found.ticket, SlipFate.LOST, by=SECOND)


def test_a_granted_slip_is_drawn_once_and_by_the_desk_that_asked(
    approvals: Approvals, replacing: Replacing, ticket: str
) -> None:
    approvals.approve(ask(approvals, replacing, ticket), by=SECOND)
    [due] = replacing.due(ROUND, by=DESK)
    with pytest.raises(SlipNotDue):
        replacing.hand_over(ROUND, due.slip, by=SECOND)

    def draw(_: int) -> bool:
        try:
            replacing.hand_over(ROUND, due.slip, by=DESK)
        except SlipNotDue:
            return False
        return True

    with ThreadPoolExecutor(4) as tabs:
        assert sum(tabs.map(draw, range(8))) == 1
    assert replacing.due(ROUND, by=DESK) == []


def test_many_wait_at_once_and_spares_run_out_at_the_grant(
    approvals: Approvals, replacing: Replacing, ticket: str, serving: Serving
) -> None:
    """The city has two spares; three desks ask, the third is granted nothing."""
    serving.serve(ROUND, iin(2), by=DESK)
    other = serving.find(ROUND, iin(2), by=DESK).ticket
    waiting = [ask(approvals, replacing, each) for each in (ticket, other, ticket)]
    assert {each.approval.id for each in approvals.waiting()} == set(waiting)
    for asked in waiting[:2]:
        approvals.approve(asked, by=SECOND)
    with pytest.raises(NoSpareLeft):
        approvals.approve(waiting[2], by=SECOND)
    with pytest.raises(NoSpareLeft):
        ask(approvals, replacing, ticket)
    assert len(replacing.due(ROUND, by=DESK)) == 2
    assert [each.approval.id for each in approvals.waiting()] == waiting[2:]


def test_no_slip_is_replaced_or_drawn_behind_the_closing(
    approvals: Approvals, replacing: Replacing, ticket: str, engine: Engine
) -> None:
    open_voting(engine)
    granted, asked = (ask(approvals, replacing, ticket) for _ in range(2))
    approvals.approve(granted, by=SECOND)
    [due] = replacing.due(ROUND, by=DESK)
    close_voting(engine)
    with pytest.raises(WrongPhase):
        approvals.approve(asked, by=SECOND)
    with pytest.raises(WrongPhase):
        replacing.hand_over(ROUND, due.slip, by=DESK)
    assert engine.store.load(Approval, asked).state.value == "requested"


def test_the_piles_add_up_at_closing_with_every_kind_of_second_slip(
    approvals: Approvals, replacing: Replacing, serving: Serving, registered: Registrar, engine: Engine
) -> None:
    """Three served: one lost the slip, one was given a spoiled one, of one the desk's work was cut off. 22 were printed."""
    for number, fate in ((1, SlipFate.LOST), (2, SlipFate.SPOILED), (4, SlipFate.NOT_HANDED_OVER)):
        serving.serve(ROUND, iin(number), by=DESK)
        ticket = serving.find(ROUND, iin(number), by=DESK).ticket
        approvals.approve(ask(approvals, replacing, ticket, fate), by=SECOND)
    open_voting(engine)
    cast(engine, CITY, 4)
    close_voting(engine)
    with pytest.raises(SlipsDoNotReconcile):
        registered.reconcile(ROUND, {CITY: 18, DISTRICT: 11}, {}, by=CLERK)
    slips = registered.reconcile(ROUND, {CITY: 17, DISTRICT: 11}, {CITY: 1}, by=CLERK)
    assert (slips[0].handed_out, slips[0].missing) == (4, 0)
