"""`dauys kiosk …`: the register at the office (invite, list, revoke); on a device enrol it, cast ballots, send what waits."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, BinaryIO
from uuid import UUID

import msgspec
import typer
import uvicorn

from api.cli.options import AsJson, By
from api.cli.output import emit, say
from api.composition import open_engine
from application.codes import credential_key
from application.delivery import SALT_BYTES
from application.kiosk.agent_spool import AgentSpool
from application.kiosk.answers import Answer, NotRecorded, Recorded
from application.kiosk.client import Kiosk
from application.kiosk.faults import KioskFault
from application.kiosk.identity import enrol as enrol_device
from application.kiosk.server import NotReached, is_local
from application.kiosk.signing import Ballot, sign_ballot

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Option(help="The device's folder: its key, its identity, its spool.")]

_STANDARD_INPUT = Path("-")
_LINE_BYTES = 64 * 1024
_PER_DELIVERY = 100
_EXIT_STOPPED, _EXIT_BAD_LINE, _EXIT_NOT_REACHED = 1, 2, 3


class _Choice(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    round: UUID
    choices: list[str] | dict[str, int]


@app.command()
def invite(
    label: Annotated[str, typer.Option(help="What the device is called.")],
    place: Annotated[str, typer.Option(help="Where it stands.")],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a kiosk into the register and print its one-time code. The code is shown this once and stored nowhere."""
    with open_engine() as engine:
        invitation = engine.kiosks.invite(label, place, by=by)
        emit({"kiosk_id": invitation.kiosk_id, "code": invitation.code}, as_json=as_json)


@app.command(name="list")
def list_(*, as_json: AsJson = False) -> None:
    """All kiosks, and how many ballots each delivered and had recorded."""
    with open_engine() as engine:
        emit(engine.kiosks.register(), as_json=as_json)


@app.command()
def revoke(
    kiosk_id: Annotated[UUID, typer.Argument(help="The kiosk's id.")],
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Take no more deliveries of a kiosk, for good. What it delivered before stands."""
    with open_engine() as engine:
        engine.kiosks.revoke(kiosk_id, reason, by=by)
        emit({"kiosk_id": kiosk_id, "state": "revoked"}, as_json=as_json)


@app.command()
def enrol(
    code: Annotated[str, typer.Argument(help="The one-time code.")],
    url: Annotated[str, typer.Option(help="The server's address, https:// unless it is this machine.")],
    folder: Folder,
    *,
    as_json: AsJson = False,
) -> None:
    """Make this device's key and trade the code for its identity."""
    with _device():
        identity = enrol_device(folder, url, code)
    emit({"kiosk_id": identity.kiosk_id, "log_key": identity.log_key}, as_json=as_json)


@app.command()
def send(
    file: Annotated[
        Path, typer.Argument(help="A JSON object a line: code, round, choices. '-' reads standard input.")
    ],
    folder: Folder,
    *,
    as_json: AsJson = False,
) -> None:
    """Sign and deliver ballots, an answer a line. What waited before goes first."""
    with _device(), Kiosk(folder) as kiosk:
        for _, answer in kiosk.resume():
            _tell(answer, as_json=as_json)
        ballots = _ballots(file)
        while batch := list(islice(ballots, _PER_DELIVERY)):
            _tell(kiosk.deliver(batch), as_json=as_json)


@app.command()
def resume(folder: Folder, *, as_json: AsJson = False) -> None:
    """Send what waits in the device's spool, as after a crash or a lost connection; an answer a line."""
    with _device(), Kiosk(folder) as kiosk:
        for _, answer in kiosk.resume():
            _tell(answer, as_json=as_json)


@app.command()
def agent(
    url: Annotated[str, typer.Argument(help="The server's address: https, or http on this machine.")],
    folder: Annotated[Path, typer.Option(help="Keeps what was voted until the server has it.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8765,
    *,
    as_json: AsJson = False,
) -> None:
    """Stand between this machine's kiosk page and the server, with a spool on disk that outlives the browser (docs/kiosks.md)."""
    from api.kiosk.agent import create_agent  # noqa: PLC0415 - only this command needs a web framework

    with _device(), ExitStack() as closing:
        is_local(url)  # refused at once, not at the first vote
        spool = closing.enter_context(AgentSpool(folder))
        listening = closing.enter_context(socket.create_server(("127.0.0.1", port)))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/kiosk/"
        if as_json:
            emit({"address": address}, as_json=True)
        else:
            say(f"Open the kiosk at {address} - Ctrl-C stops the agent; what waits is sent at the next start")
        config = uvicorn.Config(create_agent(url, spool), access_log=False, log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def _device() -> Iterator[None]:
    try:
        yield
    except NotReached as why:
        say(f"{why}\nThe ballots are safe on this device; send them with: dauys kiosk resume")
        raise typer.Exit(_EXIT_NOT_REACHED) from None
    except KioskFault as why:
        say(str(why))
        raise typer.Exit(_EXIT_STOPPED) from None


def _tell(answer: Answer, *, as_json: bool) -> None:
    for told in answer:
        emit(_as_line(told) if as_json else _in_words(told), as_json=as_json)


def _as_line(told: Recorded | NotRecorded) -> dict[str, object]:
    if isinstance(told, Recorded):
        return {"status": "recorded", "position": told.position, "receipt": told.receipt}
    return {"status": "refused", "code": told.code}


def _in_words(told: Recorded | NotRecorded) -> str:
    return f"recorded at position {told.position}" if isinstance(told, Recorded) else f"refused: {told.code}"


def _ballots(file: Path) -> Iterator[Ballot]:
    if file == _STANDARD_INPUT:
        yield from _signed(sys.stdin.buffer)
        return
    with file.open("rb") as lines:
        yield from _signed(lines)


def _signed(lines: BinaryIO) -> Iterator[Ballot]:
    number = 0
    while line := lines.readline(_LINE_BYTES):
        number += 1
        try:
            choice = msgspec.json.decode(line, type=_Choice)
        except msgspec.MsgspecError:  # its text may quote the line, which holds a code
            say(f"line {number}: not a JSON object with code, round and choices")
            raise typer.Exit(_EXIT_BAD_LINE) from None
        key = credential_key(choice.code, choice.round)
        yield sign_ballot(key, choice.round, choice.choices, token_bytes(SALT_BYTES))
