"""Which acts a secretary or the akim's office may enter about a thing, in the state it is in; every other is not offered.

What is offered may still be refused: the rules are the domain's, and it is asked before anything is recorded.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from application.accounts.actor import Actor
from application.accounts.roles import Role
from application.self_government.scenario.entry import Entry
from application.self_government.scenario.reading import KINDS

_COUNCIL: Final = frozenset({Role.COUNCIL_SECRETARY})
_MASLIKHAT: Final = frozenset({Role.MASLIKHAT_SECRETARY})
_REGISTRARS: Final = frozenset({Role.MASLIKHAT_SECRETARY, Role.OFFICE})
_EXECUTORS: Final = frozenset({Role.COUNCIL_SECRETARY, Role.OFFICE})
ALL: Final = (Role.COUNCIL_SECRETARY, Role.MASLIKHAT_SECRETARY, Role.OFFICE)


@dataclass(frozen=True, slots=True)
class Act:
    """`word`: the kind of entry. `states`: of the thing, in which it is offered; none are all of them.

    `elsewhere`: members that name something of another thing than this one, so that what this one offers is no choice for them.
    """

    word: str
    roles: frozenset[Role]
    states: Collection[str] = ()
    elsewhere: Collection[str] = ()

    @property
    def entry(self) -> type[Entry]:
        return KINDS[self.word]


_BEFORE_HEARING: Final = (
    "raised",
    "notified",
    "answered",
    "submitted",
    "registered",
    "hearing_set",
)

ACTS: Final[Mapping[str, tuple[Act, ...]]] = MappingProxyType(
    {
        "units": (
            Act("gathering.convened", _COUNCIL, elsewhere=("gathering",)),
            Act("council.formed", _COUNCIL),
            Act("report_meeting.held", _EXECUTORS),
            Act("dismissal.raised", _COUNCIL),
            Act("unit.population_recorded", _REGISTRARS),
            Act("unit.rules_set", _MASLIKHAT),
            Act("office.taken", _REGISTRARS),
            Act("office.left", _REGISTRARS),
        ),
        "gatherings": (
            Act("gathering.representatives_chosen", _COUNCIL, ("convened",), elsewhere=("item",)),
            Act("gathering.opened", _COUNCIL, ("convened",)),
            Act("gathering.called_off", _COUNCIL, ("convened",)),
            Act("gathering.item_voted", _COUNCIL, ("opened",)),
            Act("gathering.closed", _COUNCIL, ("opened",)),
            Act("gathering.published", _COUNCIL, ("closed",)),
        ),
        "councils": (
            Act("sitting.convened", _COUNCIL, ("",)),
            Act("council.interest_declared", _COUNCIL, ("",)),
            Act("council.member_left", _COUNCIL, ("",)),
            Act("council.members_elected", _COUNCIL, ("",)),
            Act("council.chair_left", _COUNCIL, ("",)),
            Act("council.dissolved", _COUNCIL, ("",)),
        ),
        "sittings": (
            Act("sitting.opened", _COUNCIL, ("convened",)),
            Act("sitting.called_off", _COUNCIL, ("convened",)),
            Act("decision.proposed", _COUNCIL, ("opened",)),
            Act("council.chair_elected", _COUNCIL, ("opened",)),
            Act("sitting.member_arrived", _COUNCIL, ("opened",)),
            Act("sitting.member_left", _COUNCIL, ("opened",)),
            Act("sitting.closed", _COUNCIL, ("opened",)),
        ),
        "decisions": (
            Act("decision.vote_cast", _COUNCIL, ("proposed",)),
            Act("decision.recused", _COUNCIL, ("proposed",)),
            Act("decision.vote_closed", _COUNCIL, ("proposed",)),
            Act("decision.signed", _COUNCIL, ("adopted",)),
            Act("decision.published", _COUNCIL, ("signed",)),
            Act("execution.ordered", _COUNCIL, ("adopted", "signed", "published")),
        ),
        "executions": (
            Act("execution.progressed", _EXECUTORS, ("under_way",)),
            Act("execution.extended", _COUNCIL, ("under_way",)),
            Act("execution.done", _EXECUTORS, ("under_way",)),
        ),
        "dismissals": (
            Act("dismissal.akim_notified", _COUNCIL, ("raised",)),
            Act("dismissal.akim_answered", _COUNCIL, ("notified",)),
            Act("dismissal.submitted", _COUNCIL, ("notified", "answered")),
            Act("dismissal.registered", _MASLIKHAT, ("submitted",)),
            Act("dismissal.hearing_set", _MASLIKHAT, ("registered",)),
            Act("dismissal.heard", _MASLIKHAT, ("hearing_set",)),
            Act("dismissal.decided", _MASLIKHAT, ("heard",)),
            Act("dismissal.published", _MASLIKHAT, ("decided",)),
            Act("dismissal.withdrawn", _COUNCIL, _BEFORE_HEARING),
            Act("dismissal.lapsed", _COUNCIL | _MASLIKHAT, (*_BEFORE_HEARING, "heard")),
        ),
        "report-meetings": (
            Act("report_meeting.question_raised", _EXECUTORS),
            Act("report_meeting.status_reported", _EXECUTORS),
            Act("report_meeting.question_settled", _EXECUTORS),
        ),
    }
)
"""By the kind of thing, as in the address of its page. Contests are rounds, and rounds are the office's."""

REGISTRATION: Final = Act("unit.registered", _REGISTRARS)
"""About a unit that is not there yet."""


def acting(actor: Actor, unit: str, above: str) -> frozenset[Role]:
    """In which of their roles somebody acts for a unit (a KATO): all in their own; in those right below, the maslikhat's alone,
    which a district has for all its units. NotYourUnit where in none.
    """
    if unit not in actor.units and above in actor.units and actor.may(_MASLIKHAT):
        return _MASLIKHAT
    actor.must_act_in(unit)
    return actor.roles


def offered(kind: str, state: str, roles: frozenset[Role]) -> list[Act]:
    """To whoever acts in these roles, about a thing of this kind in this state."""
    return [act for act in ACTS[kind] if roles & act.roles and (not act.states or state in act.states)]


def find(kind: str, word: str, state: str, roles: frozenset[Role]) -> Act | None:
    """The act of that word, if it is offered."""
    return next((act for act in offered(kind, state, roles) if act.word == word), None)
