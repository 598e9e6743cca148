"""The ballot box: whole deliveries in, one transaction, an answer and a receipt for every ballot out.

- A receipt exists only after COMMIT. A ballot is counted once: its id is a function of its credential, and the id is a key.
- Behind the log's lock, in log order: kiosk not revoked, its sequence unbroken, round open, credential registered, choices
  lawful, credential unused. What was decided before the lock is used only if it is still true.
- The same ballot again gets the same receipt; the same delivery again gets the same answer, also after closing.
- A crash before COMMIT leaves nothing, after it everything; in both cases the kiosk sends the same bytes again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row

from application import base64url
from application.delivery import Delivery, SignedBallot
from application.log.reader import LogReader
from application.log.recorder import LogTransaction
from application.polls import Poll, Polls, RoundNotOpen
from application.storage.arrays import bigint_array, bytea_array, text_array, uuid_array
from application.store import Clock, Decision, Store
from domain.ballot import Ballot
from domain.errors import Refused

_CREDENTIALS: Final[LiteralString] = """
SELECT c.round_id, c.credential, c.unit FROM dauys.credentials c
JOIN unnest(%s::uuid[], %s::bytea[]) AS asked (round_id, credential) USING (round_id, credential)
"""
_VERSION, _CAST, _PROGRESS = 0, 1, 2
_LOOK: Final[LiteralString] = """
SELECT 0, originator_id, max(originator_version), NULL::bytea, NULL FROM dauys.events
WHERE originator_id = ANY(%s::uuid[]) GROUP BY originator_id
UNION ALL SELECT 1, originator_id, notification_id, state, NULL FROM dauys.events WHERE originator_id = ANY(%s::uuid[])
UNION ALL SELECT 2, kiosk_id, sequence, delivery_hash, refusals FROM dauys.kiosk_progress WHERE kiosk_id = ANY(%s::uuid[])
"""
"""One statement, because each costs as much as several ballots: what kind of row, whose, and up to three facts of it."""
_KEEP_PROGRESS: Final[LiteralString] = """
INSERT INTO dauys.kiosk_progress AS old (kiosk_id, sequence, delivery_hash, refusals, delivered, recorded)
SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (kiosk_id) DO UPDATE SET sequence = excluded.sequence, delivery_hash = excluded.delivery_hash,
    refusals = excluded.refusals, delivered = old.delivered + excluded.delivered, recorded = old.recorded + excluded.recorded
"""


class UnknownCredential(Refused):
    """Not among the credentials registered for this round before voting opened."""

    code: ClassVar[str] = "unknown_credential"


class AlreadyVoted(Refused):
    """This credential has cast another ballot, which stands."""

    code: ClassVar[str] = "already_voted"


class SequenceBroken(Refused):
    """The delivery does not follow the last one taken from this kiosk; `expected` is the sequence number that would."""

    code: ClassVar[str] = "sequence_broken"


@dataclass(frozen=True, slots=True)
class Recorded:
    """In the log at `position`; `receipt` is a C2SP tlog-proof that anyone can check."""

    position: int
    receipt: str


@dataclass(frozen=True, slots=True)
class NotRecorded:
    code: str


Answer = tuple[Recorded | NotRecorded, ...]
"""One per ballot of a delivery, in its order."""


@dataclass(slots=True)
class _Progress:
    """A kiosk's last delivery taken; `changed` by this batch, with what the batch adds to its counts."""

    sequence: int = 0
    hash: bytes = b""
    refusals: str = "[]"
    delivered: int = 0
    recorded: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A ballot's event as it would be stored, or its refusal, if its round still has this version behind the lock."""

    unit: str | None
    version: int
    outcome: StoredEvent | str


@dataclass(slots=True)
class _Batch:
    """What is known about a batch behind the lock."""

    decision: Decision
    prepared: dict[SignedBallot, _Prepared]
    versions: dict[UUID, int] = field(default_factory=dict)
    cast: dict[UUID, tuple[int, StoredEvent]] = field(default_factory=dict)
    progress: dict[UUID, _Progress] = field(default_factory=dict)
    new: dict[UUID, StoredEvent] = field(default_factory=dict)


_Outcome = UUID | str
"""Id of the recorded ballot, or a refusal code."""


class BallotBox:
    """Safe in any number of threads and processes: the log's lock orders them."""

    def __init__(self, store: Store, log: LogReader, polls: Polls, clock: Clock) -> None:
        self._store = store
        self._mapper = store.canonical_mapper
        self._log = log
        self._polls = polls
        self._clock = clock

    def cast(self, deliveries: Sequence[Delivery]) -> list[Answer | Refused]:
        """One transaction for all deliveries; per delivery its answer, or why it was refused as a whole.

        Raises the library's PersistenceError when the database fails; whether the batch was stored is then unknown, and
        casting it again settles that without counting anything twice.
        """
        recorder = self._store.log_recorder
        with recorder.datastore.get_connection() as connection:
            prepared = self._prepare(connection, _signed(deliveries))
            with recorder.writing_on(connection, notify=False) as transaction:
                batch = self._look(transaction, deliveries, prepared)
                outcomes = [_or_refusal(self._take, batch, delivery) for delivery in deliveries]
                # By id, which is a hash: the log's order tells nothing about who stood in the queue before whom.
                ordered = sorted(batch.new)
                positions = dict(
                    zip(ordered, transaction.append([batch.new[id_] for id_ in ordered]), strict=True)
                )
                _keep_progress(transaction, batch.progress)
        positions_before = {id_: position for id_, (position, _) in batch.cast.items()}

        def told(outcome: _Outcome) -> Recorded | NotRecorded:
            if isinstance(outcome, str):
                return NotRecorded(outcome)
            if outcome in positions:
                return Recorded(positions[outcome], transaction.receipt(positions[outcome]))
            return Recorded(positions_before[outcome], self._log.receipt(positions_before[outcome]))

        return [
            outcome if isinstance(outcome, Refused) else tuple(map(told, outcome)) for outcome in outcomes
        ]

    def _prepare(
        self, connection: Connection[DictRow], ballots: list[SignedBallot]
    ) -> dict[SignedBallot, _Prepared]:
        """Check and encode before the lock, so that the log is held for as short as it can be.

        Credentials are frozen before voting opens, so what is read of them here stays true.
        """
        rows = connection.cursor(row_factory=tuple_row).execute(
            _CREDENTIALS,
            (
                uuid_array(ballot.round_id for ballot in ballots),
                bytea_array(ballot.credential_bytes for ballot in ballots),
            ),
            prepare=True,
        )
        units = {(round_id, credential): unit for round_id, credential, unit in rows}
        at = self._clock()
        return {
            ballot: self._prepared(
                ballot,
                units.get((ballot.round_id, ballot.credential_bytes)),
                self._polls.remembered(ballot.round_id),
                at,
            )
            for ballot in ballots
        }

    def _prepared(self, ballot: SignedBallot, unit: str | None, poll: Poll, at: datetime) -> _Prepared:
        try:
            return _Prepared(unit, poll.version, self._mapper.encoded(_event(ballot, unit, poll, at)))
        except Refused as refused:
            return _Prepared(unit, poll.version, refused.code)

    def _look(
        self,
        transaction: LogTransaction,
        deliveries: Sequence[Delivery],
        prepared: dict[SignedBallot, _Prepared],
    ) -> _Batch:
        """Everything the decisions depend on, asked in one round trip behind the lock."""
        ballots = _signed(deliveries)
        kiosks = list({delivery.kiosk_id for delivery in deliveries})
        rounds = list({ballot.round_id for ballot in ballots})
        rows = transaction.execute(
            _LOOK,
            (uuid_array(kiosks + rounds), uuid_array(ballot.id for ballot in ballots), uuid_array(kiosks)),
            row_factory=tuple_row,
        )
        batch = _Batch(Decision(transaction, self._mapper), prepared)
        for kind, id_, number, content, refusals in rows:
            if kind == _VERSION:
                batch.versions[id_] = number
            elif kind == _CAST:
                batch.cast[id_] = (number, StoredEvent(id_, 1, Ballot.Created.TOPIC, content))
            else:
                batch.progress[id_] = _Progress(number, content, refusals)
        return batch

    def _take(self, batch: _Batch, delivery: Delivery) -> list[_Outcome]:
        """Decide on one delivery. Raises its refusal as a whole before anything of it is taken."""
        self._polls.kiosk_may_deliver(
            batch.decision, delivery.kiosk_id, batch.versions.get(delivery.kiosk_id, 0)
        )
        progress = batch.progress.setdefault(delivery.kiosk_id, _Progress())
        if delivery.sequence == progress.sequence and delivery.hash == progress.hash:
            return _as_before(delivery, json.loads(progress.refusals))
        last = base64url.to_text(progress.hash) if progress.sequence else ""
        if delivery.sequence != progress.sequence + 1 or delivery.previous != last:
            raise SequenceBroken(expected=progress.sequence + 1)
        outcomes = [self._decide(batch, ballot) for ballot in delivery.ballots]
        refusals = [outcome if isinstance(outcome, str) else None for outcome in outcomes]
        progress.sequence, progress.hash, progress.changed = delivery.sequence, delivery.hash, True
        progress.refusals = json.dumps(refusals)
        progress.delivered += len(outcomes)
        progress.recorded += refusals.count(None)
        return outcomes

    def _decide(self, batch: _Batch, ballot: SignedBallot | Refused) -> _Outcome:
        if isinstance(ballot, Refused):
            return ballot.code
        try:
            known = batch.new.get(ballot.id) or batch.cast.get(ballot.id, (0, None))[1]
            if known is not None:
                return _same_or_refused(self._mapper.to_domain_event(known), ballot)
        except Refused as refused:
            return refused.code
        outcome = self._as_of_now(batch, ballot)
        if isinstance(outcome, str):
            return outcome
        batch.new[ballot.id] = outcome
        return ballot.id

    def _as_of_now(self, batch: _Batch, ballot: SignedBallot) -> StoredEvent | str:
        """What was prepared if the round is still what it was then, else prepared anew on the round behind the lock."""
        prepared, version = batch.prepared[ballot], batch.versions.get(ballot.round_id, 0)
        if prepared.version != version:
            poll = self._polls.poll(batch.decision, ballot.round_id, version)
            prepared = self._prepared(ballot, prepared.unit, poll, self._clock())
        return prepared.outcome


def _event(ballot: SignedBallot, unit: str | None, poll: Poll, at: datetime) -> Ballot.Created:
    if poll.checker is None:
        raise RoundNotOpen
    if unit is None:
        raise UnknownCredential
    return Ballot.cast(
        ballot.round_id,
        unit,
        ballot.choices,
        salt=ballot.salt,
        credential=ballot.credential,
        signature=ballot.signature,
        paper=poll.checker,
        at=at,
    )


def _signed(deliveries: Sequence[Delivery]) -> list[SignedBallot]:
    return [
        ballot for delivery in deliveries for ballot in delivery.ballots if isinstance(ballot, SignedBallot)
    ]


def _or_refusal(
    take: Callable[[_Batch, Delivery], list[_Outcome]], batch: _Batch, delivery: Delivery
) -> list[_Outcome] | Refused:
    try:
        return take(batch, delivery)
    except Refused as refused:
        return refused


def _same_or_refused(cast: Any, ballot: SignedBallot) -> UUID:
    """Which choices the other ballot holds is nobody's business: only whether it is this very one."""
    same = (cast.signature, cast.salt, cast.choices) == (ballot.signature, ballot.salt, ballot.choices)
    if not same:
        raise AlreadyVoted
    return ballot.id


def _as_before(delivery: Delivery, refusals: list[str | None]) -> list[_Outcome]:
    """The answer a delivery got when it was taken: what was recorded is in the log, the rest is remembered."""
    return [
        code if code is not None else ballot.id  # type: ignore[union-attr] # only signed ballots were recorded
        for code, ballot in zip(refusals, delivery.ballots, strict=True)
    ]


def _keep_progress(transaction: LogTransaction, progress: dict[UUID, _Progress]) -> None:
    changed = [(kiosk, last) for kiosk, last in progress.items() if last.changed]
    if changed:
        lasts = [last for _, last in changed]
        transaction.execute(
            _KEEP_PROGRESS,
            (
                uuid_array(kiosk for kiosk, _ in changed),
                bigint_array(last.sequence for last in lasts),
                bytea_array(last.hash for last in lasts),
                text_array(last.refusals for last in lasts),
                bigint_array(last.delivered for last in lasts),
                bigint_array(last.recorded for last in lasts),
            ),
        )
