"""The execution of the Council's decisions: tasks ordered, reported on, put off, done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from application.store import Clock, Store
from domain.errors import Refused
from domain.self_government.decision import CouncilDecision
from domain.self_government.execution import Execution, Task


class ExecutionOrdered(Refused):
    """The tasks of this decision have been given."""

    code: ClassVar[str] = "execution_ordered"


class Executions:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def order(self, decision_id: UUID, tasks: Sequence[Task], *, by: str) -> UUID:
        """Give the tasks of an adopted decision of the Council; the execution's id."""
        with self._store.deciding() as decision:
            if decision.find(Execution, Execution.create_id(decision_id)) is not None:
                raise ExecutionOrdered
            adoption = decision.get(CouncilDecision, decision_id).adoption()
            execution = Execution.order(adoption, tasks, by=by, at=self._clock())
            decision.save(execution)
        return execution.id

    def report_progress(self, execution_id: UUID, key: str, per_cent: int, note: str, *, by: str) -> None:
        with self._changing(execution_id) as (execution, at):
            execution.report_progress(key, per_cent, note, by=by, at=at)

    def extend(self, execution_id: UUID, key: str, due: datetime, reason: str, *, by: str) -> None:
        with self._changing(execution_id) as (execution, at):
            execution.extend(key, due, reason, by=by, at=at)

    def finish(
        self,
        execution_id: UUID,
        key: str,
        note: str,
        evidence_digest: str,
        *,
        by: str,
        on: datetime | None = None,
    ) -> None:
        """`on`: when it was done; None is now."""
        with self._changing(execution_id) as (execution, at):
            execution.finish(key, note, evidence_digest, on=on or at, by=by, at=at)

    @contextmanager
    def _changing(self, execution_id: UUID) -> Iterator[tuple[Execution, datetime]]:
        with self._store.deciding() as decision:
            execution = decision.get(Execution, execution_id)
            yield execution, self._clock()
            decision.save(execution)
