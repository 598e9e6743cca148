"""A made-up initiative against an akim: acts that raise and withdraw one, and the histories that lead to each of its states."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.conclusion import Channel, ChannelKind
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiating import Act, Body, Evidence, Ground, InitiativeRules
from domain.self_government.initiative_course import InitiativeState, LapseReason
from domain.self_government.maslikhat import MaslikhatCount, count
from domain.self_government.motion import ItemKind, OpenVote
from domain.self_government.office import Office, OfficeKind, Official
from domain.self_government.resolution import Resolution
from domain.self_government.rules import LocalRules
from domain.self_government.substance import Adoption, DecisionKind
from domain.self_government.unit import TerritorialUnit, UnitKind
from tests.examples import digest
from tests.given import Past, given, past
from tests.self_government import AKIM, CLERK, HELD, TEXT, UNIT, unit_of

DAY = timedelta(days=1)
DISTRICT = "101030000"
TERM_FROM = datetime(2024, 3, 1, tzinfo=UTC)
TERM_UNTIL = datetime(2029, 3, 1, tzinfo=UTC)

RAISED = HELD + 3 * DAY
NOTIFIED = RAISED + DAY
ANSWER_DUE = NOTIFIED + 10 * DAY
ANSWERED = NOTIFIED + 5 * DAY
SUBMITTED = NOTIFIED + 12 * DAY
REGISTERED = SUBMITTED + DAY
HEARING_SET = REGISTERED + DAY
HEARING = REGISTERED + 10 * DAY
HEARD = HEARING + timedelta(hours=1)
DECIDED = HEARD + DAY
DUE = RAISED + 60 * DAY
LATER = RAISED + 100 * DAY
"""When everything here is recorded: long after it happened."""

GROUNDS = (Ground.PROGRAMME_NOT_CARRIED_OUT, Ground.NO_COOPERATION)
STATEMENT = "Көше жарығы жөніндегі уәде орындалмады."
EVIDENCE = (
    Evidence(digest("photographs"), "Photographs of Abay street"),
    Evidence(digest("letters"), "Three letters without an answer"),
)
RULES = InitiativeRules.of(LocalRules())
RAISING_ACT = Act(Body.GATHERING, UUID(int=2), "dismissal", TEXT, HELD)
WITHDRAWING_ACT = Act(Body.GATHERING, UUID(int=3), "withdrawal", TEXT, RAISED + DAY)
DEPUTIES = 15
FOR_ENDING, AGAINST_ENDING = OpenVote(12, 8, 3, 1), OpenVote(12, 7, 4, 1)
SITE = Channel(ChannelKind.SITE, "https://maslikhat.example/41", DECIDED + DAY)


def resolution(
    kind: ItemKind = ItemKind.DISMISSAL_INITIATED,
    *,
    number: int = 2,
    key: str = "dismissal",
    adopted_on: datetime = HELD,
    unit: str = UNIT,
    akim: str = AKIM.id,
) -> Resolution:
    return Resolution(UUID(int=number), key, kind, TEXT, adopted_on, unit, akim=akim)


def adoption(
    kind: DecisionKind = DecisionKind.DISMISSAL_INITIATED,
    *,
    number: int = 9,
    adopted_on: datetime = HELD,
    unit: str = UNIT,
    akim: str = AKIM.id,
) -> Adoption:
    return Adoption(UUID(int=number), unit, kind, TEXT, adopted_on, akim)


def withdrawal(adopted_on: datetime = RAISED + DAY, **changed: Any) -> Resolution:
    return resolution(
        ItemKind.DISMISSAL_WITHDRAWN,
        **{"number": 3, "key": "withdrawal", "adopted_on": adopted_on, **changed},
    )


def district(kind: UnitKind = UnitKind.DISTRICT, kato: str = DISTRICT) -> TerritorialUnit:
    return unit_of(kato, parent="100000000", kind=kind)


def akims_office(*more: Past, unit: str = UNIT, kind: OfficeKind = OfficeKind.AKIM) -> Office:
    """Held by `AKIM` from 2024 to 2029, unless `more` has happened."""
    office: Office = given(
        Office.create_id(unit, kind, 0),
        past(Office.Created, unit=unit, kind=kind, seat=0, by=CLERK),
        past(
            Office.Taken, holder=AKIM, term_from=TERM_FROM, term_until=TERM_UNTIL, basis="election", by=CLERK
        ),
        *more,
    )
    return office


def vote_count(vote: OpenVote) -> MaslikhatCount:
    return count(DEPUTIES, vote, RULES.maslikhat_quorum, RULES.maslikhat_majority)


def raised_event(**changed: Any) -> Past:
    facts = {
        "unit": UNIT,
        "number": 1,
        "akim": AKIM,
        "term_from": TERM_FROM,
        "act": RAISING_ACT,
        "grounds": GROUNDS,
        "statement": STATEMENT,
        "evidence": EVIDENCE,
        "rules": RULES,
        "on": RAISED,
        "decision_due": DUE,
        "by": CLERK,
    }
    return past(DismissalInitiative.Created, **{**facts, **changed})


def decided_event(vote: OpenVote = AGAINST_ENDING) -> Past:
    return past(
        DismissalInitiative.Decided,
        count=vote_count(vote),
        text_digest=digest("act 41"),
        on=DECIDED,
        by=CLERK,
    )


_WAY = {
    InitiativeState.RAISED: raised_event(),
    InitiativeState.NOTIFIED: past(
        DismissalInitiative.AkimNotified,
        notice_digest=digest("notice"),
        on=NOTIFIED,
        answer_due=ANSWER_DUE,
        by=CLERK,
    ),
    InitiativeState.ANSWERED: past(
        DismissalInitiative.AkimAnswered,
        answer="Lamps are on order.",
        answer_digest=digest("answer"),
        on=ANSWERED,
        by=CLERK,
    ),
    InitiativeState.SUBMITTED: past(
        DismissalInitiative.Submitted,
        maslikhat=DISTRICT,
        text_digest=digest("submission"),
        on=SUBMITTED,
        by=CLERK,
    ),
    InitiativeState.REGISTERED: past(
        DismissalInitiative.Registered, entry="41/2026", on=REGISTERED, by=CLERK
    ),
    InitiativeState.HEARING_SET: past(
        DismissalInitiative.HearingSet,
        hearing=HEARING,
        place="Maslikhat, great hall",
        on=HEARING_SET,
        by=CLERK,
    ),
    InitiativeState.HEARD: past(
        DismissalInitiative.Heard, akim_spoke=True, minutes_digest=digest("hearing"), on=HEARD, by=CLERK
    ),
    InitiativeState.DECIDED: decided_event(),
    InitiativeState.PUBLISHED: past(
        DismissalInitiative.Published, text_digest=digest("act 41"), channels=(SITE,), by=CLERK
    ),
}
_WITHDRAWN = past(
    DismissalInitiative.Withdrawn, act=WITHDRAWING_ACT, reason="It has been lit since", on=NOTIFIED, by=CLERK
)
_LAPSED = past(
    DismissalInitiative.Lapsed, reason=LapseReason.DEADLINE, decision_due=DUE, on=DUE + DAY, by=CLERK
)


def history(state: InitiativeState) -> list[Past]:
    """The events that lead to `state`, the last of them into it."""
    if state is InitiativeState.WITHDRAWN:
        return [_WAY[InitiativeState.RAISED], _WITHDRAWN]
    if state is InitiativeState.LAPSED:
        return [_WAY[InitiativeState.RAISED], _LAPSED]
    way = list(_WAY)
    return [_WAY[each] for each in way[: way.index(state) + 1]]


def initiative(state: InitiativeState) -> DismissalInitiative:
    return initiative_of(*history(state))


def initiative_of(*events: Past, number: int = 1, akim: Official = AKIM) -> DismissalInitiative:
    found: DismissalInitiative = given(DismissalInitiative.create_id(UNIT, akim.id, number), *events)
    return found
