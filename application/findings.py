"""The way of an auditor's finding: open, answer, close, present, each behind the log's lock.

What a finding is about was in the log it was found in: at the checkpoint that it names, under the root that was signed there.
"""

from datetime import datetime
from uuid import UUID

from application.kiosks import Random
from application.log.reader import LogReader
from application.store import Clock, NotFound, Store
from application.trail import beginning, kind_of
from domain.finding import Finding, FindingOutcome, Statement, Subject


class Findings:
    def __init__(self, store: Store, log: LogReader, clock: Clock, random: Random) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._random = random

    def open(
        self,
        subject: Subject,
        statement: Statement,
        *,
        by: str,
        checkpoint_size: int | None = None,
        finding_id: UUID | None = None,
    ) -> UUID:
        """A new finding, as of the checkpoint that was signed at this size or of the newest; its id."""
        log = self._log
        checkpoint = log.checkpoint() if checkpoint_size is None else log.checkpoint_at(checkpoint_size)
        finding = Finding.open(
            finding_id or UUID(bytes=self._random(16), version=4),
            subject,
            statement,
            checkpoint_size=checkpoint.size,
            checkpoint_root=checkpoint.root.hex(),
            by=by,
            at=self._clock(),
        )
        # Asked before the lock: what a log of this size holds never changes.
        if subject.id is not None:
            first = beginning(log, subject.id)
            if kind_of(first) != subject.kind or first.position > checkpoint.size:
                raise NotFound(kind=subject.kind.value, id=subject.id)
        with self._store.deciding() as decision:
            decision.save(finding)
        return finding.id

    def answer(self, finding_id: UUID, summary: str, document_digest: str, *, by: str) -> int:
        """The office's word on a finding that is not closed; how many it has had now."""
        with self._store.deciding() as decision:
            finding = decision.get(Finding, finding_id)
            finding.answer(summary, document_digest, by=by, at=self._clock())
            decision.save(finding)
        return finding.answers

    def close(self, finding_id: UUID, outcome: FindingOutcome, reason: str, *, by: str) -> None:
        with self._store.deciding() as decision:
            finding = decision.get(Finding, finding_id)
            finding.close(outcome, reason, by=by, at=self._clock())
            decision.save(finding)

    def present(self, finding_id: UUID, sitting: str, held: datetime, *, by: str) -> None:
        with self._store.deciding() as decision:
            finding = decision.get(Finding, finding_id)
            finding.present(sitting, held, by=by, at=self._clock())
            decision.save(finding)
