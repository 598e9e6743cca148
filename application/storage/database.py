"""Connections to PostgreSQL: a pool whose sessions work as the least-privileged role, in UTC, durably, within time limits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg.rows import DictRow, dict_row

from application.settings import Settings
from application.storage.schema import APP_ROLE, migrate

SCHEMA = "dauys"


GRACE_SECONDS = 2
"""What a sound server gets on top of a statement's limit, to tell us that it has ended the statement itself."""


class ImpatientConnection(psycopg.Connection[DictRow]):
    """A connection that a frozen server cannot hold: no answer in time, and it is as torn as by a broken wire.

    PostgreSQL's own time limits do not help here: they are kept by the very process that hangs.
    """

    patience_seconds: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Raises OperationalError after `patience_seconds`, and whatever was under way may or may not be stored.

        A caller who brings a `timeout` of its own (a listener for notifications) only listens: when that is over, nothing is torn.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval, self.patience_seconds)
        except psycopg.OperationalError:
            if self.patience_seconds is not None and time.monotonic() - began >= self.patience_seconds:
                self.pgconn.finish()
            raise


class Datastore(PostgresDatastore):
    """`eventsourcing`'s datastore on any connection URL. The pool opens on first use."""

    def __init__(self, url: str, settings: Settings, *, connections: int | None = None) -> None:
        """With `connections` at most, else as many as the settings say."""
        super().__init__("", "", 0, "", "", schema=SCHEMA, lock_timeout=settings.lock_seconds)
        patience_seconds = settings.statement_seconds + GRACE_SECONDS

        def limit_patience(connection: psycopg.Connection[DictRow]) -> None:
            assert isinstance(connection, ImpatientConnection)
            connection.patience_seconds = patience_seconds

        self.pool = ConnectionPool(
            url,
            connection_class=ImpatientConnection,
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "options": session_options(settings),
                "connect_timeout": int(settings.connect_seconds),
            },
            configure=limit_patience,
            min_size=1,
            max_size=connections or settings.pool_connections,
            open=False,
            timeout=settings.connect_seconds,
            reconnect_timeout=settings.reconnect_seconds,
        )

    def register_type_adapters(self) -> None:
        """Nothing: we use none of the library's composite types, and a process must be able to start while the database is away."""

    @contextmanager
    def rows(
        self, query: Any, parameters: Any = None, *, chunk: int = 2_000
    ) -> Iterator[Iterator[dict[str, Any]]]:
        """The result of one query, streamed through a server-side cursor `chunk` rows at a time."""
        with (
            self.get_connection() as connection,
            connection.transaction(),
            connection.cursor(name="streamed") as cursor,
        ):
            cursor.itersize = chunk
            cursor.execute(query, parameters)
            yield iter(cursor)


def session_options(settings: Settings) -> str:
    """The `options` of libpq: what every session of the application works under, whatever the server's defaults are."""
    wanted = {
        "role": APP_ROLE,
        "search_path": SCHEMA,
        "timezone": "UTC",
        "synchronous_commit": "on",
        "lock_timeout": f"{settings.lock_seconds}s",
        "statement_timeout": f"{settings.statement_seconds}s",
        "idle_in_transaction_session_timeout": f"{settings.statement_seconds}s",
    }
    return " ".join(f"-c {name}={value}" for name, value in wanted.items())


def prepare(admin_url: str) -> int:
    """Migrate the database behind `admin_url`; how many migrations ran."""
    with psycopg.connect(admin_url) as connection:
        return migrate(connection)
