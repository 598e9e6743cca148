"""The event-sourced application: loads aggregates, and lets one command at a time decide and record.

Every command runs behind the log's lock (`deciding`), on what it reads there: no two commands, in whatever processes, ever
decide on the same past, so a rule that spans aggregates holds without a check-then-act gap. A command that calls another one
decides with it, in one transaction: both are recorded or neither is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import local
from typing import Any, ClassVar, LiteralString, Protocol, TypeVar, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.utils import Environment, get_topic
from psycopg import Connection, Cursor
from psycopg.rows import DictRow

from application.log.mapper import CanonicalMapper
from application.log.recorder import LogRecorder, LogTransaction
from domain.errors import Refused

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

TAggregate = TypeVar("TAggregate", bound=Aggregate)

_EVENTS_OF = "SELECT originator_version, topic, state FROM dauys.events WHERE originator_id = %s ORDER BY originator_version"


class NotFound(Refused):
    """There is no such `kind` with this `id`."""

    code: ClassVar[str] = "not_found"


class Asking(Protocol):
    """A transaction that answers questions."""

    def execute(self, query: LiteralString, parameters: Sequence[Any] = (), **cursor: Any) -> Cursor[Any]:
        """The answer; `cursor`: how it is given."""


class Past:
    """What the log says at one moment: aggregates, read inside one transaction."""

    def __init__(self, transaction: Asking, mapper: Mapper[UUID]) -> None:
        self.transaction = transaction
        self._mapper = mapper

    def find(self, kind: type[TAggregate], aggregate_id: UUID) -> TAggregate | None:
        aggregate: Any = None
        for row in self.transaction.execute(_EVENTS_OF, [aggregate_id]):
            stored = StoredEvent(aggregate_id, row["originator_version"], row["topic"], row["state"])
            aggregate = cast("Any", self._mapper.to_domain_event(stored)).mutate(aggregate)
        return aggregate if isinstance(aggregate, kind) else None

    def get(self, kind: type[TAggregate], aggregate_id: UUID) -> TAggregate:
        aggregate = self.find(kind, aggregate_id)
        if aggregate is None:
            raise NotFound(kind=get_topic(kind), id=aggregate_id)
        return aggregate


class Decision(Past):
    """What one command reads and records, all inside one transaction."""

    transaction: LogTransaction

    def __init__(self, transaction: LogTransaction, mapper: Mapper[UUID]) -> None:
        super().__init__(transaction, mapper)
        self.inner_failed = False

    def save(self, *aggregates: Aggregate) -> list[int]:
        """Record what the aggregates decided, in this order; the new positions."""
        events = [event for aggregate in aggregates for event in aggregate.collect_events()]
        if not events:
            return []
        return self.transaction.append([self._mapper.to_stored_event(event) for event in events])


class _Snapshot:
    def __init__(self, connection: Connection[DictRow]) -> None:
        self._connection = connection

    def execute(self, query: LiteralString, parameters: Sequence[Any] = (), **cursor: Any) -> Cursor[Any]:
        asking: Cursor[Any] = self._connection.cursor(**cursor)
        return asking.execute(query, parameters, prepare=True)


class Store(Application[UUID]):
    """One deployment's event store. `repository` reads outside of any transaction."""

    name = "dauys"

    def __init__(self, recorder: LogRecorder) -> None:
        self.log_recorder = recorder
        self.canonical_mapper = CanonicalMapper()
        self._of_thread = local()
        super().__init__()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        # Only the library's in-memory defaults are asked of it; mapper and recorder are ours.
        return InfrastructureFactory.construct(
            Environment(env.name, {"PERSISTENCE_MODULE": "eventsourcing.popo"})
        )

    def construct_mapper(self) -> Mapper[UUID]:
        return self.canonical_mapper

    def construct_recorder(self) -> LogRecorder:
        return self.log_recorder

    @contextmanager
    def deciding(self) -> Iterator[Decision]:
        """Read, decide and record alone; commits when the block ends, and an exception leaves no trace.

        Inside a thread's block another one joins it, and commits with the outer one. What failed inside cannot be passed over.
        """
        outer: Decision | None = getattr(self._of_thread, "decision", None)
        if outer is not None:
            try:
                yield outer
            except BaseException:
                outer.inner_failed = True
                raise
            return
        with self.log_recorder.writing() as transaction:
            decision = self._of_thread.decision = Decision(transaction, self.mapper)
            try:
                yield decision
            finally:
                del self._of_thread.decision
            if decision.inner_failed:
                raise AssertionError("a command inside this one failed, and its traces would have been kept")

    @contextmanager
    def reading(self) -> Iterator[Past]:
        """Many aggregates as of one moment, to be looked at: behind no lock, so nothing may be decided on it."""
        with self.log_recorder.datastore.get_connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Past(_Snapshot(connection), self.mapper)

    def load(self, kind: type[TAggregate], aggregate_id: UUID) -> TAggregate:
        """The aggregate as last committed, for reading."""
        try:
            aggregate: object = self.repository.get(aggregate_id)
        except AggregateNotFoundError:
            aggregate = None
        if not isinstance(aggregate, kind):
            raise NotFound(kind=get_topic(kind), id=aggregate_id)
        return aggregate
