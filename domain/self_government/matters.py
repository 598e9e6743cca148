"""The preconditions of a Council's decision: a matter of each kind holds what it rests on, and yields the facts only if they hold.

There is no other way to a `Substance`, so no decision is proposed whose precondition fails. References (a resolution, a
round, a decision) come as the aggregates that attest them, read behind the same lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from domain.conclusion import Conclusion, ConclusionState, WrongConclusionState
from domain.errors import Refused
from domain.money import check_tiyn
from domain.round import Phase, Round
from domain.self_government.motion import ItemKind
from domain.self_government.office import Office, OfficeKind
from domain.self_government.resolution import Resolution
from domain.self_government.substance import (
    Adoption,
    Agreed,
    Appointment,
    Controlled,
    DecisionKind,
    Envelope,
    Noted,
    Position,
    Rate,
    RegulatedMatter,
    Substance,
    Tariff,
    Transfer,
)
from domain.self_government.unit import TerritorialUnit
from domain.text import NAME_CHARS, TITLE_CHARS, check_identifier, check_text

MOST_LINES = 100
"""Of a table (tariffs, transfers, positions, rates), so that the event fits into one entry of the log."""
PER_CHARS = 30
MOST_PEOPLE_ON_A_POSITION = 10_000


class TextNotAgreed(Refused):
    """The gathering agreed another text than the Council is to approve (concept, lines 77, 618)."""

    code: ClassVar[str] = "text_not_agreed"


class RateNotInTable(Refused):
    """The table of the maslikhat, in the unit's rules, has no range for this `rate`."""

    code: ClassVar[str] = "rate_not_in_table"


class RateOutOfRange(Refused):
    """The codes allow `least` to `most` basis points for this `rate`."""

    code: ClassVar[str] = "rate_out_of_range"


class TransfersNotBalanced(Refused):
    """What programmes gain and give up must sum to zero."""

    code: ClassVar[str] = "transfers_not_balanced"


class EffectiveDateMissing(Refused):
    """A tariff says from when it is charged."""

    code: ClassVar[str] = "effective_date_missing"


class SubstanceInvalid(Refused):
    """`problem` says which table is empty, too long (`most` lines), names a line twice or has an impossible number."""

    code: ClassVar[str] = "substance_invalid"


class NotOfThisUnit(Refused):
    """What the decision refers to concerns another unit."""

    code: ClassVar[str] = "not_of_this_unit"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a decision says of itself, for its matter to be held against; `on`: the day of the sitting."""

    unit: TerritorialUnit
    text_digest: str
    on: datetime
    effective_from: datetime | None


class Matter(Protocol):
    """One kind's own data and preconditions."""

    @property
    def kind(self) -> DecisionKind: ...

    def substance(self, draft: Draft, /) -> Substance:
        """The facts, trimmed and complete; a refusal when a precondition does not hold."""


@dataclass(frozen=True, slots=True)
class AgreedText:
    """Development plan or budget: the gathering agreed this very text before."""

    kind: Literal[DecisionKind.DEVELOPMENT_PLAN, DecisionKind.BUDGET]
    resolution: Resolution

    def substance(self, draft: Draft) -> Substance:
        plan = self.kind is DecisionKind.DEVELOPMENT_PLAN
        self.resolution.must_be(ItemKind.PLAN_AGREED if plan else ItemKind.BUDGET_AGREED, draft.unit)
        if self.resolution.text_digest != draft.text_digest or self.resolution.adopted_on > draft.on:
            raise TextNotAgreed
        return Substance(
            agreed=Agreed(self.resolution.gathering_id, self.resolution.key, self.resolution.adopted_on)
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """Land-tax rates or zoning coefficients by name, in basis points, each within its range in the unit's rules."""

    kind: Literal[DecisionKind.TAX_RATE, DecisionKind.ZONING_COEFFICIENT]
    basis_points: dict[str, int]

    def substance(self, draft: Draft) -> Substance:
        _check_lines("rates", self.basis_points)
        rates = tuple(_in_range(draft.unit, *line) for line in sorted(self.basis_points.items()))
        return Substance(rates=rates, ranges_basis=draft.unit.legal_basis)


@dataclass(frozen=True, slots=True)
class Reallocation:
    transfers: tuple[Transfer, ...]
    kind: ClassVar[DecisionKind] = DecisionKind.REALLOCATION

    def substance(self, _: Draft) -> Substance:
        _check_lines("transfers", (each.programme for each in self.transfers))
        for each in self.transfers:
            check_identifier("programme", each.programme)
            check_tiyn("change_tiyn", abs(each.change_tiyn), least=1)
        if sum(each.change_tiyn for each in self.transfers) != 0:
            raise TransfersNotBalanced(sum_tiyn=sum(each.change_tiyn for each in self.transfers))
        return Substance(transfers=self.transfers)


@dataclass(frozen=True, slots=True)
class AppointmentConsent:
    appointment: Appointment
    kind: ClassVar[DecisionKind] = DecisionKind.APPOINTMENT_CONSENT

    def substance(self, _: Draft) -> Substance:
        return Substance(
            appointment=Appointment(
                check_text("institution", self.appointment.institution, TITLE_CHARS),
                check_text("post", self.appointment.post, NAME_CHARS),
                check_text("name", self.appointment.name, NAME_CHARS),
            )
        )


@dataclass(frozen=True, slots=True)
class Regulation:
    """Local rules on one of the matters that the law lets the Council regulate."""

    regulates: RegulatedMatter
    kind: ClassVar[DecisionKind] = DecisionKind.LOCAL_RULES

    def substance(self, _: Draft) -> Substance:
        return Substance(regulates=self.regulates)


@dataclass(frozen=True, slots=True)
class Tariffs:
    tariffs: tuple[Tariff, ...]
    kind: ClassVar[DecisionKind] = DecisionKind.TARIFF

    def substance(self, draft: Draft) -> Substance:
        if draft.effective_from is None:
            raise EffectiveDateMissing
        checked = tuple(
            Tariff(
                check_text("service", each.service, NAME_CHARS),
                check_text("per", each.per, PER_CHARS),
                check_tiyn("amount_tiyn", each.amount_tiyn),
            )
            for each in self.tariffs
        )
        _check_lines("tariffs", (each.service for each in checked))
        return Substance(tariffs=checked)


@dataclass(frozen=True, slots=True)
class StaffList:
    positions: tuple[Position, ...]
    kind: ClassVar[DecisionKind] = DecisionKind.STAFF_LIST

    def substance(self, _: Draft) -> Substance:
        checked = tuple(
            Position(
                check_text("post", each.post, NAME_CHARS),
                each.number,
                check_tiyn("pay_tiyn", each.pay_tiyn, least=1),
            )
            for each in self.positions
        )
        _check_lines("positions", (each.post for each in checked))
        if any(not 1 <= each.number <= MOST_PEOPLE_ON_A_POSITION for each in checked):
            raise SubstanceInvalid(problem="number", most=MOST_PEOPLE_ON_A_POSITION)
        return Substance(positions=checked)


@dataclass(frozen=True, slots=True)
class EnvelopeApproval:
    """The unit's envelope in a round whose voting has not begun: what the round's terms say is what is approved."""

    round_: Round
    kind: ClassVar[DecisionKind] = DecisionKind.ENVELOPE

    def substance(self, draft: Draft) -> Substance:
        self.round_.must_be_in(Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW)
        return Substance(envelope=Envelope(self.round_.id, _envelope_tiyn(self.round_, draft.unit)))


@dataclass(frozen=True, slots=True)
class ConclusionNote:
    """The published conclusion of a round in which the unit has an envelope."""

    round_: Round
    conclusion: Conclusion
    kind: ClassVar[DecisionKind] = DecisionKind.CONCLUSION_NOTED

    def substance(self, draft: Draft) -> Substance:
        self.round_.must_be(self.conclusion.round_id)
        _envelope_tiyn(self.round_, draft.unit)
        if self.conclusion.state is not ConclusionState.PUBLISHED:
            raise WrongConclusionState(
                state=self.conclusion.state.value, needed=ConclusionState.PUBLISHED.value
            )
        number, digest = self.conclusion.number, self.conclusion.computation.document_digest
        return Substance(noted=Noted(self.round_.id, number, digest))


@dataclass(frozen=True, slots=True)
class ExecutionControl:
    """How an adopted decision (the budget, say), or a round's funded projects, are carried out."""

    of: Adoption | Round
    kind: ClassVar[DecisionKind] = DecisionKind.EXECUTION_CONTROL

    def substance(self, draft: Draft) -> Substance:
        if isinstance(self.of, Adoption):
            if self.of.unit != draft.unit.kato:
                raise NotOfThisUnit
            return Substance(controlled=Controlled("decision", self.of.decision_id))
        self.of.must_be_in(Phase.PUBLISHED, Phase.IMPLEMENTING, Phase.COMPLETED)
        _envelope_tiyn(self.of, draft.unit)
        return Substance(controlled=Controlled("round", self.of.id))


@dataclass(frozen=True, slots=True)
class Dismissal:
    """To initiate the end of the powers of the akim in office, or to withdraw that (concept, lines 655-657)."""

    kind: Literal[DecisionKind.DISMISSAL_INITIATED, DecisionKind.DISMISSAL_WITHDRAWN]
    office: Office

    def substance(self, draft: Draft) -> Substance:
        if self.office.unit != draft.unit.kato or self.office.kind is not OfficeKind.AKIM:
            raise NotOfThisUnit
        return Substance(akim=self.office.holder_on(draft.on).id)


@dataclass(frozen=True, slots=True)
class PlainRepeal:
    """Nothing but the end of the decisions that it repeals."""

    kind: ClassVar[DecisionKind] = DecisionKind.REPEAL

    def substance(self, _: Draft) -> Substance:
        return Substance()


def _in_range(unit: TerritorialUnit, rate: str, basis_points: int) -> Rate:
    allowed = unit.rules.rate_range(check_identifier("rate", rate))
    if allowed is None:
        raise RateNotInTable(rate=rate)
    least, most = allowed.least_basis_points, allowed.most_basis_points
    if not least <= basis_points <= most:
        raise RateOutOfRange(rate=rate, least=least, most=most)
    return Rate(rate, basis_points, least, most)


def _envelope_tiyn(round_: Round, unit: TerritorialUnit) -> int:
    of_unit = round_.terms.unit(unit.kato)
    if of_unit is None:
        raise NotOfThisUnit
    return of_unit.envelope_tiyn


def _check_lines(table: str, keys: Iterable[str]) -> None:
    listed = list(keys)
    if not 1 <= len(listed) <= MOST_LINES or len(set(listed)) != len(listed):
        raise SubstanceInvalid(problem=table, most=MOST_LINES)
