"""Initiatives through their use cases: on acts that the log holds, one at a time against an akim, and the office follows."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from application.self_government.dismissals import ActReference, ActReferenceInvalid
from application.store import NotFound
from domain.errors import Refused
from domain.self_government.decision import DecisionNotAdopted
from domain.self_government.dismissal import DismissalInitiative, InitiativeOpen
from domain.self_government.gathering import NoQuorum
from domain.self_government.initiating import Body
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.matters import Dismissal
from domain.self_government.motion import ItemKind, OpenVote
from domain.self_government.office import LeaveReason, Office, OfficeKind, OfficeVacant
from domain.self_government.resolution import ResolutionNotAdopted
from domain.self_government.rollcall import Vote
from domain.self_government.substance import DecisionKind
from tests.councils import SAT, SEVEN, chaired, propose, session
from tests.dismissal_desk import DismissalDesk
from tests.dismissals import (
    AGAINST_ENDING,
    DAY,
    DEPUTIES,
    DISTRICT,
    EVIDENCE,
    FOR_ENDING,
    GROUNDS,
    RAISED,
    SITE,
)
from tests.engine import Engine, open_engine
from tests.examples import digest
from tests.given import refused
from tests.self_government import AKIM, CLERK, UNIT

SOON_SECONDS = 0.05
AKIMS = 10
"""Against each, two processes raise an initiative at the same moment."""


@pytest.fixture
def desk(engine: Engine) -> DismissalDesk:
    desk = DismissalDesk(engine.store)
    desk.settle_in()
    return desk


def bring_to_the_hearing(desk: DismissalDesk, initiative_id: UUID) -> None:
    way = desk.dismissals
    way.notify_akim(initiative_id, digest("notice"), by=CLERK)
    desk.now += DAY
    way.answer(initiative_id, "Lamps are on order", digest("answer"), by=CLERK)
    way.submit(initiative_id, DISTRICT, digest("submission"), by=CLERK)
    way.register(initiative_id, "41/2026", by=CLERK)
    way.set_hearing(initiative_id, desk.now + DAY, "Great hall", by=CLERK)
    desk.now += DAY
    way.hear(initiative_id, digest("minutes"), akim_spoke=True, by=CLERK)


def decide(desk: DismissalDesk, initiative_id: UUID, vote: OpenVote) -> bool:
    return desk.dismissals.decide(initiative_id, DEPUTIES, vote, digest("act 41"), by=CLERK)


def test_one_fails_and_a_later_one_ends_the_akims_powers(desk: DismissalDesk, engine: Engine) -> None:
    first = desk.raise_one(desk.act())
    bring_to_the_hearing(desk, first)
    assert not decide(desk, first, AGAINST_ENDING)
    assert desk.office().holder_on(desk.now) == AKIM
    desk.now += 90 * DAY
    second = desk.raise_one(desk.act())
    assert desk.initiative(second).number == 2
    bring_to_the_hearing(desk, second)
    before = engine.reader.size()
    assert decide(desk, second, FOR_ENDING)
    recorded = [entry.topic for entry in engine.reader.entries(before, engine.reader.size())]
    assert recorded == ["dismissal.decided.v1", "office.left.v1"]
    with refused(OfficeVacant):
        desk.office().holder_on(desk.now)
    desk.now = SITE.when + 200 * DAY
    desk.dismissals.publish(second, (replace(SITE, when=desk.now),), by=CLERK)
    assert desk.initiative(second).state is InitiativeState.PUBLISHED
    engine.check()


def test_a_vote_without_a_quorum_leaves_office_and_initiative_as_they_were(
    desk: DismissalDesk, engine: Engine
) -> None:
    initiative_id = desk.raise_one(desk.act())
    bring_to_the_hearing(desk, initiative_id)
    size = engine.reader.size()
    with refused(NoQuorum):
        decide(desk, initiative_id, OpenVote(7, 7, 0, 0))
    assert engine.reader.size() == size
    assert desk.office().holder_on(desk.now) == AKIM


def test_the_gathering_takes_back_what_it_raised(desk: DismissalDesk) -> None:
    initiative_id = desk.raise_one(desk.act())
    desk.now += DAY
    desk.dismissals.withdraw(initiative_id, desk.act(ItemKind.DISMISSAL_WITHDRAWN), "Lit since", by=CLERK)
    assert desk.initiative(initiative_id).state is InitiativeState.WITHDRAWN
    assert desk.raise_one(desk.act()) != initiative_id


def test_it_lapses_at_its_deadline_and_makes_room(desk: DismissalDesk) -> None:
    initiative_id = desk.raise_one(desk.act())
    desk.now += 61 * DAY
    with refused(InitiativeOpen):
        desk.raise_one(desk.act())
    desk.dismissals.lapse(initiative_id, by=CLERK)
    assert desk.initiative(initiative_id).state is InitiativeState.LAPSED
    desk.raise_one(desk.act())


def test_what_happened_yesterday_is_entered_with_its_own_day(desk: DismissalDesk) -> None:
    act = desk.act()
    desk.now += 3 * DAY
    initiative_id = desk.dismissals.raise_against(
        UNIT,
        AKIM.id,
        act,
        grounds=GROUNDS,
        statement="x",
        evidence=EVIDENCE,
        by=CLERK,
        on=RAISED + DAY,
    )
    assert desk.initiative(initiative_id).raised_on == RAISED + DAY
    desk.dismissals.notify_akim(initiative_id, digest("notice"), by=CLERK, on=RAISED + 2 * DAY)
    assert desk.initiative(initiative_id).answer_due == RAISED + 12 * DAY


# What raises it


def test_the_council_raises_one_by_its_adopted_decision(desk: DismissalDesk, engine: Engine) -> None:
    made = propose(Dismissal(DecisionKind.DISMISSAL_INITIATED, desk.office()))
    for member in SEVEN:
        made.cast_vote(session(chaired()), member, Vote.FOR, by=CLERK, at=SAT)
    engine.store.save(made)
    desk.now = SAT + DAY
    act = ActReference(Body.COUNCIL, made.id)
    with refused(DecisionNotAdopted):
        desk.raise_one(act)
    made.close_vote(session(chaired()), by=CLERK, at=SAT)
    engine.store.save(made)
    assert desk.initiative(desk.raise_one(act)).act.body is Body.COUNCIL


def test_a_motion_that_had_no_majority_raises_nothing(desk: DismissalDesk) -> None:
    with refused(ResolutionNotAdopted):
        desk.raise_one(desk.act(votes_for=5))


@pytest.mark.parametrize("body", Body)
def test_an_act_that_is_not_in_the_log_raises_nothing(desk: DismissalDesk, body: Body) -> None:
    with refused(NotFound):
        desk.raise_one(ActReference(body, uuid4(), "item"))


@pytest.mark.parametrize(
    "reference",
    [
        f"petition:{UUID(int=1)}",
        "petition:12,000 signatures",
        f"gathering:{UUID(int=1)}",
        f"gathering:{UUID(int=1)}/",
        f"gathering:{UUID(int=1)}/{'x' * 65}",
        f"decision:{UUID(int=1)}/item",
        f"decision:{UUID(int=1)}\n",
        "",
    ],
)
def test_a_petition_cannot_raise_it_nor_can_anything_else(reference: str) -> None:
    with refused(ActReferenceInvalid):
        ActReference.parse(reference)


def test_an_act_is_named_by_body_id_and_item() -> None:
    assert ActReference.parse(f"gathering:{UUID(int=1)}/item-3") == ActReference(
        Body.GATHERING, UUID(int=1), "item-3"
    )
    assert ActReference.parse(f"decision:{UUID(int=2)}") == ActReference(Body.COUNCIL, UUID(int=2))


def test_there_is_no_akim_where_nobody_was_entered(desk: DismissalDesk) -> None:
    with refused(NotFound):
        desk.dismissals.raise_against(
            DISTRICT,
            AKIM.id,
            desk.act(),
            grounds=GROUNDS,
            statement="x",
            evidence=EVIDENCE,
            by=CLERK,
        )


# Two at once


def raise_at(url: str, acts: list[tuple[str, ActReference]], moments: list[float]) -> list[str]:
    """What one process is told that raises an initiative in one unit after the other, each at its moment: "" or the refusal."""
    told = []
    with open_engine(url) as engine:
        for (unit, act), moment in zip(acts, moments, strict=True):
            desk = DismissalDesk(engine.store, RAISED + DAY, unit)
            time.sleep(max(0.0, moment - time.time()))
            try:
                desk.raise_one(act)
            except Refused as refusal:
                told.append(refusal.code)
            else:
                told.append("")
    return told


def test_of_two_processes_that_raise_one_against_the_same_akim_at_one_instant_one_is_refused(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    desks = [DismissalDesk(engine.store, unit=f"1010331{number:02d}") for number in range(AKIMS)]
    for each in desks:
        each.settle_in()
    acts = [[(each.unit, each.act()) for each in desks] for _ in range(2)]
    assert list(processes.map(raise_at, [engine.url] * 2, [[]] * 2, [[]] * 2)) == [[], []]
    moments = [time.time() + SOON_SECONDS * number for number in range(4, AKIMS + 4)]
    ours, theirs = processes.map(raise_at, [engine.url] * 2, acts, [moments] * 2)
    assert [{our, their} for our, their in zip(ours, theirs, strict=True)] == [
        {"", "initiative_open"}
    ] * AKIMS
    raised = [
        entry.originator_id
        for entry in engine.reader.entries(0, engine.reader.size())
        if entry.topic == DismissalInitiative.Created.TOPIC
    ]
    assert raised == [DismissalInitiative.create_id(each.unit, AKIM.id, 1) for each in desks]
    engine.check()


def test_one_that_waited_for_the_lock_while_another_was_raised_is_refused(
    desk: DismissalDesk, engine: Engine
) -> None:
    """What was read before the lock is not trusted behind it."""
    acts = [desk.act(), desk.act()]
    with ThreadPoolExecutor(2) as pool, engine.store.deciding() as decision:
        decision.get(Office, desk.office().id)
        waiting = [pool.submit(desk.raise_one, act) for act in acts]
        time.sleep(SOON_SECONDS)
        assert not any(each.done() for each in waiting)
    told = [getattr(each.exception(), "code", None) for each in waiting]
    assert sorted(told, key=str) == [None, "initiative_open"]


def test_the_akim_resigns_while_the_maslikhat_decides(desk: DismissalDesk, engine: Engine) -> None:
    """Whoever gets the lock first: powers end once, and the register says how."""
    initiative_id = desk.raise_one(desk.act())
    bring_to_the_hearing(desk, initiative_id)
    with ThreadPoolExecutor(2) as pool, engine.store.deciding() as decision:
        decision.get(Office, desk.office().id)
        decided = pool.submit(decide, desk, initiative_id, FOR_ENDING)
        left = pool.submit(
            desk.offices.leave,
            desk.unit,
            OfficeKind.AKIM,
            on=desk.now,
            reason=LeaveReason.RESIGNED,
            basis="Own wish",
            by=CLERK,
        )
    told = [getattr(each.exception(), "code", None) for each in (decided, left)]
    assert told in ([None, "office_vacant"], ["not_the_sitting_akim", None])
    [tenure] = desk.office().tenures
    assert tenure.left == desk.now
    engine.check()
