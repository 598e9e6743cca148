"""The paper: what a round's voters decide on, frozen when voting opens.

Everything the tally and the allocation depend on is in here and nowhere else; its digest is in the opening event.
Money is whole tiyn. Identifiers are printable ASCII, so that every language sorts them alike.
"""

from dataclasses import dataclass
from enum import StrEnum

TEN_VOTER_MINIMUM = 10
"""Fewer distinct people of the unit than this bar a proposal from implementation (concept, lines 881-882)."""


class BallotType(StrEnum):
    APPROVAL = "approval"
    CHOOSE_ONE = "choose_one"
    CUMULATIVE = "cumulative"
    RANKED = "ranked"


class RoundKind(StrEnum):
    CITY = "city"
    RURAL = "rural"


class Allocation(StrEnum):
    GREEDY = "greedy"
    """Score descending, skip what does not fit."""
    GREEDY_NO_SKIP = "greedy_no_skip"
    """Score descending, stop at the first that does not fit."""


class TieRule(StrEnum):
    COST_THEN_LOT = "cost_then_lot"
    """Lower cost first, then SHA-256(lot seed, project id) ascending."""
    LISTED_ORDER = "listed_order"
    """The order of the paper; for published elections whose files list ties in resolved order."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative-territorial unit with its envelope; `parent` is stored, never derived from the KATO."""

    kato: str
    name: str
    envelope_tiyn: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """An admitted proposal as it stands on the paper."""

    id: str
    unit: str
    cost_tiyn: int
    title: str
    category: str = ""
    excludes: tuple[str, ...] = ()
    """Projects that cannot be funded together with this one; the relation is symmetric on a valid paper."""


@dataclass(frozen=True, slots=True)
class BallotForm:
    """How a ballot may be filled in.

    `max_choices`: how many projects at most; `min_choices`: at least.
    Cumulative: whole points ≥ 1 per chosen project, `max_points` in sum (None: no limit on the sum).
    Ranked: best first; position p (0-based) earns `max_choices - p` points.
    """

    type: BallotType
    max_choices: int
    min_choices: int = 1
    max_points: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How votes become funded projects. `minimum_voters` is never below ten (`TEN_VOTER_MINIMUM`)."""

    allocation: Allocation = Allocation.GREEDY
    tie_rule: TieRule = TieRule.COST_THEN_LOT
    minimum_voters: int = TEN_VOTER_MINIMUM
    score_threshold: int = 0
    version: str = "dauys-rules-1"


@dataclass(frozen=True, slots=True)
class Paper:
    """A frozen round. Projects in listed order, units with parents before children, credentials by Merkle root."""

    round_id: str
    kind: RoundKind
    title: str
    units: tuple[Unit, ...]
    projects: tuple[Project, ...]
    form: BallotForm
    rules: Rules
    lot_seed: str
    roll_root: str
    credentials_root: str
    categories: tuple[str, ...] = ()
