"""A decision's way: proposed, voted by name, signed by the chair, published, in force, repealed or amended by another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.council import (
    CouncilDissolved,
    CouncilNotInOffice,
    NoSuchInterest,
    NotThisCouncil,
)
from domain.self_government.decision import (
    MOST_AFFECTED,
    CannotAffect,
    CouncilDecision,
    DecisionNotAdopted,
    DecisionState,
    MemberRecused,
    NothingRepealed,
    NotTheChair,
    NotThisSitting,
    SigningTimeInvalid,
    WrongDecisionState,
)
from domain.self_government.gathering import NotOnAgenda
from domain.self_government.matters import PlainRepeal
from domain.self_government.motion import ItemKind
from domain.self_government.publication import NotPublishedElectronically, PublicationTimeInvalid
from domain.self_government.rollcall import CouncilWithoutQuorum, MemberVote, NotPresent, Vote
from domain.self_government.sitting import WrongSittingState
from domain.self_government.substance import Adoption, DecisionKind, RegulatedMatter, Substance
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.councils import (
    CHAIR,
    DAY,
    FOUR,
    LATER,
    SAT,
    SEVEN,
    SIGNED,
    SITE,
    SITE_AT,
    THREE,
    chaired,
    close_sitting,
    decision,
    opened,
    propose,
    resolution,
    session,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, TEXT, UNIT, the_unit

State = DecisionState
OF = chaired()
ALL_HERE, FOUR_HERE = session(OF), session(OF, FOUR)


def cast(made: CouncilDecision, vote: Vote, *members: str) -> CouncilDecision:
    for member in members:
        made.cast_vote(ALL_HERE, member, vote, by=CLERK, at=SAT)
    made.collect_events()
    return made


# Proposing.


def test_a_decision_is_proposed_under_a_point_of_the_agenda() -> None:
    sitting = opened(OF)
    made = propose(of=OF, sitting=sitting, title=" Local rules ")
    assert recorded(made) == [
        (
            "decision.proposed.v1",
            {
                "unit": UNIT,
                "council_id": OF.id,
                "sitting_id": sitting.id,
                "point": "1",
                "number": "7",
                "kind": DecisionKind.LOCAL_RULES,
                "title": "Local rules",
                "text_digest": TEXT,
                "legal_basis": "Law, article 1",
                "substance": Substance(regulates=RegulatedMatter.SANITATION),
                "repeals": (),
                "amends": (),
                "effective_from": SAT,
                "by": CLERK,
            },
        )
    ]
    assert made.id == CouncilDecision.create_id(OF.id, "7")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"point": "2"}, NotOnAgenda),
        ({"number": "no spaces"}, IdentifierInvalid),
        ({"title": ""}, TextInvalid),
        ({"legal_basis": ""}, TextInvalid),
        ({"text_digest": "text.pdf"}, DigestInvalid),
        ({"matter": PlainRepeal()}, NothingRepealed),
    ],
)
def test_a_proposal_is_checked(wrong: dict[str, Any], refusal: type[Refused]) -> None:
    with refused(refusal):
        propose(**wrong)


def test_nothing_is_proposed_behind_closed_doors() -> None:
    with refused(WrongSittingState):
        propose(of=OF, sitting=close_sitting(opened(OF)))


def test_a_dissolved_council_decides_nothing() -> None:
    of = chaired()
    sitting = opened(of)
    of.dissolve(the_unit(), resolution(ItemKind.COUNCIL_DISSOLVED, adopted_on=SAT + DAY), by=CLERK, at=LATER)
    with refused(CouncilDissolved):
        propose(of=of, sitting=sitting)


# Voting.


def test_a_member_votes_and_may_vote_again_until_the_vote_is_closed() -> None:
    made = decision()
    for vote in (Vote.FOR, Vote.FOR, Vote.AGAINST):
        made.cast_vote(ALL_HERE, CHAIR, vote, by=CLERK, at=SAT)
    assert recorded(made) == [
        ("decision.vote_cast.v1", {"member": CHAIR, "vote": Vote.FOR, "by": CLERK}),
        ("decision.vote_cast.v1", {"member": CHAIR, "vote": Vote.AGAINST, "by": CLERK}),
    ]


def test_who_is_not_there_does_not_vote() -> None:
    made = decision()
    for member in ("m.7", "a.seitkali"):
        with refused(NotPresent, made):
            made.cast_vote(FOUR_HERE, member, Vote.FOR, by=CLERK, at=SAT)


def test_a_decision_is_voted_on_where_it_was_proposed() -> None:
    made = decision()
    elsewhere = opened(OF, number="2").session(the_unit(), OF)
    commands: list[Callable[[], object]] = [
        lambda: made.cast_vote(elsewhere, CHAIR, Vote.FOR, by=CLERK, at=SAT),
        lambda: made.recuse(elsewhere, OF, CHAIR, "i-1", by=CLERK, at=SAT),
        lambda: made.close_vote(elsewhere, by=CLERK, at=SAT),
    ]
    for command in commands:
        with refused(NotThisSitting, made):
            command()


def test_a_declared_interest_bars_from_voting_and_takes_a_vote_back() -> None:
    of = chaired()
    of.declare_interest("i-1", "m.2", "My brother's firm", SAT, by=CLERK, at=LATER)
    made = cast(decision(), Vote.FOR, *FOUR)
    for _ in range(2):
        made.recuse(ALL_HERE, of, "m.2", "i-1", by=CLERK, at=SAT)
    assert recorded(made) == [("decision.recused.v1", {"member": "m.2", "interest": "i-1", "by": CLERK})]
    made.collect_events()
    with refused(MemberRecused, made):
        made.cast_vote(ALL_HERE, "m.2", Vote.FOR, by=CLERK, at=SAT)
    made.close_vote(ALL_HERE, by=CLERK, at=SAT)
    [(_, facts)] = recorded(made)
    assert (facts["count"].recused, facts["count"].voting, facts["count"].votes_for) == (1, 6, 3)
    assert made.state is State.REJECTED


def test_nobody_stands_back_without_a_declaration_of_their_own() -> None:
    of = chaired()
    of.declare_interest("i-1", "m.2", "My brother's firm", SAT, by=CLERK, at=LATER)
    made = decision()
    for member, key, refusal in (("m.3", "i-1", NoSuchInterest), ("m.2", "i-2", NoSuchInterest)):
        with refused(refusal, made):
            made.recuse(ALL_HERE, of, member, key, by=CLERK, at=SAT)
    with refused(NotPresent, made):
        made.recuse(FOUR_HERE, of, "m.7", "i-1", by=CLERK, at=SAT)


def test_the_roll_call_is_kept_whole_with_the_numbers_that_decide() -> None:
    made = cast(cast(decision(), Vote.FOR, *FOUR), Vote.ABSTAINED, "m.5")
    assert made.close_vote(ALL_HERE, by=CLERK, at=SAT)
    [(topic, facts)] = recorded(made)
    assert topic == "decision.vote_closed.v1"
    assert facts["votes"] == (
        *(MemberVote(each, Vote.FOR) for each in FOUR),
        MemberVote("m.5", Vote.ABSTAINED),
    )
    assert (facts["on"], facts["by"]) == (SAT, CLERK)
    told = facts["count"]
    assert (told.seats, told.quorum_needed, told.present, told.votes_needed) == (7, 4, 7, 4)
    assert (told.votes_for, told.votes_against, told.abstained, told.adopted) == (4, 0, 1, True)


def test_a_decision_without_a_majority_is_rejected_for_ever() -> None:
    made = cast(decision(), Vote.FOR, *THREE)
    assert not made.close_vote(ALL_HERE, by=CLERK, at=SAT)
    assert made.state is State.REJECTED
    with refused(DecisionNotAdopted):
        made.adoption()


def test_no_vote_is_closed_when_too_few_are_left() -> None:
    made = cast(decision(), Vote.FOR, *SEVEN)
    sitting = opened(OF)
    for member in FOUR:
        sitting.leave(member, by=CLERK, at=SAT)
    with refused(CouncilWithoutQuorum, made, present=3, needed=4):
        made.close_vote(sitting.session(the_unit(), OF), by=CLERK, at=SAT)


def test_the_vote_of_a_member_who_went_is_not_counted() -> None:
    made = cast(decision(), Vote.FOR, *FOUR)
    sitting = opened(OF)
    sitting.leave(CHAIR, by=CLERK, at=SAT)
    assert not made.close_vote(sitting.session(the_unit(), OF), by=CLERK, at=SAT)


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


# States.

COMMANDS: dict[str, tuple[Callable[[CouncilDecision], object], State]] = {
    "cast_vote": (lambda d: d.cast_vote(ALL_HERE, CHAIR, Vote.FOR, by=CLERK, at=SAT), State.PROPOSED),
    "recuse": (lambda d: d.recuse(ALL_HERE, OF, CHAIR, "i-1", by=CLERK, at=SAT), State.PROPOSED),
    "close_vote": (lambda d: d.close_vote(ALL_HERE, by=CLERK, at=SAT), State.PROPOSED),
    "sign": (lambda d: d.sign(OF, CHAIR, SIGNED, by=CLERK, at=LATER), State.ADOPTED),
    "publish": (lambda d: d.publish((SITE,), by=CLERK, at=LATER), State.SIGNED),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_state_only(name: str, state: State) -> None:
    command, needed = COMMANDS[name]
    made = decision(state)
    assert made.state is state
    if state is not needed:
        with refused(WrongDecisionState, made, state=state.value, needed=needed.value):
            command(made)
