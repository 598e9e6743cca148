"""`dauys audit export`: the bundle that a revision commission takes home."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.bundle import take_stock, write_bundle
from api.cli.options import AsJson
from api.cli.output import emit, progress, say
from api.composition import open_engine
from application.bundle.layout import EVERY_ROUND
from application.new_files import PUBLIC, NewFiles


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    scope: Annotated[str, typer.Argument(metavar="ROUND|ALL", help="A round's id, or ALL of them.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="A file that does not exist yet.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the auditors' bundle: one ZIP to check with audit/verify.py, without us (docs/bundle.md)."""
    only = None if scope == EVERY_ROUND else _round_id(scope)
    files = NewFiles(out.parent)
    try:
        with open_engine() as engine, files.write(out.name, PUBLIC) as file:
            bundle = take_stock(engine, only)
            checkpoint = bundle.standing.checkpoint
            with progress("entries", checkpoint.size) as advance:
                written = write_bundle(engine, bundle, file.buffer, advance)
        files.publish()
    except OSError as fault:  # one that a full disk raises names no file
        raise OSError(fault.errno, fault.strerror, fault.filename or str(out)) from fault
    finally:
        files.discard()
    told = {"file": str(out), "size": checkpoint.size, "root": checkpoint.root.hex()}
    emit(told | written.counts | {"quorum_met": written.quorum_met}, as_json=as_json)
    if not written.quorum_met:
        say(
            "too few witnesses have cosigned this checkpoint so far, and the verifier will say so: export again in a moment"
        )


def _round_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"neither {EVERY_ROUND} nor a round's id") from None
