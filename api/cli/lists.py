"""What commands that read lists share: several files as one list with a bar over it, and bad lines told where they stand."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer

from api.cli.output import emit, progress, say
from application.lists import Progress, read_lines
from application.roll_import import Imported
from application.settings import Settings

STANDARD_INPUT = Path("-")
_COUNTED_BYTES = 1 << 20


def import_list(
    files: Sequence[Path],
    settings: Settings,
    import_: Callable[[Iterator[bytes], Progress], Imported],
    *,
    as_json: bool,
) -> None:
    """Run an import over the files; its result, with bad lines told as FILE:LINE. Exit code 1 when nothing was stored."""
    begins: list[tuple[int, Path]] = []
    with progress("lines", _count(files)) as advance:
        imported = import_(_lines(files, settings, begins), advance)
    for fault in imported.told:
        before, path = max(begin for begin in begins if begin[0] < fault.line)
        say(f"{path}:{fault.line - before}: {fault.reason}")
    if untold := imported.bad_lines - len(imported.told):
        say(f"and {untold} more")
    summary = {"lines": imported.lines, "stored": imported.stored, "bad_lines": imported.bad_lines}
    emit(imported if as_json else summary, as_json=as_json)
    if not imported.stored:
        say("nothing was stored")
        raise typer.Exit(1)


def _lines(files: Sequence[Path], settings: Settings, begins: list[tuple[int, Path]]) -> Iterator[bytes]:
    number = 0
    for path in files:
        begins.append((number, path))
        with _open(path) as file:
            for line in read_lines(file, settings):
                number += 1
                yield line


def _count(files: Sequence[Path]) -> int | None:
    """Lines in all, for the bar; unknown while they come through a pipe."""
    if STANDARD_INPUT in files:
        return None
    count = 0
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(_COUNTED_BYTES):
                count += chunk.count(b"\n")
    return count


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
    else:
        with path.open("rb") as file:
            yield file
