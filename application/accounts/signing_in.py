"""Signing in: login and password, then the one-time code; or by a provider that has verified the person already.

A wrong password, an unknown login, a suspended account and one not yet set up get the same answer after the same work. Each success
opens a new session with a token of its own, in one transaction with its row in the access log.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, LiteralString

from application.accounts import sessions
from application.accounts.access_log import AccessLog, Outcome
from application.accounts.accounts import AccountState, find_id, find_login
from application.accounts.actor import Actor, NotSignedIn
from application.accounts.one_time_codes import CodeWrong, step_of
from application.accounts.passwords import Passwords, TooBusy
from application.accounts.roles import Role
from application.accounts.sessions import Sessions, Stage
from application.accounts.throttling import Throttling
from application.keys import Keys
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

ACT: Final = "sign_in"
BY_PASSWORD: Final = "password+totp"  # noqa: S105 - how somebody signed in

_PASSWORD_OF: Final[LiteralString] = (
    "SELECT password FROM dauys.accounts WHERE login = %s AND state = 'active'"  # noqa: S105 - a query
)
_RENEW: Final[LiteralString] = "UPDATE dauys.accounts SET password = %s WHERE id = %s"
_USE_STEP: Final[LiteralString] = "UPDATE dauys.accounts SET totp_step = %s WHERE id = %s"


class SignInRefused(Refused):
    """Login and password do not belong together; which of them is wrong is not told."""

    code: ClassVar[str] = "sign_in_refused"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the cookie and nowhere else."""

    token: str
    actor: Actor

    def __repr__(self) -> str:
        return f"SignedIn({self.actor.login!r})"


class SigningIn:
    def __init__(
        self,
        datastore: Datastore,
        keys: Keys,
        sessions: Sessions,
        passwords: Passwords,
        throttling: Throttling,
        access: AccessLog,
        clock: Clock,
    ) -> None:
        self._datastore = datastore
        self._keys = keys
        self._sessions = sessions
        self._passwords = passwords
        self._throttling = throttling
        self._access = access
        self._clock = clock

    def with_password(self, login: str, password: str, device: str, browser: str = "") -> str:
        """The token of a session that waits for the one-time code; SignInRefused, TooManyAttempts or TooBusy.

        No connection is held while the password is checked: that takes a fifth of a second.
        """
        login = login.strip().lower()
        self._throttling.attempt(login, device)
        with self._datastore.get_connection() as connection:
            row = connection.execute(_PASSWORD_OF, [login]).fetchone()
        stored = row["password"] if row else None
        if not self._is_right(stored, password, login, device) or stored is None:
            self._access.record(None, ACT, login if row else "", Outcome.REFUSED, "wrong_login_or_password")
            raise SignInRefused
        self._throttling.take_back(login, device)
        renewed = self._passwords.renewed(stored, password)
        with self._datastore.get_connection() as connection, connection.transaction():
            account = find_login(connection, login)
            if account is None or account.password != stored:  # changed while it was being checked
                raise SignInRefused
            if renewed is not None:
                connection.execute(_RENEW, [renewed, account.id])
            return self._sessions.open(connection, account.id, Stage.SECOND_FACTOR, BY_PASSWORD, browser)

    def _is_right(self, stored: str | None, password: str, login: str, device: str) -> bool:
        """That nobody could look at it is no failure of whoever typed it."""
        try:
            return self._passwords.is_right(stored, password)
        except TooBusy:
            self._throttling.take_back(login, device)
            raise

    def with_code(self, token: str, code: str, device: str, browser: str = "") -> SignedIn:
        """The second step, by the token of the first. CodeWrong leaves the first step good, until there were too many."""
        waiting = self._sessions.find(token)
        if waiting is None or waiting.stage is not Stage.SECOND_FACTOR or waiting.actor is None:
            raise NotSignedIn
        self._throttling.attempt(waiting.actor.login, device)
        try:
            with self._datastore.get_connection() as connection, connection.transaction():
                account = find_id(connection, waiting.actor.account_id)
                if account is None or account.totp_sealed is None:
                    raise NotSignedIn
                secret = self._keys.unsealed(account.totp_sealed, account.id.bytes)
                step = step_of(secret, code, self._clock(), account.totp_step)
                connection.execute(_USE_STEP, [step, account.id])
                sessions.end_token(connection, token)
                self._throttling.succeeded(connection, account.id, account.login, device)
                opened = self._sessions.open(connection, account.id, Stage.SIGNED_IN, BY_PASSWORD, browser)
                self._access.write(connection, account.actor, ACT, account.login, Outcome.DONE, BY_PASSWORD)
        except CodeWrong:
            self._access.record(None, ACT, waiting.actor.login, Outcome.REFUSED, CodeWrong.code)
            raise
        return SignedIn(opened, account.actor)

    def sign_in_verified(self, login: str, how: str, among: frozenset[Role], browser: str = "") -> SignedIn:
        """Sign in somebody whom a trusted provider has verified just now; `how` names it in the access log.

        SignInRefused when no active account has this login, or it has a role that is not `among` those this provider vouches for:
        residents' logins are public, and whoever may choose a name at the provider of staff is none of them for it.
        """
        with self._datastore.get_connection() as connection, connection.transaction():
            account = find_login(connection, login)
            if account is None or account.state is not AccountState.ACTIVE or not account.roles <= among:
                self._access.write(connection, None, ACT, login if account else "", Outcome.REFUSED, how)
            else:
                token = self._sessions.open(connection, account.id, Stage.SIGNED_IN, how, browser)
                self._access.write(connection, account.actor, ACT, account.login, Outcome.DONE, how)
                return SignedIn(token, account.actor)
        raise SignInRefused
