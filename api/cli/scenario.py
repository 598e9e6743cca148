"""`dauys scenario`: a unit's year from its clerk's YAML file into the log, whole or not at all; docs/scenario.md has the format.

Exit codes: 0 recorded, or found in order; 1 a line is refused by a rule; 2 the file is no scenario.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.console import out
from api.cli.options import AsJson
from api.cli.output import emit, say
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.problems import LANGUAGES, texts
from api.self_government.recording import record
from api.web.words import N_
from api.wording import Phrases, saying
from application.self_government.scenario.mistakes import WrongLine
from application.self_government.scenario.playing import Outcome
from application.self_government.scenario.reading import read_scenario
from application.self_government.scenario.written import MOST_BYTES
from domain.errors import Refused
from domain.times import KAZAKHSTAN

_REFUSED, _WRONG_INPUT = 1, 2

_WORDS: Final[Phrases] = {
    "date": N_("date"),
    "what": N_("what happened"),
    "outcome": N_("outcome"),
    "log": N_("log"),
    "recorded": N_("recorded"),
    "refused": N_("refused"),
    "whole": N_("Everything is recorded."),
    "checked": N_("Every entry is in order; nothing was recorded."),
}


def register(app: typer.Typer) -> None:
    app.command()(scenario)


def scenario(
    file: Annotated[Path, typer.Argument(help="The scenario.", metavar="FILE.yaml")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Try every entry and record nothing.")] = False,
    lang: Lang = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Record what a unit's organs of self-government did, from one file; all of it or nothing."""
    try:
        with file.open("rb") as opened:
            told = read_scenario(opened.read(MOST_BYTES + 1))
    except WrongLine as wrong:
        raise _told(file, wrong, _WRONG_INPUT, as_json=as_json) from None
    try:
        with open_engine() as engine:
            outcomes = record(engine, told, file.parent, check_only=check)
    except WrongLine as wrong:
        raise _told(file, wrong, _REFUSED, as_json=as_json) from None
    if as_json:
        emit({"unit": told.unit, "recorded": not check, "entries": facts(outcomes)}, as_json=True)
    else:
        out.print(outcomes_table(told.title, outcomes, lang))
        out.print(saying(lang, _WORDS)("checked" if check else "whole"))


def _told(file: Path, wrong: WrongLine, code: int, *, as_json: bool) -> typer.Exit:
    show_wrong_line(file.name, wrong, as_json=as_json)
    say("Nothing was recorded.")
    return typer.Exit(code)


def show_wrong_line(name: str, wrong: WrongLine, *, as_json: bool) -> None:
    """Which line it is and, in every language, what is wrong with it."""
    words = {language: texts(wrong.refusal.code, language) for language in LANGUAGES}
    if as_json:
        fault = {"line": wrong.line, "refused": wrong.refusal.code, "facts": _plain(wrong.refusal)}
        emit({**fault, "words": words}, as_json=True)
        return
    say(f"{name}:{wrong.line}: {wrong.refusal}")
    for language, (title, detail) in words.items():
        say(f"  {language}  {title}. {detail}")


def facts(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """An entry's outcome as plain members; `positions` are those of its events, none when it was refused."""
    return [
        {
            "line": outcome.line.number,
            "at": outcome.line.at,
            "entry": outcome.line.entry.word,
            "note": outcome.line.entry.note,
            "positions": outcome.positions,
            "id": outcome.made,
            "refused": outcome.refusal and outcome.refusal.code,
            "facts": _plain(outcome.refusal) if outcome.refusal else {},
        }
        for outcome in outcomes
    ]


def outcomes_table(title: str, outcomes: Sequence[Outcome], lang: str) -> Table:
    """What happened and what was refused and why; entries without a note are counted with the one before."""
    say_in = saying(lang, _WORDS)
    table = Table(title=escape(title), title_style="bold")
    table.add_column(say_in("date"), no_wrap=True)
    table.add_column(say_in("what"))
    table.add_column(say_in("outcome"))
    table.add_column(say_in("log"), justify="right", no_wrap=True)
    for row in _rows(outcomes):
        table.add_row(
            f"{row.at.astimezone(KAZAKHSTAN):%Y-%m-%d}",
            escape(row.what),
            f"[red]{say_in('refused')}[/]: {escape(_why(row.refusal, lang))}"
            if row.refusal
            else f"[green]{say_in('recorded')}[/]",
            _span(row.positions),
        )
    return table


@dataclass(slots=True)
class _Row:
    at: datetime
    what: str
    refusal: Refused | None
    positions: list[int]
    noted: bool

    def takes(self, outcome: Outcome) -> bool:
        return self.noted and not (self.refusal or outcome.refusal or outcome.line.entry.note)


def _rows(outcomes: Iterable[Outcome]) -> list[_Row]:
    rows: list[_Row] = []
    for outcome in outcomes:
        entry = outcome.line.entry
        if rows and rows[-1].takes(outcome):
            rows[-1].positions += outcome.positions
        else:
            what = entry.note or entry.word
            rows.append(
                _Row(outcome.line.at, what, outcome.refusal, list(outcome.positions), bool(entry.note))
            )
    return rows


def _why(refusal: Refused, lang: str) -> str:
    told = ", ".join(f"{name} {value}" for name, value in _plain(refusal).items())
    title = texts(refusal.code, lang)[0]
    return f"{title} ({told})" if told else title


def _plain(refusal: Refused) -> dict[str, Any]:
    return {
        name: f"{value.astimezone(KAZAKHSTAN):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        for name, value in refusal.facts.items()
    }


def _span(positions: Sequence[int]) -> str:
    if not positions:
        return ""
    first, last = positions[0], positions[-1]
    return str(first) if first == last else f"{first}–{last}"
