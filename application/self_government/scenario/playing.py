"""Recording a scenario entry by entry: what came of each line, and the first one that did not come out as it says.

An entry that says `refused` must be refused with just that code; every other must not be. Otherwise the play ends at its line.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.self_government.scenario.book import Book
from application.self_government.scenario.ledger import Ledger
from application.self_government.scenario.mistakes import RefusalMissing, WrongLine
from application.self_government.scenario.reading import Line, Scenario
from domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an entry: its events' `positions` in the log and the id of what it began, or the `refusal` that it expected."""

    line: Line
    positions: tuple[int, ...]
    made: UUID | None
    refusal: Refused | None


def play(
    scenario: Scenario, book: Book, ledger: Ledger, *, told: Callable[[datetime], None]
) -> Iterator[Outcome]:
    """Record the lines in their order; WrongLine at the first that is not as it says. `told` hears the time of each before it."""
    for line in scenario.lines:
        told(line.at)
        yield _recorded(line, replace(book, at=line.at), ledger)


def _recorded(line: Line, book: Book, ledger: Ledger) -> Outcome:
    before = len(ledger.positions)
    made = refusal = None
    try:
        made = line.entry.record(book)
    except Refused as refused:
        if refused.code != line.entry.refused:
            raise WrongLine(line.number, refused) from None
        refusal = refused
    if line.entry.refused and refusal is None:
        raise WrongLine(line.number, RefusalMissing(expected=line.entry.refused))
    return Outcome(line, tuple(ledger.positions[before:]), made, refusal)


class PlayedClock:
    """A clock that stands at the time it was last told; for a made-up year alone, because it dates the log's entries."""

    def __init__(self) -> None:
        self._now: datetime | None = None

    def tell(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        assert self._now is not None
        return self._now
