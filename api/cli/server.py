"""`dauys serve`, `worker`, `migrate` and `status`."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import emit, say
from api.composition import migrate_database, open_database, open_engine
from api.serving import serve as serve_until_stopped
from api.worker import Worker
from application.accounts.setting_up import SysadminExists
from application.settings import Settings
from application.storage.durability import check_durability


def register(app: typer.Typer) -> None:
    for command in (serve, worker, migrate, status):
        app.command()(command)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer HTTP.", min=1, max=64)] = 2,
    *,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Projections run elsewhere.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve kiosks, auditors and dashboards until stopped."""

    def ready(address: str) -> None:
        code = _first_setup_code()
        if as_json:
            emit({"address": address} | ({"setup_code": code} if code else {}), as_json=True)
            return
        say(f"Dauys serves at {address} — Ctrl-C stops it")
        if code:
            say(
                f"Nobody can sign in yet. The first system administrator does at {address}/set-up with {code}"
            )

    serve_until_stopped(
        Settings(), host=host, port=port, workers=workers, with_worker=not no_worker, ready=ready
    )


def _first_setup_code() -> str | None:
    """Of a database without a sysadmin, which by now is where the environment says."""
    with open_engine() as engine:
        try:
            return engine.account_setup.bootstrap_code()
        except SysadminExists:
            return None


def worker() -> None:
    """Keep the projections up to date until stopped."""
    settings, stop = Settings(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_database(settings) as url:
        Worker(settings, url).run(stop)


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
