"""`dauys serve`: kiosks, auditors and dashboards are answered until it is stopped."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import emit, say
from api.composition import open_engine
from api.serving import serve as serve_until_stopped
from application.accounts.setting_up import SysadminExists
from application.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer HTTP.", min=1, max=64)] = 2,
    *,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Projections run elsewhere.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve kiosks, auditors and dashboards until stopped."""

    def ready(address: str, settings: Settings) -> None:
        code = _first_setup_code(settings)
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


def _first_setup_code(settings: Settings) -> str | None:
    """Of a database without a sysadmin."""
    with open_engine(settings) as engine:
        try:
            return engine.account_setup.bootstrap_code()
        except SysadminExists:
            return None
