"""Connections to PostgreSQL: a pool whose sessions work as the least-privileged role, in UTC, durably, within time limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg.rows import DictRow, dict_row

from application.settings import Settings
from application.storage.schema import APP_ROLE, migrate

SCHEMA = "dauys"


class Datastore(PostgresDatastore):
    """`eventsourcing`'s datastore on any connection URL. The pool opens on first use."""

    def __init__(self, url: str, settings: Settings) -> None:
        super().__init__("", "", 0, "", "", schema=SCHEMA, lock_timeout=settings.lock_seconds)
        self.pool = ConnectionPool(
            url,
            connection_class=psycopg.Connection[DictRow],
            kwargs={"row_factory": dict_row, "autocommit": True, "options": session_options(settings)},
            min_size=1,
            max_size=settings.pool_connections,
            open=False,
            timeout=settings.connect_seconds,
        )

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
