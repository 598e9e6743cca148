"""What a Council's decision decides, in figures: the kinds the law names, and the facts that each kind's preconditions rest on.

A `Substance` is stored with the decision, so that a revision commission can check every precondition again from the events
alone. Only the members of the decision's own kind are filled; the text itself enters by SHA-256.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class DecisionKind(StrEnum):
    """The Council's powers (concept, lines 591-635, 655, 824); the number is the line that gives each."""

    DEVELOPMENT_PLAN = "development_plan"  # 618
    BUDGET = "budget"  # 619
    EXECUTION_CONTROL = "execution_control"  # 620
    APPOINTMENT_CONSENT = "appointment_consent"  # 621-622
    LOCAL_RULES = "local_rules"  # 623-624
    TARIFF = "tariff"  # 626
    TAX_RATE = "tax_rate"  # 628-632
    ZONING_COEFFICIENT = "zoning_coefficient"  # 628-632
    STAFF_LIST = "staff_list"  # 633-635, 714
    REALLOCATION = "reallocation"  # 824
    ENVELOPE = "envelope"  # 865-874
    CONCLUSION_NOTED = "conclusion_noted"  # 880
    DISMISSAL_INITIATED = "dismissal_initiated"  # 655-657
    DISMISSAL_WITHDRAWN = "dismissal_withdrawn"
    """Of an initiative that the Council itself raised."""
    REPEAL = "repeal"
    """Nothing but the end of earlier decisions."""


class RegulatedMatter(StrEnum):
    """What local rules may regulate (concept, lines 623-624)."""

    IMPROVEMENT = "improvement"
    SANITATION = "sanitation"
    STREET_TRADE = "street_trade"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The gathering's resolution that agreed this very text."""

    gathering_id: UUID
    key: str
    adopted_on: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate or coefficient in basis points (1/10,000), and the statutory range it lies in, both bounds included."""

    rate: str
    basis_points: int
    least_basis_points: int
    most_basis_points: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a budget programme gains (above zero) or gives up (below zero); all of a decision's sum to zero."""

    programme: str
    change_tiyn: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """The post of the head of a local institution, and who is to take it; a person in office is a public person."""

    institution: str
    post: str
    name: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of a paid service, per what («м³», «месяц»)."""

    service: str
    per: str
    amount_tiyn: int


@dataclass(frozen=True, slots=True)
class Position:
    """A line of the list of contract staff: how many, and the monthly pay of one."""

    post: str
    number: int
    pay_tiyn: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """The unit's envelope in a round, as the round's terms give it."""

    round_id: UUID
    envelope_tiyn: int


@dataclass(frozen=True, slots=True)
class Noted:
    """The published version of a round's conclusion that the Council has taken note of."""

    round_id: UUID
    number: int
    document_digest: str


@dataclass(frozen=True, slots=True)
class Controlled:
    """Whose execution was heard: a decision of the Council, or a round whose projects are being implemented."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Substance:
    """Facts of the decision's kind; all other members are empty."""

    agreed: Agreed | None = None
    rates: tuple[Rate, ...] = ()
    ranges_basis: str = ""
    """The act that gives the ranges of `rates`, as the unit's rules name it."""
    transfers: tuple[Transfer, ...] = ()
    appointment: Appointment | None = None
    regulates: RegulatedMatter | None = None
    tariffs: tuple[Tariff, ...] = ()
    positions: tuple[Position, ...] = ()
    envelope: Envelope | None = None
    noted: Noted | None = None
    controlled: Controlled | None = None
    akim: str = ""
    """Id of the official whose powers are to end, or whose dismissal is no longer asked for."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """An adopted decision, as others may refer to it."""

    decision_id: UUID
    unit: str
    kind: DecisionKind
    text_digest: str
    adopted_on: datetime
    akim: str = ""
    """As in the decision's substance."""
