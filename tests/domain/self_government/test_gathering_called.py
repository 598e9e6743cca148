"""A gathering is announced in time, and its representatives come from separate gatherings within their quotas."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.self_government.call import (
    MOST_ITEMS,
    AgendaInvalid,
    Call,
    GatheringNotDue,
    Level,
    LocalityNotOfUnit,
    Notice,
    NoticeTooShort,
    Quota,
)
from domain.self_government.gathering import (
    Gathering,
    NotASeparateGathering,
    TooManyRepresentatives,
)
from domain.self_government.motion import ItemKind, Motion
from domain.self_government.rules import MORE_THAN_HALF, LocalRules
from domain.self_government.unit import PopulationNotRecorded, RulesNotSet
from tests.given import recorded, refused
from tests.self_government import (
    AFTER,
    BEFORE,
    CLERK,
    ELSEWHERE,
    FAR,
    FAR_PEOPLE,
    FAR_QUOTA,
    HELD,
    NEAR,
    NEAR_PEOPLE,
    NEAR_QUOTA,
    TEXT,
    TOLD,
    UNIT,
    call,
    closed,
    convened,
    far,
    item,
    near,
    separate_gathering,
    the_unit,
    unit_of,
)

GATHERING_ID = UUID(int=2)
PLAN = Motion(TEXT)


def convene(announced: Call, *, unit: Any = None, localities: Any = None, at: Any = TOLD) -> Gathering:
    return Gathering.convene(
        GATHERING_ID,
        unit or the_unit(),
        (near(), far()) if localities is None else localities,
        announced,
        by=CLERK,
        at=at,
    )


def test_a_call_keeps_the_numbers_that_will_decide() -> None:
    assert recorded(convene(call())) == [
        (
            "gathering.convened.v1",
            {
                "unit": UNIT,
                "level": Level.UNIT,
                "call": call(),
                "notice": Notice(given_days=20, needed_days=10),
                "quotas": (Quota(NEAR, NEAR_PEOPLE, NEAR_QUOTA), Quota(FAR, FAR_PEOPLE, FAR_QUOTA)),
                "quorum": MORE_THAN_HALF,
                "majority": MORE_THAN_HALF,
                "by": CLERK,
            },
        )
    ]


def test_rules_changed_later_change_no_gathering_that_is_called() -> None:
    unit = the_unit()
    gathering = convene(call(), unit=unit)
    unit.set_rules(LocalRules(gathering_notice_days=60), "Decision 8", by=CLERK, at=BEFORE)
    assert (gathering.notice.needed_days, gathering.quorum) == (10, MORE_THAN_HALF)


def test_nine_days_notice_is_too_short_and_ten_are_enough() -> None:
    with refused(NoticeTooShort, given=9, needed=10):
        convene(call(told=HELD - timedelta(days=9)), at=HELD)
    assert convene(call(told=HELD - timedelta(days=10)), at=HELD).notice.given_days == 10


def test_without_a_notice_rule_people_are_still_told_before() -> None:
    with refused(NoticeTooShort):
        convene(call(told=HELD + timedelta(minutes=1)), unit=the_unit(gathering_notice_days=0), at=AFTER)


def test_an_announcement_is_recorded_once_it_was_made() -> None:
    with refused(GatheringNotDue):
        convene(call(), at=TOLD - timedelta(seconds=1))


@pytest.mark.parametrize(
    "items",
    [
        (item(), item()),
        tuple(item(f"i{number}") for number in range(MOST_ITEMS + 1)),
        (item("people", ItemKind.REPRESENTATIVES_CHOSEN),),
    ],
    ids=["a key twice", "too many", "not of this level"],
)
def test_an_agenda_that_cannot_be_voted_on_is_refused(items: Any) -> None:
    with refused(AgendaInvalid):
        convene(call(*items))


def test_an_empty_agenda_is_refused() -> None:
    with refused(AgendaInvalid, problem="items"):
        convene(Call("Hall", TOLD, HELD, ()))


def test_a_unit_without_rules_or_people_convenes_nothing() -> None:
    with refused(RulesNotSet):
        convene(call(), unit=unit_of())
    uncounted = call(told=TOLD - timedelta(days=700), held=HELD - timedelta(days=700))
    with refused(PopulationNotRecorded):
        convene(uncounted)


def test_only_localities_of_the_unit_are_counted() -> None:
    stranger = unit_of(ELSEWHERE, parent="101040000")
    with refused(LocalityNotOfUnit, locality=ELSEWHERE):
        convene(call(), localities=(near(), stranger))


def test_a_unit_without_localities_is_its_only_one() -> None:
    assert convene(call(), localities=()).quotas == (Quota(UNIT, 4201, 85),)


@pytest.mark.parametrize(
    "kind", [kind for kind in ItemKind if kind not in ("representatives_chosen", "other")]
)
def test_a_street_decides_nothing_for_the_unit(kind: ItemKind) -> None:
    with refused(AgendaInvalid, problem="not_for_this_level"):
        Gathering.convene_separate(
            GATHERING_ID, the_unit(), near(), Level.STREET, call(item("x", kind)), by=CLERK, at=TOLD
        )


def test_a_separate_gathering_is_not_one_of_the_unit() -> None:
    with refused(NotASeparateGathering):
        Gathering.convene_separate(GATHERING_ID, the_unit(), near(), Level.UNIT, call(), by=CLERK, at=TOLD)


def test_representatives_come_from_separate_gatherings() -> None:
    gathering, separate = convened(), separate_gathering(near(), 20)
    gathering.take_representatives(separate, "people", by=CLERK, at=BEFORE)
    assert recorded(gathering) == [
        (
            "gathering.representatives_chosen.v1",
            {
                "locality": NEAR,
                "separate_gathering": separate.id,
                "key": "people",
                "representatives": 20,
                "by": CLERK,
            },
        )
    ]


def test_streets_of_a_locality_share_its_quota() -> None:
    gathering = convened()
    gathering.take_representatives(separate_gathering(far(), 20), "people", by=CLERK, at=BEFORE)
    with refused(TooManyRepresentatives, gathering, locality=FAR, most=FAR_QUOTA):
        gathering.take_representatives(separate_gathering(far(), 6, number=2), "people", by=CLERK, at=BEFORE)
    gathering.take_representatives(separate_gathering(far(), 5, number=3), "people", by=CLERK, at=BEFORE)
    assert gathering.representatives == {FAR: FAR_QUOTA}


def test_a_separate_gathering_counts_once() -> None:
    gathering, separate = convened(), separate_gathering(near(), 20)
    gathering.take_representatives(separate, "people", by=CLERK, at=BEFORE)
    with refused(NotASeparateGathering, gathering):
        gathering.take_representatives(separate, "people", by=CLERK, at=BEFORE)


def test_who_is_chosen_after_the_gathering_does_not_belong_to_it() -> None:
    gathering = convened()
    with refused(NotASeparateGathering, gathering):
        late = separate_gathering(near(), 20, held=HELD + timedelta(seconds=1))
        gathering.take_representatives(late, "people", by=CLERK, at=AFTER)


def test_a_locality_that_is_not_counted_sends_nobody() -> None:
    gathering = convene(call(), localities=(far(),))
    gathering.collect_events()
    with refused(LocalityNotOfUnit, gathering, locality=NEAR):
        gathering.take_representatives(separate_gathering(near(), 20), "people", by=CLERK, at=BEFORE)


def test_a_gathering_of_the_unit_sends_no_representatives() -> None:
    gathering = convened()
    with refused(NotASeparateGathering, gathering):
        gathering.take_representatives(closed((item(), PLAN)), "plan", by=CLERK, at=BEFORE)
