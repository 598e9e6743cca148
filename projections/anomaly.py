"""What an anomaly is: its kinds, what is measured, and the thresholds behind it.

A question for people to answer, never a verdict; it changes no result. It is told where more than its threshold was measured.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    BURST = "burst"
    """Far more ballots in an hour than in other hours."""
    KIOSK_RATE = "kiosk_rate"
    """More ballots from one kiosk than people can cast at it in the hours there were."""
    KIOSK_SHARE = "kiosk_share"
    """One kiosk recorded far more than the others."""
    NIGHT = "night"
    REFUSALS = "refusals"
    """An unusual rate of refused or invalid ballots."""
    LATE = "late"
    """Delivered after the announced end."""
    OUTSIDE = "outside"
    """In hours before the opening or after the end of voting."""
    ORDER = "order"
    """Hours of ballots go back in the log."""
    SEQUENCE = "sequence"
    """Deliveries of a kiosk that did not follow its last one."""
    REVOKED = "revoked"
    """Deliveries of a kiosk after it was revoked."""
    SLIPS_OVER = "slips_over"
    """More ballots than slips handed out."""
    SLIPS_UNUSED = "slips_unused"
    """Far more slips handed out than ballots cast."""
    SLIPS_MISSING = "slips_missing"
    """Printed slips that are in no pile, or more in the piles than were printed."""
    SLIPS_AHEAD = "slips_ahead"
    """By the end of a day more ballots than slips handed out until then."""
    SLIPS_DAY = "slips_day"
    """Far more slips handed out on a day than ballots cast on it."""


class Measure(StrEnum):
    BALLOTS = "ballots"
    PER_MILLE = "per_mille"
    """Of the ballots delivered."""
    POSITIONS = "positions"
    """Entries of the log."""
    DELIVERIES = "deliveries"
    SLIPS = "slips"


class Untold(StrEnum):
    """What the stored data cannot tell of this round."""

    FEW_HOURS = "few_hours"
    """Too few hours with ballots to say what a usual one is."""
    FEW_KIOSKS = "few_kiosks"
    """No other kiosk to compare with."""
    KIOSKS_OF_OTHER_ROUNDS = "kiosks_of_other_rounds"
    """Kiosks count over their whole life, and other rounds of this log have ballots."""
    KIOSK_HOURS = "kiosk_hours"
    """Which kiosk delivered when is stored nowhere (ADR 6, 9)."""
    SLIPS_NOT_RECONCILED = "slips_not_reconciled"
    SLIPS_BY_DAY = "slips_by_day"
    """In some unit slips were not all handed out, and marked, at a desk."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The most that is still usual, each with its unit and its reason. Judgements, to be changed by a commission's experience."""

    burst_times: int = 4
    """× the median of the other hours; opening days and last evenings bring two or three times a usual hour."""
    burst_ballots: int = 50
    """In an hour; below it a family and a bus make a burst."""
    burst_hours: int = 8
    """Other hours with ballots, at least: a day of voting, so that there is something usual."""
    kiosk_hour_ballots: int = 60
    """An hour and kiosk: a voter a minute, without a pause."""
    share_times: int = 3
    """× the median of the other kiosks; halls differ, but rarely more."""
    share_ballots: int = 100
    """Of one kiosk; below it shares are chance."""
    night_begins: int = 22
    """Local hour; halls are closed by then."""
    night_ends: int = 6
    """Local hour."""
    night_ballots: int = 10
    """A unit and night: the spool of a kiosk that came back online late."""
    refusals_per_mille: int = 50
    """Of the ballots delivered: typing errors and second attempts of one voter in twenty."""
    refusals_ballots: int = 10
    """Refused, so that a quiet kiosk is not told for two errors."""
    late_per_mille: int = 10
    """Of a unit's ballots: what an offline kiosk may still hold at the end."""
    late_ballots: int = 10
    """Of a unit."""
    order_positions: int = 2_000
    """Between neighbouring hours: two batches on their way when the hour turned. Between others nothing is usual."""
    slips_per_mille: int = 50
    """Of the slips handed out: people who took one and did not vote."""
    slips_ballots: int = 20
    """Of a unit, or of a unit and day."""
    slips_day_per_mille: int = 200
    """Of a day's slips: people who take one and vote on another day."""
    slips_ahead_ballots: int = 10
    """At the end of a day: people marked as served only after they had voted."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`unit` or `kiosk` say where, none of them: in all. From `since` up to `until`, where there is a time.

    `expected`: what would be usual; `threshold`: the most that is not told.
    """

    kind: Kind
    measure: Measure
    measured: int
    threshold: int
    expected: int | None = None
    unit: str | None = None
    kiosk: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
