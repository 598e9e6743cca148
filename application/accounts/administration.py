"""What a sysadmin does with accounts: invite, change roles and units, suspend, restore, reset, end sessions.

Nobody does any of it to their own account, so the last sysadmin cannot vanish and nobody raises themselves. Whatever changes what
an account may do ends its sessions; each act and its row in the access log are one transaction.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.errors import UniqueViolation

from application.accounts import sessions
from application.accounts.access_log import AccessLog, Outcome
from application.accounts.accounts import (
    Account,
    AccountState,
    LoginTaken,
    check_login,
    find_id,
    find_login,
    page_of,
)
from application.accounts.actor import Actor
from application.accounts.roles import Role, check_roles
from application.accounts.setup_codes import SetupCodes
from application.accounts.throttling import forget_devices
from application.storage.database import Datastore
from application.store import Clock, NotFound
from domain.errors import Refused
from domain.kato import check_kato
from domain.text import NAME_CHARS, REASON_CHARS, check_text

UNITS: Final = 300
"""Of one account at most."""
CONSOLE: Final = "console"
"""The reason in a row of an act that somebody did at the command line of the server, where nobody is signed in."""

_INSERT: Final[LiteralString] = """
INSERT INTO dauys.accounts (id, login, name, roles, units, state, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_CHANGE: Final[LiteralString] = "UPDATE dauys.accounts SET name = %s, roles = %s, units = %s WHERE id = %s"
_SET_STATE: Final[LiteralString] = "UPDATE dauys.accounts SET state = %s WHERE id = %s"
_RESET: Final[LiteralString] = """
UPDATE dauys.accounts SET password = NULL, totp_sealed = NULL,
    state = CASE WHEN state = 'suspended' THEN state ELSE 'invited' END
WHERE id = %s
"""


class OwnAccount(Refused):
    """Another sysadmin must do this."""

    code: ClassVar[str] = "own_account"


class TooManyUnits(Refused):
    code: ClassVar[str] = "too_many_units"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`code` is shown once, to be handed over in person."""

    account_id: UUID
    code: str

    def __repr__(self) -> str:
        return f"Invitation({self.account_id})"


class Accounts:
    """`by` None: somebody at the server's console."""

    def __init__(
        self,
        datastore: Datastore,
        codes: SetupCodes,
        access: AccessLog,
        clock: Clock,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._datastore = datastore
        self._codes = codes
        self._access = access
        self._clock = clock
        self._new_id = new_id

    def invite(
        self, login: str, name: str, roles: Collection[Role], units: Collection[str], *, by: Actor | None
    ) -> Invitation:
        """A new account that its set-up code makes active."""
        with self._transaction() as connection:
            login = check_login(login)
            account_id = self._insert(connection, login, name, roles, units, AccountState.INVITED)
            self._write(connection, by, "invite_account", login, _given(roles, units))
            return Invitation(account_id, self._codes.give(connection, account_id))

    def enrol_verified(
        self, login: str, name: str, roles: Collection[Role], units: Collection[str], *, by: Actor | None
    ) -> UUID:
        """A new account without password or code, for somebody whom a provider verifies at every sign-in."""
        with self._transaction() as connection:
            login = check_login(login)
            account_id = self._insert(connection, login, name, roles, units, AccountState.ACTIVE)
            self._write(connection, by, "enrol_account", login, _given(roles, units))
            return account_id

    def change(
        self,
        account_id: UUID,
        name: str,
        roles: Collection[Role],
        units: Collection[str],
        *,
        by: Actor | None,
    ) -> None:
        """Name, roles and units as given from now on; its sessions end when roles or units are others than before."""
        name, held, katos = check_text("name", name, NAME_CHARS), check_roles(roles), _check_units(units)
        with self._transaction() as connection:
            account = _of_staff(_others(connection, account_id, by))
            connection.execute(_CHANGE, [name, sorted(held), sorted(katos), account_id])
            if (held, katos) != (account.roles, account.units):
                sessions.end_all(connection, account_id)
            before, after = _given(account.roles, account.units), _given(held, katos)
            self._write(connection, by, "change_account", account.login, f"{before} -> {after}")

    def suspend(self, account_id: UUID, reason: str, *, by: Actor | None) -> None:
        """Nobody signs in to it until it is restored; whoever is signed in no longer is."""
        reason = check_text("reason", reason, REASON_CHARS)
        with self._transaction() as connection:
            account = _others(connection, account_id, by)
            connection.execute(_SET_STATE, [AccountState.SUSPENDED, account_id])
            sessions.end_all(connection, account_id)
            forget_devices(connection, account_id)
            self._write(connection, by, "suspend_account", account.login, reason)

    def restore(self, account_id: UUID, *, by: Actor | None) -> None:
        """A suspended account is what it was."""
        with self._transaction() as connection:
            account = _others(connection, account_id, by)
            if account.state is not AccountState.SUSPENDED:
                return
            ready = account.password is not None and account.totp_sealed is not None
            connection.execute(
                _SET_STATE, [AccountState.ACTIVE if ready else AccountState.INVITED, account_id]
            )
            self._write(connection, by, "restore_account", account.login)

    def reset(self, account_id: UUID, *, by: Actor | None) -> Invitation:
        """Password and authenticator are worth nothing from now on; the new set-up code lets the person choose both again."""
        with self._transaction() as connection:
            account = _of_staff(_others(connection, account_id, by))
            connection.execute(_RESET, [account_id])
            sessions.end_all(connection, account_id)
            forget_devices(connection, account_id)
            self._write(connection, by, "reset_account", account.login)
            return Invitation(account_id, self._codes.give(connection, account_id))

    def end_sessions(self, account_id: UUID, *, by: Actor | None) -> int:
        """How many of the account's sessions were ended."""
        with self._transaction() as connection:
            account = _others(connection, account_id, by)
            ended = sessions.end_all(connection, account_id)
            self._write(connection, by, "end_sessions", account.login, str(ended))
            return ended

    def find(self, login: str) -> Account:
        with self._transaction() as connection:
            account = find_login(connection, login)
        if account is None:
            raise NotFound(kind="account", id=login)
        return account

    def one(self, account_id: UUID) -> Account:
        with self._transaction() as connection:
            return _found(connection, account_id)

    def page(self, most: int, after: str = "") -> list[Account]:
        """Staff accounts, at most `most`, by login, those after the login `after`."""
        with self._datastore.get_connection() as connection:
            return page_of(connection, most, after)

    def _insert(
        self,
        connection: Connection[Any],
        login: str,
        name: str,
        roles: Collection[Role],
        units: Collection[str],
        state: AccountState,
    ) -> UUID:
        account_id = self._new_id()
        values = [
            account_id,
            login,
            check_text("name", name, NAME_CHARS),
            sorted(check_roles(roles)),
            sorted(_check_units(units)),
            state,
            self._clock(),
        ]
        try:
            with connection.transaction():
                connection.execute(_INSERT, values)
        except UniqueViolation:
            raise LoginTaken from None
        return account_id

    def _write(
        self, connection: Connection[Any], by: Actor | None, act: str, login: str, reason: str = ""
    ) -> None:
        told = reason if by else f"{CONSOLE} {reason}".strip()
        self._access.write(connection, by, act, login, Outcome.DONE, told)

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        with self._datastore.get_connection() as connection, connection.transaction():
            yield connection


def _found(connection: Connection[Any], account_id: UUID) -> Account:
    account = find_id(connection, account_id)
    if account is None:
        raise NotFound(kind="account", id=account_id)
    return account


def _others(connection: Connection[Any], account_id: UUID, by: Actor | None) -> Account:
    """The account, which is not the one of who acts."""
    account = _found(connection, account_id)
    if by is not None and by.account_id == account_id:
        raise OwnAccount
    return account


def _of_staff(account: Account) -> Account:
    """A resident's is nobody's to raise or to take over: who they are they prove themselves, at every sign-in."""
    if Role.RESIDENT in account.roles:
        raise NotFound(kind="account", id=account.id)
    return account


def _check_units(units: Collection[str]) -> frozenset[str]:
    if len(units) > UNITS:
        raise TooManyUnits(most=UNITS)
    return frozenset(check_kato(kato) for kato in units)


def _given(roles: Collection[Role], units: Collection[str]) -> str:
    """Roles and units as a row of the access log tells them."""
    return " ".join([*sorted(roles), *sorted(units)])
