"""The event store as a scenario sees it: it remembers what was recorded where, and can record a whole file in one transaction.

As one transaction it holds the log's lock from the first entry to the last: everything is recorded or nothing. Nobody else writes
meanwhile, so a file has a most number of entries.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Mapper

from application.log.recorder import LogRecorder, LogTransaction
from application.store import Decision, Store


class _Undone(Exception):  # noqa: N818 - it never leaves this module
    """A rehearsal is over."""


class _Noted(Decision):
    def __init__(self, transaction: LogTransaction, mapper: Mapper[UUID], positions: list[int]) -> None:
        super().__init__(transaction, mapper)
        self._positions = positions

    def save(self, *aggregates: Aggregate) -> list[int]:
        positions = super().save(*aggregates)
        self._positions += positions
        return positions


class Ledger(Store):
    """`positions`: of every event recorded through it, in order."""

    def __init__(self, recorder: LogRecorder) -> None:
        super().__init__(recorder)
        self.positions: list[int] = []
        self._whole: LogTransaction | None = None

    @contextmanager
    def deciding(self) -> Iterator[Decision]:
        """As the store does; inside `as_one` the commit is left to its end. A use case that refuses has saved nothing by then."""
        if self._whole is not None:
            yield _Noted(self._whole, self.mapper, self.positions)
            return
        with super().deciding() as decision:
            yield _Noted(decision.transaction, self.mapper, self.positions)

    @contextmanager
    def as_one(self, *, keep: bool) -> Iterator[None]:
        """All that is decided inside the block is recorded together at its end; without `keep` nothing is."""
        with suppress(_Undone), self.log_recorder.writing() as transaction:
            self._whole = transaction
            try:
                yield
            finally:
                self._whole = None
            if not keep:
                raise _Undone
