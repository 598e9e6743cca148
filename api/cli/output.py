"""How every command talks: results on standard output (plain or JSON), everything else on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeGuard

import msgspec
import typer


def emit(data: object, *, as_json: bool) -> None:
    """A command's result: one line of JSON, or `name: value` lines, what lies deeper indented; nothing is broken to fit."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(data) + b"\n")
        sys.stdout.buffer.flush()
        return
    plain = msgspec.to_builtins(data)
    for row in plain if isinstance(plain, list) else [plain]:
        for line in _lines(row, ""):
            typer.echo(line)


def _lines(value: object, indent: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{indent}{value}"
        return
    for name, held in value.items():
        label = f"{indent}{name.replace('_', ' ')}:"
        if held and isinstance(held, dict):
            yield label
            yield from _lines(held, f"{indent}  ")
        elif _is_table(held):
            yield label
            for each in held:
                first, *rest = _lines(each, f"{indent}    ")
                yield from (f"{indent}  - {first.lstrip()}", *rest)
        elif isinstance(held, str) and "\n" in held:  # a receipt, to be taken as it stands
            yield f"{label}\n{held}"
        else:
            yield f"{label} {', '.join(map(str, held)) if isinstance(held, list) else held}"


def _is_table(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def say(text: str) -> None:
    """A plain remark to the person at the terminal; never part of a result."""
    typer.echo(text, err=True)


@contextmanager
def progress(description: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """A bar on standard error while a terminal watches; yields `advance(n)`."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from api.cli.console import bar  # noqa: PLC0415 - rich is imported for those who see it

    with bar(description, total) as advance:
        yield advance
