"""How every command talks: results on standard output (plain or JSON), everything else on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def emit(data: object, *, as_json: bool) -> None:
    """A command's result: one line of JSON, or `name: value` lines."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(data) + b"\n")
        sys.stdout.buffer.flush()
        return
    plain = msgspec.to_builtins(data)
    rows = plain if isinstance(plain, list) else [plain]
    for row in rows:
        if isinstance(row, dict):
            for name, value in row.items():
                out.print(f"{name.replace('_', ' ')}: {value}", markup=False)
        else:
            out.print(str(row), markup=False)


def say(text: str) -> None:
    """A plain remark to the person at the terminal; never part of a result."""
    err.print(
        text, markup=False, soft_wrap=True
    )  # lines are the reader's to break: a terminal, a script, a log


@contextmanager
def progress(description: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """A bar on standard error while a terminal watches; yields `advance(n)`."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        task = bar.add_task(description, total=total)
        yield lambda n: bar.advance(task, n)
