"""A kiosk in a process of its own that kills itself at a named step of delivering: `python -m … FOLDER STEP < ballots.json`.

The steps are made by breaking what is below the kiosk (os, httpx), never the kiosk itself.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from application.kiosk.client import Kiosk


def die(*_: object, **__: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def on_call(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, dying instead of its call of this number."""
    calls = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return die() if calls == number else function(*arguments, **named)

    return counted


def break_at(step: str) -> None:
    match step:
        case "before_the_file_is_on_disk":
            os.fsync = on_call(1, os.fsync)
        case "before_its_name_is_on_disk":
            os.fsync = on_call(2, os.fsync)
        case "before_sending":
            httpx.Client.stream = die  # type: ignore[method-assign] # broken on purpose
        case "before_the_answer":
            httpx.Response.iter_bytes = die  # type: ignore[method-assign] # broken on purpose
        case "before_the_answer_is_noted":
            os.fsync = on_call(3, os.fsync)
        case "before_the_note_has_its_name":
            Path.rename = on_call(2, Path.rename)  # type: ignore[method-assign] # broken on purpose
        case "before_removal":
            Path.unlink = die  # type: ignore[method-assign] # broken on purpose
        case _:
            raise ValueError(step)


if __name__ == "__main__":
    folder, step = Path(sys.argv[1]), sys.argv[2]
    ballots = json.load(sys.stdin)
    with Kiosk(folder) as kiosk:
        break_at(step)
        kiosk.deliver(ballots)
