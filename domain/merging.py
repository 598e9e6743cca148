"""Merging of twins: two proposals that say much the same become one, when the authors of both consent.

    proposed → merged | declined | withdrawn;  lapsed, without an event of its own, when it can no longer be done.
Until the last consent both proposals stay as they are. Then the wording that was consented to is the next version of `into`, and
`twin` ends: events of the two that stand right behind the consent. A merging is bound to both proposals as they stood when it was
proposed: whatever else happens to either of them, and the end of their review, lets it lapse for ever.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.proposal import MOST_ATTACHMENTS, NotTheAuthor, Proposal, Sketch
from domain.round import Phase, Round
from domain.text import REASON_CHARS, check_actor, check_optional_text, check_text


class MergingState(StrEnum):
    PROPOSED = "proposed"
    MERGED = "merged"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class NotTwins(Refused):
    """A proposal is no twin of itself."""

    code: ClassVar[str] = "not_twins"


class UnitOfNeither(Refused):
    """The merged proposal stays in the unit of one of the two: its money and its voters are that unit's."""

    code: ClassVar[str] = "unit_of_neither"


class MergingOver(Refused):
    """The merging waits for nobody any more: its `state`."""

    code: ClassVar[str] = "merging_over"


class Merging(Aggregate):
    TOPIC = "merging"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`authors`: those whose consent it takes; one, where both proposals are the same person's."""

        TOPIC = "merging.proposed.v1"
        round_id: UUID
        into: UUID
        into_version: int
        twin: UUID
        twin_version: int
        authors: tuple[str, ...]
        sketch: Sketch
        reason: str
        by: str

    class Consented(Aggregate.Event):
        TOPIC = "merging.consented.v1"
        author: str

    class Declined(Aggregate.Event):
        TOPIC = "merging.declined.v1"
        reason: str
        author: str

    class Withdrawn(Aggregate.Event):
        TOPIC = "merging.withdrawn.v1"
        by: str

    @classmethod
    def propose(
        cls,
        merging_id: UUID,
        round_: Round,
        into: Proposal,
        twin: Proposal,
        wording: Sketch,
        reason: str,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """Ask the authors of both. `wording`: the merged proposal, but for its photos, which are those of both, as many as fit."""
        if into.id == twin.id:
            raise NotTwins
        for each in (into, twin):
            each.must_be_mergeable(round_)
        if wording.unit not in (into.sketch.unit, twin.sketch.unit):
            raise UnitOfNeither
        photos = tuple(dict.fromkeys((*into.sketch.attachments, *twin.sketch.attachments)))
        return cls._create(
            cls.Created,
            id=merging_id,
            round_id=round_.id,
            into=into.id,
            into_version=into.version,
            twin=twin.id,
            twin_version=twin.version,
            authors=tuple(dict.fromkeys((into.author, twin.author))),
            sketch=replace(wording, attachments=photos[:MOST_ATTACHMENTS]).checked(round_.terms),
            reason=check_text("reason", reason, REASON_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def consent(self, round_: Round, into: Proposal, twin: Proposal, *, author: str, at: datetime) -> None:
        """One author's yes; the last one merges the two there and then. Said already: nothing."""
        self.must_be_of(author)
        if author in self.consented:
            return
        self._must_wait(round_, into, twin)
        self.sketch.checked(round_.terms)  # which may have changed while intake is open
        self.trigger_event(self.Consented, author=author, timestamp=at)
        if self.state is MergingState.MERGED:
            into.absorb(round_, twin.id, self.sketch, merging=self.id, at=at)
            twin.merge_into(round_, into.id, merging=self.id, at=at)

    def decline(
        self,
        round_: Round,
        into: Proposal,
        twin: Proposal,
        *,
        author: str,
        at: datetime,
        reason: str = "",
    ) -> None:
        """One author's no, also of one who had consented before. Nobody has to say why."""
        self.must_be_of(author)
        self._must_wait(round_, into, twin)
        reason = check_optional_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Declined, reason=reason, author=author, timestamp=at)

    def withdraw(self, round_: Round, into: Proposal, twin: Proposal, *, by: str, at: datetime) -> None:
        """The expert council takes back what it proposed."""
        self._must_wait(round_, into, twin)
        self.trigger_event(self.Withdrawn, by=check_actor(by), timestamp=at)

    def standing(self, round_: Round, into: Proposal, twin: Proposal) -> MergingState:
        """Where it stands beside its round and its proposals as they are now."""
        if self.state is not MergingState.PROPOSED:
            return self.state
        under_review = round_.phase in (Phase.INTAKE, Phase.REVIEW) and round_.lot_seed is None
        untouched = (into.id, into.version, twin.id, twin.version) == (
            self.into,
            self.into_version,
            self.twin,
            self.twin_version,
        )
        return MergingState.PROPOSED if under_review and untouched else MergingState.LAPSED

    def must_be_of(self, author: str) -> None:
        if author not in self.authors:
            raise NotTheAuthor

    def _must_wait(self, round_: Round, into: Proposal, twin: Proposal) -> None:
        round_.must_be(self.round_id)
        standing = self.standing(round_, into, twin)
        if standing is not MergingState.PROPOSED:
            raise MergingOver(state=standing.value)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        round_id: UUID,
        into: UUID,
        into_version: int,
        twin: UUID,
        twin_version: int,
        authors: tuple[str, ...],
        sketch: Sketch,
        reason: str,
        by: str,
    ) -> None:
        self.round_id = round_id
        self.into = into
        self.into_version = into_version
        self.twin = twin
        self.twin_version = twin_version
        self.authors = authors
        self.sketch = sketch
        self.reason = reason
        self.proposed_by = by
        self.consented: tuple[str, ...] = ()
        self.answer = ""
        self.state = MergingState.PROPOSED

    @event(Consented)
    def _consented(self, author: str) -> None:
        self.consented = (*self.consented, author)
        if set(self.consented) == set(self.authors):
            self.state = MergingState.MERGED

    @event(Declined)
    def _declined(self, reason: str) -> None:
        self.state = MergingState.DECLINED
        self.answer = reason

    @event(Withdrawn)
    def _withdrawn(self) -> None:
        self.state = MergingState.WITHDRAWN
