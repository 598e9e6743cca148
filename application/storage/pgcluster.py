"""One embedded PostgreSQL server: how it is started, asked and stopped.

Connections come over a unix socket only, in a folder (0700) that the server's account alone may enter; inside it every
connection is trusted. Whoever can enter it can also read and write the data files, so a password would guard nothing
more and would lie in a file beside them, and `peer` would refuse root, who runs the server under another account.
"""

import hashlib
import os
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from application.storage.account import Account, make_private_folder
from application.storage.pgdata import SUPERUSER, data_folder
from application.storage.pgprograms import Programs, programs_for

PORT = 5432
STOP_SECONDS = 60
PING_SECONDS = 2
SOCKET_PATH_BYTES = 107
"""sun_path of unix(7) holds 108 bytes, one of them the final NUL."""
FIXED_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
    "log_checkpoints": "off",
    # a refused statement is told to its client alone: its text may hold what no log line may hold
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
}
"""Given at every start, above any configuration file."""


@dataclass(frozen=True, slots=True)
class Cluster:
    data: Path
    sockets: Path
    programs: Programs

    @property
    def account(self) -> Account:
        return self.programs.account

    def ping(self) -> Ping:
        """OK; REJECT while starting, recovering or stopping; NO_RESPONSE."""
        pid = _first_number(self._pid_file)
        if pid is None or pid != _first_number(self.sockets / f".s.PGSQL.{PORT}.lock"):
            return Ping.NO_RESPONSE  # what may answer there serves a data folder that was moved or removed
        address = make_conninfo(
            host=str(self.sockets), port=PORT, user=SUPERUSER, connect_timeout=PING_SECONDS
        )
        return Ping(PGconn.ping(address.encode()))

    def spawn(self, log: int) -> subprocess.Popen[bytes]:
        """Start the server; it outlives us unless stopped."""
        make_private_folder(self.sockets, self.account)  # again: /tmp may have been cleaned under us
        settings = {**FIXED_SETTINGS, "unix_socket_directories": _quoted(self.sockets)}
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        server = self.programs.spawn("postgres", "-D", str(self.data), *arguments, output=log, errors=log)
        # A dead server that nobody reaps still looks alive to the next one, which would refuse to start.
        threading.Thread(target=server.wait, name="postgres-reaper", daemon=True).start()
        return server

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written. Nothing if none runs."""
        if self.ping() is Ping.NO_RESPONSE:
            return
        how = ["-D", str(self.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS)]
        self.programs.run("pg_ctl", "stop", *how, seconds=STOP_SECONDS + PING_SECONDS)
        with suppress(OSError):  # so that nothing of ours stays in /tmp
            self.sockets.rmdir()

    def drop_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server whose number now belongs to another program.

        That happens at every restart of a container. PostgreSQL itself only sees that the number is alive. What is left
        of the old server is still caught: its shared memory is found by the data folder's inode, without this file.
        """
        try:
            program = Path(f"/proc/{_first_number(self._pid_file)}/comm").read_text()
        except OSError:
            return
        if program.strip() != "postgres":
            self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"


def open_cluster(home: Path, account: Account, lock: int) -> Cluster:
    """The home's cluster, made if there is none. The caller holds the home's start lock, `lock`."""
    programs = programs_for(account)
    data = data_folder(home, programs, lock)
    return Cluster(data, _sockets(data.parent, account), programs)


def _sockets(folder: Path, account: Account) -> Path:
    sockets = folder / "run"
    fits = len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
    if not fits or "," in str(sockets) or not str(sockets).isprintable():  # libpq reads a comma as two hosts
        key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        sockets = Path(f"/tmp/dauys-{key}")  # noqa: S108 - make_private_folder checks whose it is
    make_private_folder(sockets, account)
    return sockets


def _quoted(folder: Path) -> str:
    """One entry of a list setting, whatever its path holds."""
    return '"' + str(folder).replace('"', '""') + '"'


def _first_number(lock_file: Path) -> int | None:
    """The process that a lock file of PostgreSQL names; None if the file is not there or not written yet."""
    try:
        return int(lock_file.read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
