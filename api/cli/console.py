"""The terminal for tables and bars. What needs neither has `output`: rich takes longer to import than many commands to run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def bar(description: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """A bar on standard error while a terminal watches; yields `advance(n)`."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as shown:
        task = shown.add_task(description, total=total)
        yield lambda n: shown.advance(task, n)
