"""Findings told into a log by the use case itself, for tests of those who read them."""

from secrets import token_bytes
from uuid import UUID

from application.findings import Findings
from domain.finding import FindingOutcome, Severity, Statement, Subject, SubjectKind
from tests.engine import Engine
from tests.examples import AFTER, CLERK, digest

AUDITOR, SITTING = "auditor-1", "council-2026-11"
STATEMENT = Statement(
    "Slips do not add up", "Three slips of unit 3 are missing.", Severity.SERIOUS, digest("act"), "Article 12"
)


def findings_on(engine: Engine) -> Findings:
    return Findings(engine.store, engine.reader, lambda: AFTER, token_bytes)


def about(round_id: UUID) -> Subject:
    return Subject(SubjectKind.ROUND, round_id)


def tell_findings(engine: Engine, round_id: UUID) -> list[UUID]:
    """A finding in every state: opened, answered twice, closed without an answer, presented."""
    findings = findings_on(engine)
    entries = Subject(SubjectKind.ENTRIES, first=2, last=5)
    opened = findings.open(entries, STATEMENT, by=AUDITOR, checkpoint_size=engine.reader.size())
    answered, closed, presented = (findings.open(about(round_id), STATEMENT, by=AUDITOR) for _ in range(3))
    for number in (1, 2):
        assert findings.answer(answered, f"answer {number}", digest("letter"), by=CLERK) == number
    findings.answer(presented, "found in the safe", digest("letter"), by=CLERK)
    findings.close(closed, FindingOutcome.WITHDRAWN, "counted wrongly", by=AUDITOR)
    findings.close(presented, FindingOutcome.MENDED, "counted again", by="auditor-2")
    findings.present(presented, SITTING, AFTER, by=AUDITOR)
    return [opened, answered, closed, presented]
