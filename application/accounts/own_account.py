"""What everybody does with their own account: change the password, end sessions. Both need no sysadmin."""

from typing import Any, Final, LiteralString
from uuid import UUID

from application.accounts import sessions
from application.accounts.access_log import AccessLog, Outcome
from application.accounts.accounts import find_id
from application.accounts.actor import Actor, NotSignedIn
from application.accounts.passwords import Passwords, TooBusy, check_password
from application.accounts.sessions import Sessions, Stage
from application.accounts.signing_in import BY_PASSWORD, SignInRefused
from application.accounts.throttling import Throttling
from application.storage.database import Datastore

CHANGE: Final = "change_password"

_PASSWORD_OF: Final[LiteralString] = "SELECT password FROM dauys.accounts WHERE id = %s"  # noqa: S105 - a query
_SET_PASSWORD: Final[LiteralString] = "UPDATE dauys.accounts SET password = %s WHERE id = %s"  # noqa: S105 - a query


class OwnAccounts:
    def __init__(
        self,
        datastore: Datastore,
        sessions: Sessions,
        passwords: Passwords,
        throttling: Throttling,
        access: AccessLog,
    ) -> None:
        self._datastore = datastore
        self._sessions = sessions
        self._passwords = passwords
        self._throttling = throttling
        self._access = access

    def change_password(self, actor: Actor, old: str, new: str, device: str, browser: str = "") -> str:
        """Every session of the account ends; the token of a new one.

        SignInRefused when `old` is wrong, PasswordUnfit, TooManyAttempts, TooBusy; nothing has changed then.
        """
        check_password(new, actor.login)
        self._throttling.attempt(actor.login, device)
        stored = self._stored(actor.account_id)
        hashed = self._hashed_if_right(stored, old, new, actor.login, device)
        if hashed is None:
            self._access.record(actor, CHANGE, actor.login, Outcome.REFUSED, "wrong_password")
            raise SignInRefused
        with self._datastore.get_connection() as connection, connection.transaction():
            account = find_id(connection, actor.account_id)
            if account is None or account.password != stored:  # changed while this was being checked
                raise NotSignedIn
            connection.execute(_SET_PASSWORD, [hashed, account.id])
            self._throttling.succeeded(connection, account.id, account.login, device)
            sessions.end_all(connection, account.id)
            token = self._sessions.open(connection, account.id, Stage.SIGNED_IN, BY_PASSWORD, browser)
            self._access.write(connection, actor, CHANGE, actor.login, Outcome.DONE)
        return token

    def _hashed_if_right(self, stored: str | None, old: str, new: str, login: str, device: str) -> str | None:
        """The new password as it is stored, if `old` is right. That nobody could look at it is no failure of whoever typed it."""
        try:
            return self._passwords.hashed(new) if self._passwords.is_right(stored, old) else None
        except TooBusy:
            self._throttling.take_back(login, device)
            raise

    def end_session(self, actor: Actor, session_id: UUID) -> bool:
        """Whether it was one of the person's own."""
        return self._sessions.end_one(actor.account_id, session_id)

    def end_others(self, actor: Actor, but: UUID) -> int:
        """How many of the person's other sessions were ended."""
        with self._datastore.get_connection() as connection, connection.transaction():
            ended = sessions.end_all(connection, actor.account_id, but)
            self._access.write(connection, actor, "end_sessions", actor.login, Outcome.DONE, str(ended))
        return ended

    def _stored(self, account_id: UUID) -> str | None:
        with self._datastore.get_connection() as connection:
            row: dict[str, Any] | None = connection.execute(_PASSWORD_OF, [account_id]).fetchone()
        return row["password"] if row else None
