"""The staff's console: every place of work, and for whose role it is. A place that is not here is on nobody's menu."""

from dataclasses import dataclass
from typing import Final

from api.web.words import N_
from application.accounts.actor import Actor
from application.accounts.roles import STAFF, Role


@dataclass(frozen=True, slots=True)
class Place:
    """`title` is a message; `about`, one too, says on the first page of the console what is done there."""

    path: str
    title: str
    roles: frozenset[Role]
    about: str = ""


PLACES: Final = (
    Place("/staff", N_("Overview"), STAFF),
    Place(
        "/secretary",
        N_("Self-government"),
        frozenset({Role.COUNCIL_SECRETARY, Role.MASLIKHAT_SECRETARY, Role.OFFICE}),
        N_("Gatherings, the Council, its decisions, initiatives: enter what was done."),
    ),
    Place(
        "/desk",
        N_("Check-in desk"),
        frozenset({Role.DESK}),
        N_("Look people up on the roll, hand out slips, sign for the day."),
    ),
    Place(
        "/admin/accounts",
        N_("Accounts"),
        frozenset({Role.SYSADMIN}),
        N_("Invite colleagues, give and take roles, end sessions."),
    ),
    Place(
        "/admin/log",
        N_("Access log"),
        frozenset({Role.SYSADMIN, Role.AUDITOR}),
        N_("Who signed in, who was refused, and who gave whom which right."),
    ),
    Place(
        "/expert",
        N_("Proposals under review"),
        frozenset({Role.EXPERT, Role.OFFICE, Role.OFFICE_APPROVER}),
        N_("Admit, return or reject what residents propose."),
    ),
    Place(
        "/office/rounds",
        N_("Rounds of my units"),
        frozenset({Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR}),
        N_("Draft a round, lead it to the vote, and on to the conclusion and the finished projects."),
    ),
    Place(
        "/office/approvals",
        N_("Waiting for a second person"),
        frozenset({Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR}),
        N_("Judge what a colleague asks for, with everything needed to judge it."),
    ),
    Place(
        "/office/kiosks",
        N_("Kiosks"),
        frozenset({Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR}),
        N_("See which kiosks are in service, invite one, revoke one."),
    ),
    Place("/account", N_("My account"), STAFF, N_("Change the password and see where you are signed in.")),
)


def places_of(actor: Actor) -> tuple[Place, ...]:
    """What this person's roles lead to, in the order of the menu."""
    return tuple(place for place in PLACES if actor.may(place.roles))
