"""What a gathering votes on: the items of its agenda, the motion put to the vote under each, the hands counted.

A motion always has a text (by SHA-256) and exactly what its kind of item needs besides; hands are counted openly and are
never more than the people present.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain.errors import Refused
from domain.kato import check_kato
from domain.self_government.office import Official
from domain.self_government.rules import MOST_PEOPLE
from domain.text import TITLE_CHARS, check_identifier, check_sha256, check_text
from domain.times import check_time

MOST_CANDIDATES = 50
MOST_PRIORITIES = 50


class ItemKind(StrEnum):
    """Matters of a gathering (concept, lines 583-596, 602-612, 655-657)."""

    PRIORITIES = "priorities"
    PLAN_AGREED = "plan_agreed"
    BUDGET_AGREED = "budget_agreed"
    TERRITORIAL_CHANGE = "territorial_change"
    AKIM_REPORT_RATED = "akim_report_rated"
    COUNCIL_ELECTED = "council_elected"
    MEMBERS_ELECTED = "members_elected"
    """To vacant seats of the sitting Council."""
    COUNCIL_DISSOLVED = "council_dissolved"
    DISMISSAL_INITIATED = "dismissal_initiated"
    DISMISSAL_WITHDRAWN = "dismissal_withdrawn"
    REPRESENTATIVES_CHOSEN = "representatives_chosen"
    """At separate gatherings, for the gathering of the unit."""
    OTHER = "other"


class Rating(StrEnum):
    SATISFACTORY = "satisfactory"
    UNSATISFACTORY = "unsatisfactory"


class MotionIncomplete(Refused):
    """A motion of this kind states `needed` and nothing else besides its text."""

    code: ClassVar[str] = "motion_incomplete"


class MotionInvalid(Refused):
    """`problem` says what of a motion cannot stand."""

    code: ClassVar[str] = "motion_invalid"


class VoteCountInvalid(Refused):
    code: ClassVar[str] = "vote_count_invalid"


class MoreVotesThanPresent(Refused):
    """For, against and abstained together are more than the people present."""

    code: ClassVar[str] = "more_votes_than_present"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One matter as announced. `text_digest`: SHA-256 of the draft shown beforehand, empty if there was none."""

    key: str
    kind: ItemKind
    title: str
    text_digest: str = ""

    def checked(self) -> "AgendaItem":
        if self.text_digest:
            check_sha256("text_digest", self.text_digest)
        title = check_text("title", self.title, TITLE_CHARS)
        return AgendaItem(check_identifier("key", self.key), self.kind, title, self.text_digest)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is to be elected to the Council, and for which locality (its KATO) they stand."""

    official: Official
    locality: str


@dataclass(frozen=True, slots=True)
class Priority:
    """What the community wants done, and by when."""

    title: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Motion:
    """What is put to the vote. Of the optional parts exactly those are given that the item's kind needs (`NEEDED`)."""

    text_digest: str
    candidates: tuple[Candidate, ...] = ()
    priorities: tuple[Priority, ...] = ()
    representatives: int = 0
    """How many people are sent to the gathering of the unit."""
    akim: str = ""
    """Id of the official whose report is rated or whose powers are to end."""
    rating: Rating | None = None

    def checked(self, kind: ItemKind, held_at: datetime) -> "Motion":
        """The same motion, trimmed, or a refusal when it is not one of this kind."""
        needed = NEEDED.get(kind, ())
        if tuple(name for name in OPTIONAL if getattr(self, name)) != needed:
            raise MotionIncomplete(kind=kind.value, needed="|".join(("text_digest", *needed)))
        return Motion(
            check_sha256("text_digest", self.text_digest),
            self._checked_candidates(),
            self._checked_priorities(held_at),
            _check_count("representatives", self.representatives),
            check_identifier("akim", self.akim) if self.akim else "",
            self.rating,
        )

    def _checked_candidates(self) -> tuple[Candidate, ...]:
        distinct = {candidate.official.id for candidate in self.candidates}
        if len(distinct) != len(self.candidates) or len(distinct) > MOST_CANDIDATES:
            raise MotionInvalid(problem="candidates", most=MOST_CANDIDATES)
        return tuple(
            Candidate(each.official.checked(), check_kato(each.locality)) for each in self.candidates
        )

    def _checked_priorities(self, held_at: datetime) -> tuple[Priority, ...]:
        if len(self.priorities) > MOST_PRIORITIES:
            raise MotionInvalid(problem="priorities", most=MOST_PRIORITIES)
        if any(check_time("due", each.due) <= held_at for each in self.priorities):
            raise MotionInvalid(problem="due_not_later")
        return tuple(
            Priority(check_text("priority", each.title, TITLE_CHARS), check_time("due", each.due))
            for each in self.priorities
        )


OPTIONAL = ("candidates", "priorities", "representatives", "akim", "rating")

NEEDED: dict[ItemKind, tuple[str, ...]] = {
    ItemKind.PRIORITIES: ("priorities",),
    ItemKind.AKIM_REPORT_RATED: ("akim", "rating"),
    ItemKind.COUNCIL_ELECTED: ("candidates",),
    ItemKind.MEMBERS_ELECTED: ("candidates",),
    ItemKind.DISMISSAL_INITIATED: ("akim",),
    ItemKind.DISMISSAL_WITHDRAWN: ("akim",),
    ItemKind.REPRESENTATIVES_CHOSEN: ("representatives",),
}
"""What a motion states besides its text; kinds that are not here need the text alone."""


@dataclass(frozen=True, slots=True)
class OpenVote:
    """Hands counted on one motion, and how many were present then; whoever did not raise a hand counts as present only."""

    present: int
    votes_for: int
    votes_against: int
    abstained: int

    def check(self) -> None:
        for name in ("present", "votes_for", "votes_against", "abstained"):
            _check_count(name, getattr(self, name))
        if self.votes_for + self.votes_against + self.abstained > self.present:
            raise MoreVotesThanPresent(present=self.present)


def _check_count(name: str, number: int) -> int:
    if type(number) is not int or not 0 <= number <= MOST_PEOPLE:
        raise VoteCountInvalid(field=name, most=MOST_PEOPLE)
    return number
