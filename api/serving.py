"""Running the server: one supervisor process that owns the database and the worker, and N processes that answer HTTP.

The supervisor restarts what dies: PostgreSQL, server processes, the worker's loop. Killed with -9 it leaves no process that
holds the port, and a database that the next start takes over.
"""

import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
import uvicorn
from pydantic import SecretStr
from uvicorn.supervisors import Multiprocess

from api.composition import migrate_database, open_database
from api.worker import Worker
from application.settings import Settings
from application.storage.embedded import EmbeddedPostgres
from application.storage.unavailable import StorageUnavailable

_log = structlog.get_logger(__name__)

WATCH_SECONDS = 0.5
BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 30
SHUTDOWN_SECONDS = 20
MOST_AT_ONCE = 2_000
"""Connections and requests under way in one process; more get 503."""


class AlreadyServing(Exception):  # noqa: N818 - a statement of fact for the operator
    """Another `dauys serve` uses the same folder."""


def serve(
    settings: Settings, *, host: str, port: int, workers: int, with_worker: bool, ready: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM. `ready` gets the address once the port is open and the database answers."""
    stop = threading.Event()
    with ExitStack() as closing:
        closing.enter_context(_only_server(settings.home))
        url = closing.enter_context(_supervised_database(settings, stop))
        listening = closing.enter_context(_listen(host, port))
        # Server processes find the database here; in the environment, because they are spawned, not forked.
        os.environ["DAUYS_DATABASE_URL"] = url
        if with_worker:
            reached = settings.model_copy(update={"database_url": SecretStr(url)})
            closing.enter_context(_thread(lambda: Worker(reached, url).run(stop), stop))
        config = uvicorn.Config(
            "api.main:create_app",
            factory=True,
            workers=workers,
            backlog=BACKLOG,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
        )
        bound_host, bound_port = listening.getsockname()[:2]
        ready(f"http://{bound_host}:{bound_port}")
        Multiprocess(config, sockets=[listening]).run()
        stop.set()


@contextmanager
def _only_server(home: Path) -> Iterator[None]:
    """At most one server per folder; the kernel lets go of the lock when the process dies, however it dies."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyServing(
                f"process {lock.read().strip() or '?'} already serves {home}; stop it, or set DAUYS_HOME elsewhere"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _supervised_database(settings: Settings, stop: threading.Event) -> Iterator[str]:
    """The database's URL; the embedded one is restarted within a second whenever it dies."""
    if settings.database_url is not None:
        with open_database(settings) as url:
            yield url
        return
    migrate_database(settings)
    with EmbeddedPostgres(settings.home) as server, _thread(lambda: _keep_running(server, stop), stop):
        yield server.url()


def _keep_running(server: EmbeddedPostgres, stop: threading.Event) -> None:
    while not stop.wait(WATCH_SECONDS):
        try:
            if server.ensure_running():
                _log.warning("database_restarted")
        except StorageUnavailable as fault:
            _log.error("database_not_restarted", fault=str(fault))


@contextmanager
def _thread(target: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=BACKLOG) as listening:
        listening.set_inheritable(True)
        yield listening
