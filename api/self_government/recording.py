"""A clerk's scenario recorded on an engine: all of it in one transaction, or nothing; a check records nothing in any case.

Events are dated now, because that is when they are entered; what is told in them keeps its own dates.
"""

import secrets
from pathlib import Path

from api.composition import Engine
from application.self_government.scenario.book import Book, Desk
from application.self_government.scenario.ledger import Ledger
from application.self_government.scenario.playing import Outcome, play
from application.self_government.scenario.reading import Scenario


def record(engine: Engine, scenario: Scenario, folder: Path, *, check_only: bool) -> tuple[Outcome, ...]:
    """What comes of each entry; WrongLine at the first that is not as it says, and then nothing is recorded.

    `folder`: where the scenario's files lie. Their documents are kept even so: unnamed by any event they harm nothing.
    """
    ledger = Ledger(engine.store.log_recorder)
    book = Book(
        desk=Desk.of(ledger, engine.documents, engine.clock, secrets.token_bytes),
        unit=scenario.unit,
        by=scenario.by,
        folder=folder,
        at=engine.clock(),
    )
    with ledger.as_one(keep=not check_only):
        return tuple(play(scenario, book, ledger, told=lambda _: None))
