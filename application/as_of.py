"""The past, replayed from the log's first entries: the state of every thing, turnout, and results, as of a signed checkpoint.

Nothing is believed but the entries, and these only if they give the root that the log signed for so many. Ballots are counted
per unit and nothing more is kept of them; what they add up to is told of a round only if it had closed by then.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import get_topic

from application.conclusions import document
from application.log.mapper import CanonicalMapper
from application.log.merkle import Frontier, GrowingTree
from application.log.note import NoteInvalid, Verifier, open_checkpoint
from application.log.reader import Entry, LogReader, NoSuchCheckpoint, SignedCheckpoint
from application.recount import LogContradicts, Recount, recount
from application.storage.documents import Documents
from domain.ballot import Ballot
from domain.conclusion import Conclusion, ConclusionState
from domain.errors import Refused
from domain.round import Phase, Round

_GATHERED: Final = 4_096
"""Leaf hashes held at a time; behind them the tree is its frontier again."""
_COUNTED: Final = (
    *(Phase.CLOSED, Phase.CONCLUDED, Phase.PUBLISHED),
    *(Phase.IMPLEMENTING, Phase.COMPLETED),
)

Progress = Callable[[int], object]
"""Gets the number of entries passed since the last call."""
TAggregate = TypeVar("TAggregate", bound=Aggregate)


class CheckpointNotSigned(Refused):
    """The note is not signed by this log's key, so it says nothing about this log."""

    code: ClassVar[str] = "checkpoint_not_signed"


class CheckpointContradicts(Refused):
    """The log's key has signed this note, and the log holds no such checkpoint of its `size`: evidence of two histories."""

    code: ClassVar[str] = "checkpoint_contradicts"


@dataclass(frozen=True, slots=True)
class Thing:
    """An aggregate as it stood; `position` is that of its newest event by then."""

    aggregate: Aggregate
    position: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`things` in the order in which they came into the log; `cast`: ballots per round and unit."""

    checkpoint: SignedCheckpoint
    things: dict[UUID, Thing]
    cast: dict[UUID, Counter[str]]

    def find(self, kind: type[TAggregate], id_: UUID) -> TAggregate | None:
        thing = self.things.get(id_)
        return thing.aggregate if thing and isinstance(thing.aggregate, kind) else None


@dataclass(frozen=True, slots=True)
class ResultsThen:
    """What was in force: `version` of the conclusion with its document's SHA-256, none while results were provisional.

    `counted` is the recount under the checkpoint that they were computed from; `identical`: it gives the document's very bytes.
    """

    counted: Recount
    version: int | None
    document_digest: str | None
    published: bool
    identical: bool


class _Cast(msgspec.Struct):
    round_id: UUID
    unit: str


_read_cast = msgspec.json.Decoder(_Cast).decode


def signed_checkpoint(log: LogReader, verifier: Verifier, wanted: int | str) -> SignedCheckpoint:
    """The checkpoint of this size, or the one in this note, if the log has signed it and still holds it."""
    size = wanted if isinstance(wanted, int) else _opened(wanted, verifier).size
    try:
        held = log.checkpoint_at(size)
    except NoSuchCheckpoint:
        if isinstance(wanted, int):
            raise
        raise CheckpointContradicts(size=size) from None
    if _opened(held.note, verifier).root != held.root:
        raise LogContradicts(problem="checkpoint_differs", position=size)
    if isinstance(wanted, str) and _opened(wanted, verifier).root != held.root:
        raise CheckpointContradicts(size=size)
    return held


def standing_at(
    log: LogReader, checkpoint: SignedCheckpoint, kinds: Collection[type[Aggregate]], progress: Progress
) -> Standing:
    """Replay the entries under `checkpoint`, which must give its root; of other kinds than these nothing is kept."""
    past = _Past(kinds)
    for entry in log.entries(0, checkpoint.size):
        past.take(entry)
        if entry.position % _GATHERED == 0:
            progress(_GATHERED)
    progress(checkpoint.size % _GATHERED)
    if past.root() != checkpoint.root:
        raise LogContradicts(problem="root_differs", position=checkpoint.size)
    return Standing(checkpoint, past.things, past.cast)


class _Past:
    def __init__(self, kinds: Collection[type[Aggregate]]) -> None:
        self._topics = {get_topic(kind) for kind in kinds}
        self._mapper = CanonicalMapper()
        self._tree = GrowingTree(Frontier(0, ()))
        self.things: dict[UUID, Thing] = {}
        self.cast: dict[UUID, Counter[str]] = {}

    def take(self, entry: Entry) -> None:
        self._tree.append(entry.leaf)
        if self._tree.size % _GATHERED == 0:
            self._tree = GrowingTree(self._tree.frontier())
        if entry.topic == Ballot.Created.TOPIC:
            ballot = _read_cast(entry.state)
            self.cast.setdefault(ballot.round_id, Counter())[ballot.unit] += 1
        elif entry.topic.partition(".")[0] in self._topics:
            stored = StoredEvent(entry.originator_id, entry.version, entry.topic, entry.state)
            event: Any = self._mapper.to_domain_event(stored)
            before = self.things.get(entry.originator_id)
            self.things[entry.originator_id] = Thing(
                event.mutate(before.aggregate if before else None), entry.position
            )

    def root(self) -> bytes:
        return self._tree.root()


def results_then(
    log: LogReader, documents: Documents, standing: Standing, round_: Round, progress: Progress
) -> ResultsThen | None:
    """What the world was to take as the round's result; None unless its voting had closed."""
    if round_.phase not in _COUNTED:
        return None
    conclusion = standing.find(Conclusion, Conclusion.create_id(round_.id))
    digest = _in_force(conclusion)
    if conclusion is None or digest is None:
        counted = _recounted(log, documents, standing.checkpoint.size, round_, progress)
        return ResultsThen(counted, None, None, published=False, identical=True)
    stored = documents.get(digest)
    said = msgspec.json.decode(stored)
    counted = _recounted(log, documents, said["checkpoint"]["size"], round_, progress)
    again = document(
        counted,
        standing.checkpoint.note.partition("\n")[0],
        number=said["number"],
        replaces=said["replaces"],
        reason=said["reason"],
    )
    published = conclusion.published_digest is not None
    return ResultsThen(counted, said["number"], digest, published, identical=again == stored)


def _in_force(conclusion: Conclusion | None) -> str | None:
    """The newest published version, or else the first approved one; a draft is nobody's word yet."""
    if conclusion is None:
        return None
    if conclusion.published_digest is None and conclusion.state is ConclusionState.APPROVED:
        return conclusion.computation.document_digest
    return conclusion.published_digest


def _recounted(log: LogReader, documents: Documents, size: int, round_: Round, progress: Progress) -> Recount:
    return recount(_bytes_of(log.entries(0, size), progress), round_.id, documents.get)


def _bytes_of(entries: Iterable[Entry], progress: Progress) -> Iterator[bytes]:
    for entry in entries:
        progress(1)
        yield entry.bytes_


def _opened(note: str, verifier: Verifier) -> SignedCheckpoint:
    try:
        checkpoint = open_checkpoint(note, verifier)
    except NoteInvalid:
        raise CheckpointNotSigned from None
    return SignedCheckpoint(checkpoint.size, checkpoint.root, note)
