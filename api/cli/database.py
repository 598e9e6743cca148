"""`dauys migrate` and `status`: the database's schema, and what stands in it."""

from pathlib import Path

import typer

from api.cli.options import AsJson
from api.cli.output import emit
from api.composition import migrate_database, open_engine
from application.settings import Settings
from application.storage.durability import check_durability


def register(app: typer.Typer) -> None:
    for command in (migrate, status):
        app.command()(command)


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database's schema up to date; safe to repeat."""
    emit({"migrations_run": migrate_database(Settings())}, as_json=as_json)


def status(*, as_json: AsJson = False) -> None:
    """Where the data is, how far the log has grown, and whether the database would lose anything."""
    with open_engine() as engine:
        with engine.datastore.get_connection() as connection:
            faults = [fault.setting for fault in check_durability(connection)]
        size = engine.log.size()
        emit(
            {
                "home": str(Path(engine.settings.home).resolve()),
                "database": "server" if engine.settings.database_url else "embedded",
                "log_origin": engine.settings.log_origin,
                "log_size": size,
                "log_key": str(engine.signer.verifier),
                "durable": not faults,
                "durability_faults": faults,
                "checkpoint": engine.log.checkpoint().note if size else None,
            },
            as_json=as_json,
        )
