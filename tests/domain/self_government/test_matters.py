"""What each kind of decision needs before it may be proposed, and the facts that it records of that."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.conclusion import WrongConclusionState
from domain.errors import Refused
from domain.money import AmountInvalid
from domain.paper import Unit
from domain.round import NotThisRound, Phase, Round, WrongPhase
from domain.self_government.matters import (
    MOST_LINES,
    AgreedText,
    AppointmentConsent,
    ConclusionNote,
    Dismissal,
    Draft,
    EffectiveDateMissing,
    EnvelopeApproval,
    ExecutionControl,
    Matter,
    NotOfThisUnit,
    PlainRepeal,
    RateNotInTable,
    RateOutOfRange,
    Rates,
    Reallocation,
    Regulation,
    StaffList,
    SubstanceInvalid,
    Tariffs,
    TextNotAgreed,
    TransfersNotBalanced,
)
from domain.self_government.motion import ItemKind
from domain.self_government.office import Office, OfficeKind, OfficeVacant
from domain.self_government.resolution import AnotherResolution
from domain.self_government.rules import RateRange
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
from domain.text import IdentifierInvalid, TextInvalid
from tests.councils import DAY, SAT, resolution
from tests.examples import DOCUMENT, TERMS, digest, published_conclusion, round_in
from tests.given import given, past, refused
from tests.self_government import AKIM, CLERK, ELSEWHERE, HELD, TEXT, UNIT, the_unit

Kind = DecisionKind
TABLE = (RateRange("land-tax", 5_000, 15_000), RateRange("zone-1", 8_000, 12_000))
ENVELOPE_TIYN = 10**11
OURS = replace(TERMS, units=(Unit(UNIT, "Жаңа ауыл", ENVELOPE_TIYN),))


def draft(*, effective_from: datetime | None = None, text: str = TEXT) -> Draft:
    return Draft(the_unit(rate_ranges=TABLE), text, SAT, effective_from)


def round_of(phase: Phase) -> Round:
    return round_in(phase, terms=OURS)


def akim_office(kind: OfficeKind = OfficeKind.AKIM, unit: str = UNIT, *, held: bool = True) -> Office:
    taken = past(
        Office.Taken,
        holder=AKIM,
        term_from=HELD,
        term_until=HELD.replace(year=2030),
        basis="Election",
        by=CLERK,
    )
    office: Office = given(
        Office.create_id(unit, kind, 0),
        past(Office.Created, unit=unit, kind=kind, seat=0, by=CLERK),
        *([taken] if held else []),
    )
    return office


ADOPTION = Adoption(UUID(int=9), UNIT, Kind.BUDGET, TEXT, HELD)
AGREED = Agreed(UUID(int=2), "council", HELD)

GOOD: list[tuple[Kind, Matter, Substance]] = [
    (
        Kind.DEVELOPMENT_PLAN,
        AgreedText(Kind.DEVELOPMENT_PLAN, resolution(ItemKind.PLAN_AGREED)),
        Substance(agreed=AGREED),
    ),
    (Kind.BUDGET, AgreedText(Kind.BUDGET, resolution(ItemKind.BUDGET_AGREED)), Substance(agreed=AGREED)),
    (
        Kind.TAX_RATE,
        Rates(Kind.TAX_RATE, {"land-tax": 5_000}),
        Substance(rates=(Rate("land-tax", 5_000, 5_000, 15_000),), ranges_basis="Maslikhat decision 5"),
    ),
    (
        Kind.ZONING_COEFFICIENT,
        Rates(Kind.ZONING_COEFFICIENT, {"zone-1": 12_000}),
        Substance(rates=(Rate("zone-1", 12_000, 8_000, 12_000),), ranges_basis="Maslikhat decision 5"),
    ),
    (
        Kind.REALLOCATION,
        Reallocation((Transfer("124", -500), Transfer("123", 500))),
        Substance(transfers=(Transfer("124", -500), Transfer("123", 500))),
    ),
    (
        Kind.APPOINTMENT_CONSENT,
        AppointmentConsent(Appointment(" House of culture ", "Head", "Гүлнар Ахмет")),
        Substance(appointment=Appointment("House of culture", "Head", "Гүлнар Ахмет")),
    ),
    (
        Kind.LOCAL_RULES,
        Regulation(RegulatedMatter.STREET_TRADE),
        Substance(regulates=RegulatedMatter.STREET_TRADE),
    ),
    (
        Kind.STAFF_LIST,
        StaffList((Position("Driver", 2, 15_000_000),)),
        Substance(positions=(Position("Driver", 2, 15_000_000),)),
    ),
    (
        Kind.ENVELOPE,
        EnvelopeApproval(round_of(Phase.INTAKE)),
        Substance(envelope=Envelope(UUID(int=1), ENVELOPE_TIYN)),
    ),
    (
        Kind.CONCLUSION_NOTED,
        ConclusionNote(round_of(Phase.PUBLISHED), published_conclusion()),
        Substance(noted=Noted(UUID(int=1), 1, DOCUMENT)),
    ),
    (
        Kind.EXECUTION_CONTROL,
        ExecutionControl(ADOPTION),
        Substance(controlled=Controlled("decision", UUID(int=9))),
    ),
    (
        Kind.EXECUTION_CONTROL,
        ExecutionControl(round_of(Phase.IMPLEMENTING)),
        Substance(controlled=Controlled("round", UUID(int=1))),
    ),
    (Kind.DISMISSAL_INITIATED, Dismissal(Kind.DISMISSAL_INITIATED, akim_office()), Substance(akim=AKIM.id)),
    (Kind.DISMISSAL_WITHDRAWN, Dismissal(Kind.DISMISSAL_WITHDRAWN, akim_office()), Substance(akim=AKIM.id)),
    (Kind.REPEAL, PlainRepeal(), Substance()),
]


@pytest.mark.parametrize(("kind", "matter", "facts"), GOOD)
def test_a_matter_yields_the_facts_it_was_held_against(kind: Kind, matter: Matter, facts: Substance) -> None:
    assert matter.kind is kind
    assert matter.substance(draft()) == facts


def test_a_tariff_says_from_when() -> None:
    tariffs = Tariffs((Tariff(" Water ", "м³", 12_000), Tariff("Waste", "ай", 0)))
    with refused(EffectiveDateMissing):
        tariffs.substance(draft())
    assert tariffs.substance(draft(effective_from=SAT + 30 * DAY)).tariffs[0] == Tariff("Water", "м³", 12_000)


def test_every_kind_has_its_matter() -> None:
    assert {kind for kind, _, _ in GOOD} | {Tariffs.kind} == set(Kind)


def budget(**wrong: Any) -> AgreedText:
    return AgreedText(Kind.BUDGET, resolution(wrong.pop("kind", ItemKind.BUDGET_AGREED), **wrong))


def transfers(*changes: int) -> Reallocation:
    return Reallocation(tuple(Transfer(f"p-{n}", change) for n, change in enumerate(changes)))


BAD: list[tuple[Matter, type[Refused], dict[str, Any]]] = [
    (budget(text_digest=digest("another budget")), TextNotAgreed, {}),
    (budget(adopted_on=SAT + DAY), TextNotAgreed, {}),
    (budget(kind=ItemKind.PLAN_AGREED), AnotherResolution, {}),
    (budget(unit=ELSEWHERE), AnotherResolution, {}),
    (AgreedText(Kind.DEVELOPMENT_PLAN, resolution(ItemKind.BUDGET_AGREED)), AnotherResolution, {}),
    (Rates(Kind.TAX_RATE, {"land-tax": 4_999}), RateOutOfRange, {"least": 5_000, "most": 15_000}),
    (Rates(Kind.TAX_RATE, {"land-tax": 15_001}), RateOutOfRange, {"rate": "land-tax"}),
    (Rates(Kind.TAX_RATE, {"land-tax": 9_000, "sun-tax": 9_000}), RateNotInTable, {"rate": "sun-tax"}),
    (Rates(Kind.TAX_RATE, {"no spaces": 9_000}), IdentifierInvalid, {}),
    (Rates(Kind.TAX_RATE, {}), SubstanceInvalid, {"problem": "rates"}),
    (transfers(500, -499), TransfersNotBalanced, {"sum_tiyn": 1}),
    (transfers(), SubstanceInvalid, {"problem": "transfers"}),
    (transfers(0, 0), AmountInvalid, {}),
    (transfers(*[1, -1] * MOST_LINES), SubstanceInvalid, {"most": MOST_LINES}),
    (Reallocation((Transfer("1", 5), Transfer("1", -5))), SubstanceInvalid, {"problem": "transfers"}),
    (Reallocation((Transfer("no spaces", 5), Transfer("1", -5))), IdentifierInvalid, {}),
    (AppointmentConsent(Appointment("School", "", "Гүлнар")), TextInvalid, {"field": "post"}),
    (AppointmentConsent(Appointment("", "Head", "Гүлнар")), TextInvalid, {"field": "institution"}),
    (AppointmentConsent(Appointment("School", "Head", "")), TextInvalid, {"field": "name"}),
    (StaffList(()), SubstanceInvalid, {"problem": "positions"}),
    (StaffList((Position("Driver", 0, 1),)), SubstanceInvalid, {"problem": "number"}),
    (StaffList((Position("Driver", 1, 0),)), AmountInvalid, {"field": "pay_tiyn"}),
    (StaffList((Position("Driver", 1, 1), Position(" Driver ", 1, 2))), SubstanceInvalid, {}),
    (EnvelopeApproval(round_in(Phase.INTAKE)), NotOfThisUnit, {}),
    (EnvelopeApproval(round_of(Phase.VOTING)), WrongPhase, {}),
    (ConclusionNote(round_in(Phase.PUBLISHED), published_conclusion()), NotOfThisUnit, {}),
    (ConclusionNote(round_of(Phase.PUBLISHED), published_conclusion(UUID(int=5))), NotThisRound, {}),
    (ExecutionControl(replace(ADOPTION, unit=ELSEWHERE)), NotOfThisUnit, {}),
    (ExecutionControl(round_of(Phase.VOTING)), WrongPhase, {}),
    (ExecutionControl(round_in(Phase.PUBLISHED)), NotOfThisUnit, {}),
    (Dismissal(Kind.DISMISSAL_INITIATED, akim_office(unit=ELSEWHERE)), NotOfThisUnit, {}),
    (Dismissal(Kind.DISMISSAL_INITIATED, akim_office(OfficeKind.MASLIKHAT_SECRETARY)), NotOfThisUnit, {}),
    (Dismissal(Kind.DISMISSAL_INITIATED, akim_office(held=False)), OfficeVacant, {}),
]


@pytest.mark.parametrize(("matter", "refusal", "facts"), BAD)
def test_a_precondition_that_fails_leaves_no_facts(
    matter: Matter, refusal: type[Refused], facts: dict[str, Any]
) -> None:
    with refused(refusal, **facts):
        matter.substance(draft())


@pytest.mark.parametrize(
    ("tariff", "refusal"),
    [
        (Tariff("", "м³", 1), TextInvalid),
        (Tariff("Water", "", 1), TextInvalid),
        (Tariff("Water", "м³", -1), AmountInvalid),
    ],
)
def test_a_tariff_is_checked(tariff: Tariff, refusal: type[Refused]) -> None:
    with refused(refusal):
        Tariffs((tariff,)).substance(draft(effective_from=SAT))


def test_a_conclusion_that_is_not_published_is_not_noted() -> None:
    conclusion = published_conclusion()
    newer = replace(conclusion.computation, document_digest=digest("recounted"))
    conclusion.correct(newer, "a typo", by=CLERK, at=SAT)
    with refused(WrongConclusionState):
        ConclusionNote(round_of(Phase.PUBLISHED), conclusion).substance(draft())


def test_a_table_has_so_many_lines_and_no_more() -> None:
    tariffs = Tariffs(tuple(Tariff(f"Service {number}", "ай", 1) for number in range(MOST_LINES + 1)))
    with refused(SubstanceInvalid, most=MOST_LINES):
        tariffs.substance(draft(effective_from=SAT))


@forall(st.lists(st.integers(-5, 5), max_size=6))
def test_money_is_moved_and_never_made(changes: list[int]) -> None:
    try:
        facts = transfers(*changes).substance(draft())
    except Refused:
        assert not changes or 0 in changes or sum(changes) != 0
        return
    assert sum(each.change_tiyn for each in facts.transfers) == 0
