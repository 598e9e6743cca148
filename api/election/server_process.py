"""The HTTP server of an election, told its settings over the pipe."""

from multiprocessing.connection import Connection
from socket import socket

import uvicorn

from application.settings import Settings


def run(pipe: Connection, listening: socket) -> None:
    """What its process does."""
    from api.main import create_app  # noqa: PLC0415 - the fork server has it; who holds an election does not need it
    from api.whole_deliveries import WholeDeliveries  # noqa: PLC0415 - neither this

    settings = pipe.recv()
    assert isinstance(settings, Settings)
    uvicorn.run(
        create_app(settings),
        fd=listening.fileno(),
        http=WholeDeliveries,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )
