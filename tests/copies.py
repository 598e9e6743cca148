"""Copies of a template database that are used again: to make one costs a third of a second of processor time, to empty it a tenth.

A copy that is lent holds exactly what the template holds, under a name that nobody has heard before, and nobody else is
connected to it. What was done to its tables is undone; a copy whose schema somebody touched is dropped instead.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

LEAST_AT_REST = 2
"""A copy is lent again only when so many are at rest: by then the sessions of its last borrower have ended."""
MOST_LOANS, MOST_ROWS = 30, 5_000
"""Deleted rows stay in the files: after so many loans, or one that left so many rows, a copy is dropped."""
MOST_DISCARDED = 20
"""Lie there, nine megabytes each, until there are so many: before it drops one the server writes out all it has in memory."""
CATALOGS = (
    *("class", "attribute", "attrdef", "constraint", "index", "proc", "trigger", "type", "rewrite", "policy"),
    *("namespace", "extension", "default_acl", "event_trigger", "publication"),
)
"""Whatever is changed or added there gets a newer xmin; what is removed is missing in the count."""
SCHEMA = sql.SQL("SELECT {}").format(
    sql.SQL(", ").join(
        sql.SQL("(SELECT (count(*), max(xmin::text::bigint))::text FROM {})").format(
            sql.Identifier("pg_catalog", f"pg_{name}")
        )
        for name in CATALOGS
    )
)
TABLES = """SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"""
SEQUENCES = "SELECT schemaname, sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
THROW_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def create(connection: psycopg.Connection[Any], template: str) -> str:
    """A copy's name."""
    name = _new_name()
    names = map(sql.Identifier, (name, template))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return name


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Whoever is still connected."""
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def at(server_url: str, name: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def _new_name() -> str:
    return f"test_{uuid4().hex}"


@dataclass
class Copy:
    """`schema`: its catalogs when it was made. Rows whose xmin is `since` or later are a borrower's."""

    name: str
    schema: tuple[Any, ...]
    since: int
    loans: int = 0


@dataclass(frozen=True)
class Table:
    """As the template has it: how many rows, and these in COPY's format."""

    name: sql.Identifier
    count: int
    rows: bytes


class Copies:
    """Of one template that nobody changes any more; `at_rest`, the longest first."""

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url, self._template = server_url, template
        self._maintenance = psycopg.connect(server_url, autocommit=True)
        self._at_rest: deque[Copy] = deque()
        self._discarded: list[str] = []
        with self._session(template) as session:
            names = [sql.Identifier(*name) for name in session.execute(TABLES)]
            self._tables = [_read(session, name) for name in names]
            self._sequences = session.execute(SEQUENCES).fetchall()
        self._counting = sql.SQL("SELECT {}").format(
            sql.SQL(", ").join(
                sql.SQL("(SELECT ARRAY[count(*), coalesce(max(xmin::text::bigint), 0)] FROM {})").format(name)
                for name in names
            )
        )

    @contextmanager
    def borrowed(self) -> Iterator[str]:
        """Name of a copy for the caller alone."""
        copy = (len(self._at_rest) >= LEAST_AT_REST and self._used()) or self._new()
        try:
            yield copy.name
        finally:
            self._maintenance.execute(THROW_OUT, [copy.name])
            self._at_rest.append(copy)

    def close(self, *, server_goes_too: bool) -> None:
        self._discarded += [copy.name for copy in self._at_rest]
        if not server_goes_too:
            self._drop_discarded()
        self._maintenance.close()

    def _drop_discarded(self) -> None:
        while self._discarded:
            drop(self._maintenance, self._discarded.pop())

    def _new(self) -> Copy:
        name = create(self._maintenance, self._template)
        with self._session(name) as session:
            return Copy(name, _schema(session), _next_transaction(session))

    def _used(self) -> Copy | None:
        """The copy that rested longest, as the template again; None if it cannot be made so, and it is gone."""
        copy = self._at_rest.popleft()
        copy.loans += 1
        try:
            self._rename(copy)
            with self._session(copy.name) as session:
                if (
                    copy.loans < MOST_LOANS
                    and _schema(session) == copy.schema
                    and self._restore(session, copy.since)
                ):
                    copy.since = _next_transaction(session)
                    return copy
        except psycopg.errors.ObjectInUse:
            pass  # somebody came back before the new name: dropped, whoever it is
        self._discarded.append(copy.name)
        if len(self._discarded) >= MOST_DISCARDED:
            self._drop_discarded()
        return None

    def _rename(self, copy: Copy) -> None:
        """So that whoever knew the old name, and is still alive, finds nothing there."""
        self._maintenance.execute(THROW_OUT, [copy.name])
        name = _new_name()
        names = map(sql.Identifier, (copy.name, name))
        self._maintenance.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
        copy.name = name

    def _restore(self, session: psycopg.Connection[Any], since: int) -> bool:
        """Undo what was done to the tables since that transaction; False if it is too much."""
        found = session.execute(self._counting).fetchone() or ()
        changed = [
            (table, count)
            for table, (count, newest) in zip(self._tables, found, strict=True)
            if count != table.count or newest >= since
        ]
        if sum(count for _, count in changed) > MOST_ROWS:
            return False
        undo = [
            sql.SQL(
                "SET session_replication_role = replica"
            ),  # no trigger keeps rows from going, or minds that they come
            *(sql.SQL("DELETE FROM {}").format(table.name) for table, _ in changed),
            *(
                sql.SQL("SELECT setval({}, {}, {})").format(
                    sql.Identifier(schema, name).as_string(), last, called
                )
                for schema, name, last, called in self._sequences
            ),
        ]
        session.execute(sql.SQL("; ").join(undo))
        for table, _ in changed:
            if table.rows:
                with session.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table.name)) as copying:
                    copying.write(table.rows)
        return True

    def _session(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(at(self._server_url, name), autocommit=True)


def _read(session: psycopg.Connection[Any], name: sql.Identifier) -> Table:
    with session.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(name)) as copying:
        rows = b"".join(map(bytes, copying))
    return Table(name, rows.count(b"\n"), rows)


def _schema(session: psycopg.Connection[Any]) -> tuple[Any, ...]:
    return session.execute(SCHEMA).fetchone() or ()


def _next_transaction(session: psycopg.Connection[Any]) -> int:
    """Above all rows that there are; their xmin has 32 bits, which no server of tests has ever filled."""
    return int(
        (session.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone() or (0,))[0]
    )
