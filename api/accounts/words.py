"""What roles, states and acts are called; the words are translated where they are shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.web.words import N_
from application.accounts.accounts import AccountState
from application.accounts.roles import STAFF, Role

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Role.DESK: N_("Check-in desk"),
        Role.OPERATOR: N_("Operator of kiosks"),
        Role.EXPERT: N_("Expert council"),
        Role.OFFICE: N_("Akim's office: drafts"),
        Role.OFFICE_APPROVER: N_("Akim's office: approves"),
        Role.COUNCIL_SECRETARY: N_("Secretary of the Council"),
        Role.MASLIKHAT_SECRETARY: N_("Secretary of the maslikhat"),
        Role.AUDITOR: N_("Auditor"),
        Role.SYSADMIN: N_("System administrator"),
        Role.RESIDENT: N_("Resident"),
    }
)

STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        AccountState.INVITED: (N_("Invited"), "wait"),
        AccountState.ACTIVE: (N_("Active"), "good"),
        AccountState.SUSPENDED: (N_("Suspended"), "bad"),
    }
)
"""By state: what it is called, and the kind of its tag."""

ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sign_in": N_("Signed in"),
        "set_up_account": N_("Set up an account"),
        "invite_account": N_("Invited a colleague"),
        "enrol_account": N_("Opened an account"),
        "change_account": N_("Changed an account"),
        "suspend_account": N_("Suspended an account"),
        "restore_account": N_("Restored an account"),
        "reset_account": N_("Reset an account"),
        "end_sessions": N_("Ended sessions"),
        "change_password": N_("Changed the password"),
    }
)
"""Of the access log; an act that is not here is shown as it is recorded."""


def roles_for() -> dict[str, str]:
    """The roles that a sysadmin may give, in the order of the list."""
    return {role: words for role, words in ROLES.items() if role in STAFF}
