"""A round's roll and its voting slips: how many may vote, how many slips exist, and whether both add up at the end.

Nobody is named here: the roll enters as counts and a Merkle root, credentials as counts and a root. One roll per round,
sealed before its credentials are registered, registered before voting opens, reconciled after it closes.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.approval import OwnRequest
from domain.errors import Refused
from domain.round import Phase, Round
from domain.text import REASON_CHARS, check_actor, check_optional_text, check_sha256


class RollUnitsDiffer(Refused):
    """The roll must cover units of the round's terms, each at most once, with at least one person."""

    code: ClassVar[str] = "roll_units_differ"


class CredentialsAlreadyRegistered(Refused):
    code: ClassVar[str] = "credentials_already_registered"


class CredentialsNotRegistered(Refused):
    code: ClassVar[str] = "credentials_not_registered"


class TooFewCredentials(Refused):
    """There must be a slip for everyone on the roll of `unit`."""

    code: ClassVar[str] = "too_few_credentials"


class TooManySpares(Refused):
    """Spare slips are counted and bounded: each is a vote that could be cast by nobody on the roll."""

    code: ClassVar[str] = "too_many_spares"


class NoSpareLeft(Refused):
    """Every other slip of `unit` is due to somebody on the roll."""

    code: ClassVar[str] = "no_spare_left"


class SlipsAlreadyReconciled(Refused):
    code: ClassVar[str] = "slips_already_reconciled"


class SlipsDoNotReconcile(Refused):
    """Printed ≠ handed out + unused + spoiled, more ballots than slips handed out, or fewer spoiled slips than were replaced as
    spoiled; and no explanation given.
    """

    code: ClassVar[str] = "slips_do_not_reconcile"


SPARES_PER_CENT = 10
"""Spares may be at most this share of the roll, or `SPARES_AT_LEAST` where the roll is small."""
SPARES_AT_LEAST = 20


class SlipFate(StrEnum):
    """What became of the first slip of a person who gets another one, and so what is counted."""

    LOST = "lost"
    """Handed over and gone; it may be found and cast, so both are handed out."""
    SPOILED = "spoiled"
    """Among the spoiled ones, or wiped before it was printed; only the second is handed out."""
    NOT_HANDED_OVER = "not_handed_over"
    """Never drawn: the person was marked as served and the desk's work was cut off. It takes no spare."""


@dataclass(frozen=True, slots=True)
class SlipCount:
    """One unit's slips at closing: all whole numbers ≥ 0; `cast` is counted from the log, never typed in."""

    unit: str
    printed: int
    handed_out: int
    unused: int
    spoiled: int
    cast: int

    @property
    def missing(self) -> int:
        """Printed slips that are in no pile; negative when the piles hold more than was printed."""
        return self.printed - self.handed_out - self.unused - self.spoiled

    @property
    def adds_up(self) -> bool:
        return self.missing == 0 and self.cast <= self.handed_out


def most_spares(people: int) -> int:
    return max(SPARES_AT_LEAST, people * SPARES_PER_CENT // 100)


class Roll(Aggregate):
    TOPIC = "roll"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "roll.sealed.v1"
        round_id: UUID
        people: dict[str, int]
        root: str
        by: str

    class CredentialsRegistered(Aggregate.Event):
        TOPIC = "roll.credentials_registered.v1"
        credentials: dict[str, int]
        root: str
        by: str

    class SlipReplaced(Aggregate.Event):
        """`by` asked for a second slip, `approved_by` granted it. Whose slip it was stands nowhere."""

        TOPIC = "roll.slip_replaced.v1"
        unit: str
        fate: SlipFate
        by: str
        approved_by: str

    class SlipsReconciled(Aggregate.Event):
        TOPIC = "roll.slips_reconciled.v1"
        slips: tuple[SlipCount, ...]
        explanation: str
        by: str

    @staticmethod
    def create_id(round_id: UUID) -> UUID:
        return uuid5(round_id, "roll")  # so the store refuses a second roll

    @classmethod
    def seal(cls, round_: Round, people: dict[str, int], root: str, *, by: str, at: datetime) -> Self:
        """Commit to who may vote: people per unit and the Merkle root over the sorted person hashes."""
        round_.must_be_in(Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW)
        known = {unit.kato for unit in round_.terms.units}
        if not people or not known.issuperset(people) or min(people.values()) < 1:
            raise RollUnitsDiffer
        return cls._create(
            cls.Created,
            round_id=round_.id,
            people=people,
            root=check_sha256("root", root),
            by=check_actor(by),
            timestamp=at,
        )

    def register_credentials(
        self, round_: Round, credentials: dict[str, int], root: str, *, by: str, at: datetime
    ) -> None:
        """Freeze the public list of credentials, counted per unit: one for everyone on the roll and a bounded number of spares."""
        round_.must_be(self.round_id)
        if self.credentials:
            if self.credentials == credentials and self.credentials_root == root:
                return
            raise CredentialsAlreadyRegistered
        round_.must_be_in(Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW)
        if credentials.keys() != self.people.keys():
            raise RollUnitsDiffer
        for unit, people in self.people.items():
            spares = credentials[unit] - people
            if spares < 0:
                raise TooFewCredentials(unit=unit, people=people, credentials=credentials[unit])
            if spares > most_spares(people):
                raise TooManySpares(unit=unit, spares=spares, most=most_spares(people))
        self.trigger_event(
            self.CredentialsRegistered,
            credentials=credentials,
            root=check_sha256("root", root),
            by=check_actor(by),
            timestamp=at,
        )

    def replace_slip(
        self, round_: Round, unit: str, fate: SlipFate, *, by: str, approved_by: str, at: datetime
    ) -> None:
        """One slip more for a person served before, by two people's word."""
        self.must_have_slip_for(round_, unit, fate)
        if check_actor(by) == check_actor(approved_by):
            raise OwnRequest
        self.trigger_event(
            self.SlipReplaced, unit=unit, fate=fate, by=by, approved_by=approved_by, timestamp=at
        )

    def must_have_slip_for(self, round_: Round, unit: str, fate: SlipFate) -> None:
        """While people are served, and never a slip that somebody else on the roll is due."""
        round_.must_be(self.round_id)
        round_.must_be_in(Phase.REVIEW, Phase.VOTING)
        if not self.credentials:
            raise CredentialsNotRegistered
        if unit not in self.credentials:
            raise RollUnitsDiffer
        if fate is not SlipFate.NOT_HANDED_OVER and self.spares_left(unit) < 1:
            raise NoSpareLeft(unit=unit)

    def replaced_as(self, fate: SlipFate, unit: str) -> int:
        """How many slips of the unit were replaced for that reason."""
        return self.replaced.get(unit, Counter())[fate]

    def spares_left(self, unit: str) -> int:
        """Slips of the unit that are due to nobody on the roll and have replaced none."""
        used = self.replaced_as(SlipFate.LOST, unit) + self.replaced_as(SlipFate.SPOILED, unit)
        return self.credentials[unit] - self.people[unit] - used

    def reconcile_slips(
        self, round_: Round, slips: tuple[SlipCount, ...], *, by: str, at: datetime, explanation: str = ""
    ) -> None:
        """Account for every slip after closing; what does not add up is recorded with an explanation, or refused."""
        round_.must_be(self.round_id)
        if round_.phase in (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CANCELLED):
            round_.must_be_in(Phase.CLOSED)
        if not self.credentials:
            raise CredentialsNotRegistered
        if self.slips:
            raise SlipsAlreadyReconciled
        if sorted(count.unit for count in slips) != sorted(self.credentials):
            raise RollUnitsDiffer
        explanation = check_optional_text("explanation", explanation, REASON_CHARS)
        for count in slips:
            counted = (count.printed, count.handed_out, count.unused, count.spoiled, count.cast)
            if min(counted) < 0 or count.printed != self.credentials[count.unit]:
                raise SlipsDoNotReconcile(unit=count.unit, printed=self.credentials[count.unit])
            told = count.adds_up and count.spoiled >= self.replaced_as(SlipFate.SPOILED, count.unit)
            if not told and not explanation:
                raise SlipsDoNotReconcile(
                    unit=count.unit, missing=count.missing, cast=count.cast, handed_out=count.handed_out
                )
        self.trigger_event(
            self.SlipsReconciled, slips=slips, explanation=explanation, by=check_actor(by), timestamp=at
        )

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, round_id: UUID, people: dict[str, int], root: str) -> None:
        self.round_id = round_id
        self.people = people
        self.root = root
        self.credentials: dict[str, int] = {}
        self.credentials_root: str | None = None
        self.replaced: dict[str, Counter[SlipFate]] = {}
        self.slips: tuple[SlipCount, ...] = ()

    @event(CredentialsRegistered)
    def _credentials_registered(self, credentials: dict[str, int], root: str) -> None:
        self.credentials = credentials
        self.credentials_root = root

    @event(SlipReplaced)
    def _slip_replaced(self, unit: str, fate: SlipFate) -> None:
        self.replaced.setdefault(unit, Counter())[fate] += 1

    @event(SlipsReconciled)
    def _slips_reconciled(self, slips: tuple[SlipCount, ...]) -> None:
        self.slips = slips
