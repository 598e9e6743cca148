"""Registers and gatherings through their use cases: on what the log holds, at the clock's time, all or nothing."""

import secrets
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID, uuid4

import pytest

from application.self_government.gatherings import Gatherings
from application.self_government.offices import Offices
from application.self_government.units import UnitAlreadyRegistered, Units
from application.store import NotFound
from domain.conclusion import Channel, ChannelKind
from domain.self_government.call import Level
from domain.self_government.gathering import Gathering, GatheringState, NoQuorum
from domain.self_government.motion import ItemKind, Motion, OpenVote
from domain.self_government.office import DismissalNeeded, LeaveReason, Office, OfficeHeld, OfficeKind
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, RulesNotSet, TerritorialUnit, UnitKind
from tests.engine import Engine
from tests.given import refused
from tests.self_government import (
    AFTER,
    AKIM,
    BEFORE,
    CLERK,
    ENTITLED,
    FAR,
    FAR_PEOPLE,
    FAR_QUOTA,
    HELD,
    MINUTES,
    NEAR,
    NEAR_PEOPLE,
    NEAR_QUOTA,
    NEXT_AKIM,
    TEXT,
    TOLD,
    UNIT,
    call,
    item,
)

NAMES = Names("Жаңа ауыл", "Новый аул", "Zhana Auyl")


class Term(TypedDict):
    """What every entry in the register of offices states."""

    basis: str
    by: str


class Desk:
    """The use cases on one clock that the test sets."""

    def __init__(self, engine: Engine) -> None:
        self.now = TOLD
        self.store = engine.store
        self.units = Units(engine.store, self._clock)
        self.offices = Offices(engine.store, self._clock)
        self.gatherings = Gatherings(engine.store, self._clock, secrets.token_bytes)

    def _clock(self) -> datetime:
        return self.now

    def register(self) -> None:
        self.units.register(UNIT, UnitKind.RURAL_DISTRICT, NAMES, by=CLERK)
        self.units.set_rules(UNIT, LocalRules(), "Maslikhat decision 5", by=CLERK)
        for kato, people in ((NEAR, NEAR_PEOPLE), (FAR, FAR_PEOPLE)):
            self.units.register(kato, UnitKind.VILLAGE, NAMES, parent=UNIT, by=CLERK)
            self.units.record_population(kato, 2025, people, "Census", by=CLERK)

    def separate(self, locality: str, representatives: int) -> UUID:
        people = item("people", ItemKind.REPRESENTATIVES_CHOSEN)
        self.now = TOLD
        gathering = self.gatherings.convene_separate(
            UNIT, locality, Level.LOCALITY, call(people, held=BEFORE), by=CLERK
        )
        self.now = BEFORE
        self.gatherings.open(gathering, 100, residents=500, by=CLERK)
        vote = OpenVote(100, 90, 0, 10)
        assert self.gatherings.put_to_vote(
            gathering, "people", Motion(TEXT, representatives=representatives), vote, by=CLERK
        )
        self.gatherings.close(gathering, MINUTES, by=CLERK)
        return gathering


@pytest.fixture
def desk(engine: Engine) -> Desk:
    desk = Desk(engine)
    desk.register()
    return desk


def test_a_gathering_from_the_call_to_the_published_minutes(desk: Desk, engine: Engine) -> None:
    gathering_id = desk.gatherings.convene(UNIT, call(), by=CLERK)
    for locality, quota in ((NEAR, NEAR_QUOTA), (FAR, FAR_QUOTA)):
        separate = desk.separate(locality, quota)
        desk.gatherings.take_representatives(gathering_id, separate, "people", by=CLERK)
    desk.now = HELD
    desk.gatherings.open(gathering_id, 50, by=CLERK)
    assert desk.gatherings.put_to_vote(gathering_id, "plan", Motion(TEXT), OpenVote(50, 26, 24, 0), by=CLERK)
    desk.now = AFTER
    desk.gatherings.close(gathering_id, MINUTES, by=CLERK)
    desk.gatherings.publish(gathering_id, (Channel(ChannelKind.SITE, "x", AFTER),), by=CLERK)
    gathering = desk.store.load(Gathering, gathering_id)
    assert (gathering.state, gathering.entitled) == (GatheringState.PUBLISHED, ENTITLED)
    assert gathering.resolution("plan").text_digest == TEXT
    engine.check()


def test_a_refused_opening_leaves_no_trace_and_the_gathering_can_be_called_off(desk: Desk) -> None:
    gathering_id = desk.gatherings.convene(UNIT, call(), by=CLERK, gathering_id=uuid4())
    desk.gatherings.take_representatives(gathering_id, desk.separate(NEAR, 42), "people", by=CLERK)
    desk.now = HELD
    before = desk.store.log_recorder.max_notification_id()
    with refused(NoQuorum, present=42, entitled=ENTITLED, needed=43):
        desk.gatherings.open(gathering_id, 42, by=CLERK)
    assert desk.store.log_recorder.max_notification_id() == before
    desk.gatherings.call_off(gathering_id, "No quorum: 42 of 85", by=CLERK)
    assert desk.store.load(Gathering, gathering_id).state is GatheringState.CALLED_OFF


def test_a_unit_is_registered_once_and_under_a_known_parent(desk: Desk) -> None:
    with refused(UnitAlreadyRegistered):
        desk.units.register(UNIT, UnitKind.RURAL_DISTRICT, NAMES, by=CLERK)
    with refused(NotFound, kind="unit"):
        desk.units.register("101039100", UnitKind.VILLAGE, NAMES, parent="101039000", by=CLERK)
    with refused(RulesNotSet, unit=NEAR):
        desk.gatherings.convene(NEAR, call(), by=CLERK)


def test_an_office_is_established_by_its_first_holder(desk: Desk) -> None:
    until, term = TOLD + timedelta(days=1461), Term(basis="Elections", by=CLERK)
    office_id = desk.offices.take(UNIT, OfficeKind.AKIM, AKIM, term_from=TOLD, term_until=until, **term)
    with refused(OfficeHeld):
        desk.offices.take(UNIT, OfficeKind.AKIM, NEXT_AKIM, term_from=HELD, term_until=until, **term)
    with refused(DismissalNeeded):
        desk.offices.leave(UNIT, OfficeKind.AKIM, on=HELD, reason=LeaveReason.DISMISSED, **term)
    desk.offices.leave(UNIT, OfficeKind.AKIM, on=HELD, reason=LeaveReason.RESIGNED, **term)
    desk.offices.take(UNIT, OfficeKind.AKIM, NEXT_AKIM, term_from=HELD, term_until=until, **term)
    assert desk.store.load(Office, office_id).holder_on(HELD) == NEXT_AKIM
    with refused(NotFound, kind="office"):
        desk.offices.leave(NEAR, OfficeKind.AKIM, on=HELD, reason=LeaveReason.RESIGNED, **term)


def test_what_the_register_holds_is_read_back(desk: Desk) -> None:
    unit = desk.store.load(TerritorialUnit, TerritorialUnit.create_id(FAR))
    assert (unit.parent, unit.population(2026).people) == (UNIT, FAR_PEOPLE)
