"""`dauys witness …`: a small witness that a commission runs on a machine of its own; no database needed."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.cli.options import AsJson
from api.cli.output import emit, say
from api.witness import create_witness_app
from application.clock import now
from application.log.note import NoteInvalid, Verifier
from application.witness.home import NoWitness, WitnessHome
from application.witness.witness import AlreadyTrusted

app = typer.Typer(no_args_is_help=True)

MOST_AT_ONCE = 100
"""Requests under way; more get 503."""
KEEP_ALIVE_SECONDS = 60
SHUTDOWN_SECONDS = 10

Folder = Annotated[Path, typer.Option(help="Where the witness keeps its key and what it has cosigned.")]
_HERE = Path("witness")


@app.command()
def init(
    name: Annotated[str, typer.Option(help="Its public name for good: an address without https://.")],
    folder: Folder = _HERE,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a witness, or show the one that is there: prints its verifier key for the log's policy."""
    try:
        signer = WitnessHome(folder).make(name)
    except (NoteInvalid, NoWitness) as wrong:
        raise typer.BadParameter(str(wrong)) from None
    emit({"witness_key": str(signer.verifier)}, as_json=as_json)


@app.command()
def trust(
    log_key: Annotated[
        str, typer.Argument(metavar="LOG_KEY", help="The log's verifier key, as under /log/key.")
    ],
    folder: Folder = _HERE,
) -> None:
    """Cosign this log from now on. Get its key on paper or in person, not only from its own address."""
    try:
        WitnessHome(folder).open(now).trust(Verifier.parse(log_key))
    except (NoteInvalid, NoWitness, AlreadyTrusted) as wrong:
        raise typer.BadParameter(str(wrong)) from None


@app.command()
def status(folder: Folder = _HERE, *, as_json: AsJson = False) -> None:
    """The witness's key, and how far it has cosigned each log."""
    home = WitnessHome(folder)
    try:
        key, logs = str(home.signer().verifier), home.open(now).trusted()
    except NoWitness as wrong:
        raise typer.BadParameter(str(wrong)) from None
    emit({"witness_key": key, "logs": logs}, as_json=as_json)


@app.command()
def serve(
    folder: Folder = _HERE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8100,
) -> None:
    """Cosign until stopped. Give the log's operator this address and the witness's key."""
    try:
        witness = WitnessHome(folder).open(now)
    except NoWitness as wrong:
        raise typer.BadParameter(str(wrong)) from None
    say(f"The witness listens at http://{host}:{port} — Ctrl-C stops it")
    uvicorn.run(
        create_witness_app(witness),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
