"""A decision is proposed in an open sitting, voted on by name, and takes each step of its way in its turn."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import Refused
from domain.self_government.council import (
    CouncilDissolved,
    NoSuchInterest,
)
from domain.self_government.decision import (
    CouncilDecision,
    DecisionNotAdopted,
    DecisionState,
    MemberRecused,
    NothingRepealed,
    NotThisSitting,
    WrongDecisionState,
)
from domain.self_government.gathering import NotOnAgenda
from domain.self_government.matters import PlainRepeal
from domain.self_government.motion import ItemKind
from domain.self_government.rollcall import CouncilWithoutQuorum, MemberVote, NotPresent, Vote
from domain.self_government.sitting import WrongSittingState
from domain.self_government.substance import DecisionKind, RegulatedMatter, Substance
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
from tests.self_government import CLERK, TEXT, UNIT, the_unit

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
    assert "m.2" not in {each.member for each in facts["votes"]}
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
