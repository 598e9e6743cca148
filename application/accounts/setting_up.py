"""Setting up an account: whoever holds its set-up code chooses the password and enrols an authenticator, and is signed in.

The first account is set up by the bootstrap code and is a sysadmin; there is no account before it and none by default. The code is
used up when the set-up ends, not when it begins: a browser that dies half-way has to begin again, with the same code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID, uuid4

from psycopg import Connection

from application.accounts import sessions
from application.accounts.access_log import AccessLog, Outcome
from application.accounts.accounts import (
    Account,
    AccountState,
    LoginTaken,
    check_login,
    find_id,
    find_login,
    has_sysadmin,
)
from application.accounts.actor import NotSignedIn
from application.accounts.one_time_codes import SECRET_BYTES, step_of
from application.accounts.passwords import Passwords, check_password
from application.accounts.roles import Role
from application.accounts.sessions import Sessions, Stage
from application.accounts.setup_codes import SetupCodes
from application.accounts.signing_in import BY_PASSWORD, SignedIn
from application.accounts.throttling import remember_device
from application.keys import Keys
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused
from domain.text import NAME_CHARS, check_text

ACT: Final = "set_up_account"
_PENDING: Final = b"setting up"
"""What the secret is sealed for while there may be no account yet."""

_SECRET_OF: Final[LiteralString] = "SELECT totp_sealed FROM dauys.sessions WHERE id = %s"  # noqa: S105 - a query
_FIRST: Final[LiteralString] = """
INSERT INTO dauys.accounts (id, login, name, roles, units, state, created_at) VALUES (%s, %s, %s, %s, '{}', 'invited', %s)
"""
_ACTIVATE: Final[LiteralString] = """
UPDATE dauys.accounts SET state = 'active', password = %s, totp_sealed = %s, totp_step = %s WHERE id = %s
"""


class SysadminExists(Refused):
    """There is somebody who can sign in and invite others."""

    code: ClassVar[str] = "sysadmin_exists"


@dataclass(frozen=True, slots=True)
class SettingUp:
    """What is being set up. `login` None: the first account, whose login is still to be chosen."""

    login: str | None
    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"SettingUp({self.login!r})"


class AccountSetup:
    def __init__(
        self,
        datastore: Datastore,
        keys: Keys,
        codes: SetupCodes,
        sessions: Sessions,
        passwords: Passwords,
        access: AccessLog,
        clock: Clock,
        randomness: Callable[[int], bytes],
    ) -> None:
        self._datastore = datastore
        self._keys = keys
        self._codes = codes
        self._sessions = sessions
        self._passwords = passwords
        self._access = access
        self._clock = clock
        self._randomness = randomness

    def bootstrap_code(self) -> str:
        """A new code for the first sysadmin; SysadminExists when there is one. What was begun with the former one is over."""
        with self._datastore.get_connection() as connection, connection.transaction():
            if has_sysadmin(connection):
                raise SysadminExists
            sessions.end_first(connection)
            return self._codes.give(connection, None)

    def begin(self, code: str, browser: str = "") -> str:
        """The token of a session in which the account of this code is set up; SetupCodeWrong."""
        secret = self._keys.sealed(self._randomness(SECRET_BYTES), _PENDING)
        with self._datastore.get_connection() as connection, connection.transaction():
            account_id = self._codes.account_of(connection, code)
            return self._sessions.open(
                connection, account_id, Stage.SETTING_UP, "setup_code", browser, secret
            )

    def pending(self, token: str) -> SettingUp:
        """What to show to whoever sets up; NotSignedIn when that session is over."""
        return self._pending(token)[1]

    def finish(
        self,
        token: str,
        password: str,
        code: str,
        device: str,
        browser: str = "",
        *,
        login: str = "",
        name: str = "",
    ) -> SignedIn:
        """The account is active and its person signed in. `login` and `name` are of the first account; others have theirs.

        PasswordUnfit, CodeWrong, SetupCodeWrong, LoginInvalid, LoginTaken; nothing has changed then.
        """
        account_id, pending = self._pending(token)
        login = pending.login or check_login(login)
        step = step_of(pending.secret, code, self._clock(), 0)
        hashed = self._passwords.hashed(check_password(password, login))
        with self._datastore.get_connection() as connection, connection.transaction():
            self._codes.take(connection, account_id)
            account = (
                self._first(connection, login, name)
                if account_id is None
                else _invited(connection, account_id)
            )
            sealed = self._keys.sealed(pending.secret, account.id.bytes)
            connection.execute(_ACTIVATE, [hashed, sealed, step, account.id])
            sessions.end_token(connection, token)
            sessions.end_all(connection, account.id)
            remember_device(connection, account.id, device, self._clock())
            opened = self._sessions.open(connection, account.id, Stage.SIGNED_IN, BY_PASSWORD, browser)
            self._access.write(connection, account.actor, ACT, account.login, Outcome.DONE)
        return SignedIn(opened, account.actor)

    def _pending(self, token: str) -> tuple[UUID | None, SettingUp]:
        found = self._sessions.find(token)
        if found is None or found.stage is not Stage.SETTING_UP:
            raise NotSignedIn
        with self._datastore.get_connection() as connection:
            row = connection.execute(_SECRET_OF, [found.id]).fetchone()
        if row is None:
            raise NotSignedIn
        secret = self._keys.unsealed(row["totp_sealed"], _PENDING)
        login, name = (found.actor.login, found.actor.name) if found.actor else (None, "")
        return found.account_id, SettingUp(login, name, secret)

    def _first(self, connection: Connection[Any], login: str, name: str) -> Account:
        if has_sysadmin(connection):
            raise SysadminExists
        if find_login(connection, login) is not None:
            raise LoginTaken
        name = check_text("name", name, NAME_CHARS)
        account_id = uuid4()
        connection.execute(_FIRST, [account_id, login, name, [Role.SYSADMIN], self._clock()])
        return _invited(connection, account_id)


def _invited(connection: Connection[Any], account_id: UUID) -> Account:
    """The account, if it still waits to be set up."""
    account = find_id(connection, account_id)
    if account is None or account.state is not AccountState.INVITED:
        raise NotSignedIn
    return account
