"""An auditor's finding: what is wrong, with what, as of which checkpoint; answered, closed, and presented to the Council.

    opened → answered, as often as there is news → closed → presented;  opened → closed, when nobody answers
The revision commission opens, closes and presents; the akim's office answers. An office that stays silent hinders nobody, and
nobody speaks for both sides (concept, lines 947-956). The commission's text itself enters by SHA-256.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.text import (
    REASON_CHARS,
    TITLE_CHARS,
    check_actor,
    check_identifier,
    check_optional_text,
    check_sha256,
    check_text,
)
from domain.times import check_time

MOST_ANSWERS = 100


class FindingState(StrEnum):
    OPENED = "opened"
    ANSWERED = "answered"
    CLOSED = "closed"
    PRESENTED = "presented"


_UNSETTLED = (FindingState.OPENED, FindingState.ANSWERED)


class Severity(StrEnum):
    MINOR = "minor"
    SERIOUS = "serious"
    GRAVE = "grave"


class FindingOutcome(StrEnum):
    UPHELD = "upheld"
    """It stands, and what it says has not been put right."""
    MENDED = "mended"
    """It stood, and has been put right."""
    WITHDRAWN = "withdrawn"
    """It does not stand: the commission takes it back."""


class SubjectKind(StrEnum):
    ROUND = "round"
    PROPOSAL = "proposal"
    ROLL = "roll"
    KIOSK = "kiosk"
    BALLOT = "ballot"
    CONCLUSION = "conclusion"
    IMPLEMENTATION = "implementation"
    ENTRIES = "entries"
    """Log positions instead of a thing."""


class WrongFindingState(Refused):
    code: ClassVar[str] = "wrong_finding_state"


class SubjectInvalid(Refused):
    """A thing is named by its id alone; entries by positions alone, 1 ≤ first ≤ last ≤ `size`, the checkpoint's."""

    code: ClassVar[str] = "subject_invalid"


class BothSides(Refused):
    """Who opened a finding does not answer it; who answered it neither closes nor presents it."""

    code: ClassVar[str] = "both_sides"


class TooManyAnswers(Refused):
    """A finding is answered `most` times at most."""

    code: ClassVar[str] = "too_many_answers"


class SittingNotHeldYet(Refused):
    """A finding has been presented when the sitting has been held."""

    code: ClassVar[str] = "sitting_not_held_yet"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: the thing `id` of this kind, or the log positions `first` … `last`."""

    kind: SubjectKind
    id: UUID | None = None
    first: int | None = None
    last: int | None = None

    def checked(self, size: int) -> Self:
        """Itself, where it could be in a log of this size."""
        positions = (self.first, self.last) if self.first is not None and self.last is not None else None
        if self.kind is SubjectKind.ENTRIES:
            fits = self.id is None and positions is not None and 1 <= positions[0] <= positions[1] <= size
        else:
            fits = self.id is not None and self.first is None and self.last is None
        if not fits:
            raise SubjectInvalid(kind=self.kind.value, size=size)
        return self


@dataclass(frozen=True, slots=True)
class Statement:
    """What the commission says: `text_digest` is the SHA-256 of its own text; `legal_basis` is empty where none is named."""

    title: str
    summary: str
    severity: Severity
    text_digest: str
    legal_basis: str = ""

    def checked(self) -> Self:
        """As it is recorded: without surrounding white space."""
        return type(self)(
            check_text("title", self.title, TITLE_CHARS),
            check_text("summary", self.summary, REASON_CHARS),
            self.severity,
            check_sha256("text_digest", self.text_digest),
            check_optional_text("legal_basis", self.legal_basis, TITLE_CHARS),
        )


class Finding(Aggregate):
    TOPIC = "finding"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`checkpoint_size` and `checkpoint_root` (hex) name the log that it was found in."""

        TOPIC = "finding.opened.v1"
        subject: Subject
        statement: Statement
        checkpoint_size: int
        checkpoint_root: str
        by: str

    class Answered(Aggregate.Event):
        TOPIC = "finding.answered.v1"
        number: int
        summary: str
        document_digest: str
        by: str

    class Closed(Aggregate.Event):
        TOPIC = "finding.closed.v1"
        outcome: FindingOutcome
        reason: str
        by: str

    class Presented(Aggregate.Event):
        """`sitting` refers to the Council's sitting, which was held at `held`."""

        TOPIC = "finding.presented.v1"
        sitting: str
        held: datetime
        by: str

    @classmethod
    def open(
        cls,
        finding_id: UUID,
        subject: Subject,
        statement: Statement,
        *,
        checkpoint_size: int,
        checkpoint_root: str,
        by: str,
        at: datetime,
    ) -> Self:
        return cls._create(
            cls.Created,
            id=finding_id,
            subject=subject.checked(checkpoint_size),
            statement=statement.checked(),
            checkpoint_size=checkpoint_size,
            checkpoint_root=check_sha256("checkpoint_root", checkpoint_root),
            by=check_actor(by),
            timestamp=at,
        )

    def answer(self, summary: str, document_digest: str, *, by: str, at: datetime) -> None:
        """The office's word, by the SHA-256 of its document. The newest answer again records nothing."""
        self._must_be(*_UNSETTLED)
        if check_actor(by) == self.opened_by:
            raise BothSides
        said = (
            check_text("summary", summary, REASON_CHARS),
            check_sha256("document_digest", document_digest),
        )
        if said == self.newest_answer:
            return
        if self.answers == MOST_ANSWERS:
            raise TooManyAnswers(most=MOST_ANSWERS)
        self.trigger_event(
            self.Answered,
            number=self.answers + 1,
            summary=said[0],
            document_digest=said[1],
            by=by,
            timestamp=at,
        )

    def close(self, outcome: FindingOutcome, reason: str, *, by: str, at: datetime) -> None:
        self._must_be(*_UNSETTLED)
        self._must_not_have_answered(by)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Closed, outcome=outcome, reason=reason, by=by, timestamp=at)

    def present(self, sitting: str, held: datetime, *, by: str, at: datetime) -> None:
        """The commission has laid the closed finding before the Council at a sitting."""
        self._must_be(FindingState.CLOSED)
        self._must_not_have_answered(by)
        held = check_time("held", held)
        if held > at:
            raise SittingNotHeldYet
        sitting = check_identifier("sitting", sitting)
        self.trigger_event(self.Presented, sitting=sitting, held=held, by=by, timestamp=at)

    def _must_be(self, *states: FindingState) -> None:
        if self.state not in states:
            raise WrongFindingState(state=self.state.value, needed="|".join(states))

    def _must_not_have_answered(self, by: str) -> None:
        if check_actor(by) in self.answered_by:
            raise BothSides

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, subject: Subject, statement: Statement, by: str) -> None:
        self.subject = subject
        self.statement = statement
        self.opened_by = by
        self.state = FindingState.OPENED
        self.answers = 0
        self.newest_answer: tuple[str, str] | None = None
        self.answered_by: frozenset[str] = frozenset()
        self.outcome: FindingOutcome | None = None

    @event(Answered)
    def _answered(self, number: int, summary: str, document_digest: str, by: str) -> None:
        self.state = FindingState.ANSWERED
        self.answers = number
        self.newest_answer = (summary, document_digest)
        self.answered_by |= {by}

    @event(Closed)
    def _closed(self, outcome: FindingOutcome) -> None:
        self.state = FindingState.CLOSED
        self.outcome = outcome

    @event(Presented)
    def _presented(self) -> None:
        self.state = FindingState.PRESENTED
