"""The `dauys` command: finds the command asked for; how one ends that fails is told in `endings`."""

import sys
from collections.abc import Callable

import typer

from api.cli.commands import Commands
from api.logs import log_to_stderr

app = typer.Typer(
    name="dauys",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def dauys() -> None:
    """Participatory budgeting with a public, signed log. Try: dauys demo."""


def main() -> None:
    """Entry point of the console script."""
    log_to_stderr()
    sys.exit(exit_code(lambda: app(standalone_mode=True)))


def exit_code(run: Callable[[], object]) -> int:
    """Of a command, whatever becomes of it."""
    try:
        run()
    except (Exception, KeyboardInterrupt) as fault:  # noqa: BLE001 - what nobody foresaw is raised again
        from api.cli.endings import tell  # noqa: PLC0415 - see there

        return tell(fault)
    return 0


if __name__ == "__main__":
    main()
