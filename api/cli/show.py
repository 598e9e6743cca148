"""`dauys audit show`: anything as it stood under a checkpoint that the log signed, replayed from the entries below it."""

import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from api.as_of import KINDS, ResultsView, Shown, ThingsView, ThingView, TurnoutThen, show
from api.as_of_words import Label, labelling
from api.cli.console import out
from api.cli.options import AsJson
from api.cli.output import emit, progress
from api.composition import open_engine
from api.reasons import reason_of
from api.wording import Say, local_time, number, saying, tenge
from application.log.note import MAX_NOTE_BYTES
from application.recount import Recount
from domain.paper import BallotType

DIFFERS: Final = 1
"""Exit code when a conclusion is not what the log gives."""
_NOTHING: Final = "–"
_STATE_FIELDS: Final = ("phase", "state")


class Language(StrEnum):
    KK = "kk"
    RU = "ru"
    EN = "en"


Lang = Annotated[Language, typer.Option("--lang", help="Of tables and pages.")]


def register(app: typer.Typer) -> None:
    app.command("show")(show_at)


def show_at(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT[/ID]]",
            help=f"One of {', '.join(KINDS)}, and which; without an id a list, without anything a list of all.",
        ),
    ] = "",
    *,
    at: Annotated[
        str,
        typer.Option(metavar="CHECKPOINT", help="A size of the log, a checkpoint's file, or - for its note."),
    ],
    lang: Lang = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Show a round, a proposal or any other thing as it stood under a signed checkpoint."""
    wanted = int(at) if at.isascii() and at.isdigit() else _note(at)
    with open_engine() as engine:
        shown = show(engine, wanted, what, progress)
    view = shown.view
    if as_json:
        emit(view, as_json=True)
    elif isinstance(view, ThingsView):
        _print_list(view, labelling(lang))
    else:
        _print_thing(view, shown, lang)
    if isinstance(view, ThingView) and view.results and not view.results.identical:
        raise typer.Exit(DIFFERS)


def _note(path: str) -> str:
    if path == "-":
        return sys.stdin.read(MAX_NOTE_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_NOTE_BYTES + 1).decode(errors="replace")


def _print_list(view: ThingsView, label: Label) -> None:
    """A line each, however narrow the terminal: what stands first is what the command takes for more."""
    out.print(_as_of(view, label), soft_wrap=True)
    for each in view.things:
        told = (label(f"={each.state}") if each.state else "", each.name)
        line = f"{each.kind}/{each.id}  {number(each.position)}  {' · '.join(filter(None, told))}"
        out.print(line, markup=False, soft_wrap=True)


def _print_thing(view: ThingView, shown: Shown, lang: Language) -> None:
    label, say = labelling(lang), saying(lang)
    table = Table(title=f"{label(view.kind)} {view.id}\n{_as_of(view, label)}", title_justify="left")
    table.add_column(label("field"))
    table.add_column(label("value"), overflow="fold")
    table.add_row(label("position"), number(view.position))
    table.add_row(label("at"), local_time(view.at))
    for name, value in view.state.items():
        for path, text in _flat(name, value, label):
            table.add_row(path, text)
    out.print(table)
    if view.turnout is not None:
        _print_turnout(view.turnout, label, say)
        if view.results is None:
            out.print(label("no_results"))
    if view.results is not None and shown.counted is not None:
        _print_results(view.results, shown.counted, label, say)


def _print_turnout(turnout: list[TurnoutThen], label: Label, say: Say) -> None:
    table = Table(title=say("turnout"), title_justify="left")
    table.add_column(label("unit"))
    for column in ("people", "credentials", "cast"):
        table.add_column(label(column), justify="right")
    for unit in turnout:
        table.add_row(unit.unit, number(unit.people), number(unit.credentials), number(unit.cast))
    out.print(table)


def _print_results(results: ResultsView, counted: Recount, label: Label, say: Say) -> None:
    names = {unit.kato: unit.name for unit in counted.paper.units}
    has_points = counted.paper.form.type in (BallotType.CUMULATIVE, BallotType.RANKED)
    out.print(f"\n{say(f'status_{results.status}')}", style="bold")
    for unit, lines in groupby(results.lines, key=lambda line: line.unit):
        table = Table(title=names[unit], title_justify="left")
        table.add_column(say("rank"), justify="right")
        table.add_column(say("project"), overflow="fold")
        for column in ("cost", *(("points", "voters") if has_points else ("votes",))):
            table.add_column(say(column), justify="right", no_wrap=True)
        table.add_column(say("decision"), overflow="fold")
        for line in lines:
            key, facts = reason_of(line, counted.paper.rules, results.ties)
            got = (line.score, line.voters) if has_points else (line.voters,)
            table.add_row(
                *(number(line.rank), f"№ {line.project} {line.title}", tenge(line.cost_tiyn)),
                *(*map(number, got), say(key, **facts)),
            )
        out.print(table)
    out.print(label("counted_to", size=number(results.recounted_to)))
    if results.conclusion is not None:
        out.print(label("identical" if results.identical else "differs"))


def _as_of(view: ThingsView | ThingView, label: Label) -> str:
    return f"{label('as_of')} {view.as_of.origin}: {number(view.as_of.size)}, {view.as_of.root}"


def _flat(name: str, value: Any, label: Label, path: str = "") -> Iterator[tuple[str, str]]:
    """One row for every plain value, its label with those of what it is part of. Keys that are data stay as they are."""
    here = f"{path} · {label(name)}" if path else label(name)
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(key, inner, label, here)
    elif isinstance(value, tuple | list) and any(isinstance(each, dict) for each in value):
        for each in value:
            yield (
                here,
                ", ".join(f"{part}: {text}" for key in each for part, text in _flat(key, each[key], label)),
            )
    else:
        yield here, _plain(name, value, label)


def _plain(name: str, value: Any, label: Label) -> str:
    if value is None or value in ("", (), [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return label("yes" if value else "no")
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, int):
        return tenge(value) if name.endswith("_tiyn") else number(value)
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value)
    return label(f"={value}") if name in _STATE_FIELDS else str(value)
