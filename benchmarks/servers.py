"""Processes and databases beside which is measured: `dauys serve`, the plain endpoint, pgbench, all on one embedded PostgreSQL."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
import psycopg
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from api.composition import Engine, migrate_database, open_engine
from application.storage.account import account_for
from application.storage.pgprograms import programs_for
from benchmarks import ROOT, plain

START_SECONDS = 60
STOP_SECONDS = 30
WORKERS = 2


@contextmanager
def dauys_serve(engine: Engine, settle_seconds: float, workers: int = WORKERS) -> Iterator[str]:
    """The address of `dauys serve` with so many server processes and its worker, on the engine's home and database."""
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0", "--json"]
    command += ["--workers", str(workers)]
    environment = {**os.environ, "DAUYS_HOME": str(engine.settings.home)}
    if engine.settings.database_url is not None:
        environment["DAUYS_DATABASE_URL"] = engine.settings.database_url.get_secret_value()
    with _running(command, environment) as server:
        assert server.stdout is not None
        address = msgspec.json.decode(server.stdout.readline())["address"]
        _wait_until_ready(f"{address}/readyz", server)
        time.sleep(settle_seconds)
        yield address


@contextmanager
def plain_endpoint(database_url: str, settle_seconds: float) -> Iterator[str]:
    """The address of `benchmarks.plain` with two server processes."""
    with psycopg.connect(database_url) as connection:
        connection.execute(plain.TABLE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "benchmarks.plain:create_app"]
    command += ["--port", str(port), "--workers", str(WORKERS), "--log-level", "warning", "--no-access-log"]
    with _running(command, {**os.environ, "PLAIN_DATABASE_URL": database_url}) as server:
        _wait_until_ready(f"http://127.0.0.1:{port}/healthz", server)
        time.sleep(settle_seconds)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def database(engine: Engine, name: str) -> Iterator[str]:
    """The superuser's URL of an empty database on the engine's server, dropped afterwards."""
    with psycopg.connect(engine.database_url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield engine.database_url.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def own_engine(engine: Engine, name: str) -> Iterator[Engine]:
    """With the same keys, on an empty database of that name."""
    with database(engine, name) as url:
        settings = engine.settings.model_copy(update={"database_url": SecretStr(url)})
        migrate_database(settings)
        with open_engine(settings) as own:
            yield own


@dataclass(frozen=True, slots=True)
class Pgbench:
    """pgbench of the server's own release."""

    program: Path
    database_url: str

    def inserts(self, protocol: str, clients: int, seconds: int) -> float:
        """Single-row INSERTs a second, each a transaction of its own. `protocol`: `simple`, pgbench's default, or `prepared`."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(plain.PGBENCH_INSERT)
            script.flush()
            command = [str(self.program), "--no-vacuum", f"--protocol={protocol}", f"--client={clients}"]
            command += ["--jobs=2", f"--time={seconds}", f"--file={script.name}", self.database_url]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=seconds + START_SECONDS
            )
        rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        assert rate is not None, done.stdout
        return float(rate[1])


def pgbench(engine: Engine, database_url: str) -> Pgbench:
    programs = programs_for(account_for(engine.settings.home))
    return Pgbench(programs.folder / "pgbench", database_url)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        finally:
            server.kill()
            server.communicate()


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False) as client:  # one, because each reads all the world's certificates
        while time.monotonic() < give_up and server.poll() is None:
            try:
                if client.get(url).status_code == HTTPStatus.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise TimeoutError(f"{url} has not answered for {START_SECONDS} seconds")
