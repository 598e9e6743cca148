"""An election told while it runs (on standard error: a bar for what takes a while, a line for what has happened) and in the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.cli.console import err, out
from api.cli.output import progress
from api.election.run import Held


class Narrator:
    """A `Teller` for the terminal."""

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
        began = time.monotonic()
        with progress(what, total) as advance:
            yield advance
        err.print(f"[green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]", soft_wrap=True)

    def fact(self, text: str) -> None:
        err.print(f"  {text}", style="dim", markup=False, soft_wrap=True)


def show_check(held: Held) -> None:
    """The last word of an election: the checkpoint, and whether everything is identical when recomputed."""
    out.print(f"\ncheckpoint over {held.recomputed.entries:,} entries:", style="bold")
    out.print(held.recomputed.checkpoint, markup=False, soft_wrap=True)
    if not held.differences:
        out.print("[bold green]identical when recomputed from the log[/]")
        return
    out.print("[bold red]NOT identical when recomputed from the log[/]")
    for difference in held.differences:
        out.print(f"  {difference}", markup=False)
