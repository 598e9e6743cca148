"""A round's conclusion: computed from the closed log, drafted by one person, approved by another, published in site and press.

The document itself (every proposal with its count and reason) enters by SHA-256; a correction is a new version that names
what it replaces and why. Nothing is overwritten (concept, lines 880-885).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.round import Phase, Round
from domain.text import REASON_CHARS, TITLE_CHARS, check_actor, check_identifier, check_sha256, check_text
from domain.times import check_time

MOST_CHANNELS = 20


class ChannelKind(StrEnum):
    SITE = "site"
    MASS_MEDIA = "mass_media"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a conclusion is published, and when it appears there."""

    kind: ChannelKind
    where: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Computation:
    """The computed document: its SHA-256 and the checkpoint (tree size and root, hex) it was computed under."""

    document_digest: str
    checkpoint_size: int
    checkpoint_root: str
    rules_version: str


class ConclusionState(StrEnum):
    DRAFTED = "drafted"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUBLISHED = "published"


class WrongConclusionState(Refused):
    code: ClassVar[str] = "wrong_conclusion_state"


class SamePersonTwice(Refused):
    """Who drafts a conclusion does not approve it."""

    code: ClassVar[str] = "same_person_twice"


class ChannelsMissing(Refused):
    """Results are published on the akimat's site *and* in mass media (concept, lines 884-885), in 20 channels at most."""

    code: ClassVar[str] = "channels_missing"


class NothingToCorrect(Refused):
    """A correction must differ from the published version it replaces."""

    code: ClassVar[str] = "nothing_to_correct"


class Conclusion(Aggregate):
    TOPIC = "conclusion"

    # Stored formats: never rename a topic or a field, add a v2 beside it. What is computed is stored as `finding`.
    class Created(Aggregate.Created):
        TOPIC = "conclusion.drafted.v1"
        round_id: UUID
        finding: Computation
        by: str

    class Redrafted(Aggregate.Event):
        TOPIC = "conclusion.redrafted.v1"
        finding: Computation
        by: str

    class DraftRejected(Aggregate.Event):
        TOPIC = "conclusion.draft_rejected.v1"
        reason: str
        by: str

    class Approved(Aggregate.Event):
        TOPIC = "conclusion.approved.v1"
        document_digest: str
        by: str

    class Published(Aggregate.Event):
        TOPIC = "conclusion.published.v1"
        document_digest: str
        channels: tuple[Channel, ...]
        by: str

    class CorrectionDrafted(Aggregate.Event):
        TOPIC = "conclusion.correction_drafted.v1"
        number: int
        finding: Computation
        replaces: str
        reason: str
        by: str

    @staticmethod
    def create_id(round_id: UUID) -> UUID:
        return uuid5(round_id, "conclusion")  # so the store refuses a second conclusion

    @classmethod
    def draft(cls, round_: Round, computation: Computation, *, by: str, at: datetime) -> Self:
        round_.must_be_in(Phase.CLOSED)
        return cls._create(
            cls.Created, round_id=round_.id, finding=_checked(computation), by=check_actor(by), timestamp=at
        )

    def redraft(self, computation: Computation, *, by: str, at: datetime) -> None:
        """A new computation in place of a rejected draft."""
        self.must_be(ConclusionState.REJECTED)
        self._must_differ(computation)
        self.trigger_event(self.Redrafted, finding=_checked(computation), by=check_actor(by), timestamp=at)

    def reject_draft(self, reason: str, *, by: str, at: datetime) -> None:
        self.must_be(ConclusionState.DRAFTED)
        self._must_be_another(by)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.DraftRejected, reason=reason, by=by, timestamp=at)

    def approve(self, *, by: str, at: datetime) -> None:
        self.must_be(ConclusionState.DRAFTED)
        self._must_be_another(by)
        self.trigger_event(
            self.Approved, document_digest=self.computation.document_digest, by=by, timestamp=at
        )

    def publish(self, channels: tuple[Channel, ...], *, by: str, at: datetime) -> None:
        self.must_be(ConclusionState.APPROVED)
        checked = self.checked_channels(channels)
        self.trigger_event(
            self.Published,
            document_digest=self.computation.document_digest,
            channels=checked,
            by=check_actor(by),
            timestamp=at,
        )

    @staticmethod
    def checked_channels(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        """As they are recorded; refused unless a site and a mass medium are among them."""
        if {channel.kind for channel in channels} != set(ChannelKind) or len(channels) > MOST_CHANNELS:
            raise ChannelsMissing(needed="|".join(ChannelKind), most=MOST_CHANNELS)
        return tuple(
            Channel(
                channel.kind,
                check_text("where", channel.where, TITLE_CHARS),
                check_time("when", channel.when),
            )
            for channel in channels
        )

    def correct(self, computation: Computation, reason: str, *, by: str, at: datetime) -> None:
        """Draft the next version of a published conclusion; it is approved and published like the first."""
        self.must_be(ConclusionState.PUBLISHED)
        self._must_differ(computation)
        self.trigger_event(
            self.CorrectionDrafted,
            number=self.number + 1,
            finding=_checked(computation),
            replaces=self.computation.document_digest,
            reason=check_text("reason", reason, REASON_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def must_be(self, state: ConclusionState) -> None:
        if self.state is not state:
            raise WrongConclusionState(state=self.state.value, needed=state.value)

    def _must_be_another(self, by: str) -> None:
        if check_actor(by) == self.drafted_by:
            raise SamePersonTwice

    def _must_differ(self, computation: Computation) -> None:
        if computation.document_digest == self.published_digest:
            raise NothingToCorrect

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, round_id: UUID, finding: Computation, by: str) -> None:
        self.round_id = round_id
        self.number = 1
        self.computation = finding
        self.drafted_by = by
        self.state = ConclusionState.DRAFTED
        self.published_digest: str | None = None
        self.channels: tuple[Channel, ...] = ()

    @event(Redrafted)
    def _redrafted(self, finding: Computation, by: str) -> None:
        self.computation = finding
        self.drafted_by = by
        self.state = ConclusionState.DRAFTED

    @event(DraftRejected)
    def _draft_rejected(self) -> None:
        self.state = ConclusionState.REJECTED

    @event(Approved)
    def _approved(self) -> None:
        self.state = ConclusionState.APPROVED

    @event(Published)
    def _published(self, document_digest: str, channels: tuple[Channel, ...]) -> None:
        self.state = ConclusionState.PUBLISHED
        self.published_digest = document_digest
        self.channels = channels

    @event(CorrectionDrafted)
    def _correction_drafted(self, number: int, finding: Computation, by: str) -> None:
        self.number = number
        self.computation = finding
        self.drafted_by = by
        self.state = ConclusionState.DRAFTED


def _checked(computation: Computation) -> Computation:
    check_sha256("document_digest", computation.document_digest)
    check_sha256("checkpoint_root", computation.checkpoint_root)
    check_identifier("rules_version", computation.rules_version)
    return computation
