"""A Council, its sittings and decisions through their use cases: on what the log holds, all or nothing."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.self_government import matters
from application.self_government.decisions import DecisionExists
from application.self_government.matters import MatterRequest
from application.self_government.sittings import SittingExists
from application.storage.documents import DocumentMissing
from application.store import NotFound
from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.council import Council, NoSuchInterest
from domain.self_government.decision import CouncilDecision, DecisionState, Proposal
from domain.self_government.matters import (
    RateNotInTable,
    SubstanceInvalid,
    TextNotAgreed,
    TransfersNotBalanced,
)
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import OfficeKind, Official
from domain.self_government.resolution import ResolutionNotAdopted
from domain.self_government.rollcall import CouncilWithoutQuorum
from domain.self_government.rules import RateRange
from domain.self_government.seating import LocalitySeats, ResolutionTooOld
from domain.self_government.sitting import Sitting, WrongSittingState
from domain.self_government.substance import (
    Appointment,
    Controlled,
    DecisionKind,
    Position,
    RegulatedMatter,
    Tariff,
    Transfer,
)
from tests.council_desk import ELECTED, SAT, TEXT_BODY, CouncilDesk
from tests.councils import CHAIR, DAY, FOUR, SEVEN, THREE
from tests.engine import Engine
from tests.given import refused
from tests.self_government import AKIM, CLERK, MINUTES, TEXT, UNIT

SITE = (Channel(ChannelKind.SITE, "https://akimat.example/acts/1", SAT + DAY),)


@pytest.fixture
def desk(engine: Engine) -> CouncilDesk:
    return CouncilDesk(engine.store, engine.documents)


def published(desk: CouncilDesk, decision_id: UUID) -> UUID:
    """The same decision after all members voted for it, the chair signed and the site carried it."""
    desk.vote(decision_id)
    assert desk.decisions.close_vote(decision_id, by=CLERK)
    desk.decisions.sign(decision_id, CHAIR, SAT, by=CLERK)
    now, desk.now = desk.now, SAT + DAY
    desk.decisions.publish(decision_id, SITE, by=CLERK)
    desk.now = now
    return decision_id


# The whole way.


def test_from_the_election_to_a_budget_in_force(engine: Engine, desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    text = engine.documents.put(TEXT_BODY, "text/plain")
    agreed = desk.resolve(ItemKind.BUDGET_AGREED, text_digest=text)
    sitting_id = desk.sit(council_id, "1")
    budget = published(desk, desk.propose_budget(sitting_id, agreed))
    desk.sittings.close(sitting_id, MINUTES, by=CLERK)
    made = desk.decision(budget)
    assert (made.state, made.in_force_from) == (DecisionState.PUBLISHED, SAT + DAY)
    assert made.substance.agreed is not None
    assert made.substance.agreed.gathering_id == agreed
    assert (council_id, made.id) == (
        Council.create_id(UNIT, 1),
        CouncilDecision.create_id(council_id, "budget"),
    )
    engine.check()


def test_a_budget_that_the_gathering_has_not_agreed_is_not_proposed(desk: CouncilDesk) -> None:
    sitting_id = desk.sit(desk.settle_in(), "1")
    with refused(TextNotAgreed):
        desk.propose_budget(sitting_id, desk.resolve(ItemKind.BUDGET_AGREED, text_digest=TEXT))


def test_a_text_is_stored_before_it_is_proposed(desk: CouncilDesk) -> None:
    sitting_id = desk.sit(desk.settle_in(), "1")
    proposal = Proposal("1", "Rules", TEXT, "Law, article 1")
    with refused(DocumentMissing, digest=TEXT):
        desk.decisions.propose(
            sitting_id, "1", proposal, matters.LocalRules(RegulatedMatter.EVENTS), by=CLERK
        )


def test_numbers_are_given_once(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    sitting_id = desk.sit(council_id, "1")
    with refused(SittingExists):
        desk.sit(council_id, "1")
    desk.propose(sitting_id, "1")
    with refused(DecisionExists):
        desk.propose(sitting_id, "1")


def test_a_second_council_follows_the_first(desk: CouncilDesk) -> None:
    first = desk.settle_in()
    with refused(ResolutionNotAdopted):
        desk.councils.form(UNIT, desk.resolve(ItemKind.OTHER), "nothing", (), by=CLERK)
    desk.now = SAT + 10 * DAY
    dissolved = desk.resolve(ItemKind.COUNCIL_DISSOLVED)
    desk.councils.dissolve(first, dissolved, "item", by=CLERK)
    members = tuple(Candidate(Official(f"n.{number}", f"Мүше {number}"), UNIT) for number in range(5))
    elected = desk.resolve(ItemKind.COUNCIL_ELECTED, candidates=members)
    second = desk.councils.form(UNIT, elected, "item", (LocalitySeats(UNIT, 5),), by=CLERK)
    assert second == Council.create_id(UNIT, 2)
    assert desk.council(second).term_from == SAT + 10 * DAY
    with refused(ResolutionTooOld):
        desk.councils.form(UNIT, elected, "item", (LocalitySeats(UNIT, 5),), by=CLERK)


def test_members_leave_and_others_are_elected(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    desk.councils.leave(council_id, "m.7", SAT, "moved away", by=CLERK)
    desk.councils.leave_chair(council_id, SAT + DAY, "health", by=CLERK)
    desk.now = SAT + 2 * DAY
    winner = (Candidate(Official("n.1", "Жаңа мүше"), UNIT),)
    desk.councils.fill_vacancies(
        council_id, desk.resolve(ItemKind.MEMBERS_ELECTED, candidates=winner), "item", by=CLERK
    )
    of = desk.council(council_id)
    assert set(of.members_on(desk.now)) == {*SEVEN[:6], "n.1"}
    assert of.chair_on(desk.now) is None


def test_a_sitting_without_quorum_is_called_off(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    with refused(CouncilWithoutQuorum):
        desk.sit(council_id, "1", THREE)
    sitting_id = Sitting.create_id(council_id, "1")
    desk.sittings.call_off(sitting_id, "too few came", by=CLERK)
    with refused(WrongSittingState):
        desk.sittings.open(sitting_id, SEVEN, by=CLERK)


def test_members_who_go_take_the_quorum_along(desk: CouncilDesk) -> None:
    sitting_id = desk.sit(desk.settle_in(), "1", FOUR)
    decision_id = desk.propose(sitting_id)
    desk.vote(decision_id, FOUR)
    desk.sittings.leave(sitting_id, "m.4", by=CLERK)
    with refused(CouncilWithoutQuorum, present=3, needed=4):
        desk.decisions.close_vote(decision_id, by=CLERK)
    desk.sittings.arrive(sitting_id, "m.5", by=CLERK)
    assert desk.decisions.close_vote(decision_id, by=CLERK)


def test_a_member_with_an_interest_stands_back(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    decision_id = desk.propose(desk.sit(council_id, "1"))
    with refused(NoSuchInterest):
        desk.decisions.recuse(decision_id, "m.2", "i-1", by=CLERK)
    desk.councils.declare_interest(council_id, "i-1", "m.2", "My brother's firm", SAT, by=CLERK)
    desk.decisions.recuse(decision_id, "m.2", "i-1", by=CLERK)
    assert desk.decision(decision_id).recused == {"m.2"}


def test_what_is_repealed_ends_in_the_transaction_that_publishes_the_repeal(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    sitting_id = desk.sit(council_id, "1")
    first, second = (published(desk, desk.propose(sitting_id, number)) for number in ("1", "2"))
    last = published(desk, desk.propose(sitting_id, "3", repeals=[first], amends=[second]))
    assert desk.decision(first).repealed_from == SAT + DAY
    assert desk.decision(second).amended_by == [last]
    assert not desk.decision(first).in_force_on(SAT + DAY)


# Every kind as it is entered.

AS_ENTERED: list[tuple[dict[str, Any], MatterRequest]] = [
    (
        {"kind": "tax_rate", "basis_points": {"land-tax": 9000}},
        matters.TaxRate({"land-tax": 9_000}),
    ),
    (
        {"kind": "zoning_coefficient", "basis_points": {"zone-1": 9000}},
        matters.ZoningCoefficient({"zone-1": 9_000}),
    ),
    (
        {
            "kind": "reallocation",
            "transfers": [{"programme": "124", "change_tiyn": -5}, {"programme": "123", "change_tiyn": 5}],
        },
        matters.Reallocation((Transfer("124", -5), Transfer("123", 5))),
    ),
    (
        {
            "kind": "appointment_consent",
            "appointment": {"institution": "School", "post": "Head", "name": "Б. Әли"},
        },
        matters.AppointmentConsent(Appointment("School", "Head", "Б. Әли")),
    ),
    ({"kind": "local_rules", "regulates": "events"}, matters.LocalRules(RegulatedMatter.EVENTS)),
    (
        {"kind": "tariff", "tariffs": [{"service": "Water", "per": "м³", "amount_tiyn": 12000}]},
        matters.TariffsOfServices((Tariff("Water", "м³", 12_000),)),
    ),
    (
        {"kind": "staff_list", "positions": [{"post": "Driver", "number": 2, "pay_tiyn": 15000000}]},
        matters.StaffList((Position("Driver", 2, 15_000_000),)),
    ),
    ({"kind": "dismissal_initiated"}, matters.DismissalInitiated()),
    ({"kind": "dismissal_withdrawn"}, matters.DismissalWithdrawn()),
]


def test_every_kind_is_entered_as_plain_data_and_recorded_as_that_kind(desk: CouncilDesk) -> None:
    table = (RateRange("land-tax", 5_000, 15_000), RateRange("zone-1", 8_000, 12_000))
    council_id = desk.settle_in(rate_ranges=table)
    desk.offices.take(
        UNIT,
        OfficeKind.AKIM,
        AKIM,
        term_from=ELECTED,
        term_until=ELECTED.replace(year=2030),
        basis="Election",
        by=CLERK,
    )
    sitting_id = desk.sit(council_id, "1")
    for entered, request in AS_ENTERED:
        assert msgspec.convert(entered, MatterRequest) == request
        decision_id = desk.propose(sitting_id, entered["kind"], request, effective_from=SAT + 30 * DAY)
        assert desk.decision(decision_id).kind == entered["kind"]


def test_the_plan_needs_the_gathering_and_control_needs_an_adopted_decision(desk: CouncilDesk) -> None:
    council_id = desk.settle_in()
    sitting_id = desk.sit(council_id, "1")
    text = desk.documents.put(TEXT_BODY, "text/plain")
    agreed = desk.resolve(ItemKind.PLAN_AGREED, text_digest=text)
    plan = published(desk, desk.propose(sitting_id, "plan", matters.DevelopmentPlan(agreed, "item")))
    control = desk.propose(sitting_id, "control", matters.ExecutionControl(decision_id=plan))
    assert desk.decision(control).substance.controlled == Controlled("decision", plan)
    repeal = desk.propose(sitting_id, "repeal", matters.Repeal(), repeals=[plan])
    assert desk.decision(repeal).kind is DecisionKind.REPEAL


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (matters.DevelopmentPlan(UUID(int=5), "item"), NotFound),
        (matters.Envelope(UUID(int=5)), NotFound),
        (matters.ConclusionNoted(UUID(int=5)), NotFound),
        (matters.ExecutionControl(decision_id=UUID(int=5)), NotFound),
        (matters.ExecutionControl(round_id=UUID(int=5)), NotFound),
        (matters.ExecutionControl(), SubstanceInvalid),
        (matters.ExecutionControl(UUID(int=5), UUID(int=5)), SubstanceInvalid),
        (matters.DismissalInitiated(), NotFound),
        (matters.TaxRate({"land-tax": 1}), RateNotInTable),
        (matters.Reallocation((Transfer("1", 1), Transfer("2", -2))), TransfersNotBalanced),
    ],
)
def test_a_matter_that_fails_is_not_proposed(
    desk: CouncilDesk, request_: MatterRequest, refusal: type[Refused]
) -> None:
    sitting_id = desk.sit(desk.settle_in(), "1")
    with refused(refusal):
        desk.propose(sitting_id, "1", request_)
    with pytest.raises(NotFound):
        desk.decision(CouncilDecision.create_id(Council.create_id(UNIT, 1), "1"))


@pytest.mark.parametrize(
    "entered",
    [
        {"kind": "petition"},
        {"kind": "budget", "gathering_id": str(UUID(int=1))},
        {"kind": "repeal", "extra": 1},
        {"gathering_id": str(UUID(int=1)), "key": "item"},
    ],
)
def test_what_is_no_matter_is_not_read_as_one(entered: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(entered, MatterRequest)
