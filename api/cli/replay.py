"""`dauys replay`: a published election held again, whole, through HTTP; then recomputed from the log alone.

Exit codes: 0 identical; 1 something differs, or the replay could not be finished; 2 the file cannot be read or replayed.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.console import out
from api.cli.homes import home
from api.cli.options import Temporary
from api.cli.output import emit, say
from api.cli.telling import Narrator, show_check
from api.composition import open_engine
from api.election.from_log import DownloadFailed
from api.election.hall import HallFailed, serving
from api.election.published import Published, plan_of, told
from api.election.run import KIOSKS, MOST_KIOSKS, PER_DELIVERY, AnotherRoundOpen, Held, hold
from application.kiosk.client import MOST_BALLOTS
from application.pabulib.analysis import Analysis
from application.pabulib.conversion import Unsupported
from application.pabulib.reader import read_election

_EXIT_DIFFERS, _EXIT_UNSUPPORTED = 1, 2


def register(app: typer.Typer) -> None:
    app.command()(replay)


def replay(
    file: Annotated[Path, typer.Argument(help="A Pabulib .pb file.", metavar="FILE.pb")],
    kiosks: Annotated[int, typer.Option(min=1, max=MOST_KIOSKS, help="Kiosk processes.")] = KIOSKS,
    delivery: Annotated[
        int, typer.Option(min=1, max=MOST_BALLOTS, help="Ballots in one delivery.")
    ] = PER_DELIVERY,
    *,
    temporary: Temporary = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Hold a published election again: roll, slips, kiosks, ballots over HTTP, conclusion, publication, recount."""
    try:
        published = plan_of(read_election(file))
    except Unsupported as why:
        say(f"{file}: cannot be replayed: {why}")
        raise typer.Exit(_EXIT_UNSUPPORTED) from None
    try:
        with home(temporary=temporary) as settings, open_engine(settings) as engine, serving(settings) as url:
            held = hold(engine, url, published.plan, Narrator(), kiosks=kiosks, per_delivery=delivery)
    except (AnotherRoundOpen, HallFailed, DownloadFailed) as why:
        say(str(why))
        raise typer.Exit(_EXIT_DIFFERS) from None
    analysis = told(published, held.conclusion, file.name)
    if as_json:
        emit({**asdict(analysis), **_facts(published, held)}, as_json=True)
    else:
        _show(analysis, published, held)
    if held.differences:
        raise typer.Exit(_EXIT_DIFFERS)


def _facts(published: Published, held: Held) -> dict[str, object]:
    """What a replay knows beyond the keys of `dauys allocate`."""
    return {
        "round_id": held.round_id,
        "cast": held.cast,
        "skipped": published.skipped,
        "ballots_per_second": held.ballots_per_second,
        "receipts_checked": held.recomputed.receipts,
        "checkpoint": held.recomputed.checkpoint,
        "identical_from_log": not held.differences,
        "differences": held.differences,
    }


def _show(analysis: Analysis, published: Published, held: Held) -> None:
    names = {entry.id: entry.name for entry in published.election.projects}
    table = Table("funded", "project", title=escape(published.plan.title), title_justify="left")
    for heading in ("voters", "score"):
        table.add_column(heading, justify="right")
    for id_ in analysis.funded:
        table.add_row(escape(id_), escape(names[id_]), str(analysis.votes[id_]), str(analysis.score[id_]))
    out.print(table)
    out.print(f"barred, under ten voters: {', '.join(analysis.barred) or 'none'}", markup=False)
    for tie in analysis.ties:
        how = tie.resolved_by.replace("_", " ")
        out.print(f"tie at {tie.score}, resolved by {how}: {', '.join(tie.projects)}", markup=False)
    if published.skipped:
        out.print(f"voters without a ballot, skipped: {published.skipped}")
    out.print(f"ballots: {held.cast:,} at {held.ballots_per_second:,}/s")
    show_check(held)
