"""A proposal's life as its events tell it: every version of its text, and what was decided about each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from application.store import NotFound, Store
from domain.marks import Marks
from domain.proposal import Proposal, ProposalState, Sketch

_DECIDED: Final = {
    Proposal.Returned.TOPIC: ProposalState.RETURNED,
    Proposal.Admitted.TOPIC: ProposalState.ADMITTED,
    Proposal.Rejected.TOPIC: ProposalState.REJECTED,
    Proposal.Withdrawn.TOPIC: ProposalState.WITHDRAWN,
    Proposal.Merged.TOPIC: ProposalState.MERGED,
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a version. `reason` in the words of who decided; empty where none was needed. `into`: what it ended in."""

    state: ProposalState
    at: datetime
    reason: str
    project: str | None
    cost_tiyn: int | None
    minutes_digest: str | None
    into: UUID | None


@dataclass(slots=True)
class Version:
    """`number` from 1; `decided`: what happened to it until the next version, in order. `twin`: whose text it is too."""

    number: int
    at: datetime
    sketch: Sketch
    marks: Marks
    twin: UUID | None = None
    decided: list[Decided] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class History:
    """Versions from the first to the last, of which there is at least one."""

    proposal_id: UUID
    round_id: UUID
    author: str
    versions: tuple[Version, ...]

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def state(self) -> ProposalState:
        return self.now.decided[-1].state if self.now.decided else ProposalState.SUBMITTED


def history_of(store: Store, proposal_id: UUID) -> History:
    """NotFound for what is no proposal."""
    events: Iterable[Any] = store.events.get(proposal_id)
    first: Any = None
    versions: list[Version] = []
    for event in events:
        if isinstance(event, Proposal.Created):
            first = event
            versions.append(Version(1, event.timestamp, event.sketch, Marks()))
        elif first is None:
            break
        elif isinstance(event, Proposal.Revised | Proposal.Absorbed):
            twin = getattr(event, "twin", None)
            number, marks = len(versions) + 1, versions[-1].marks
            versions.append(Version(number, event.timestamp, event.sketch, marks, twin))
        elif isinstance(event, Proposal.Marked):
            versions[-1].marks = event.marks
        else:
            versions[-1].decided.append(_decided(event))
    if first is None:
        raise NotFound(kind=Proposal.TOPIC, id=proposal_id)
    return History(proposal_id, first.round_id, first.author, tuple(versions))


def _decided(event: Any) -> Decided:
    return Decided(
        _DECIDED[event.TOPIC],
        event.timestamp,
        getattr(event, "reason", ""),
        getattr(event, "project", None),
        getattr(event, "cost_tiyn", None),
        getattr(event, "minutes_digest", None),
        getattr(event, "into", None),
    )
