"""`dauys` as people type it, in this process: the whole command, so that a group nobody registered is a failing test."""

import json
from pathlib import Path
from typing import Any

from typer import Context
from typer.main import get_command
from typer.testing import CliRunner, Result

from api.cli.main import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def told(*arguments: object) -> Any:
    """What a command that must succeed prints: read as JSON with `--json`, else as it is."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output or result.exception
    return json.loads(result.stdout) if "--json" in arguments else result.stdout


def as_file(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def found(*words: str) -> Any:
    """The command of these words, with its parameters; None where there is none."""
    command: Any = get_command(app)
    for word in words:
        if word not in command.list_commands(None):
            return None
        _, command, _ = command.resolve_command(Context(command), [word])
    return command
