"""`dauys demo --self-government`: the year of a made-up rural district, in a table of what happened and what was refused and why.

On a home that has it already the year is not played again: what to look at is told.
"""

import typer

from api.cli.console import out
from api.cli.homes import home
from api.cli.output import emit, say
from api.cli.scenario import facts, outcomes_table, show_wrong_line
from api.cli.telling import Narrator
from api.composition import open_engine
from api.election.from_log import DownloadFailed
from api.election.hall import HallFailed
from api.election.run import AnotherRoundOpen
from api.problems import texts
from api.self_government.contest import ContestDiffers
from api.self_government.year import Year, YearPlayed, built_in, play_year, to_try_next
from application.self_government.scenario.mistakes import WrongLine

_EXIT_DIFFERS = 1


def show_year(*, temporary: bool, lang: str, as_json: bool) -> None:
    """Play it, show it."""
    scenario, narrator = built_in(), Narrator()
    try:
        with home(temporary=temporary) as settings, open_engine(settings) as engine:
            year = play_year(engine, scenario, narrator)
    except YearPlayed as there:
        _show_again(there, to_try_next(scenario), lang, as_json=as_json)
        return
    except WrongLine as wrong:
        show_wrong_line("year.yaml", wrong, as_json=as_json)
        raise typer.Exit(_EXIT_DIFFERS) from None
    except (AnotherRoundOpen, HallFailed, DownloadFailed, ContestDiffers) as why:
        say(str(why))
        raise typer.Exit(_EXIT_DIFFERS) from None
    if as_json:
        _emit(year)
    else:
        _show(year, lang)


def _emit(year: Year) -> None:
    told = {"unit": year.scenario.unit, "played": True, "entries": facts(year.outcomes)}
    emit({**told, "checkpoint": year.checkpoint, "next": to_try_next(year.scenario)}, as_json=True)


def _show(year: Year, lang: str) -> None:
    out.print(outcomes_table(year.scenario.title, year.outcomes, lang))
    refused = sum(outcome.refusal is not None for outcome in year.outcomes)
    events = sum(len(outcome.positions) for outcome in year.outcomes)
    out.print(
        f"{len(year.outcomes)} entries: {len(year.outcomes) - refused} recorded as {events} events,"
        f" {refused} refused, as they had to be."
    )
    out.print("\ncheckpoint over all of it:", style="bold")
    out.print(year.checkpoint, markup=False, soft_wrap=True)
    _suggest(to_try_next(year.scenario))


def _show_again(there: YearPlayed, commands: list[str], lang: str, *, as_json: bool) -> None:
    if as_json:
        emit({**there.facts, "played": False, "next": commands}, as_json=True)
        return
    title, detail = texts(there.code, lang)
    out.print(f"{title} (from position {there.facts['position']} on). {detail}", markup=False, soft_wrap=True)
    _suggest(commands)


def _suggest(commands: list[str]) -> None:
    out.print("Look at it:", style="bold")
    for command in commands:
        out.print(f"  {command}", markup=False, soft_wrap=True)
