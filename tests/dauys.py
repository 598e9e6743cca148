"""`dauys` as its users run it: real processes on a home of their own, with a real embedded PostgreSQL and real HTTP.

A test prepares its rounds through an engine in its own process, on the same database and with the same log key. Whatever
a test does to the processes, none is left when its home is gone.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from select import select
from typing import IO, Self
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import structlog

from api.cli.main import main
from application.storage.embedded import EmbeddedPostgres
from tests.deliveries import AUDIENCE
from tests.engine import LOG_SEED, ORIGIN, Engine, open_engine
from tests.homes import copy_database
from tests.postgres import cheapest_place, reachable_folder
from tests.server import PLAIN

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "api.cli.main")
START_SECONDS = 180
"""PostgreSQL recovers first, which a busy disk makes long."""
STOP_SECONDS = 60


@dataclass(frozen=True)
class Home:
    """A folder for `DAUYS_HOME`, and how the commands are started: with what else in the environment, by whom, on which Python."""

    folder: Path
    environment: Mapping[str, str]
    user: int | None = None
    python: str = sys.executable

    def spawn(self, *arguments: str, stderr: IO[str] | int) -> subprocess.Popen[str]:
        """Start a command, in a process group of its own."""
        return subprocess.Popen(
            [self.python, "-m", "api.cli.main", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONFAULTHANDLER": "1",  # one that hangs is aborted, and says where it was
                **self._settings,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )

    @property
    def _settings(self) -> dict[str, str]:
        places = {"DAUYS_HOME": str(self.folder), "DAUYS_LOG_ORIGIN": ORIGIN, "DAUYS_AUDIENCE": AUDIENCE}
        return {**places, **self.environment}

    @property
    def stderr(self) -> Path:
        """What all servers of this home have said so far."""
        return self.folder.with_name("stderr")

    def dauys(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.spawn(*arguments, stderr=subprocess.PIPE) as running:
            try:
                out, err = running.communicate(timeout=timeout)
            finally:
                running.kill()
        return subprocess.CompletedProcess(arguments, running.returncode, out, err)

    def dauys_here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same in this process, which has imported it all; not for a command that might go on serving."""
        out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with (
            patch.dict(os.environ, self._settings),
            patch.object(sys, "argv", ["dauys", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as ended:
                code = ended.code
            finally:
                structlog.reset_defaults()
        assert isinstance(code, int)
        for stream in (out, err):
            stream.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The write side, in this process, beside whatever else uses the home."""
        with EmbeddedPostgres(self.folder) as postgres, open_engine(postgres.url()) as engine:
            yield engine

    def processes(self) -> list[int]:
        """Every process that was started for this home and still lives."""
        return [pid for pid in _pids() if pid != os.getpid() and _is_about(pid, os.fsencode(self.folder))]

    def postmaster(self) -> int:
        """The main process of the home's PostgreSQL."""
        return int((self.folder / "pg" / "postmaster.pid").read_text().partition("\n")[0])


@contextmanager
def home(
    environment: Mapping[str, str] | None = None, *, disk: Path | None = None, empty: bool = False
) -> Iterator[Home]:
    """A home that was never served, on `disk` if given, whose log key is the tests'. No process survives it.

    Its database is there already, unless it is `empty`: then the first start makes one, or the environment names another.
    """
    with reachable_folder(cheapest_place()) as folder:
        made = Home((disk or folder) / "home", environment or {})
        give_log_key(made.folder)
        made.folder.chmod(0o711)
        if not empty:
            copy_database(made.folder)
        try:
            yield made
        finally:
            for pid in made.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            eventually("all processes of the home are gone", lambda: not made.processes())


def give_log_key(home: Path) -> None:
    """What is served there is signed with the key that the tests' own engines sign with."""
    keys = home / "keys"
    keys.mkdir(mode=0o700, parents=True)
    (keys / "log.key").write_text(LOG_SEED.hex())
    (keys / "log.key").chmod(0o600)


class Serving:
    """`dauys serve`, started again on the same port as often as it is killed; use as a context."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False, verify=PLAIN)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self._home.stderr.open("a") as stderr:
            self._process = self._home.spawn("serve", "--port", str(self._port), "--json", stderr=stderr)
        assert self._process.stdout is not None
        ready = select([self._process.stdout], [], [], START_SECONDS)[0]
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self._end(signal.SIGABRT)
            logs = (self._home.stderr, self._home.folder / "postgres.log")
            raise AssertionError("\n".join(log.read_text()[-4_000:] for log in logs if log.exists()))
        self.url = json.loads(line)["address"]
        self._port = urlsplit(self.url).port or 0

    def server_processes(self) -> list[int]:
        """The processes that answer HTTP."""
        return [pid for server in self.fork_servers() for pid in children(server)]

    def fork_servers(self) -> list[int]:
        """The process that those are forked from, once it runs."""
        return [pid for pid in children(self.pid) if b"multiprocessing.forkserver" in _command(pid)]

    def kill(self) -> None:
        """End the supervisor as a power switch would, and nothing else."""
        self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code, 0 if it was not running."""
        return 0 if self._process is None else self._end(number)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(number)
        return self._wait(process)

    def wait(self) -> int:
        """Its exit code, once somebody else has ended it."""
        assert self._process is not None
        process, self._process = self._process, None
        return self._wait(process)

    @staticmethod
    def _wait(process: subprocess.Popen[str]) -> int:
        try:
            return process.wait(STOP_SECONDS)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


def eventually(what: str, happened: Callable[[], object], seconds: float = 30) -> None:
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    return [child for child in _pids() if _parent(child) == pid]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _is_about(pid: int, folder: bytes) -> bool:
    return folder in _command(pid) or folder in _read(pid, "environ")


def _command(pid: int) -> bytes:
    return _read(pid, "cmdline")


def _parent(pid: int) -> int:
    stat = _read(pid, "stat")
    return int(stat.rpartition(b") ")[2].split()[1]) if stat else 0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
