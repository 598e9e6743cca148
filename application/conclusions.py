"""From a closed round to its published conclusion: compute, draft, approve, publish, correct.

Nobody types a result in: the document is computed from the log up to a checkpoint that it names, and its bytes are a pure
function of that log. `verify` recomputes them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from application.log import canonical
from application.log.reader import LogReader
from application.recount import Recount, recount
from application.storage.documents import Documents
from application.store import Clock, Decision, Store
from domain.conclusion import Channel, Computation, Conclusion, NothingToCorrect
from domain.errors import Refused
from domain.proposal import Proposal
from domain.round import Phase, Round

FORMAT = "dauys.conclusion.v1"
_RESULT = ("lines", "units", "ties", "turnout")
_WITHDRAWN_SINCE = "SELECT originator_id FROM dauys.events WHERE topic = %s AND notification_id > %s"


class ConclusionStale(Refused):
    """A proposal was withdrawn after the draft was computed; reject it and compute it anew."""

    code: ClassVar[str] = "conclusion_stale"


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether recomputing gave the published bytes, and what was recomputed."""

    identical: bool
    size: int
    root: str


class Conclusions:
    def __init__(self, store: Store, log: LogReader, documents: Documents, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._documents = documents
        self._clock = clock

    def draft(self, round_id: UUID, *, by: str) -> str:
        """Compute the conclusion under the newest checkpoint and put it up for approval; the document's SHA-256.

        A draft that was rejected is computed anew.
        """
        self._store.load(Round, round_id).must_be_in(Phase.CLOSED)
        computation = self._compute(round_id, number=1)
        with self._store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            conclusion = decision.find(Conclusion, Conclusion.create_id(round_id))
            if conclusion is None:
                conclusion = Conclusion.draft(round_, computation, by=by, at=self._clock())
            else:
                conclusion.redraft(computation, by=by, at=self._clock())
            decision.save(conclusion)
        return computation.document_digest

    def reject_draft(self, round_id: UUID, reason: str, *, by: str) -> None:
        with self._store.deciding() as decision:
            conclusion = _of(decision, round_id)
            conclusion.reject_draft(reason, by=by, at=self._clock())
            decision.save(conclusion)

    def approve(self, round_id: UUID, *, by: str) -> str:
        """Another person's approval; the first version also moves the round to `concluded`. SHA-256 of what was approved."""
        with self._store.deciding() as decision:
            conclusion, round_ = _of(decision, round_id), decision.get(Round, round_id)
            _refuse_stale(decision, conclusion)
            conclusion.approve(by=by, at=self._clock())
            if conclusion.number == 1:
                round_.conclude(conclusion.computation.document_digest, at=self._clock())
            decision.save(conclusion, round_)
        return conclusion.computation.document_digest

    def publish(self, round_id: UUID, channels: tuple[Channel, ...], *, by: str) -> None:
        with self._store.deciding() as decision:
            conclusion, round_ = _of(decision, round_id), decision.get(Round, round_id)
            conclusion.publish(channels, by=by, at=self._clock())
            if conclusion.number == 1:
                round_.publish(conclusion.computation.document_digest, at=self._clock())
            decision.save(conclusion, round_)

    def correct(self, round_id: UUID, reason: str, *, by: str) -> str:
        """Compute the next version under the newest checkpoint; the document's SHA-256. Approved and published like the first."""
        before = self._store.load(Conclusion, Conclusion.create_id(round_id)).computation
        said = msgspec.json.decode(self._documents.get(before.document_digest))
        computation = self._compute(
            round_id, number=said["number"] + 1, replaces=before.document_digest, reason=reason
        )
        says = msgspec.json.decode(self._documents.get(computation.document_digest))
        if all(says[part] == said[part] for part in _RESULT):
            raise NothingToCorrect
        with self._store.deciding() as decision:
            conclusion = _of(decision, round_id)
            conclusion.correct(computation, reason, by=by, at=self._clock())
            decision.save(conclusion)
        return computation.document_digest

    def verify(self, round_id: UUID, progress: Callable[[int], object] = lambda _: None) -> Verified:
        """Recompute the newest version from the log alone and compare bytes; `progress` gets 1 per entry."""
        conclusion = self._store.load(Conclusion, Conclusion.create_id(round_id))
        stored = self._documents.get(conclusion.computation.document_digest)
        said = msgspec.json.decode(stored)
        entries = self._entries(conclusion.computation.checkpoint_size, progress)
        counted = recount(entries, round_id, self._documents.get)
        again = document(
            counted, self._origin(), number=said["number"], replaces=said["replaces"], reason=said["reason"]
        )
        same_root = counted.root == conclusion.computation.checkpoint_root
        return Verified(same_root and again == stored, counted.size, counted.root)

    def _compute(self, round_id: UUID, *, number: int, replaces: str = "", reason: str = "") -> Computation:
        checkpoint = self._log.checkpoint()
        counted = recount(self._entries(checkpoint.size), round_id, self._documents.get)
        if counted.root != checkpoint.root.hex():
            raise AssertionError("the log's entries do not give the root that was signed over them")
        body = document(counted, self._origin(), number=number, replaces=replaces, reason=reason)
        return Computation(
            document_digest=self._documents.put(body),
            checkpoint_size=counted.size,
            checkpoint_root=counted.root,
            rules_version=counted.paper.rules.version,
        )

    def _entries(self, size: int, progress: Callable[[int], object] = lambda _: None) -> Any:
        for entry in self._log.entries(0, size):
            progress(1)
            yield entry.bytes_

    def _origin(self) -> str:
        return self._log.checkpoint().note.partition("\n")[0]


def document(counted: Recount, origin: str, *, number: int, replaces: str, reason: str) -> bytes:
    """The conclusion's bytes: canonical JSON of everything a reader needs to check it against the log."""
    paper = counted.paper
    return canonical.encode(
        {
            "format": FORMAT,
            "number": number,
            "replaces": replaces,
            "reason": reason,
            "round_id": paper.round_id,
            "title": paper.title,
            "paper_digest": counted.paper_digest,
            "checkpoint": {"origin": origin, "size": counted.size, "root": counted.root},
            "rules": msgspec.to_builtins(paper.rules),
            "turnout": [
                {
                    "unit": unit.kato,
                    "people": counted.people.get(unit.kato, 0),
                    "cast": counted.cast.get(unit.kato, 0),
                }
                for unit in paper.units
            ],
            "lines": msgspec.to_builtins(counted.outcome.lines),
            "units": msgspec.to_builtins(counted.outcome.units),
            "ties": msgspec.to_builtins(counted.outcome.ties),
        }
    )


def _refuse_stale(decision: Decision, conclusion: Conclusion) -> None:
    """What was withdrawn since the checkpoint would be funded by a draft that never heard of it."""
    withdrawn = decision.transaction.execute(
        _WITHDRAWN_SINCE, [Proposal.Withdrawn.TOPIC, conclusion.computation.checkpoint_size]
    )
    proposals = [decision.get(Proposal, row["originator_id"]) for row in withdrawn.fetchall()]
    if any(proposal.round_id == conclusion.round_id for proposal in proposals):
        raise ConclusionStale


def _of(decision: Decision, round_id: UUID) -> Conclusion:
    return decision.get(Conclusion, Conclusion.create_id(round_id))
