"""`dauys audit …`: what a revision commission takes home, and looks at."""

import typer

from api.cli.commands import AuditCommands

app = typer.Typer(cls=AuditCommands, no_args_is_help=True)


@app.callback()
def audit() -> None:
    """For revision commissions."""
