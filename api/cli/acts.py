"""What the commands of rounds and of self-government share: values from JSON files, and texts kept as documents."""

import mimetypes
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from application.clock import now
from application.storage.documents import DOCUMENT_BYTES, Documents
from domain.conclusion import Channel, ChannelKind

Kato = Annotated[str, typer.Argument(help="The unit's KATO code, nine digits.")]
Basis = Annotated[str, typer.Option(help="The election, appointment or act it rests on.")]


def time_option(what: str, name: str) -> Any:
    """A typer option that takes a moment with its zone."""
    return typer.Option(
        name, parser=datetime.fromisoformat, metavar="TIME", help=f"{what}, e.g. 2026-12-01T10:00:00+05:00."
    )


Site = Annotated[str, typer.Option(help="The page on the akimat's site.")]
MassMedia = Annotated[str, typer.Option(help="The newspaper or broadcaster, if any.")]
When = Annotated[datetime | None, time_option("When; unset: now", "--when")]


def channels(site: str, mass_media: str, when: datetime | None) -> tuple[Channel, ...]:
    """Where an act is published: on the site, and in mass media too if they are named."""
    at = when or now()
    named = ((ChannelKind.SITE, site), (ChannelKind.MASS_MEDIA, mass_media))
    return tuple(Channel(kind, where, at) for kind, where in named if where)


def decoded(path: Path, kind: Any) -> Any:
    """The file's JSON as a value of `kind`, a type or a union of them; '-' reads standard input.

    A member that `kind` does not have is told, not dropped.
    """
    return converted(read_json(path), kind, path)


def read_json(path: Path) -> Any:
    try:
        return msgspec.json.decode(_body(path))
    except msgspec.MsgspecError as wrong:
        raise typer.BadParameter(f"{path}: {wrong}") from wrong


def converted(told: Any, kind: Any, path: Path) -> Any:
    try:
        value = msgspec.convert(told, kind)
    except msgspec.MsgspecError as wrong:
        raise typer.BadParameter(f"{path}: {wrong}") from wrong
    unknown = _unknown(told, msgspec.to_builtins(value))
    if unknown:
        raise typer.BadParameter(f"{path}: unknown: {', '.join(unknown)}")
    return value


def keep(documents: Documents, path: Path) -> str:
    """Store the file, so that readers can fetch it, and return its SHA-256."""
    return documents.put(_body(path), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def _body(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read(DOCUMENT_BYTES + 1)
    with path.open("rb") as file:
        return file.read(DOCUMENT_BYTES + 1)


def _unknown(told: Any, taken: Any) -> list[str]:
    if isinstance(told, dict) and isinstance(taken, dict):
        inner = [name for key in told.keys() & taken.keys() for name in _unknown(told[key], taken[key])]
        return sorted(told.keys() - taken.keys()) + inner
    if isinstance(told, list) and isinstance(taken, list | tuple):
        return [name for a, b in zip(told, taken, strict=True) for name in _unknown(a, b)]
    return []
