"""Who acts: the signed-in person as every use case gets it, with the roles and the units as they are at this moment."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from application.accounts.roles import Role
from domain.errors import Refused


class NotSignedIn(Refused):
    """Nobody is signed in, or no longer."""

    code: ClassVar[str] = "not_signed_in"


class RoleMissing(Refused):
    """The person signed in holds none of the roles that may do this."""

    code: ClassVar[str] = "role_missing"


class NotYourUnit(Refused):
    """The person signed in has no part in the unit `kato`."""

    code: ClassVar[str] = "not_your_unit"


@dataclass(frozen=True, slots=True)
class Actor:
    """`login` is what events store as `by`; `units` are KATO codes, and an empty set is none of them, not all."""

    account_id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    units: frozenset[str]

    def may(self, roles: Collection[Role]) -> bool:
        return not self.roles.isdisjoint(roles)

    def must_act_in(self, *katos: str) -> None:
        """NotYourUnit unless the account was given every one of these units."""
        for kato in katos:
            if kato not in self.units:
                raise NotYourUnit(kato=kato)
