"""A funded project on its way: contract, progress, delays, completion, acceptance by a monitoring commission of residents.

    started → contracted → completed → accepted;  completed → refused → completed, as often as the commission finds faults
Begun only for a project that the published conclusion funds: what the ten-voter rule barred has no way in here
(concept, lines 830-831, 878, 881-882).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.conclusion import Conclusion
from domain.errors import Refused
from domain.money import check_tiyn
from domain.proposal import TooManyItems
from domain.round import Phase, Round
from domain.text import REASON_CHARS, TITLE_CHARS, check_actor, check_sha256, check_text
from domain.times import check_time

WHOLE_PER_CENT = 100
MOST_PICTURES = 6
"""In one update."""
MOST_PICTURES_IN_ALL = 60


class ImplementationState(StrEnum):
    STARTED = "started"
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    REFUSED = "refused"
    ACCEPTED = "accepted"


_UNDER_WAY = (ImplementationState.CONTRACTED, ImplementationState.REFUSED)


class WrongImplementationState(Refused):
    code: ClassVar[str] = "wrong_implementation_state"


class NotFunded(Refused):
    """Only what the published conclusion funds is implemented."""

    code: ClassVar[str] = "not_funded"


class ContractOverCost(Refused):
    """A contract may cost less than the frozen paper says, never more: the rest of the envelope is other projects' money."""

    code: ClassVar[str] = "contract_over_cost"


class ProgressInvalid(Refused):
    """Progress is a whole per cent, from what was reported before (`least`) to 100."""

    code: ClassVar[str] = "progress_invalid"


class DueNotLater(Refused):
    """A delay moves the due time to a later one."""

    code: ClassVar[str] = "due_not_later"


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored photo by its SHA-256, and what it shows, in words, for whoever cannot see it."""

    digest: str
    shows: str


class Implementation(Aggregate):
    TOPIC = "implementation"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`conclusion_digest` is the evidence: the SHA-256 of the conclusion, as last published, that funds the project."""

        TOPIC = "implementation.started.v1"
        round_id: UUID
        project: str
        cost_tiyn: int
        conclusion_digest: str
        by: str

    class Contracted(Aggregate.Event):
        TOPIC = "implementation.contracted.v1"
        contractor: str
        amount_tiyn: int
        due: datetime
        by: str

    class Progressed(Aggregate.Event):
        TOPIC = "implementation.progressed.v1"
        per_cent: int
        note: str
        by: str

    class Delayed(Aggregate.Event):
        TOPIC = "implementation.delayed.v1"
        reason: str
        due: datetime
        by: str

    class Pictured(Aggregate.Event):
        TOPIC = "implementation.pictured.v1"
        pictures: tuple[Picture, ...]
        by: str

    class Completed(Aggregate.Event):
        TOPIC = "implementation.completed.v1"
        by: str

    class AcceptanceRefused(Aggregate.Event):
        TOPIC = "implementation.acceptance_refused.v1"
        reason: str
        minutes_digest: str
        by: str

    class Accepted(Aggregate.Event):
        TOPIC = "implementation.accepted.v1"
        minutes_digest: str
        by: str

    @staticmethod
    def create_id(round_id: UUID, project: str) -> UUID:
        return uuid5(round_id, f"implementation/{project}")  # so the store refuses to begin a project twice

    @classmethod
    def begin(
        cls,
        round_: Round,
        conclusion: Conclusion,
        project: str,
        funded: Collection[str],
        cost_tiyn: int,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """Start a project that is among the `funded` of the published conclusion, at its cost on the frozen paper."""
        round_.must_be(conclusion.round_id)
        round_.must_be_in(Phase.PUBLISHED, Phase.IMPLEMENTING)
        if project not in funded or conclusion.published_digest is None:
            raise NotFunded
        return cls._create(
            cls.Created,
            round_id=round_.id,
            project=project,
            cost_tiyn=check_tiyn("cost_tiyn", cost_tiyn, least=1),
            conclusion_digest=conclusion.published_digest,
            by=check_actor(by),
            timestamp=at,
        )

    def contract(self, contractor: str, amount_tiyn: int, due: datetime, *, by: str, at: datetime) -> None:
        """Record the contract with an organisation, as in the public procurement register."""
        self._must_be(ImplementationState.STARTED)
        if check_tiyn("amount_tiyn", amount_tiyn, least=1) > self.cost_tiyn:
            raise ContractOverCost(amount_tiyn=amount_tiyn, cost_tiyn=self.cost_tiyn)
        self.trigger_event(
            self.Contracted,
            contractor=check_text("contractor", contractor, TITLE_CHARS),
            amount_tiyn=amount_tiyn,
            due=check_time("due", due),
            by=check_actor(by),
            timestamp=at,
        )

    def report_progress(self, per_cent: int, note: str, *, by: str, at: datetime) -> None:
        """Tell the residents how far the work is. The latest report again records nothing."""
        self._must_be(*_UNDER_WAY)
        if not self.per_cent <= per_cent <= WHOLE_PER_CENT:
            raise ProgressInvalid(least=self.per_cent, most=WHOLE_PER_CENT)
        note = check_text("note", note, REASON_CHARS)
        if (per_cent, note) != (self.per_cent, self.note):
            self.trigger_event(
                self.Progressed, per_cent=per_cent, note=note, by=check_actor(by), timestamp=at
            )

    def delay(self, reason: str, due: datetime, *, by: str, at: datetime) -> None:
        self._must_be(*_UNDER_WAY)
        due = check_time("due", due)
        if due <= self.due:
            raise DueNotLater(due=self.due)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Delayed, reason=reason, due=due, by=check_actor(by), timestamp=at)

    def picture(self, pictures: tuple[Picture, ...], *, by: str, at: datetime) -> None:
        """Show the residents how it looks, at any time from the start on. What was shown before is not recorded again."""
        if len({each.digest for each in pictures}) != len(pictures) or len(pictures) > MOST_PICTURES:
            raise TooManyItems(field="pictures", most=MOST_PICTURES)
        checked = [
            Picture(check_sha256("pictures", each.digest), check_text("shows", each.shows, TITLE_CHARS))
            for each in pictures
        ]
        shown = {each.digest for each in self.pictures}
        new = tuple(each for each in checked if each.digest not in shown)
        if len(self.pictures) + len(new) > MOST_PICTURES_IN_ALL:
            raise TooManyItems(field="pictures", most=MOST_PICTURES_IN_ALL)
        if new:
            self.trigger_event(self.Pictured, pictures=new, by=check_actor(by), timestamp=at)

    def complete(self, *, by: str, at: datetime) -> None:
        """The work is done, says the akim's office; whether it is, the commission says."""
        if self.state is not ImplementationState.COMPLETED:
            self._must_be(*_UNDER_WAY)
            self.trigger_event(self.Completed, by=check_actor(by), timestamp=at)

    def refuse_acceptance(self, reason: str, *, minutes_digest: str, by: str, at: datetime) -> None:
        """The commission's minutes (by SHA-256) name the faults; the work goes on and is completed again."""
        self._must_be(ImplementationState.COMPLETED)
        self.trigger_event(
            self.AcceptanceRefused,
            reason=check_text("reason", reason, REASON_CHARS),
            minutes_digest=check_sha256("minutes_digest", minutes_digest),
            by=check_actor(by),
            timestamp=at,
        )

    def accept(self, *, minutes_digest: str, by: str, at: datetime) -> None:
        """The commission takes the work over, by minutes whose SHA-256 is recorded."""
        self._must_be(ImplementationState.COMPLETED)
        digest = check_sha256("minutes_digest", minutes_digest)
        self.trigger_event(self.Accepted, minutes_digest=digest, by=check_actor(by), timestamp=at)

    def _must_be(self, *states: ImplementationState) -> None:
        if self.state not in states:
            raise WrongImplementationState(state=self.state.value, needed="|".join(states))

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, round_id: UUID, project: str, cost_tiyn: int, conclusion_digest: str) -> None:
        self.round_id = round_id
        self.project = project
        self.cost_tiyn = cost_tiyn
        self.conclusion_digest = conclusion_digest
        self.state = ImplementationState.STARTED
        self.per_cent = 0
        self.note = ""
        self.pictures: tuple[Picture, ...] = ()

    @event(Contracted)
    def _contracted(self, contractor: str, amount_tiyn: int, due: datetime) -> None:
        self.state = ImplementationState.CONTRACTED
        self.contractor = contractor
        self.amount_tiyn = amount_tiyn
        self.due = due

    @event(Progressed)
    def _progressed(self, per_cent: int, note: str) -> None:
        self.per_cent = per_cent
        self.note = note

    @event(Delayed)
    def _delayed(self, due: datetime) -> None:
        self.due = due

    @event(Pictured)
    def _pictured(self, pictures: tuple[Picture, ...]) -> None:
        self.pictures += pictures

    @event(Completed)
    def _completed(self) -> None:
        self.state = ImplementationState.COMPLETED

    @event(AcceptanceRefused)
    def _acceptance_refused(self) -> None:
        self.state = ImplementationState.REFUSED

    @event(Accepted)
    def _accepted(self) -> None:
        self.state = ImplementationState.ACCEPTED
