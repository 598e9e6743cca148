"""The chair of a Council: elected openly by and from the members, one at a time, for the years of the unit's rules.

The term ends with the Council's at the latest (concept, lines 610-611).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.errors import Refused
from domain.self_government.civil_days import years_after
from domain.self_government.rollcall import Count, MemberVote, Session, count, roll_of


class ChairHeld(Refused):
    """The Council has a chair on that day, or one after it."""

    code: ClassVar[str] = "chair_held"


class ChairVacant(Refused):
    """Nobody holds the chair on that day."""

    code: ClassVar[str] = "chair_vacant"


class ChairNotElected(Refused):
    """`votes_for` are fewer than the `needed`."""

    code: ClassVar[str] = "chair_not_elected"


@dataclass(frozen=True, slots=True)
class Chairing:
    """A chair's time in the chair: `term_from` ≤ time < `term_until`."""

    chair: str
    term_from: datetime
    term_until: datetime

    def covers(self, when: datetime) -> bool:
        return self.term_from <= when < self.term_until


def elect(
    session: Session,
    chair: str,
    votes: Sequence[MemberVote],
    before: Sequence[Chairing],
    *,
    until: datetime,
) -> tuple[Chairing, Count]:
    """The new term, from the sitting on and `until` the Council's end at the latest, and the count that gave it."""
    if before and session.on < before[-1].term_until:
        raise ChairHeld
    counted = count(session, roll_of(session, votes))
    if not counted.adopted:
        raise ChairNotElected(votes_for=counted.votes_for, needed=counted.votes_needed)
    return Chairing(
        chair, session.on, min(years_after(session.on, session.rules.chair_years), until)
    ), counted
