"""`dauys audit watch` and `check-fork`: anybody's eye on a log, and what it proves when the log has lied."""

import secrets
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.cli.options import AsJson
from api.cli.output import emit, say
from application.log.fork import MAX_FORK_BYTES, ForkInvalid, check_fork
from application.log.note import NoteInvalid, Verifier
from application.watching import Look, NotWatched, Seen, Watcher

FORKED, NOT_WATCHED, NOT_PROVEN = 4, 3, 1
"""Exit codes."""

Key = Annotated[str, typer.Option(help="The log's verifier key, got on paper or in person.")]


def register(app: typer.Typer) -> None:
    app.command()(watch)
    app.command("check-fork")(check_fork_file)


def watch(
    url: Annotated[str, typer.Argument(help="The log's address, like https://votes.example.kz/log")],
    folder: Annotated[Path, typer.Option(help="Keeps the last checkpoint believed, and proofs.")] = Path(
        "watch"
    ),
    key: Key = "",
    min_seconds: Annotated[int, typer.Option(help="Shortest time between two looks.", min=1)] = 60,
    max_seconds: Annotated[int, typer.Option(help="Longest.", min=1)] = 900,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look once; 3 if that failed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at a log at unpredictable times; exit with 4, and a proof on disk, when it has signed two histories."""
    if max_seconds < min_seconds:
        raise typer.BadParameter("--max-seconds is less than --min-seconds")
    if not url.startswith(("https://", "http://")):
        raise typer.BadParameter("an address begins with https:// or http://")
    watcher = Watcher(url, folder, _verifier(key) if key else None)
    while True:
        try:
            look = watcher.look()
        except NotWatched as why:
            say(f"not seen this time: {why}")
            if once:
                raise typer.Exit(NOT_WATCHED) from None
        else:
            _tell(look, as_json=as_json)
            if look.seen is Seen.FORKED:
                raise typer.Exit(FORKED)
            if once:
                return
        # A log that knows when it is looked at could show its other face in between.
        time.sleep(min_seconds + secrets.randbelow(1_000 * (max_seconds - min_seconds) + 1) / 1_000)


def _tell(look: Look, *, as_json: bool) -> None:
    told = {"seen": look.seen.value, "size": look.size, "believed_size": look.believed_size}
    emit(told | ({"proof": str(look.proof)} if look.proof else {}), as_json=as_json)
    if look.proof:
        say(f"The log has not kept its word. Keep {look.proof}, and what is believed, as they are.")


def check_fork_file(
    file: Annotated[Path, typer.Argument(help="A proof that a watcher or a witness wrote.")],
    key: Key = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Check a proof of a fork, trusting nobody: 0 if it holds, 1 if not."""
    with file.open("rb") as opened:
        data = opened.read(MAX_FORK_BYTES + 1)
    try:
        log, earlier, later = check_fork(data)
    except ForkInvalid as invalid:
        _not_proven(str(invalid), as_json=as_json)
    if key and log != _verifier(key):
        _not_proven("it is about another log's key", as_json=as_json)
    emit(
        {
            "proven": True,
            "log_key": str(log),
            "sizes": [earlier.size, later.size],
            "roots": [earlier.root.hex(), later.root.hex()],
        },
        as_json=as_json,
    )


def _not_proven(why: str, *, as_json: bool) -> NoReturn:
    emit({"proven": False, "why": why}, as_json=as_json)
    raise typer.Exit(NOT_PROVEN)


def _verifier(key: str) -> Verifier:
    try:
        return Verifier.parse(key)
    except NoteInvalid as invalid:
        raise typer.BadParameter(str(invalid)) from None
