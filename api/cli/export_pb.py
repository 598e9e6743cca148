"""`dauys export-pb`: a closed round as a Pabulib file, which appears complete or not at all and never replaces another."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import AsJson
from api.cli.output import emit
from api.composition import open_engine
from api.downloads import write_round_pb
from api.rounds import registered
from api.worker import catch_up
from application.new_files import PUBLIC, NewFiles
from projections.results import results_of


def register(app: typer.Typer) -> None:
    app.command("export-pb")(export_pb)


def export_pb(
    round_id: Annotated[UUID, typer.Argument(metavar="ROUND", help="The round's id.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.pb", help="A file that does not exist yet.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Export a closed round's projects, votes and results in the format of pabulib.org."""
    files = NewFiles(out.parent)
    try:
        with open_engine() as engine:
            catch_up(engine.datastore, engine.settings)
            with engine.datastore.get_connection() as connection:
                results = results_of(connection, registered(connection, round_id))
                with files.write(out.name, PUBLIC) as file:
                    write_round_pb(connection, results, file)
        files.publish()
    finally:
        files.discard()
    emit({"file": str(out), "status": results.status.value, "as_of": results.as_of}, as_json=as_json)
