"""Store failures in both shapes: nothing written, or written but the answer lost; of files: nothing written, or a part.

A relay stands between the engine and PostgreSQL. When told to, it cuts the connection instead of passing on a COMMIT, or
instead of passing back that the COMMIT is done; both ends are the real ones and see what a torn wire shows. Files get no room
from the kernel, which lets a process write none longer than so many bytes.
"""

import resource
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from select import select
from threading import Lock, Thread

from psycopg.conninfo import conninfo_to_dict, make_conninfo

COMMIT = b"COMMIT\x00"
"""As it stands both in the message that asks for it and in the one that says it is done."""
_CHUNK_BYTES = 65_536
_PORT = 5432


class Fault(Enum):
    COMMIT_LOST = "the command never arrives: nothing is written"
    ANSWER_LOST = "the command is done: all is written, and nobody is told"


class Wire:
    """A relay to the server behind a connection URL; passes everything on until told otherwise. `url` leads through it."""

    def __init__(self, url: str, folder: Path) -> None:
        server = conninfo_to_dict(url)
        self._host, self._port = str(server["host"]), int(server.get("port") or _PORT)
        self.url = make_conninfo(url, host=str(folder), port=_PORT)
        self._lock = Lock()
        self._fault: Fault | None = None
        self._command = self._answer = COMMIT
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{folder}/.s.PGSQL.{_PORT}")
        self._listener.listen()
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def tear(self, fault: Fault, command: bytes = COMMIT, answer: bytes = COMMIT) -> None:
        """Lose the next `command` or the next `answer`, once, and its connection with it."""
        with self._lock:
            self._fault, self._command, self._answer = fault, command, answer

    @property
    def torn(self) -> bool:
        """Whether the fault that was ordered has happened."""
        return self._fault is None

    def close(self) -> None:
        """To be called when all clients have closed their connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self._threads.append(Thread(target=self._relay, args=(client, self._connect())))
                self._threads[-1].start()

    def _connect(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while True:
                for source in select([client, server], [], [])[0]:
                    data = source.recv(_CHUNK_BYTES)
                    lost_from = self._lost_from(data, from_client=source is client)
                    (server if source is client else client).sendall(data[:lost_from])
                    if lost_from is not None or not data:
                        return

    def _lost_from(self, data: bytes, *, from_client: bool) -> int | None:
        losing, needle = (
            (Fault.COMMIT_LOST, self._command) if from_client else (Fault.ANSWER_LOST, self._answer)
        )
        with self._lock:
            if self._fault is not losing or (lost_from := data.find(needle)) < 0:
                return None
            self._fault = None
            return lost_from


@contextmanager
def no_file_longer_than(most_bytes: int, pid: int = 0) -> Iterator[None]:
    """For this process, or another one: a write that begins below that comes to an end there, and the next one fails."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    with tempfile.TemporaryDirectory(prefix="wire-", dir="/tmp") as folder:
        wire = Wire(url, Path(folder))
        try:
            yield wire
        finally:
            wire.close()
