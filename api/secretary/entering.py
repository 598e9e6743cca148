"""An entry that somebody filled in, tried and then recorded: the same use cases as a scenario's, in one transaction.

A trial asks every rule and leaves nothing behind but documents that no event names, which harm nothing.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from api.composition import Engine
from application.self_government.scenario.book import Book, Desk, InFile, Text
from application.self_government.scenario.entry import Entry
from application.self_government.scenario.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Entered:
    """`positions` of its events in the log, where it was recorded; the id of what it began, if it began something."""

    positions: tuple[int, ...]
    made: UUID | None


@dataclass(frozen=True, slots=True)
class _SentBook(Book):
    """Files came with the form, and are documents already: an entry names them by their SHA-256."""

    def keep(self, text: Text) -> str:
        if isinstance(text, InFile):
            self.desk.documents.get(text.file)  # DocumentMissing: a form may claim any digest
            return text.file
        return Book.keep(self, text)


def enter(engine: Engine, entry: Entry, unit: str, *, by: str, keep: bool) -> Entered:
    """Record the entry of the unit (a KATO) or, without `keep`, only try it. Whatever refuses it is raised, and nothing stands."""
    ledger = Ledger(engine.store.log_recorder)
    at = entry.at.when if entry.at else engine.clock()
    desk = Desk.of(ledger, engine.documents, engine.clock, secrets.token_bytes)
    book = _SentBook(desk=desk, unit=unit, by=by, folder=Path(), at=at)
    with ledger.as_one(keep=keep):
        made = entry.record(book)
    return Entered(tuple(ledger.positions), made)
