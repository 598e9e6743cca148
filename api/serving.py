"""Running the server: one supervisor process that owns the database and the worker, and N processes that answer HTTP.

The supervisor restarts what dies: PostgreSQL, server processes, the worker's loop. Killed with -9 it leaves a database that
the next start takes over, and server processes that end by themselves and give the port back.

Server processes come from a fork server, which has imported everything once: one that was killed is replaced at once.
"""

import errno
import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp
from uvicorn import _subprocess
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from api.composition import migrate_database, open_database
from api.forking import LOST, end_fork_server, fork_server
from api.logs import log_to_stderr
from api.not_serving import AlreadyServing, CannotListen, ServerBroken
from api.whole_deliveries import WholeDeliveries
from api.worker import Worker
from application.settings import Settings
from application.storage.embedded import EmbeddedPostgres
from application.storage.unavailable import StorageUnavailable

_log = structlog.get_logger(__name__)

WATCH_SECONDS = 0.5
BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 30
SHUTDOWN_SECONDS = 20
HUNG_SECONDS = 30
"""A process that has not said a word for so long is replaced; on a busy machine one may need a while to say its first."""
MOST_AT_ONCE = 2_000
"""Connections and requests under way in one process; more get 503."""


HANDOVER_SECONDS = 30.0
"""So long a killed supervisor's processes may still hold the port; those that were only starting take longest to notice."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    with_worker: bool,
    ready: Callable[[str, Settings], None],
) -> None:
    """Serve until SIGINT or SIGTERM. `ready` gets the address, and the settings with the database's, once both can be asked."""
    stop = threading.Event()
    with ExitStack() as closing:
        # Until the supervisor of the processes takes the signals over, either one ends the start and leaves nothing running.
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        closing.callback(signal.signal, signal.SIGTERM, before)
        handover = closing.enter_context(_only_server(settings.home))
        closing.enter_context(_fork_server())
        url = closing.enter_context(_supervised_database(settings, stop))
        settings = settings.model_copy(update={"database_url": SecretStr(url)})
        listening = closing.enter_context(_listen(host, port, HANDOVER_SECONDS if handover else 0))
        if with_worker:
            worker = Worker(settings, url)
            closing.enter_context(_thread(lambda: worker.run(stop), stop))
        config = uvicorn.Config(
            partial(create_process_app, settings),
            factory=True,
            http=WholeDeliveries,
            workers=workers,
            backlog=BACKLOG,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            timeout_worker_healthcheck=HUNG_SECONDS,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
        )
        supervisor = _Supervisor(config, sockets=[listening])
        ready(_address(listening), settings)
        _keep_ctrl_c_to_ourselves()
        supervisor.run()
        stop.set()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            raise ServerBroken("a server process could not start; what it said stands above")


class _Supervisor(Multiprocess):
    """Notices at once when a process dies while it is asked for a sign of life.

    uvicorn keeps the process's end of the pipe open here too, hears no hang-up, and waits all of `HUNG_SECONDS` for an answer.
    """

    def keep_subprocess_alive(self) -> None:
        for process in self.processes:
            process.child_conn.close()
            if process.exitcode == LOST and process.pid is not None:
                with suppress(ProcessLookupError):  # it may still answer, while another takes its place
                    os.kill(process.pid, signal.SIGKILL)
        super().keep_subprocess_alive()


def create_process_app(settings: Settings) -> ASGIApp:
    """The application of one server process, which calls this first of all."""
    from api.main import create_app  # noqa: PLC0415 - the supervisor answers nobody, and has no need of it

    log_to_stderr()
    return create_app(settings)


@contextmanager
def _fork_server() -> Iterator[None]:
    """Imports what the server processes need, while the database starts."""
    _subprocess.spawn = fork_server("api.serving")  # type: ignore[assignment] # uvicorn has no setting for it
    try:
        yield
    finally:
        end_fork_server()


def _keep_ctrl_c_to_ourselves() -> None:
    """From here on SIGINT means SIGTERM, and the processes that are started do not hear it at all.

    A terminal sends it to every one of them, and one that is only starting would answer with a traceback. They inherit the
    mask of the thread that starts them, which is ours, or the fork server's; PostgreSQL sets its own.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def listen() -> None:
        signal.sigwait({signal.SIGINT})
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, daemon=True).start()


@contextmanager
def _only_server(home: Path) -> Iterator[bool]:
    """At most one server per folder; yields whether the one before was killed.

    The kernel lets go of the lock when the process dies, however it dies; only a process that ends by itself empties the file.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyServing(
                f"process {lock.read().strip() or '?'} already serves {home}; stop it, or set DAUYS_HOME elsewhere"
            ) from None
        was_killed = os.fstat(lock.fileno()).st_size > 0
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield was_killed
        finally:
            lock.truncate(0)


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
    told = False
    while not stop.wait(WATCH_SECONDS):
        try:
            if server.ensure_running():
                _log.warning("database_restarted")
            told = False
        except StorageUnavailable as fault:
            if not told:  # it is tried again all the time, and said once
                _log.error("database_not_restarted", fault=str(fault))
            told = True


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
def _listen(host: str, port: int, patience_seconds: float) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    give_up = time.monotonic() + patience_seconds
    while True:
        try:
            listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
            break
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE or time.monotonic() > give_up:
                why = str(fault.strerror).partition(" (")[0]  # the rest says the address again
                raise CannotListen(f"cannot listen at {host}, port {port}: {why}") from None
        time.sleep(WATCH_SECONDS)
    with listening:
        listening.set_inheritable(True)
        yield listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
