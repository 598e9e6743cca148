"""Residents' accounts: whoever has proven who they are gets one, with an opaque login that says nothing of them.

The login is what events store as `author`. Which proof belongs to which account is kept as a keyed hash; no name, no IIN and no
address is kept with it, but for an address that the resident leaves for notices.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from application.accounts.roles import Role
from application.identity.challenges import Proven
from application.identity.one_time_codes import check_address
from application.kiosks import Random
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

_LOGIN_BYTES: Final = 10

_ALONE: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended(encode(%b, 'hex'), 0))"
_LOGIN_OF: Final[LiteralString] = """
SELECT a.login FROM dauys.resident_proofs p JOIN dauys.accounts a ON a.id = p.account_id WHERE p.person = %b
"""
_NEW_ACCOUNT: Final[LiteralString] = """
INSERT INTO dauys.accounts (id, login, name, roles, units, state, created_at)
VALUES (%s, %s, '', %s, '{}', 'active', %s)
"""
_NEW_RESIDENT: Final[LiteralString] = (
    "INSERT INTO dauys.residents (account_id, adult_by, language) VALUES (%s, %s, %s)"
)
_NEW_PROOF: Final[LiteralString] = (
    "INSERT INTO dauys.resident_proofs (person, method, account_id) VALUES (%b, %s, %s)"
)
_WISHES: Final[LiteralString] = "SELECT notices_to, language FROM dauys.residents WHERE account_id = %s"
_WISH: Final[LiteralString] = (
    "UPDATE dauys.residents SET notices_to = %s, language = %s WHERE account_id = %s"
)


class ResidentUnderAge(Refused):
    """By the certificate's own word; proposals are made by adults (`least` full years)."""

    code: ClassVar[str] = "resident_under_age"


class AgeNotDeclared(Refused):
    """The proof tells nothing of age, and the resident has not said that they are of age."""

    code: ClassVar[str] = "age_not_declared"


@dataclass(frozen=True, slots=True)
class Wishes:
    """`notices_to`: where letters go, None for none; `language` of those letters."""

    notices_to: str | None = field(repr=False)
    language: str


class Residents:
    def __init__(self, datastore: Datastore, clock: Clock, random: Random, adult_years: int) -> None:
        self._datastore = datastore
        self._clock = clock
        self._random = random
        self._adult_years = adult_years

    def login_of(self, proven: Proven, *, declared_adult: bool, language: str) -> str:
        """The login of whoever has proven who they are, of age by proof or else by their word; who has no account gets one."""
        if proven.adult is False:
            raise ResidentUnderAge(least=self._adult_years)
        with self._datastore.get_connection() as connection, connection.transaction():
            connection.execute(_ALONE, [proven.person])  # or two browsers at once would make two accounts
            row = connection.execute(_LOGIN_OF, [proven.person]).fetchone()
            if row is not None:
                return str(row["login"])
            if not (proven.adult or declared_adult):
                raise AgeNotDeclared
            account_id = UUID(bytes=self._random(16), version=4)
            login = f"resident-{self._random(_LOGIN_BYTES).hex()}"
            connection.execute(_NEW_ACCOUNT, [account_id, login, [Role.RESIDENT], self._clock()])
            adult_by = "eds" if proven.adult else "declared"
            connection.execute(_NEW_RESIDENT, [account_id, adult_by, language])
            connection.execute(_NEW_PROOF, [proven.person, proven.method, account_id])
            return login

    def wishes(self, account_id: UUID) -> Wishes:
        with self._datastore.get_connection() as connection:
            row = connection.execute(_WISHES, [account_id]).fetchone()
        assert row is not None, "every resident's account has its row"
        return Wishes(**row)

    def wish(self, account_id: UUID, notices_to: str, language: str) -> None:
        """Where letters go from now on, and in which language; an empty address for none. AddressInvalid."""
        address = check_address(notices_to) if notices_to.strip() else None
        with self._datastore.get_connection() as connection:
            connection.execute(_WISH, [address, language, account_id])
