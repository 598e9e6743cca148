"""`dauys rebuild`: fills a projection anew from the log while the old one serves."""

from typing import Annotated

import typer

import projections
from api.cli.options import AsJson
from api.cli.output import emit, progress
from api.composition import open_engine
from projections.rebuilding import rebuild

_ALL = "all"
_NAMES = [*(projection.name for projection in projections.ALL), _ALL]


def register(app: typer.Typer) -> None:
    app.command("rebuild")(rebuild_projections)


def rebuild_projections(
    name: Annotated[str, typer.Argument(metavar="|".join(_NAMES), help="The projection, or all of them.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Rebuild a projection, or all, from the log; the old one serves until the new one takes its place."""
    chosen = [each for each in projections.ALL if name in (each.name, _ALL)]
    if not chosen:
        raise typer.BadParameter(f"not one of {', '.join(_NAMES)}")
    with open_engine() as engine:
        for projection in chosen:
            with (
                progress(projection.name, engine.log.size()) as advance,
                engine.datastore.get_connection() as connection,
            ):
                rebuild(connection, projection, engine.settings.projection_events, advance)
        emit({"rebuilt": [each.name for each in chosen], "position": engine.log.size()}, as_json=as_json)
