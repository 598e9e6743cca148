"""`dauys allocate`: published elections counted and allocated by their own rule, a line per file, no database.

A file that cannot be read costs its own line only: it is reported on standard error, the others go on, and the exit code is 2.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from application.pabulib.analysis import Analysis, analyse
from application.pabulib.records import PabulibError

_MANY_FILES = 20
_EXIT_UNREADABLE = 2


def register(app: typer.Typer) -> None:
    app.command()(allocate)


def allocate(
    files: Annotated[list[Path], typer.Argument(help="Pabulib .pb files", metavar="FILE.pb…")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line and file")] = False,
) -> None:
    """Parse, tally and allocate Pabulib files; compare with the official winners."""
    console = Console()
    unreadable = 0
    for file in _with_progress(files):
        try:
            analysis = analyse(file)
        except (PabulibError, OSError) as error:
            unreadable += 1
            reason = (isinstance(error, OSError) and error.strerror) or error
            typer.echo(f"{file}: {reason}", err=True)
            continue
        if as_json:
            typer.echo(json.dumps(asdict(analysis)))
        else:
            heading = f"{analysis.file} · {analysis.vote_type} · {analysis.rule} · {analysis.voters} voters"
            console.print(escape(heading), style="bold", soft_wrap=True)
            console.print(_table(analysis), *map(escape, _notes(analysis)), "", sep="\n")
    if unreadable:
        raise typer.Exit(_EXIT_UNREADABLE)


def _with_progress(files: list[Path]) -> Iterator[Path]:
    """The files, with a bar on standard error when a person waits for many."""
    if len(files) < _MANY_FILES or not sys.stderr.isatty():
        yield from files
        return
    yield from track(files, description="Files", console=Console(stderr=True), transient=True)


def _table(analysis: Analysis) -> Table:
    table = Table("project")
    for heading in ("voters", "score"):
        table.add_column(heading, justify="right")
    for heading in ("funded", "ten-voter rule", "official"):
        table.add_column(heading)
    official = analysis.official or ()
    for project in sorted(analysis.votes, key=lambda id_: -analysis.score[id_]):
        table.add_row(
            escape(project),
            str(analysis.votes[project]),
            str(analysis.score[project]),
            "yes" if project in analysis.funded else "",
            "barred" if project in analysis.barred else "",
            "yes" if project in official else "",
        )
    return table


def _notes(analysis: Analysis) -> Iterator[str]:
    if analysis.unsupported is not None:
        yield f"Winners not computed: {analysis.unsupported}."
    if analysis.matches_official is not None:
        verb = "give" if analysis.matches_official else "do not give"
        yield f"Without the ten-voter rule the votes {verb} what the city funded."
    for tie in analysis.ties:
        yield f"Tie at {tie.score}, resolved by {tie.resolved_by.replace('_', ' ')}: {', '.join(tie.projects)}."
