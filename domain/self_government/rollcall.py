"""A roll-call: every member's open vote by name, and what it comes to, in exact integers.

A count names every number it rests on, so that anybody can repeat it. A majority is of the members present who may vote:
who abstains or says nothing is among them, who stood back for a conflict of interest is not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.errors import Refused
from domain.self_government.rules import LocalRules, Threshold


class Vote(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAINED = "abstained"


class CouncilWithoutQuorum(Refused):
    """Fewer members than `needed` of all `seats` are `present` (or, of a Council not yet complete, in office)."""

    code: ClassVar[str] = "council_without_quorum"


class NotPresent(Refused):
    """Only a member who is in office and present at the sitting takes part in it."""

    code: ClassVar[str] = "not_present"


class VotedTwice(Refused):
    """A roll-call names each member once."""

    code: ClassVar[str] = "voted_twice"


@dataclass(frozen=True, slots=True)
class MemberVote:
    """One line of a roll-call; `member` is the official's id."""

    member: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class Session:
    """Who sits now at an open sitting, and under which rules, as the sitting, the Council and the unit together attest it."""

    sitting_id: UUID
    council_id: UUID
    unit: str
    on: datetime
    """When the sitting was opened; what it decides is decided on that day."""
    rules: LocalRules
    seats: int
    present: frozenset[str]
    """Ids of the members present who are in office."""
    chair: str
    """Id of the chair when present, else empty."""

    def must_have(self, *members: str) -> None:
        if not self.present.issuperset(members):
            raise NotPresent


@dataclass(frozen=True, slots=True)
class Count:
    """`votes_needed` of the `voting` members carry; `quorum_needed` of `seats` had to be present."""

    seats: int
    quorum: Threshold
    quorum_needed: int
    present: int
    recused: int
    voting: int
    majority: Threshold
    votes_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    casting_vote: bool
    """Whether, for and against being equal, the chair's vote for it was counted once more."""
    adopted: bool


def roll_of(session: Session, votes: Collection[MemberVote]) -> dict[str, Vote]:
    """Member → vote, of a roll-call taken in one go; every one of them present."""
    roll = {each.member: each.vote for each in votes}
    if len(roll) != len(votes):
        raise VotedTwice
    session.must_have(*roll)
    return roll


def must_be_quorate(rules: LocalRules, seats: int, present: int) -> None:
    if not rules.council_quorum.reached(present, seats):
        raise CouncilWithoutQuorum(present=present, needed=rules.council_quorum.least(seats), seats=seats)


def count(session: Session, votes: Mapping[str, Vote], recused: Collection[str] = ()) -> Count:
    """What the votes of those present come to; CouncilWithoutQuorum when too few are left. Other votes are not counted."""
    rules = session.rules
    must_be_quorate(rules, session.seats, len(session.present))
    voting = session.present.difference(recused)
    cast = [votes[member] for member in voting if member in votes]
    votes_for, votes_against = cast.count(Vote.FOR), cast.count(Vote.AGAINST)
    tie = votes_for == votes_against
    chair_for = session.chair in voting and votes.get(session.chair) is Vote.FOR
    casting_vote = rules.casting_vote and tie and chair_for
    return Count(
        seats=session.seats,
        quorum=rules.council_quorum,
        quorum_needed=rules.council_quorum.least(session.seats),
        present=len(session.present),
        recused=len(session.present) - len(voting),
        voting=len(voting),
        majority=rules.council_majority,
        votes_needed=rules.council_majority.least(len(voting)),
        votes_for=votes_for,
        votes_against=votes_against,
        abstained=cast.count(Vote.ABSTAINED),
        casting_vote=casting_vote,
        adopted=rules.council_majority.reached(votes_for + casting_vote, len(voting)),
    )
