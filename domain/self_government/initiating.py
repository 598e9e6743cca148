"""What an initiative to end an akim's powers rests on: an adopted act, grounds of a closed list, evidence, the rules of the day.

Only two bodies can raise one, by an act that they adopted: the gathering by a resolution, the Council by a decision. A
petition is neither, whoever signs it, and has no way in here (concept, lines 655-657 and section 5).
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from domain.errors import Refused
from domain.self_government.civil_days import days_between, months_after
from domain.self_government.motion import ItemKind
from domain.self_government.office import Office, OfficeKind, OfficeVacant, Tenure
from domain.self_government.resolution import Resolution
from domain.self_government.rules import LocalRules, Threshold
from domain.self_government.substance import Adoption, DecisionKind
from domain.self_government.unit import TerritorialUnit, UnitKind
from domain.text import TITLE_CHARS, check_sha256, check_text

STATEMENT_CHARS = 5_000
MOST_EVIDENCE = 20


class Body(StrEnum):
    """Who raises an initiative, and may withdraw it."""

    GATHERING = "gathering"
    COUNCIL = "council"


class Ground(StrEnum):
    """The closed list; the number is the concept's line that gives each."""

    PROGRAMME_NOT_CARRIED_OUT = "programme_not_carried_out"  # 655-656
    NO_COOPERATION = "no_cooperation"  # 656
    UNSATISFACTORY_RESULTS = "unsatisfactory_results"  # 650
    MISCONDUCT = "misconduct"  # 650-651


class AnotherAct(Refused):
    """It takes an act of kind `needed`, of this very `unit` (a KATO), about this very akim and, to withdraw, of the same `body`."""

    code: ClassVar[str] = "another_act"


class ActOutOfTime(Refused):
    """An act raises an initiative within `most_days` of its adoption, and withdraws one that was raised before it."""

    code: ClassVar[str] = "act_out_of_time"


class NotTheSittingAkim(Refused):
    """An initiative is against who holds the akim's office of the unit on that day, and nobody else."""

    code: ClassVar[str] = "not_the_sitting_akim"


class InitiativeTooEarly(Refused):
    """The local rules allow one from `earliest` on: so many months after taking office, or after one that was declined."""

    code: ClassVar[str] = "initiative_too_early"


class NotTheMaslikhat(Refused):
    """It is submitted to the maslikhat of the district or city that the unit belongs to (concept, lines 653-654)."""

    code: ClassVar[str] = "not_the_maslikhat"


class GroundsMissing(Refused):
    """One ground of the closed list at least, and none twice."""

    code: ClassVar[str] = "grounds_missing"


class EvidenceInvalid(Refused):
    """There is evidence, in `most` pieces at most, none of them twice."""

    code: ClassVar[str] = "evidence_invalid"


@dataclass(frozen=True, slots=True)
class Act:
    """An adopted act, by reference: a gathering and the `key` of its agenda item, or a decision (its `key` is empty)."""

    body: Body
    id: UUID
    key: str
    text_digest: str
    adopted_on: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece by the SHA-256 of its bytes, and what it shows."""

    digest: str
    description: str


@dataclass(frozen=True, slots=True)
class InitiativeRules:
    """The numbers of the unit's rules on the day it was raised; they hold for its whole way (`LocalRules` has the words)."""

    act_days: int
    after_office_months: int | None
    after_failure_months: int | None
    answer_days: int
    decision_days: int
    maslikhat_quorum: Threshold
    maslikhat_majority: Threshold

    @classmethod
    def of(cls, rules: LocalRules) -> Self:
        return cls(
            act_days=rules.dismissal_act_days,
            after_office_months=rules.dismissal_after_office_months,
            after_failure_months=rules.dismissal_after_failure_months,
            answer_days=rules.dismissal_answer_days,
            decision_days=rules.dismissal_decision_days,
            maslikhat_quorum=rules.maslikhat_quorum,
            maslikhat_majority=rules.maslikhat_majority,
        )

    def check_time(
        self, act: Act, raised_on: datetime, *, term_from: datetime, declined_on: datetime | None
    ) -> None:
        """The act is young enough, and the months after taking office and after an initiative that failed are over."""
        if days_between(act.adopted_on, raised_on) > self.act_days:
            raise ActOutOfTime(adopted=act.adopted_on, most_days=self.act_days)
        earliest = months_after(term_from, self.after_office_months or 0)
        if declined_on is not None:
            earliest = max(earliest, months_after(declined_on, self.after_failure_months or 0))
        if raised_on < earliest:
            raise InitiativeTooEarly(earliest=earliest)


AdoptedAct = Resolution | Adoption
"""Both exist only once adopted: they are handed out by `Gathering.resolution` and `CouncilDecision`."""


def raising(act: AdoptedAct, unit: str, akim: str) -> Act:
    """The act by reference, if it initiates the dismissal of this akim (an official's id) in this unit (a KATO)."""
    return _referred(act, unit, akim, ItemKind.DISMISSAL_INITIATED, DecisionKind.DISMISSAL_INITIATED)


def withdrawing(act: AdoptedAct, unit: str, akim: str, body: Body) -> Act:
    """The act by reference, if it is the same body's and withdraws what that body raised against this akim."""
    reference = _referred(act, unit, akim, ItemKind.DISMISSAL_WITHDRAWN, DecisionKind.DISMISSAL_WITHDRAWN)
    if reference.body is not body:
        raise AnotherAct(needed=act.kind.value, unit=unit, body=body.value)
    return reference


def _referred(act: AdoptedAct, unit: str, akim: str, item: ItemKind, decision: DecisionKind) -> Act:
    needed = decision if isinstance(act, Adoption) else item
    if (act.kind, act.unit, act.akim) != (needed, unit, akim):
        raise AnotherAct(needed=needed.value, unit=unit)
    if isinstance(act, Adoption):
        return Act(Body.COUNCIL, act.decision_id, "", act.text_digest, act.adopted_on)
    return Act(Body.GATHERING, act.gathering_id, act.key, act.text_digest, act.adopted_on)


def sitting_akim(office: Office, unit: str, akim: str, on: datetime) -> Tenure:
    """The tenure of this official in the akim's office of the unit (a KATO), or a refusal when it is not theirs on that day."""
    tenure = _tenure(office, unit, akim, on)
    if tenure is None:
        raise NotTheSittingAkim
    return tenure


def serves_on(office: Office, unit: str, akim: str, term_from: datetime, on: datetime) -> bool:
    """Whether the akim is still in the term of office that began then; a new term is a new mandate."""
    tenure = _tenure(office, unit, akim, on)
    return tenure is not None and tenure.term_from == term_from


def _tenure(office: Office, unit: str, akim: str, on: datetime) -> Tenure | None:
    if office.id != Office.create_id(unit, OfficeKind.AKIM, 0):
        raise NotTheSittingAkim
    with suppress(OfficeVacant):
        tenure = office.tenure_on(on)
        return tenure if tenure.holder.id == akim else None
    return None


def check_maslikhat(maslikhat: TerritorialUnit, unit: TerritorialUnit, akims_unit: str) -> str:
    """KATO of the district or city, when the akim's unit belongs to it."""
    if (
        unit.kato != akims_unit
        or maslikhat.kind not in (UnitKind.DISTRICT, UnitKind.CITY)
        or unit.parent != maslikhat.kato
    ):
        raise NotTheMaslikhat
    return maslikhat.kato


def check_grounds(grounds: tuple[Ground, ...]) -> tuple[Ground, ...]:
    if not grounds or len(set(grounds)) != len(grounds):
        raise GroundsMissing(known="|".join(Ground))
    return grounds


def check_evidence(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    digests = {check_sha256("digest", piece.digest) for piece in evidence}
    if not 1 <= len(evidence) <= MOST_EVIDENCE or len(digests) != len(evidence):
        raise EvidenceInvalid(most=MOST_EVIDENCE)
    return tuple(
        Evidence(piece.digest, check_text("description", piece.description, TITLE_CHARS))
        for piece in evidence
    )
