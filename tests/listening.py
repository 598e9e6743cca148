"""An ASGI application on a free loopback port, served by a thread of this process while a block runs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def listening(app: ASGIApp, **more: Any) -> Iterator[int]:
    """Its port. `more`: uvicorn's settings."""
    config = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, server_header=False, ws="none", **more
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port: int = server.servers[0].sockets[0].getsockname()[1]
        yield port
    finally:
        server.should_exit = True
        thread.join()
