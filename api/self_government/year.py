"""The built-in year of a made-up rural district, played on an engine: the scenario beside this module, with a real contest in it.

It is recorded under a clock that stands at each entry's own time, so the register tells it as it was lived; the contest alone
happens now. A log holds it once: its unit can be registered only once.
"""

import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from api.composition import Engine
from api.election.hall import serving
from api.election.plan import Teller
from api.self_government.contest import HeldContests
from api.worker import catch_up
from application.self_government.scenario.book import Book, Desk, round_id
from application.self_government.scenario.contests import ContestHeld
from application.self_government.scenario.dismissals import Raised
from application.self_government.scenario.ledger import Ledger
from application.self_government.scenario.playing import Outcome, PlayedClock, play
from application.self_government.scenario.reading import Scenario, read_scenario
from application.self_government.scenario.reports import MeetingHeld
from domain.errors import Refused
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.report_meeting import ReportMeeting
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


def play_year(engine: Engine, scenario: Scenario, teller: Teller) -> Year:
    """Play it on `engine`, serving its home meanwhile, then let the registers for readers catch up; YearPlayed if it is there."""
    position = engine.log.position_of(TerritorialUnit.create_id(scenario.unit))
    if position is not None:
        raise YearPlayed(unit=scenario.unit, position=position)
    ledger, clock = Ledger(engine.store.log_recorder), PlayedClock()
    with (
        serving(engine.settings) as url,
        teller.step("A year of self-government is recorded", len(scenario.lines)) as advance,
    ):
        book = Book(
            desk=Desk.of(ledger, engine.documents, clock, secrets.token_bytes),
            unit=scenario.unit,
            by=scenario.by,
            folder=Path(),
            at=scenario.lines[0].at,
            held_contests=HeldContests(engine, url, teller, ledger),
        )
        outcomes = []
        for outcome in play(scenario, book, ledger, told=clock.tell):
            outcomes.append(outcome)
            advance(1)
    with teller.step("Registers for readers catch up with the log"):
        catch_up(engine.datastore, engine.settings)
    return Year(scenario, tuple(outcomes), engine.log.checkpoint().note)


def to_try_next(scenario: Scenario) -> list[str]:
    """Commands that show what the year has left in the log."""
    unit = scenario.unit
    numbers: dict[str, int] = {}
    commands = ["dauys decision list --in-force --at 2026-06-30 --json"]
    for line in scenario.lines:
        match line.entry:
            case Raised(akim=akim, refused=""):
                numbers[akim] = numbers.get(akim, 0) + 1
                commands.append(
                    f"dauys dismissal show {DismissalInitiative.create_id(unit, akim, numbers[akim])}"
                )
            case MeetingHeld(year=year, refused=""):
                commands.append(f"dauys report-meeting show {ReportMeeting.create_id(unit, year)}")
            case ContestHeld(contest=contest, refused=""):
                commands.append(f"dauys round verify {round_id(unit, contest)}")
    return commands
