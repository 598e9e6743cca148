"""A made-up Council of seven in the rural district of `tests.self_government`, its sittings and decisions."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.conclusion import Channel, ChannelKind
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, DecisionState, Proposal
from domain.self_government.matters import AgreedText, Matter, Regulation
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.resolution import Resolution
from domain.self_government.rollcall import MemberVote, Session, Vote
from domain.self_government.seating import LocalitySeats
from domain.self_government.sitting import Point, Sitting, Summons
from domain.self_government.substance import DecisionKind, RegulatedMatter
from domain.self_government.unit import TerritorialUnit
from tests.self_government import CLERK, FAR, HELD, MINUTES, NEAR, TEXT, UNIT, far, near, the_unit

DAY = timedelta(days=1)
SEATS = (LocalitySeats(NEAR, 5), LocalitySeats(FAR, 2))
SEVEN = tuple(f"m.{number}" for number in range(1, 8))
CHAIR, FOUR, THREE = SEVEN[0], SEVEN[:4], SEVEN[:3]
CANDIDATES = tuple(
    Candidate(Official(each, f"Мүше {each}"), NEAR if number < 5 else FAR)
    for number, each in enumerate(SEVEN)
)

SUMMONED = HELD + 20 * DAY
SAT = SUMMONED + 10 * DAY
SIGNED = SAT + DAY
SITE_AT = SAT + 2 * DAY
LATER = SAT + 100 * DAY
"""When everything here is recorded at the latest."""
SITE = Channel(ChannelKind.SITE, "https://akimat.example/acts/7", SITE_AT)


def resolution(
    kind: ItemKind = ItemKind.COUNCIL_ELECTED, *, number: int = 2, adopted_on: Any = HELD, **parts: Any
) -> Resolution:
    given_parts = {"unit": UNIT, "text_digest": TEXT, **parts}
    return Resolution(UUID(int=number), "council", kind, adopted_on=adopted_on, **given_parts)


def form(
    candidates: Collection[Candidate] = CANDIDATES,
    *,
    seats: tuple[LocalitySeats, ...] = SEATS,
    unit: TerritorialUnit | None = None,
    previous: Council | None = None,
    **election: Any,
) -> Council:
    return Council.form(
        unit or the_unit(),
        (near(), far()),
        resolution(candidates=tuple(candidates), **election),
        seats,
        previous=previous,
        by=CLERK,
        at=LATER,
    )


def council(candidates: Collection[Candidate] = CANDIDATES) -> Council:
    """Formed, without a chair."""
    formed = form(candidates)
    formed.collect_events()
    return formed


def chaired() -> Council:
    """The same with `CHAIR` elected."""
    formed = council()
    formed.elect_chair(session(formed), CHAIR, roll_call(SEVEN), by=CLERK, at=LATER)
    formed.collect_events()
    return formed


def roll_call(votes_for: Collection[str], against: Collection[str] = ()) -> tuple[MemberVote, ...]:
    return (
        *(MemberVote(each, Vote.FOR) for each in votes_for),
        *(MemberVote(each, Vote.AGAINST) for each in against),
    )


def summons(*keys: str, told: Any = SUMMONED, held: Any = SAT) -> Summons:
    return Summons("Akim's office", told, held, tuple(Point(key, f"About {key}") for key in keys or ("1",)))


def convened(of: Council, *, number: str = "1", unit: TerritorialUnit | None = None) -> Sitting:
    sitting = Sitting.convene(unit or the_unit(), of, number, summons(), by=CLERK, at=SUMMONED)
    sitting.collect_events()
    return sitting


def opened(
    of: Council,
    present: Collection[str] = SEVEN,
    *,
    number: str = "1",
    unit: TerritorialUnit | None = None,
) -> Sitting:
    sitting = convened(of, number=number, unit=unit)
    sitting.open(unit or the_unit(), of, present, by=CLERK, at=SAT)
    sitting.collect_events()
    return sitting


def session(of: Council, present: Collection[str] = SEVEN, *, unit: TerritorialUnit | None = None) -> Session:
    return opened(of, present, unit=unit).session(unit or the_unit(), of)


def agreed_budget() -> Matter:
    return AgreedText(DecisionKind.BUDGET, resolution(ItemKind.BUDGET_AGREED))


def local_rules() -> Matter:
    return Regulation(RegulatedMatter.SANITATION)


def propose(
    matter: Matter | None = None,
    *,
    of: Council | None = None,
    sitting: Sitting | None = None,
    unit: TerritorialUnit | None = None,
    point: str = "1",
    repeals: Collection[CouncilDecision] = (),
    amends: Collection[CouncilDecision] = (),
    **paper: Any,
) -> CouncilDecision:
    of = of or chaired()
    proposal = {
        "number": "7",
        "title": "Local rules",
        "text_digest": TEXT,
        "legal_basis": "Law, article 1",
        **paper,
    }
    return CouncilDecision.propose(
        unit or the_unit(),
        of,
        sitting or opened(of),
        point,
        Proposal(**proposal),
        matter or local_rules(),
        by=CLERK,
        at=SAT,
        repeals=tuple(repeals),
        amends=tuple(amends),
    )


def decision(state: DecisionState = DecisionState.PROPOSED, **proposed: Any) -> CouncilDecision:
    """A decision on its way, in `state`; all seven present and for it, or (rejected) against it."""
    of = chaired()
    made = propose(of=of, **proposed)
    if state is not DecisionState.PROPOSED:
        vote = Vote.AGAINST if state is DecisionState.REJECTED else Vote.FOR
        for member in SEVEN:
            made.cast_vote(session(of), member, vote, by=CLERK, at=SAT)
        made.close_vote(session(of), by=CLERK, at=SAT)
    if state in (DecisionState.SIGNED, DecisionState.PUBLISHED):
        made.sign(of, CHAIR, SIGNED, by=CLERK, at=SITE_AT)
    if state is DecisionState.PUBLISHED:
        made.publish((SITE,), by=CLERK, at=LATER)
    made.collect_events()
    return made


def close_sitting(sitting: Sitting) -> Sitting:
    sitting.close(MINUTES, by=CLERK, at=SAT)
    sitting.collect_events()
    return sitting
