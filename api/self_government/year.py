"""The built-in year of a made-up rural district, played on an engine: the scenario beside this module, with a real contest in it.

It is recorded under a clock that stands at each entry's own time, so the register tells it as it was lived; the contest alone
happens now. A log holds it once: its unit can be registered only once.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from api.composition import Engine
from api.election.plan import Teller
from api.self_government.contest import HeldContests
from api.worker import catch_up
from application.self_government.scenario.book import Book, Desk
from application.self_government.scenario.ledger import Ledger
from application.self_government.scenario.playing import Outcome, PlayedClock, play
from application.self_government.scenario.reading import Scenario, read_scenario
from domain.errors import Refused
from domain.self_government.unit import TerritorialUnit


class YearPlayed(Refused):
    """The log holds the year of this `unit` from an earlier play, or what an interrupted one left; from `position` on."""

    code: ClassVar[str] = "year_played"


@dataclass(frozen=True, slots=True)
class Year:
    """A year that was played; `checkpoint` is the signed note over all of it."""

    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    checkpoint: str


def built_in() -> Scenario:
    """The year as it stands in the repository."""
    return read_scenario(files("api.self_government").joinpath("year.yaml").read_bytes())


def play_year(engine: Engine, url: str, scenario: Scenario, teller: Teller) -> Year:
    """Play it on `engine`, whose server is at `url`, and bring the registers for readers up to date; YearPlayed if it is there."""
    position = engine.log.position_of(TerritorialUnit.create_id(scenario.unit))
    if position is not None:
        raise YearPlayed(unit=scenario.unit, position=position)
    ledger, clock = Ledger(engine.store.log_recorder), PlayedClock()
    book = Book(
        desk=Desk.of(ledger, engine.documents, clock, secrets.token_bytes),
        unit=scenario.unit,
        by=scenario.by,
        folder=Path(),
        at=datetime.now(UTC),
        held_contests=HeldContests(engine, url, teller),
    )
    with teller.step("A year of self-government is recorded", len(scenario.lines)) as advance:
        outcomes = []
        for outcome in play(scenario, book, ledger, told=clock.tell):
            outcomes.append(outcome)
            advance(1)
    with teller.step("Registers for readers catch up with the log"):
        catch_up(engine.datastore, engine.settings)
    return Year(scenario, tuple(outcomes), engine.log.checkpoint().note)
