"""An adopted decision is signed by the chair, published, in force not before that, and ended only by another."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.council import (
    CouncilDissolved,
    CouncilNotInOffice,
    NotThisCouncil,
)
from domain.self_government.decision import (
    MOST_AFFECTED,
    CannotAffect,
    CouncilDecision,
    DecisionNotAdopted,
    DecisionRepealed,
    DecisionState,
    NotTheChair,
    SigningTimeInvalid,
)
from domain.self_government.motion import ItemKind
from domain.self_government.publication import NotPublishedElectronically, PublicationTimeInvalid
from domain.self_government.substance import Adoption, DecisionKind
from tests.councils import (
    CHAIR,
    DAY,
    LATER,
    SAT,
    SIGNED,
    SITE,
    SITE_AT,
    chaired,
    decision,
    propose,
    resolution,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, TEXT, UNIT, the_unit

State = DecisionState
OF = chaired()


# Signing.


def test_the_chair_signs() -> None:
    made = decision(State.ADOPTED)
    made.sign(OF, CHAIR, SIGNED, by=CLERK, at=LATER)
    assert recorded(made) == [("decision.signed.v1", {"signer": CHAIR, "on": SIGNED, "by": CLERK})]


@pytest.mark.parametrize(
    ("signer", "on", "refusal"),
    [
        ("m.2", SIGNED, NotTheChair),
        ("a.seitkali", SIGNED, NotTheChair),
        (CHAIR, SAT - timedelta(seconds=1), SigningTimeInvalid),
        (CHAIR, LATER + DAY, SigningTimeInvalid),
        (CHAIR, SAT.replace(year=2030), CouncilNotInOffice),
    ],
)
def test_nobody_else_signs_and_at_no_other_time(signer: str, on: datetime, refusal: type[Refused]) -> None:
    made = decision(State.ADOPTED)
    with refused(refusal, made):
        made.sign(OF, signer, on, by=CLERK, at=LATER)


def test_a_dissolved_council_signs_nothing() -> None:
    of, made = chaired(), decision(State.ADOPTED)
    of.dissolve(
        the_unit(), resolution(ItemKind.COUNCIL_DISSOLVED, adopted_on=SIGNED + DAY), by=CLERK, at=LATER
    )
    with refused(CouncilDissolved, made):
        made.sign(of, CHAIR, SIGNED, by=CLERK, at=LATER)


def test_the_chair_of_another_council_does_not_sign() -> None:
    other, made = chaired(), decision(State.ADOPTED)
    other._id = UUID(int=77)
    with refused(NotThisCouncil, made):
        made.sign(other, CHAIR, SIGNED, by=CLERK, at=LATER)


# Publication and force.


@pytest.mark.parametrize(
    ("own_date", "in_force"),
    [(None, SITE_AT), (SAT - 30 * DAY, SITE_AT), (SITE_AT + 30 * DAY, SITE_AT + 30 * DAY)],
)
def test_it_is_in_force_from_its_own_date_but_never_before_its_publication(
    own_date: datetime | None, in_force: datetime
) -> None:
    made = decision(State.SIGNED, effective_from=own_date)
    assert not made.in_force_on(LATER)
    made.publish((SITE,), by=CLERK, at=LATER)
    assert recorded(made) == [
        ("decision.published.v1", {"channels": (SITE,), "in_force_from": in_force, "by": CLERK})
    ]
    assert made.in_force_on(in_force)
    assert not made.in_force_on(in_force - timedelta(seconds=1))


def test_a_newspaper_alone_puts_nothing_into_force() -> None:
    paper = Channel(ChannelKind.MASS_MEDIA, "Ауыл тынысы № 12", SITE_AT)
    made = decision(State.SIGNED)
    with refused(NotPublishedElectronically, made):
        made.publish((paper,), by=CLERK, at=LATER)
    late = Channel(ChannelKind.SITE, "https://akimat.example/acts/7", SITE_AT + DAY)
    made.publish((paper, late), by=CLERK, at=LATER)
    assert made.in_force_from == SITE_AT + DAY


def test_it_is_published_after_it_was_signed() -> None:
    made = decision(State.SIGNED)
    early = Channel(ChannelKind.SITE, "https://akimat.example/acts/7", SIGNED - timedelta(seconds=1))
    with refused(PublicationTimeInvalid, made):
        made.publish((early,), by=CLERK, at=LATER)


# One decision and another.


def published_repeal(
    *, amends: bool = False, own_date: datetime | None = None
) -> tuple[CouncilDecision, CouncilDecision]:
    earlier = decision(State.PUBLISHED)
    affects = {"amends" if amends else "repeals": (earlier,)}
    return earlier, decision(State.PUBLISHED, number="8", effective_from=own_date, **affects)


def test_a_decision_ends_on_the_day_that_another_repeals_it() -> None:
    until = SITE_AT + 30 * DAY
    earlier, later = published_repeal(own_date=until)
    assert later.repeals == (earlier.id,)
    for _ in range(2):
        earlier.follow(later, by=CLERK, at=LATER)
    assert recorded(earlier) == [
        ("decision.repealed.v1", {"repealing": later.id, "repealed_from": until, "by": CLERK})
    ]
    assert earlier.in_force_on(until - timedelta(seconds=1))
    assert not earlier.in_force_on(until)


def test_an_amended_decision_stays_in_force() -> None:
    earlier, later = published_repeal(amends=True)
    for _ in range(2):
        earlier.follow(later, by=CLERK, at=LATER)
    assert recorded(earlier) == [
        ("decision.amended.v1", {"amending": later.id, "amended_from": SITE_AT, "by": CLERK})
    ]
    assert earlier.in_force_on(LATER)


def test_a_decision_follows_only_one_that_names_it_and_is_published() -> None:
    earlier, _ = published_repeal()
    for later in (
        decision(State.PUBLISHED, number="9"),
        decision(State.SIGNED, number="9", repeals=(earlier,)),
    ):
        with refused(CannotAffect, earlier):
            earlier.follow(later, by=CLERK, at=LATER)


@pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED}))
def test_what_is_not_published_cannot_be_repealed_or_amended(state: State) -> None:
    with refused(CannotAffect):
        propose(number="8", repeals=(decision(state),))
    with refused(CannotAffect):
        propose(number="8", amends=(decision(state),))


def test_nothing_is_repealed_twice_or_by_another_unit() -> None:
    earlier, later = published_repeal()
    with refused(CannotAffect):
        propose(number="9", repeals=(earlier,), amends=(earlier,))
    earlier.follow(later, by=CLERK, at=LATER)
    with refused(CannotAffect):
        propose(number="9", repeals=(earlier,))
    stranger = decision(State.PUBLISHED)
    stranger.unit = ELSEWHERE
    with refused(CannotAffect):
        propose(number="9", repeals=(stranger,))


def test_one_decision_affects_so_many_and_no_more() -> None:
    earlier = [decision(State.PUBLISHED, number=f"n-{number}") for number in range(MOST_AFFECTED + 1)]
    assert len(propose(number="last", repeals=earlier[1:]).repeals) == MOST_AFFECTED
    with refused(CannotAffect, most=MOST_AFFECTED):
        propose(number="last", repeals=earlier)


def test_an_adopted_decision_can_be_referred_to() -> None:
    for state in (State.ADOPTED, State.SIGNED, State.PUBLISHED):
        made = decision(state)
        assert made.adoption() == Adoption(made.id, UNIT, DecisionKind.LOCAL_RULES, TEXT, SAT)
    with refused(DecisionNotAdopted):
        decision().adoption()


def test_a_repealed_decision_is_no_ground_for_anything_new() -> None:
    earlier, later = published_repeal()
    earlier.adoption()
    earlier.follow(later, by=CLERK, at=LATER)
    with refused(DecisionRepealed, earlier):
        earlier.adoption()
