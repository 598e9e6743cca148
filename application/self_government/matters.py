"""What a decision is about, as people enter it: plain data with references by id, one shape per kind, told apart by `kind`.

`matter_of` reads what is referred to behind the lock, for the domain to hold the preconditions against. JSON, YAML and HTTP
bodies are read into `MatterRequest` alike.
"""

from uuid import UUID

from msgspec import Struct

from application.store import Decision
from domain.conclusion import Conclusion
from domain.round import Round
from domain.self_government import matters
from domain.self_government.decision import CouncilDecision
from domain.self_government.gathering import Gathering
from domain.self_government.office import Office, OfficeKind
from domain.self_government.substance import (
    Appointment,
    DecisionKind,
    Position,
    RegulatedMatter,
    Tariff,
    Transfer,
)


class _Request(Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    pass


class DevelopmentPlan(_Request, frozen=True, tag="development_plan"):
    """`key`: the gathering's resolution that agreed this text."""

    gathering_id: UUID
    key: str


class Budget(_Request, frozen=True, tag="budget"):
    """`key`: the gathering's resolution that agreed this text."""

    gathering_id: UUID
    key: str


class TaxRate(_Request, frozen=True, tag="tax_rate"):
    """Basis points by the rate's name in the maslikhat's table."""

    basis_points: dict[str, int]


class ZoningCoefficient(_Request, frozen=True, tag="zoning_coefficient"):
    """Basis points by the coefficient's name in the maslikhat's table."""

    basis_points: dict[str, int]


class Reallocation(_Request, frozen=True, tag="reallocation"):
    transfers: tuple[Transfer, ...]


class AppointmentConsent(_Request, frozen=True, tag="appointment_consent"):
    appointment: Appointment


class LocalRules(_Request, frozen=True, tag="local_rules"):
    regulates: RegulatedMatter


class TariffsOfServices(_Request, frozen=True, tag="tariff"):
    tariffs: tuple[Tariff, ...]


class StaffList(_Request, frozen=True, tag="staff_list"):
    positions: tuple[Position, ...]


class Envelope(_Request, frozen=True, tag="envelope"):
    round_id: UUID


class ConclusionNoted(_Request, frozen=True, tag="conclusion_noted"):
    round_id: UUID


class ExecutionControl(_Request, frozen=True, tag="execution_control"):
    """Of a decision, or of a round's funded projects: one of the two is given."""

    decision_id: UUID | None = None
    round_id: UUID | None = None


class DismissalInitiated(_Request, frozen=True, tag="dismissal_initiated"):
    """Against the akim in office on the day of the sitting."""


class DismissalWithdrawn(_Request, frozen=True, tag="dismissal_withdrawn"):
    pass


class Repeal(_Request, frozen=True, tag="repeal"):
    pass


MatterRequest = (
    DevelopmentPlan
    | Budget
    | TaxRate
    | ZoningCoefficient
    | Reallocation
    | AppointmentConsent
    | LocalRules
    | TariffsOfServices
    | StaffList
    | Envelope
    | ConclusionNoted
    | ExecutionControl
    | DismissalInitiated
    | DismissalWithdrawn
    | Repeal
)


def matter_of(decision: Decision, unit: str, request: MatterRequest) -> matters.Matter:  # noqa: C901, PLR0911, PLR0912 - a line per kind
    """The matter with what it refers to, as it stands behind the lock; `unit`: KATO of the Council's unit."""
    match request:
        case DevelopmentPlan(gathering_id, key):
            agreed = decision.get(Gathering, gathering_id).resolution(key)
            return matters.AgreedText(DecisionKind.DEVELOPMENT_PLAN, agreed)
        case Budget(gathering_id, key):
            agreed = decision.get(Gathering, gathering_id).resolution(key)
            return matters.AgreedText(DecisionKind.BUDGET, agreed)
        case TaxRate(basis_points):
            return matters.Rates(DecisionKind.TAX_RATE, basis_points)
        case ZoningCoefficient(basis_points):
            return matters.Rates(DecisionKind.ZONING_COEFFICIENT, basis_points)
        case Reallocation(transfers):
            return matters.Reallocation(transfers)
        case AppointmentConsent(appointment):
            return matters.AppointmentConsent(appointment)
        case LocalRules(regulates):
            return matters.Regulation(regulates)
        case TariffsOfServices(tariffs):
            return matters.Tariffs(tariffs)
        case StaffList(positions):
            return matters.StaffList(positions)
        case Envelope(round_id):
            return matters.EnvelopeApproval(decision.get(Round, round_id))
        case ConclusionNoted(round_id):
            conclusion = decision.get(Conclusion, Conclusion.create_id(round_id))
            return matters.ConclusionNote(decision.get(Round, round_id), conclusion)
        case ExecutionControl(decision_id, round_id):
            return _controlled(decision, decision_id, round_id)
        case DismissalInitiated():
            return matters.Dismissal(DecisionKind.DISMISSAL_INITIATED, _akims_office(decision, unit))
        case DismissalWithdrawn():
            return matters.Dismissal(DecisionKind.DISMISSAL_WITHDRAWN, _akims_office(decision, unit))
        case Repeal():
            return matters.PlainRepeal()


def _controlled(decision: Decision, decision_id: UUID | None, round_id: UUID | None) -> matters.Matter:
    if decision_id is not None and round_id is None:
        return matters.ExecutionControl(decision.get(CouncilDecision, decision_id).adoption())
    if round_id is not None and decision_id is None:
        return matters.ExecutionControl(decision.get(Round, round_id))
    raise matters.SubstanceInvalid(problem="controlled", most=1)


def _akims_office(decision: Decision, unit: str) -> Office:
    return decision.get(Office, Office.create_id(unit, OfficeKind.AKIM, 0))
