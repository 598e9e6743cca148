"""Accounts as they are stored, read in one place: by their login, by their id, and all of them page by page."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

from psycopg import Connection

from application.accounts.actor import Actor
from application.accounts.roles import Role
from domain.errors import Refused

LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""What an event may store as `by`."""

_COLUMNS: Final[LiteralString] = (
    "id, login, name, roles, units, state, password, totp_sealed, totp_step, created_at"
)
_BY_LOGIN: Final[LiteralString] = f"SELECT {_COLUMNS} FROM dauys.accounts WHERE login = %s FOR UPDATE"
_BY_ID: Final[LiteralString] = f"SELECT {_COLUMNS} FROM dauys.accounts WHERE id = %s FOR UPDATE"
_STAFF_AFTER: Final[LiteralString] = (
    f"SELECT {_COLUMNS} FROM dauys.accounts WHERE roles <> '{{resident}}' AND login > %s ORDER BY login LIMIT %s"
)
_SYSADMIN: Final[LiteralString] = (
    "SELECT FROM dauys.accounts WHERE 'sysadmin' = ANY(roles) AND state = 'active' LIMIT 1"
)


class LoginInvalid(Refused):
    """1 to 64 of a-z, 0-9, dot, underscore and hyphen, and a letter or a digit first."""

    code: ClassVar[str] = "login_invalid"


class LoginTaken(Refused):
    code: ClassVar[str] = "login_taken"


class AccountState(StrEnum):
    INVITED = "invited"
    """Made, or reset; a set-up code makes it active."""
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Account:
    """One row. Its `repr` has neither password nor secret."""

    id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    units: frozenset[str]
    state: AccountState
    created_at: datetime
    totp_step: int
    password: str | None
    totp_sealed: bytes | None

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.login, self.name, self.roles, self.units)

    def __repr__(self) -> str:
        return f"Account({self.id}, {self.login!r}, {self.state})"


def find_login(connection: Connection[Any], login: str) -> Account | None:
    """Locked until the caller's transaction ends: what is decided on an account is decided by one at a time."""
    row = connection.execute(_BY_LOGIN, [login]).fetchone()
    return None if row is None else _account(row)


def find_id(connection: Connection[Any], account_id: UUID) -> Account | None:
    """Locked, as by `find_login`."""
    row = connection.execute(_BY_ID, [account_id]).fetchone()
    return None if row is None else _account(row)


def page_of(connection: Connection[Any], most: int, after: str) -> list[Account]:
    """Staff accounts by login, at most `most`, those after the login `after`."""
    return [_account(row) for row in connection.execute(_STAFF_AFTER, [after, most])]


def has_sysadmin(connection: Connection[Any]) -> bool:
    """Whether anybody can sign in who may invite others."""
    return connection.execute(_SYSADMIN).fetchone() is not None


def check_login(login: str) -> str:
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise LoginInvalid
    return login


def _account(row: dict[str, Any]) -> Account:
    return Account(
        **{
            **row,
            "roles": frozenset(Role(role) for role in row["roles"]),
            "units": frozenset(row["units"]),
            "state": AccountState(row["state"]),
        }
    )
