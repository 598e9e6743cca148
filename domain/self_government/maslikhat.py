"""The maslikhat's vote on ending an akim's powers: how many deputies there are, were present and voted how, and what it comes to.

The outcome is computed, never typed in, and a count names every number it rests on, so that anybody can repeat it. Quorum and
majority are of all deputies, present or not (concept, lines 653-654, name the maslikhat and no number: the local rules do).
"""

from dataclasses import dataclass

from domain.self_government.gathering import MorePresentThanEntitled, NoQuorum
from domain.self_government.motion import OpenVote
from domain.self_government.rules import Threshold

MOST_DEPUTIES = 500


@dataclass(frozen=True, slots=True)
class MaslikhatCount:
    """`votes_needed` of all deputies end the akim's powers; `quorum_needed` of them had to be present."""

    deputies: int
    vote: OpenVote
    quorum: Threshold
    quorum_needed: int
    majority: Threshold
    votes_needed: int
    ended: bool


def count(deputies: int, vote: OpenVote, quorum: Threshold, majority: Threshold) -> MaslikhatCount:
    """What the vote comes to, or a refusal when it cannot have been so, or could decide nothing for want of a quorum."""
    vote.check()
    if not vote.present <= deputies <= MOST_DEPUTIES:
        raise MorePresentThanEntitled(most=min(deputies, MOST_DEPUTIES))
    if not quorum.reached(vote.present, deputies):
        raise NoQuorum(present=vote.present, entitled=deputies, needed=quorum.least(deputies))
    return MaslikhatCount(
        deputies=deputies,
        vote=vote,
        quorum=quorum,
        quorum_needed=quorum.least(deputies),
        majority=majority,
        votes_needed=majority.least(deputies),
        ended=majority.reached(vote.votes_for, deputies),
    )
