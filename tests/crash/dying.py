"""Server processes that kill themselves at one moment of their first delivery.

The moments are made by wrapping what is called there, in that process alone; the wrapped functions do all they always do.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from starlette.types import Scope

from api.deliveries import DeliveryRoute
from api.errors import Answer
from api.main import create_app
from api.whole_deliveries import WholeDeliveries
from application.ballot_box import BallotBox
from application.log.recorder import LogTransaction
from application.settings import Settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> Any:
        result = function(*arguments, **named)
        die()
        return result

    return called


def die_at(moment: str) -> None:
    match moment:
        case "before_commit":  # everything is sent to PostgreSQL but COMMIT
            LogTransaction.seal = dying_after(LogTransaction.seal)  # type: ignore[method-assign] # wrapped
        case "after_commit":
            BallotBox.cast = dying_after(BallotBox.cast)  # type: ignore[method-assign] # wrapped
        case "after_the_answer":
            answer = DeliveryRoute.answer

            async def answer_and_die(route: DeliveryRoute, scope: Scope, body: bytes) -> Answer:
                answered = await answer(route, scope, body)
                asyncio.get_running_loop().call_later(0.1, die)  # it is written before that
                return answered

            DeliveryRoute.answer = answer_and_die  # type: ignore[method-assign,assignment] # wrapped
        case _:
            raise ValueError(moment)


def serve_once(moment: str, settings: Settings, told: Connection) -> None:
    """Tells its address, and is dead after one delivery; for a process of its own."""
    die_at(moment)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        told.send(f"http://127.0.0.1:{listening.getsockname()[1]}")
        config = uvicorn.Config(
            create_app(settings), http=WholeDeliveries, proxy_headers=False, log_level="warning"
        )
        uvicorn.Server(config).run(sockets=[listening])
