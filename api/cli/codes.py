"""`dauys codes …`: make voting slips, best on an offline machine; register the public list of their credentials."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.lists import import_list
from api.cli.options import AsJson, By, OfRound
from api.cli.output import emit, progress
from api.composition import open_engine
from application.slips import SlipOrder, make_slips

app = typer.Typer(no_args_is_help=True)


@app.command()
def generate(
    round_id: OfRound,
    unit: Annotated[str, typer.Option(help="The unit's KATO code.")],
    count: Annotated[int, typer.Option(help="People on the unit's roll.")],
    out: Annotated[Path, typer.Option(help="Folder to write to; nothing in it is overwritten.")],
    spares: Annotated[int, typer.Option(help="Slips beyond that, at most a tenth or 20.")] = 0,
    title: Annotated[str, typer.Option(help="The round's title, printed on the slips.")] = "Дауыс",
    unit_name: Annotated[str, typer.Option(help="The unit's name, printed on the slips.")] = "",
    *,
    html: Annotated[bool, typer.Option("--html", help="Pages to print, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw the voting codes of one unit: secret slips, and the public list to register. No database is opened."""
    order = SlipOrder(round_id, unit, people=count, spares=spares, title=title, unit_name=unit_name or unit)
    with progress("slips", order.slips) as advance:
        files = make_slips(order, out, html=html, progress=advance)
    emit({"slips": order.slips, "files": [str(file) for file in files]}, as_json=as_json)


@app.command()
def register(
    files: Annotated[list[Path], typer.Argument(help="Lists of all units, with the header unit,credential.")],
    round_id: OfRound,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Freeze the public list of all units' credentials; with a bad line in it nothing is registered."""
    with open_engine() as engine:
        import_list(
            files,
            engine.settings,
            lambda lines, advance: engine.registrar.register_credentials(
                round_id, lines, by=by, progress=advance
            ),
            as_json=as_json,
        )
