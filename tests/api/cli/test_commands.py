"""A command imports what it runs, and no more; listing the commands imports none of them."""

import subprocess
import sys
from typing import Final

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from api.cli.commands import AuditCommands, Commands
from api.cli.main import app
from tests.commands import found
from tests.dauys import ROOT

WEB: Final = {"fastapi", "uvicorn", "jinja2"}
STORAGE: Final = {"psycopg", "eventsourcing"}
OTHERS: Final = {"babel", "PIL", "cryptography", "joserfc", "authlib", "prometheus_client", "httpx", "yaml"}

NEEDLESS: Final = {
    "--help": WEB | STORAGE | OTHERS,
    "audit --help": WEB | STORAGE | OTHERS,
    "allocate --help": WEB | STORAGE | OTHERS,
    "audit check-fork --help": WEB | STORAGE,
    "status --help": WEB,
}


@pytest.mark.parametrize("command", NEEDLESS)
def test_a_command_imports_only_what_it_runs(command: str) -> None:
    program = """if True:
        import sys
        from api.cli.main import main
        try:
            main()
        finally:
            print(*sys.modules, file=sys.stderr)
    """
    ran = subprocess.run(
        [sys.executable, "-c", program, *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage:" in ran.stdout
    assert not NEEDLESS[command].intersection(ran.stderr.split())


def test_every_command_of_the_list_is_there() -> None:
    listed = {name: command.help for name, command in get_command(app).commands.items()}  # type: ignore[attr-defined]
    assert listed == {name: place.purpose for name, place in Commands.places.items()}
    for name in Commands.places:
        assert found(name).name == name
    for name in AuditCommands.places:
        assert found("audit", name).name == name


def test_a_slip_of_the_pen_gets_a_proposal() -> None:
    ran = CliRunner().invoke(app, ["statu"])
    assert ran.exit_code == 2
    assert "status" in ran.output
