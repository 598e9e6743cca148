"""The PostgreSQL that Dauys brings along: one server per home, shared by every `dauys` process that uses it.

Whoever comes first starts it, others attach, the last one out stops it. A server whose users were all killed stays
and is found by the next one; a server that was killed itself is restarted and recovers. Nothing that PostgreSQL has
committed depends on how any process here ends.
"""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from psycopg.pq import Ping

from application.storage.account import Account, account_for, make_home, open_private_file
from application.storage.filelock import Share, alone
from application.storage.pgcluster import PORT, STOP_SECONDS, Cluster, open_cluster
from application.storage.pgdata import INITDB_SECONDS, SUPERUSER
from application.storage.unavailable import StorageUnavailable, explain

RECOVERY_SECONDS = 600
"""A server that replays its log after a crash may take so long before it answers (max_wal_size is 2 GB)."""
RETRY_SECONDS = 90
"""What a killed server leaves behind must be gone by then; one whose folder was removed notices within 60 s."""
LOCK_SECONDS = INITDB_SECONDS + RECOVERY_SECONDS + STOP_SECONDS
POLL_SECONDS = 0.05
COMPLAINT_BYTES = 64 * 1024
LOG_BYTES = 8 * 1024 * 1024
"""A longer postgres.log is emptied; it holds the server's own remarks, never statements."""
PASSING = ("pre-existing shared memory block", '" already exists')
"""Complaints of a server about its killed predecessor, which is still dying."""


class EmbeddedPostgres:
    """A share in the home's server, from `start` to `stop`, or as a context.

    All methods but `url` raise StorageUnavailable. One thread at a time may use an object, other threads have their own.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self._running: tuple[Cluster, Share] | None = None

    def start(self) -> None:
        """Make the cluster if there is none, attach to its server or start it, return when it answers."""
        if self._running is not None:
            return
        with _explained(f"open the database in {self.home}"):
            account = account_for(self.home)
            make_home(self.home, account)
            with self._alone(account) as lock:
                cluster = open_cluster(self.home, account, lock)
                # beside the data: two homes that link to the same data count each other's users
                share = Share(cluster.data.with_name("users.lock"), account)
                try:
                    self._bring_up(cluster)
                except BaseException:
                    share.leave()
                    raise
        self._running = cluster, share

    def stop(self) -> None:
        """Give the share back; the last user stops the server cleanly and waits for it."""
        if self._running is None:
            return
        cluster, share = self._running
        self._running = None
        try:
            with _explained(f"stop the database in {self.home}"), self._alone(cluster.account):
                if share.is_last():
                    cluster.stop()
        finally:
            share.leave()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, user: str = SUPERUSER, dbname: str = "postgres") -> str:
        """Connection URL for libpq, over the unix socket, without a password; only between start and stop."""
        sockets = quote(str(self._cluster.sockets), safe="")
        return f"postgresql://{quote(user, safe='')}@/{quote(dbname, safe='')}?host={sockets}&port={PORT}"

    def ensure_running(self) -> bool:
        """Restart the server if it has died; whether it had. Costs one ping, for a loop that watches."""
        cluster = self._cluster
        with _explained(f"restart the database in {self.home}"):
            if cluster.ping() is Ping.OK:
                return False
            with self._alone(cluster.account):
                self._bring_up(cluster)
        return True

    @property
    def _cluster(self) -> Cluster:
        if self._running is None:
            raise StorageUnavailable("The embedded database is not started.", "Call start() first.")
        return self._running[0]

    def _alone(self, account: Account) -> AbstractContextManager[int]:
        return alone(self.home / "start.lock", account, LOCK_SECONDS)

    def _bring_up(self, cluster: Cluster) -> None:
        """Attach to a server that answers, wait for one that is on its way, start one where there is none."""
        began = time.monotonic()
        attempt: _Attempt | None = None
        while (waited := time.monotonic() - began) < RECOVERY_SECONDS:
            answer = cluster.ping()
            if answer is Ping.OK:
                return
            if answer is Ping.NO_RESPONSE and (attempt is None or attempt.has_failed()):
                if attempt is not None:
                    attempt.raise_unless_passing(patient=waited < RETRY_SECONDS)
                    cluster.drop_stale_pid_file()
                attempt = _Attempt(cluster, self.home / "postgres.log")
            time.sleep(POLL_SECONDS)
        raise StorageUnavailable(
            f"PostgreSQL has not answered for {RECOVERY_SECONDS} seconds.",
            f"If {self.home / 'postgres.log'} says that it is recovering, let it; start again later.",
        )


class _Attempt:
    """One start of the server process, and what it said in the log."""

    def __init__(self, cluster: Cluster, log: Path) -> None:
        self._log = log
        descriptor = open_private_file(log, cluster.account)
        try:
            if os.fstat(descriptor).st_size > LOG_BYTES:
                os.ftruncate(descriptor, 0)
            self._began_at = os.fstat(descriptor).st_size
            self._server = cluster.spawn(descriptor)
        finally:
            os.close(descriptor)

    def has_failed(self) -> bool:
        return self._server.poll() is not None

    def raise_unless_passing(self, *, patient: bool) -> None:
        with self._log.open("rb") as log:
            log.seek(self._began_at)
            complaint = log.read(COMPLAINT_BYTES).decode(errors="replace")
        if not (patient and any(words in complaint for words in PASSING)):
            raise explain("start PostgreSQL", complaint)


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explain(doing, str(error)) from error
