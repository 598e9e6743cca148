"""What a kiosk's page handed over, on this machine's disk until the server has answered it.

The bytes are sealed to the server, so nothing here can be read on the device. They go out in the order they came, one at a
time. An answer waits until the page has fetched it; what is gone by then is sent and answered again, for the server repeats it.
A disk that is full takes a change as a whole or not at all (sqlite.org/atomiccommit.html): whoever asked is told, and asks again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self

from application.kiosk import files
from application.kiosk.faults import KioskFault

MOST_DELIVERIES: Final = 10_000
MOST_BYTES: Final = 512 * 1024 * 1024

_FILE: Final = "agent.sqlite"
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL,
    status INTEGER,
    answer BLOB
) STRICT
"""


class AgentFull(KioskFault):
    """As many deliveries or bytes wait as the agent holds; nothing was taken in."""


class AgentDisk(KioskFault):
    """The disk did not take the change, or did not give what it holds; the same may be asked again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server said, as it said it."""

    status: int
    body: bytes


class AgentSpool:
    """Safe in threads. What was answered and never fetched is forgotten at the next opening; AgentDisk where that cannot be."""

    def __init__(
        self, folder: Path, *, most_deliveries: int = MOST_DELIVERIES, most_bytes: int = MOST_BYTES
    ) -> None:
        files.make_folder(folder)
        path = folder / _FILE
        path.touch(mode=0o600)
        self._most_deliveries = most_deliveries
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            # WAL with FULL: every commit is on disk before it returns (sqlite.org/pragma.html#pragma_synchronous).
            self._run("PRAGMA journal_mode = WAL")
            self._run("PRAGMA synchronous = FULL")
            self._run(_TABLE)
            self._run("DELETE FROM deliveries WHERE status IS NOT NULL")
        except AgentDisk:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def keep(self, body: bytes) -> bytes:
        """On disk when this returns, once however often it comes; its SHA-256. AgentFull, AgentDisk."""
        digest = sha256(body).digest()
        with self._asking() as cursor:
            if cursor.execute("SELECT 1 FROM deliveries WHERE digest = ?", [digest]).fetchone():
                return digest
            count, size = cursor.execute(
                "SELECT count(*), coalesce(sum(length(body)), 0) FROM deliveries"
            ).fetchone()
            if count >= self._most_deliveries or size + len(body) > self._most_bytes:
                raise AgentFull(f"{count} deliveries wait")
            cursor.execute("INSERT INTO deliveries (digest, body) VALUES (?, ?)", [digest, body])
        return digest

    def next(self) -> tuple[bytes, bytes] | None:
        """Digest and bytes of the delivery to be sent next."""
        row = self._run("SELECT digest, body FROM deliveries WHERE status IS NULL ORDER BY number LIMIT 1")
        return (row[0], row[1]) if row else None

    def settle(self, digest: bytes, answered: Answered) -> None:
        """The server has answered: its bytes are not needed any more."""
        self._run(
            "UPDATE deliveries SET status = ?, answer = ?, body = x'' WHERE digest = ?",
            answered.status,
            answered.body,
            digest,
        )

    def answer(self, digest: bytes) -> Answered | None:
        row = self._run(
            "SELECT status, answer FROM deliveries WHERE digest = ? AND status IS NOT NULL", digest
        )
        return Answered(*row) if row else None

    def forget(self, digest: bytes) -> None:
        """The page has its answer."""
        self._run("DELETE FROM deliveries WHERE digest = ? AND status IS NOT NULL", digest)

    def waiting(self) -> int:
        row = self._run("SELECT count(*) FROM deliveries WHERE status IS NULL")
        return int(row[0]) if row else 0

    def _run(self, statement: str, *values: Any) -> Any:
        with self._asking() as cursor:
            return cursor.execute(statement, values).fetchone()

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, closing(self._database.cursor()) as cursor:
            try:
                yield cursor
            except sqlite3.OperationalError as fault:
                raise AgentDisk(f"The agent's disk: {fault}.") from None
