"""A made-up rural district with two localities, its officials and gatherings, for tests that do not care which."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.self_government.call import Call, Level
from domain.self_government.gathering import Gathering
from domain.self_government.motion import AgendaItem, Candidate, ItemKind, Motion, OpenVote
from domain.self_government.office import Official
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, Population, TerritorialUnit, UnitKind
from tests.examples import digest
from tests.given import Past, given, past

CLERK = "clerk-1"
UNIT, NEAR, FAR, ELSEWHERE = "101033100", "101033102", "101033104", "101035100"
NEAR_PEOPLE, FAR_PEOPLE = 3000, 1201
NEAR_QUOTA, FAR_QUOTA = 60, 25  # one for each 50 people or part of that
ENTITLED = NEAR_QUOTA + FAR_QUOTA

TOLD = datetime(2026, 2, 1, 5, tzinfo=UTC)
HELD = TOLD + timedelta(days=20)
BEFORE = HELD - timedelta(days=5)
AFTER = HELD + timedelta(hours=3)

TEXT, MINUTES = digest("the text put to the vote"), digest("minutes of the gathering")
AKIM = Official("a.seitkali", "Айдос Сейтқали")
NEXT_AKIM = Official("b.omar", "Бота Омар")
MEMBERS = tuple(Candidate(Official(f"m.{number}", f"Мүше {number}"), NEAR) for number in range(1, 6))


def unit_of(
    kato: str = UNIT,
    *,
    people: int = 4201,
    parent: str = "101030000",
    kind: UnitKind = UnitKind.RURAL_DISTRICT,
    rules: LocalRules | None = None,
) -> TerritorialUnit:
    """A unit with its people counted; its rules are set unless it is a locality (`rules` stays None)."""
    history: list[Past] = [
        past(
            TerritorialUnit.Created,
            kato=kato,
            kind=kind,
            names=Names("Жаңа ауыл", "Новый аул", "Zhana Auyl"),
            parent=parent,
            by=CLERK,
        ),
        past(
            TerritorialUnit.PopulationRecorded,
            population=Population(2025, people, "Statistics bureau"),
            by=CLERK,
        ),
    ]
    if rules is not None:
        history.append(
            past(TerritorialUnit.RulesSet, rules=rules, legal_basis="Maslikhat decision 5", by=CLERK)
        )
    unit: TerritorialUnit = given(TerritorialUnit.create_id(kato), *history)
    return unit


def the_unit(**changed: Any) -> TerritorialUnit:
    return unit_of(rules=LocalRules(**changed))


def near() -> TerritorialUnit:
    return unit_of(NEAR, people=NEAR_PEOPLE, parent=UNIT, kind=UnitKind.VILLAGE)


def far() -> TerritorialUnit:
    return unit_of(FAR, people=FAR_PEOPLE, parent=UNIT, kind=UnitKind.VILLAGE)


def item(key: str = "plan", kind: ItemKind = ItemKind.PLAN_AGREED) -> AgendaItem:
    return AgendaItem(key, kind, f"About {key}")


def call(*items: AgendaItem, told: datetime = TOLD, held: datetime = HELD) -> Call:
    return Call("House of culture", told, held, items or (item(),))


def separate_gathering(
    locality: TerritorialUnit, representatives: int, *, number: int = 1, held: datetime = BEFORE
) -> Gathering:
    """A closed separate gathering that chose so many representatives by its item «people»."""
    announced = call(item("people", ItemKind.REPRESENTATIVES_CHOSEN), held=held)
    gathering = Gathering.convene_separate(
        UUID(int=100 + number), the_unit(), locality, Level.LOCALITY, announced, by=CLERK, at=TOLD
    )
    gathering.open(100, residents=500, by=CLERK, at=held)
    motion = Motion(TEXT, representatives=representatives)
    gathering.put_to_vote("people", motion, OpenVote(100, 80, 10, 10), by=CLERK, at=held)
    gathering.close(MINUTES, by=CLERK, at=held)
    gathering.collect_events()
    return gathering


def convened(*items: AgendaItem, unit: TerritorialUnit | None = None) -> Gathering:
    """A gathering of the unit, announced; nobody is chosen yet."""
    gathering = Gathering.convene(
        UUID(int=2), unit or the_unit(), (near(), far()), call(*items), by=CLERK, at=TOLD
    )
    gathering.collect_events()
    return gathering


def opened(*items: AgendaItem, unit: TerritorialUnit | None = None, present: int = 50) -> Gathering:
    """The same with all representatives chosen and `present` of them there."""
    gathering = convened(*items, unit=unit)
    gathering.take_representatives(separate_gathering(near(), NEAR_QUOTA), "people", by=CLERK, at=BEFORE)
    gathering.take_representatives(
        separate_gathering(far(), FAR_QUOTA, number=2), "people", by=CLERK, at=BEFORE
    )
    gathering.open(present, by=CLERK, at=HELD)
    gathering.collect_events()
    return gathering


def closed(*voted: tuple[AgendaItem, Motion], unit: TerritorialUnit | None = None) -> Gathering:
    """The same, closed after each motion was adopted by all 50 present."""
    gathering = opened(*(each for each, _ in voted), unit=unit)
    for each, motion in voted:
        gathering.put_to_vote(each.key, motion, OpenVote(50, 50, 0, 0), by=CLERK, at=HELD)
    gathering.close(MINUTES, by=CLERK, at=AFTER)
    gathering.collect_events()
    return gathering
