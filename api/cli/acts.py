"""What the commands of self-government share: values from JSON files, and texts kept as documents under their SHA-256."""

import mimetypes
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from application.storage.documents import DOCUMENT_BYTES, Documents

By = Annotated[str, typer.Option("--by", envvar="DAUYS_BY", help="The staff account that acts.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Kato = Annotated[str, typer.Argument(help="The unit's KATO code, nine digits.")]
Basis = Annotated[str, typer.Option(help="The election, appointment or act it rests on.")]


def time_option(what: str, name: str) -> Any:
    """A typer option that takes a moment with its zone."""
    return typer.Option(
        name, parser=datetime.fromisoformat, metavar="TIME", help=f"{what}, e.g. 2026-12-01T10:00:00+05:00."
    )


def decoded(path: Path, kind: type[Any]) -> Any:
    """The file's JSON as a value of `kind`; '-' reads standard input. A member that `kind` does not have is told, not dropped."""
    return converted(read_json(path), kind, path)


def read_json(path: Path) -> Any:
    try:
        return msgspec.json.decode(_body(path))
    except msgspec.MsgspecError as wrong:
        raise typer.BadParameter(f"{path}: {wrong}") from wrong


def converted(told: Any, kind: type[Any], path: Path) -> Any:
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
    if isinstance(told, list) and isinstance(taken, list):
        return [name for a, b in zip(told, taken, strict=True) for name in _unknown(a, b)]
    return []
