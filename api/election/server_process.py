"""The HTTP server of an election: `python -m api.election.server_process PIPE SOCKET`, told its settings over the pipe.

It ends with its parent, however that ends: the pipe breaks.
"""

import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Thread

import uvicorn

from api.election.children import parents_pipe
from api.main import create_app
from application.settings import Settings


def main() -> None:
    pipe = parents_pipe()
    settings = pipe.recv()
    assert isinstance(settings, Settings)
    Thread(target=_end_with, args=(pipe,), daemon=True).start()
    uvicorn.run(create_app(settings), fd=int(sys.argv[2]), log_level="warning", access_log=False)


def _end_with(pipe: Connection) -> None:
    with suppress(EOFError, ConnectionError):
        pipe.recv()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
