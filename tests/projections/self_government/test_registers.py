"""The registers of self-government say what its aggregates say, and what was so on any day by the facts' own dates."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from psycopg import Connection

from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, DecisionState
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.execution import Execution
from domain.self_government.gathering import Gathering, GatheringState
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.motion import ItemKind
from domain.self_government.office import Office
from domain.self_government.report_meeting import ReportMeeting
from domain.self_government.sitting import Sitting, SittingState
from domain.self_government.unit import TerritorialUnit, UnitKind
from projections.self_government import (
    councils,
    decisions,
    dismissals,
    executions,
    gatherings,
    offices,
    report_meetings,
    sittings,
    units,
)
from projections.self_government.offices import PublicOffice
from tests.council_desk import ELECTED
from tests.councils import CHAIR, DAY, SEVEN
from tests.dismissals import DISTRICT
from tests.engine import Engine
from tests.projections.rows import follow_all
from tests.self_government import AKIM, ELSEWHERE, UNIT
from tests.self_government_story import NEXT_CHAIR

MOST = 100
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def follower(rereading: Connection[Any]) -> Connection[Any]:
    follow_all(rereading, most_events=40)
    return rereading


def ids(engine: Engine, topic: str) -> list[UUID]:
    with engine.datastore.get_connection() as connection:
        query = "SELECT originator_id FROM dauys.events WHERE topic = %s ORDER BY notification_id"
        return [row["originator_id"] for row in connection.execute(query, [topic]).fetchall()]


def test_units_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    for unit_id in ids(retold, TerritorialUnit.Created.TOPIC):
        unit = retold.store.load(TerritorialUnit, unit_id)
        shown = units.find(follower, unit.kato)
        assert shown is not None
        assert (shown.id, shown.kind, shown.names, shown.parent) == (
            unit.id,
            unit.kind,
            unit.names,
            unit.parent,
        )
        assert {each.year: each for each in shown.populations} == unit.populations
        assert (shown.rules.legal_basis if shown.rules else "") == unit.legal_basis
        if shown.rules:
            assert shown.rules.rules == unit.rules
            assert shown.population(ELECTED) == unit.population(ELECTED.year)
        assert shown.changed == retold.reader.position_of(unit_id, unit.version)
    assert units.find(follower, "999999999") is None


def test_units_are_listed_by_kind_and_parent(follower: Connection[Any]) -> None:
    (district,) = units.page(follower, kind=UnitKind.DISTRICT, most=MOST)
    assert district.unit == DISTRICT
    assert [each.unit for each in units.page(follower, parent=DISTRICT, most=MOST)] == [ELSEWHERE]
    assert len(units.page(follower, most=MOST)) == 3
    assert district.population(ELECTED) is None


def test_gatherings_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    known = ids(retold, Gathering.Created.TOPIC)
    assert {each.id for each in gatherings.page(follower, most=MOST)} == set(known)
    for gathering_id in known:
        gathering = retold.store.load(Gathering, gathering_id)
        shown = gatherings.find(follower, gathering_id)
        assert shown is not None
        assert (shown.call, shown.notice, shown.quotas) == (
            gathering.call,
            gathering.notice,
            gathering.quotas,
        )
        assert (shown.level, shown.state) == (gathering.level, gathering.state)
        assert {item.key: item.motion for item in shown.items} == gathering.motions
        assert {item.key: item.kind for item in shown.items if item.adopted} == gathering.adopted
        assert {
            each.locality: each.representatives for each in shown.representatives
        } == gathering.representatives
        assert shown.opening is not None
        assert shown.opening.entitled == gathering.entitled
    (published,) = gatherings.page(follower, state=GatheringState.PUBLISHED, most=MOST)
    assert published.publication is not None
    assert published.items[0].kind is ItemKind.MEMBERS_ELECTED


def terms(connection: Connection[Any], council: UUID, at: datetime, kind: PublicOffice) -> set[str]:
    return {each.holder.id for each in offices.of_council(connection, council, at) if each.kind is kind}


def test_a_council_s_composition_on_any_day_is_the_aggregate_s(
    retold: Engine, follower: Connection[Any]
) -> None:
    (council_id,) = ids(retold, Council.Created.TOPIC)
    council = retold.store.load(Council, council_id)
    changes = {each.term_from for each in offices.of_council(follower, council_id, None)}
    changes |= {each.left_on or each.term_until for each in offices.of_council(follower, council_id, None)}
    assert len(changes) == 6
    for change in changes:
        for at in (change - INSTANT, change):
            assert terms(follower, council_id, at, PublicOffice.COUNCIL_MEMBER) == set(council.members_on(at))
            chair = council.chair_on(at)
            assert terms(follower, council_id, at, PublicOffice.COUNCIL_CHAIR) == (
                {chair} if chair else set()
            )
    every = offices.of_council(follower, council_id, None)
    assert [each.holder.id for each in every if each.kind is PublicOffice.COUNCIL_CHAIR] == [
        CHAIR,
        NEXT_CHAIR,
    ]
    assert {each.reason for each in every} == {"moved away", "at own wish", "dissolved"}
    shown = councils.find(follower, council_id)
    assert shown is not None
    assert (shown.seats, shown.term_from, shown.ends) == (council.seats, council.term_from, council.ends)
    assert [(each.key, each.member) for each in shown.interests] == list(council.interests.items())
    assert councils.page(follower, unit=UNIT, at=council.ends, most=MOST) == []
    assert councils.page(follower, unit=UNIT, at=council.ends - INSTANT, most=MOST) == [shown]


def test_offices_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    for office_id in ids(retold, Office.Created.TOPIC):
        office = retold.store.load(Office, office_id)
        shown = [
            each for each in offices.page(follower, unit=office.unit, most=MOST)[::-1] if each.id == office_id
        ]
        told = [(each.holder, each.term_from, each.term_until, each.left_on) for each in shown]
        assert told == [(each.holder, each.term_from, each.term_until, each.left) for each in office.tenures]
        assert {(each.kind.value, each.seat) for each in shown} == {(office.kind.value, office.seat)}
    (akim,) = offices.page(follower, kind=PublicOffice.AKIM, most=MOST)
    assert (akim.holder, akim.reason) == (AKIM, "dismissed")
    assert akim.left_on is not None
    assert offices.page(follower, kind=PublicOffice.AKIM, at=akim.left_on - INSTANT, most=MOST) == [akim]
    assert offices.page(follower, kind=PublicOffice.AKIM, at=akim.left_on, most=MOST) == []


def test_sittings_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    known = ids(retold, Sitting.Created.TOPIC)
    shown = {each.id: each for each in sittings.page(follower, unit=UNIT, most=MOST)}
    assert list(shown) == known[::-1]
    for sitting_id, each in shown.items():
        sitting = retold.store.load(Sitting, sitting_id)
        assert (each.number, each.state, each.summons) == (sitting.number, sitting.state, sitting.summons)
        present = set(each.opening.present) if each.opening else set()
        for movement in each.movements:
            present ^= {movement.member}
        assert present == sitting.present
    (off,) = sittings.page(follower, state=SittingState.CALLED_OFF, most=MOST)
    assert off.reason == "a storm"
    assert sittings.page(follower, state=SittingState.CALLED_OFF, at=off.held_at - INSTANT, most=MOST) == []


def test_decisions_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    known = ids(retold, CouncilDecision.Created.TOPIC)
    shown = {each.id: each for each in decisions.page(follower, unit=UNIT, most=MOST)}
    assert list(shown) == known[::-1]
    for decision_id, each in shown.items():
        decision = retold.store.load(CouncilDecision, decision_id)
        assert (each.state, each.kind, each.substance) == (decision.state, decision.kind, decision.substance)
        assert (each.repeals, each.amends) == (decision.repeals, decision.amends)
        assert (each.in_force_from, each.in_force_until) == (decision.in_force_from, decision.repealed_from)
        assert each.roll_call is not None
        counted = {vote.member: vote.vote for vote in each.roll_call.votes}
        assert counted.items() <= decision.votes.items()
        assert {recusal.member for recusal in each.recusals} == decision.recused
        assert (each.roll_call.on if each.roll_call.count.adopted else None) == decision.adopted_on
    (rejected,) = decisions.page(follower, state=DecisionState.REJECTED, most=MOST)
    assert rejected.in_force_from is None
    assert [vote.member for vote in shown[known[0]].ballots][:2] == [SEVEN[0], SEVEN[0]]  # one changed


def test_what_is_in_force_on_a_day_follows_publication_own_date_and_repeal(
    retold: Engine, follower: Connection[Any]
) -> None:
    known = [retold.store.load(CouncilDecision, each) for each in ids(retold, CouncilDecision.Created.TOPIC)]
    edges = {each.in_force_from for each in known} | {each.repealed_from for each in known}
    assert len(edges) == 3
    for edge in filter(None, edges):
        for at in (edge - INSTANT, edge, edge + DAY):
            shown = {each.id for each in decisions.page(follower, in_force_at=at, most=MOST)}
            assert shown == {each.id for each in known if each.in_force_on(at)}


def test_initiatives_are_as_their_aggregates_with_their_whole_way(
    retold: Engine, follower: Connection[Any]
) -> None:
    known = ids(retold, DismissalInitiative.Created.TOPIC)
    assert [each.id for each in dismissals.page(follower, akim=AKIM.id, most=MOST)] == known[::-1]
    for initiative_id in known:
        initiative = retold.store.load(DismissalInitiative, initiative_id)
        shown = dismissals.find(follower, initiative_id)
        assert shown is not None
        assert (shown.state, shown.act, shown.count) == (initiative.state, initiative.act, initiative.count)
        assert (shown.grounds, shown.rules, shown.akim) == (
            initiative.grounds,
            initiative.rules,
            initiative.akim,
        )
        assert [each.position for each in shown.steps] == [
            retold.reader.position_of(initiative_id, version) for version in range(1, initiative.version + 1)
        ]
        assert shown.by(shown.steps[-1].on) == shown
        before = shown.by(shown.steps[-3].on - INSTANT)
        assert (before.state, before.count) == (InitiativeState.HEARING_SET, None)
    first = dismissals.find(follower, known[0])
    assert first is not None
    (then,) = dismissals.page(follower, at=first.raised_on, most=MOST)
    assert (then.state, len(then.steps)) == (InitiativeState.NOTIFIED, 2)


class Timed(Protocol):
    at: datetime


def test_questions_and_what_is_overdue_are_as_the_meeting_s(
    retold: Engine, follower: Connection[Any]
) -> None:
    (meeting_id,) = ids(retold, ReportMeeting.Created.TOPIC)
    meeting = retold.store.load(ReportMeeting, meeting_id)
    shown = report_meetings.find(follower, meeting_id)
    assert shown is not None
    assert (shown.akim, shown.year, shown.held_at) == (meeting.akim, meeting.year, meeting.held_at)
    for question, (key, told) in zip(shown.questions, meeting.questions.items(), strict=True):
        assert (question.key, question.text, question.topic) == (key, told.text, told.topic)
        assert (question.settled.outcome if question.settled else None) == told.settled
    for days in range(0, 400, 13):
        when = meeting.held_at + days * DAY
        overdue = [(each.key, month) for each in shown.questions for month in shown.overdue(each, when)]
        assert overdue == [(each.key, each.month) for each in meeting.overdue(when)]
    assert overdue
    early = shown.by(shown.questions[0].statuses[0].at)
    assert (len(early.questions[0].statuses), early.questions[2].settled) == (1, None)


def test_executions_and_what_is_overdue_are_as_the_aggregate_s(
    retold: Engine, follower: Connection[Any]
) -> None:
    (execution_id,) = ids(retold, Execution.Created.TOPIC)
    execution = retold.store.load(Execution, execution_id)
    shown = executions.find(follower, execution_id)
    assert shown is not None
    assert shown.decision_id == execution.decision_id
    assert [each.last_due for each in shown.tasks] == [each.task.due for each in execution.tasks.values()]
    assert [each.done is not None for each in shown.tasks] == [each.done for each in execution.tasks.values()]
    for days in range(0, 60, 7):
        when = execution.adopted_on + days * DAY
        assert [each.key for each in shown.tasks if each.overdue(when)] == [
            each.key for each in execution.overdue(when)
        ]
    lamps = shown.by(execution.adopted_on).tasks[0]
    assert (lamps.done, lamps.last_due) == (None, lamps.due)


PAGES: list[Callable[..., Any]] = [each.page for each in (units, gatherings, sittings, decisions, dismissals)]


@pytest.mark.parametrize("page", PAGES)
def test_pages_hold_each_once_the_newest_first(page: Callable[..., Any], follower: Connection[Any]) -> None:
    seen: list[int] = []
    before = None
    while found := page(follower, before=before, most=2):
        seen += [each.opened for each in found]
        before = seen[-1]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(page(follower, most=MOST))


def test_pages_of_offices_break_between_members_of_one_election(follower: Connection[Any]) -> None:
    seen, before = [], None
    while found := offices.page(follower, before=before, most=3):
        seen += [each.entry for each in found]
        before = seen[-1]
    assert seen == [each.entry for each in offices.page(follower, most=MOST)]
    assert len(seen) == 11
