"""The durability gate: voting cannot open while the database may lose what it has acknowledged.

A receipt promises that the ballot is on disk, so every setting that could make that untrue must be on.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.errors import Refused

DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
    "data_checksums": {"on"},
}
"""What each setting may be (PostgreSQL manual, 19.5 and 19.17).

`synchronous_commit` = local and remote_write wait for this server's disk but not for a synchronous standby's: after a
failover a receipt could name a ballot that is gone. They are refused even where no standby exists yet, because one may be
added while voting is open.
"""

MENDS = {
    "command line": "start the server without {name} among its arguments",
    "global": "ALTER ROLE ALL RESET {name};",
    "database": "ALTER DATABASE {database} RESET {name};",
    "user": "ALTER ROLE {role} RESET {name};",
    "database user": "ALTER ROLE {role} IN DATABASE {database} RESET {name};",
    "client": "remove {name} from the options of the connection",
    "session": "remove {name} from the options of the connection",
}
"""By where it was turned off (`source` of pg_settings); everywhere else ALTER SYSTEM decides."""


@dataclass(frozen=True, slots=True)
class DurabilityFault:
    setting: str
    value: str
    mend: str
    """What an operator types or changes to mend it."""


class NotDurable(Refused):
    """The database could lose an acknowledged ballot. Facts: `off` (settings with values) and `mend`, in one order."""

    code: ClassVar[str] = "storage_not_durable"

    def __init__(self, faults: list[DurabilityFault]) -> None:
        super().__init__(
            off=[f"{fault.setting}={fault.value}" for fault in faults], mend=[fault.mend for fault in faults]
        )


def check_durability(conn: Connection[Any]) -> list[DurabilityFault]:
    """Settings that are not durable in this session, by name; empty when all are.

    A role, a database or a connection may override the server: ask over a connection of the kind that will write.
    """
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT name, setting, source, quote_ident(session_user), quote_ident(current_database())"
            " FROM pg_settings WHERE name = ANY(%s) ORDER BY name",
            [list(DURABLE)],
        ).fetchall()
    return [
        DurabilityFault(name, value, _mend(name, source, role, database))
        for name, value, source, role, database in rows
        if value not in DURABLE[name]
    ]


def refuse_unless_durable(conn: Connection[Any]) -> None:
    if faults := check_durability(conn):
        raise NotDurable(faults)


def _mend(name: str, source: str, role: str, database: str) -> str:
    """How to turn the setting on."""
    if name == "data_checksums":
        return "stop the server, then: pg_checksums --enable -D <data folder>"
    command = MENDS.get(source, "ALTER SYSTEM SET {name} = 'on'; SELECT pg_reload_conf();")
    return command.format(name=name, role=role, database=database)
