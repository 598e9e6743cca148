"""A round recomputed from log entries alone: the root over them, the tally, the outcome. The same entries, the same result.

One pass over the entries' bytes, whatever they come from (database, HTTP, a bundle); nothing but entries and the documents
they name by digest is looked at. This is what a conclusion is made of and what every published result is held against.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

from application.log.mapper import CanonicalMapper
from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.polls import read_paper
from domain.allocation import Outcome, decide
from domain.ballot import Ballot
from domain.errors import Refused
from domain.paper import Paper
from domain.proposal import Proposal
from domain.roll import Roll
from domain.round import Round
from domain.tally import ProjectTally, add_up, worth

GetDocument = Callable[[str], bytes]
"""The document with this SHA-256 (hex)."""


class LogContradicts(Refused):
    """The entries cannot be what an honest log holds; `problem` and `position` say what and where."""

    code: ClassVar[str] = "log_contradicts"


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    position: int
    state: msgspec.Raw
    topic: str
    version: int


class _Cast(msgspec.Struct):
    """What the tally needs of a ballot's state."""

    round_id: str
    unit: str
    choices: list[str] | dict[str, int]


@dataclass(frozen=True, slots=True)
class Recount:
    """`size` and `root` (hex) are those of the entries given; everything else is the round's, as of there."""

    size: int
    root: str
    paper: Paper
    paper_digest: str
    tallies: dict[str, ProjectTally]
    outcome: Outcome
    people: dict[str, int]
    cast: dict[str, int]
    """Ballots per unit."""


_read_entry = msgspec.json.Decoder(_Entry).decode
_read_cast = msgspec.json.Decoder(_Cast).decode
_RARE = (Round.TOPIC, Proposal.TOPIC, Roll.TOPIC)


def recount(entries: Iterable[bytes], round_id: UUID, document: GetDocument) -> Recount:
    """Recompute a round that has closed from all entries of the log, in order from position 1."""
    fold = _Fold(round_id, document)
    for entry in entries:
        fold.take(entry)
    return fold.result()


class _Fold:
    """The pass itself: a tree over everything, the round's own events replayed, its ballots added up."""

    def __init__(self, round_id: UUID, document: GetDocument) -> None:
        self._round_id = round_id
        self._wanted = str(round_id)
        self._document = document
        self._tree = GrowingTree(Frontier(0, ()))
        self._mapper = CanonicalMapper()
        self._aggregates: dict[str, Any] = {}
        self._paper: Paper | None = None
        self._open = False
        self._choices: list[list[str] | dict[str, int]] = []
        self._cast: Counter[str] = Counter()

    def take(self, data: bytes) -> None:
        entry = _read_entry(data)
        self._tree.append(leaf_hash(data))
        if entry.position != self._tree.size:
            raise LogContradicts(problem="position_not_dense", position=self._tree.size)
        if entry.topic == Ballot.Created.TOPIC:
            self._take_ballot(_read_cast(entry.state), entry.position)
        elif entry.topic.partition(".")[0] in _RARE:
            self._take_event(entry)

    def _take_ballot(self, ballot: _Cast, position: int) -> None:
        if ballot.round_id != self._wanted:
            return
        if not self._open:
            raise LogContradicts(problem="ballot_outside_voting", position=position)
        self._choices.append(ballot.choices)
        self._cast[ballot.unit] += 1

    def _take_event(self, entry: _Entry) -> None:
        stored = StoredEvent(UUID(entry.id), entry.version, entry.topic, bytes(entry.state))
        event: Any = self._mapper.to_domain_event(stored)
        self._aggregates[entry.id] = event.mutate(self._aggregates.get(entry.id))
        if entry.id == self._wanted:
            if isinstance(event, Round.VotingOpened):
                self._paper = read_paper(self._document(event.paper_digest))
                self._open = True
            elif isinstance(event, (Round.VotingClosed, Round.Cancelled)):
                self._open = False

    def result(self) -> Recount:
        round_ = self._aggregates.get(self._wanted)
        if self._paper is None or not isinstance(round_, Round) or self._open:
            raise LogContradicts(problem="round_not_closed", position=self._tree.size)
        paper = self._paper
        tallies = add_up(
            (project.id for project in paper.projects),
            (worth(paper.form, choices) for choices in self._choices),
        )
        roll = self._aggregates[str(Roll.create_id(self._round_id))]
        return Recount(
            size=self._tree.size,
            root=self._tree.root().hex(),
            paper=paper,
            paper_digest=round_.paper_digest or "",
            tallies=tallies,
            outcome=decide(paper, tallies, self._withdrawn()),
            people=roll.people,
            cast=dict(self._cast),
        )

    def _withdrawn(self) -> frozenset[str]:
        return frozenset(
            proposal.project
            for proposal in self._aggregates.values()
            if isinstance(proposal, Proposal)
            and proposal.round_id == self._round_id
            and proposal.state.value == "withdrawn"
            and proposal.project is not None
        )
