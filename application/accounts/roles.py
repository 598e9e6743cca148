"""The roles of the people who use Dauys, and which of them one account may hold together.

Whoever gives out accounts decides nothing in an election, and whoever audits is no part of what is audited: a sysadmin, an auditor
and a resident hold that one role and no other.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import ClassVar, Final

from domain.errors import Refused


class Role(StrEnum):
    """Stored in accounts and audit rows: a value never changes."""

    PUBLIC = "public"
    """Everybody, signed in or not; no account holds it."""
    RESIDENT = "resident"
    DESK = "desk"
    OPERATOR = "operator"
    EXPERT = "expert"
    OFFICE = "office"
    OFFICE_APPROVER = "office-approver"
    COUNCIL_SECRETARY = "council-secretary"
    MASLIKHAT_SECRETARY = "maslikhat-secretary"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"


ALONE: Final = frozenset({Role.RESIDENT, Role.AUDITOR, Role.SYSADMIN})
"""Held without any other."""

STAFF: Final = frozenset(Role) - {Role.PUBLIC, Role.RESIDENT}
"""What a sysadmin may give."""


class RolesNotSeparate(Refused):
    """`role` is to be held alone."""

    code: ClassVar[str] = "roles_not_separate"


class RolesInvalid(Refused):
    """No role at all, or one that no account may hold."""

    code: ClassVar[str] = "roles_invalid"


def check_roles(roles: Collection[Role]) -> frozenset[Role]:
    """The roles of one account; refused when they may not stand together."""
    held = frozenset(roles)
    if not held or Role.PUBLIC in held:
        raise RolesInvalid
    if len(held) > 1 and (alone := held & ALONE):
        raise RolesNotSeparate(role=min(alone))
    return held
