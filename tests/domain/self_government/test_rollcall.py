"""A roll-call carries by the unit's quorum and majority, in exact numbers, and by nothing else."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.self_government.rollcall import CouncilWithoutQuorum, Session, Vote, VotedTwice, count, roll_of
from domain.self_government.rules import LocalRules, Threshold
from tests.councils import CHAIR, SEVEN, chaired, roll_call, session
from tests.given import refused

FOR, AGAINST, ABSTAINED = Vote.FOR, Vote.AGAINST, Vote.ABSTAINED
CASTING = LocalRules(casting_vote=True)


def sits(*, rules: LocalRules | None = None, present: int = 7, chair: str = CHAIR) -> Session:
    full = session(chaired())
    return replace(full, rules=rules or LocalRules(), present=frozenset(SEVEN[:present]), chair=chair)


@pytest.mark.parametrize(
    ("votes", "adopted"),
    [
        ([FOR] * 4, True),
        ([FOR] * 3, False),
        ([FOR] * 3 + [AGAINST], False),
        ([FOR] * 4 + [AGAINST] * 3, True),
        ([FOR] * 3 + [ABSTAINED] * 4, False),
        ([], False),
    ],
)
def test_more_than_half_of_those_present_carry_and_silence_is_no_vote(
    votes: list[Vote], *, adopted: bool
) -> None:
    told = count(sits(), dict(zip(SEVEN, votes, strict=False)))
    assert (told.adopted, told.votes_needed, told.casting_vote) == (adopted, 4, False)


def test_fewer_than_the_quorum_decide_nothing() -> None:
    with refused(CouncilWithoutQuorum, present=3, needed=4, seats=7):
        count(sits(present=3), dict.fromkeys(SEVEN, FOR))


def test_votes_of_the_absent_and_of_those_who_stood_back_are_not_counted() -> None:
    votes = dict.fromkeys(SEVEN, FOR)
    told = count(sits(present=5), votes, recused={"m.1", "m.2", "m.7"})
    assert (told.present, told.recused, told.voting, told.votes_for) == (5, 2, 3, 3)
    assert told.adopted


def test_a_council_that_stood_back_as_a_whole_adopts_nothing() -> None:
    assert not count(sits(), dict.fromkeys(SEVEN, FOR), recused=SEVEN).adopted


TIE = dict(zip(SEVEN[:4], [FOR, FOR, AGAINST, AGAINST], strict=True))


@pytest.mark.parametrize(
    ("rules", "votes", "chair", "recused", "adopted"),
    [
        (CASTING, TIE, CHAIR, (), True),
        (LocalRules(), TIE, CHAIR, (), False),
        (CASTING, TIE, "m.3", (), False),
        (CASTING, TIE, "", (), False),
        (CASTING, TIE, "m.2", ("m.1",), False),
        (CASTING, TIE, CHAIR, (CHAIR,), False),
        (CASTING, {**TIE, "m.3": ABSTAINED, "m.2": ABSTAINED, "m.4": AGAINST}, CHAIR, (), False),
        (CASTING, {CHAIR: FOR}, CHAIR, (), False),
    ],
)
def test_the_chairs_vote_breaks_a_tie_where_the_rules_say_so(
    rules: LocalRules, votes: dict[str, Vote], chair: str, recused: tuple[str, ...], *, adopted: bool
) -> None:
    assert count(sits(rules=rules, present=4, chair=chair), votes, recused).adopted is adopted


def test_a_roll_call_names_each_member_once() -> None:
    with refused(VotedTwice):
        roll_of(sits(), (*roll_call(SEVEN), *roll_call((), SEVEN[:1])))


thresholds = st.sampled_from(
    [Threshold(1, 2, more_than=True), Threshold(2, 3, more_than=False), Threshold(3, 4, more_than=True)]
)


@forall(
    quorum=thresholds,
    majority=thresholds,
    present=st.integers(0, 7),
    votes=st.dictionaries(st.sampled_from(SEVEN), st.sampled_from(Vote)),
    recused=st.sets(st.sampled_from(SEVEN)),
    casting=st.booleans(),
)
def test_nothing_carries_without_quorum_and_majority(
    quorum: Threshold,
    majority: Threshold,
    present: int,
    votes: dict[str, Vote],
    recused: set[str],
    *,
    casting: bool,
) -> None:
    rules = LocalRules(council_quorum=quorum, council_majority=majority, casting_vote=casting)
    voting = set(SEVEN[:present]) - recused
    votes_for = sum(votes.get(each) is FOR for each in voting)
    try:
        told = count(sits(rules=rules, present=present), votes, recused)
    except CouncilWithoutQuorum:
        assert not share_reached(quorum, present, 7)
        return
    assert share_reached(quorum, present, 7)
    assert (told.voting, told.votes_for) == (len(voting), votes_for)
    assert told.adopted is share_reached(majority, votes_for + told.casting_vote, len(voting))
    assert casting or not told.casting_vote
    if told.casting_vote:
        assert told.votes_for == told.votes_against


def share_reached(threshold: Threshold, part: int, whole: int) -> bool:
    needed = Fraction(threshold.numerator, threshold.denominator)
    return whole > 0 and (
        Fraction(part, whole) > needed if threshold.more_than else Fraction(part, whole) >= needed
    )
