"""Local rules: every number that the law leaves open, as a field with a named default, set per unit by an event.

Nothing is decided in a unit whose rules are not set; each decision records the numbers it used, so a later change of rules
touches nothing that was decided before. A majority is never less than more than half.
"""

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import ClassVar

from domain.errors import Refused
from domain.text import check_identifier

MOST_PEOPLE = 100_000_000
"""More than any unit has; the end of the last band of a seats table."""
MOST_DAYS = 366
MOST_MONTHS = 120
MOST_YEARS = 10
MOST_BANDS = 20
MOST_RATES = 50
MOST_BASIS_POINTS = 1_000_000


class LocalRulesInvalid(Refused):
    """`problem` names the field of the local rules that cannot stand."""

    code: ClassVar[str] = "local_rules_invalid"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of a whole, in exact integers: more than `numerator`/`denominator` of it, or at least that much."""

    numerator: int
    denominator: int
    more_than: bool

    def reached(self, part: int, whole: int) -> bool:
        return whole > 0 and part >= self.least(whole)

    def least(self, whole: int) -> int:
        """The smallest part of `whole` that reaches it."""
        share = whole * self.numerator
        return share // self.denominator + 1 if self.more_than else -(-share // self.denominator)

    def check(self, name: str) -> None:
        if not 0 < self.numerator <= self.denominator <= MOST_BASIS_POINTS:
            raise LocalRulesInvalid(problem=name)
        if self.more_than and self.numerator == self.denominator:
            raise LocalRulesInvalid(problem=name)  # nothing is more than all

    def check_majority(self, name: str) -> None:
        self.check(name)
        if 2 * self.numerator < self.denominator + (not self.more_than):
            raise LocalRulesInvalid(problem=name)  # for and against could both have it


MORE_THAN_HALF = Threshold(1, 2, more_than=True)
AT_LEAST_A_TENTH = Threshold(1, 10, more_than=False)


@dataclass(frozen=True, slots=True)
class SeatBand:
    """Over `over_people` and up to and with `up_to_people` people of the unit: `least` to `most` seats in its Council."""

    over_people: int
    up_to_people: int
    least: int
    most: int


ORDER_88_SEATS = (
    SeatBand(0, 10_000, 5, 10),
    SeatBand(10_000, 15_000, 11, 15),
    SeatBand(15_000, 20_000, 16, 20),
    SeatBand(20_000, MOST_PEOPLE, 21, 25),
)
"""Order 88 of 2021 (concept, section 8). Its bands share their bounds («to 10,000», «10,000 to 15,000»): here the bound
itself belongs to the smaller band."""


@dataclass(frozen=True, slots=True)
class RateRange:
    """What the codes let the Council set a rate or coefficient to, in basis points (1/10,000); both bounds are allowed."""

    rate: str
    least_basis_points: int
    most_basis_points: int


@dataclass(frozen=True, slots=True)
class LocalRules:
    """The numbers of one unit. Lines are the concept's; where no line stands, the text is silent."""

    gathering_notice_days: int = 10
    """Calendar days between the announcement of a gathering and its date."""
    separate_quorum: Threshold = AT_LEAST_A_TENTH
    """Present at a separate gathering, of the residents entitled to take part."""
    gathering_quorum: Threshold = MORE_THAN_HALF
    """Representatives present, of all that the quotas give (lines 585-590)."""
    gathering_majority: Threshold = MORE_THAN_HALF
    """Votes for, of those present; who abstains is present."""
    people_per_representative: int = 50
    """The maslikhat's quota: one representative for each so many people of a locality, or part of that (lines 588-590)."""
    council_seats: tuple[SeatBand, ...] = ORDER_88_SEATS
    """Seats by population (lines 605-606)."""
    council_years: int = 3
    """Line 604."""
    chair_years: int = 3
    """Lines 610-611."""
    council_quorum: Threshold = MORE_THAN_HALF
    """Members present, of all seats."""
    council_majority: Threshold = MORE_THAN_HALF
    """Votes for, of the members present."""
    casting_vote: bool = False
    """Whether the chair's vote breaks a tie."""
    sitting_notice_days: int = 3
    """Calendar days between the notice of a sitting and its date."""
    rate_ranges: tuple[RateRange, ...] = ()
    """The maslikhat's table (lines 628-632); a rate that is not in it cannot be set."""
    dismissal_act_days: int = 30
    """The resolution or decision that raises an initiative is at most so many days old."""
    dismissal_after_office_months: int | None = None
    """No initiative for so many months after the akim took office; None: at any time."""
    dismissal_after_failure_months: int | None = None
    """No initiative for so many months after one that failed; None: at any time."""
    dismissal_answer_days: int = 10
    """The akim has so many days to answer once notified."""
    dismissal_decision_days: int = 60
    """An initiative lapses so many days after it was raised."""
    maslikhat_quorum: Threshold = MORE_THAN_HALF
    """Deputies present, of all deputies."""
    maslikhat_majority: Threshold = MORE_THAN_HALF
    """Votes for ending the akim's powers, of all deputies (lines 653-654)."""
    report_status_months: int = 1
    """A status report on every open question each so many months (line 478: monthly)."""

    def check(self) -> None:
        """Refuse rules under which something could never, or always, be decided."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Threshold):
                value.check_majority(each.name) if "majority" in each.name else value.check(each.name)
        self._check_numbers()
        self._check_seats()
        self._check_rates()

    def representatives(self, people: int) -> int:
        """How many a locality of so many people sends to the gathering: at least one."""
        return max(1, -(-people // self.people_per_representative))

    def seats(self, people: int) -> SeatBand:
        """The band of the seats table for a unit of 1..`MOST_PEOPLE` people."""
        return next(band for band in self.council_seats if band.over_people < people <= band.up_to_people)

    def rate_range(self, rate: str) -> RateRange | None:
        return next((each for each in self.rate_ranges if each.rate == rate), None)

    def _check_numbers(self) -> None:
        for name, least, most in (
            ("gathering_notice_days", 0, MOST_DAYS),
            ("people_per_representative", 1, MOST_PEOPLE),
            ("council_years", 1, MOST_YEARS),
            ("chair_years", 1, MOST_YEARS),
            ("sitting_notice_days", 0, MOST_DAYS),
            ("dismissal_act_days", 1, MOST_DAYS),
            ("dismissal_after_office_months", 1, MOST_MONTHS),
            ("dismissal_after_failure_months", 1, MOST_MONTHS),
            ("dismissal_answer_days", 1, MOST_DAYS),
            ("dismissal_decision_days", self.dismissal_answer_days, MOST_DAYS),
            ("report_status_months", 1, MOST_MONTHS),
        ):
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise LocalRulesInvalid(problem=name, least=least, most=most)

    def _check_seats(self) -> None:
        bands = self.council_seats
        if not 1 <= len(bands) <= MOST_BANDS:
            raise LocalRulesInvalid(problem="council_seats", most=MOST_BANDS)
        bounds = [0, *(band.up_to_people for band in bands)]
        whole = bounds[:-1] == [band.over_people for band in bands] and bounds[-1] == MOST_PEOPLE
        if not whole or any(last <= first for first, last in pairwise(bounds)):
            raise LocalRulesInvalid(problem="council_seats_leave_a_gap_or_overlap")
        if any(not 1 <= band.least <= band.most for band in bands):
            raise LocalRulesInvalid(problem="council_seats")

    def _check_rates(self) -> None:
        names = [check_identifier("rate", each.rate) for each in self.rate_ranges]
        if len(set(names)) != len(names) or len(names) > MOST_RATES:
            raise LocalRulesInvalid(problem="rate_ranges", most=MOST_RATES)
        for each in self.rate_ranges:
            if (
                not -MOST_BASIS_POINTS
                <= each.least_basis_points
                <= each.most_basis_points
                <= MOST_BASIS_POINTS
            ):
                raise LocalRulesInvalid(problem="rate_ranges")
