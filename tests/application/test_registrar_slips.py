"""Credentials frozen by an event, slips handed out once, and all of them accounted for after closing."""

import psycopg
import pytest

from application.desk.serving import Serving
from application.lists import Fault
from application.registrar import (
    CredentialsChanged,
    Registrar,
    RollChanged,
    RollNotSealed,
)
from domain.errors import Refused
from domain.roll import (
    CredentialsAlreadyRegistered,
    CredentialsNotRegistered,
    Roll,
    RollUnitsDiffer,
    SlipCount,
    SlipsAlreadyReconciled,
    SlipsDoNotReconcile,
    TooFewCredentials,
    TooManySpares,
)
from domain.round import WrongPhase
from tests.engine import Engine
from tests.examples import CITY, CLERK, DISTRICT
from tests.people import credential, credential_list, iin, roll_list
from tests.registrar import (
    DESK,
    OTHER_ROUND,
    PEOPLE,
    ROUND,
    SLIPS,
    cast,
    close_voting,
    events,
    open_voting,
    registered,
    registrar,
    rows,
    serving,
)

__all__ = ["registered", "registrar", "serving"]

# Credentials


def test_registering_freezes_the_list_with_its_counts(registered: Registrar, engine: Engine) -> None:
    status = registered.status(ROUND)
    assert status.credentials == {CITY: 22, DISTRICT: 11}
    assert len(rows(engine, "credentials")) == 33
    roll = engine.store.load(Roll, Roll.create_id(ROUND))
    assert roll.credentials_root == status.credentials_root
    engine.check()


def test_the_same_list_again_in_any_order_changes_nothing(registered: Registrar, engine: Engine) -> None:
    before = events(engine), rows(engine, "credentials")
    open_voting(engine)  # late repeats included: the answer to the first command may have been lost
    again = registered.register_credentials(ROUND, credential_list(SLIPS[::-1]), by=CLERK)
    assert again.stored == {CITY: 22, DISTRICT: 11}
    assert (events(engine) - 1, rows(engine, "credentials")) == before


@pytest.mark.parametrize("others", [[*SLIPS, (CITY, credential(999))], [*SLIPS[1:], (CITY, credential(999))]])
def test_nobody_adds_or_replaces_a_registered_credential(
    registered: Registrar, engine: Engine, others: list[tuple[str, str]]
) -> None:
    before = events(engine), rows(engine, "credentials")
    with pytest.raises(CredentialsAlreadyRegistered):
        registered.register_credentials(ROUND, credential_list(others), by=CLERK)
    assert (events(engine), rows(engine, "credentials")) == before


@pytest.mark.parametrize(
    ("slips", "refusal"),
    [
        (SLIPS[3:], TooFewCredentials),
        (SLIPS[:22], RollUnitsDiffer),
        (SLIPS + [(CITY, credential(number)) for number in range(200, 230)], TooManySpares),
    ],
)
def test_a_list_that_does_not_fit_the_roll_is_not_stored(
    registrar: Registrar, engine: Engine, slips: list[tuple[str, str]], refusal: type[Refused]
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(refusal):
        registrar.register_credentials(ROUND, credential_list(slips), by=CLERK)
    assert rows(engine, "credentials") == []


def test_a_bad_line_keeps_all_credentials_out(registrar: Registrar, engine: Engine) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    lines = [*credential_list([*SLIPS, SLIPS[0]]), b"750000000,short\n"]
    imported = registrar.register_credentials(ROUND, lines, by=CLERK)
    assert imported.told == (Fault(35, "duplicate"), Fault(36, "credential_invalid"))
    assert imported.stored == {}
    assert rows(engine, "credentials") == []


def test_credentials_wait_for_the_sealed_roll(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    with pytest.raises(RollNotSealed):
        registrar.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)


def test_what_was_sealed_and_registered_is_still_there_at_opening(
    registered: Registrar,
) -> None:
    registered.check_roots(ROUND)


@pytest.mark.parametrize(
    ("tampering", "refusal"),
    [
        ("DELETE FROM dauys.roll_people WHERE ctid = (SELECT min(ctid) FROM dauys.roll_people)", RollChanged),
        (f"INSERT INTO dauys.roll_people VALUES ('{ROUND}', sha256('x'), '{CITY}')", RollChanged),
        (f"INSERT INTO dauys.credentials VALUES ('{ROUND}', sha256('x'), '{CITY}')", CredentialsChanged),
        (
            "DELETE FROM dauys.credentials WHERE ctid = (SELECT min(ctid) FROM dauys.credentials)",
            CredentialsChanged,
        ),
    ],
)
def test_rows_changed_behind_our_back_are_noticed_at_opening(
    registered: Registrar, engine: Engine, tampering: str, refusal: type[Refused]
) -> None:
    with psycopg.connect(engine.url) as owner:
        owner.execute("SET session_replication_role = replica")  # no trigger stops a superuser who means it
        owner.execute(tampering.encode())
    with pytest.raises(refusal):
        registered.check_roots(ROUND)


def test_voting_waits_for_roll_and_credentials(registrar: Registrar) -> None:
    with pytest.raises(RollNotSealed):
        registrar.check_roots(ROUND)
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(CredentialsNotRegistered):
        registrar.check_roots(ROUND)


# Reconciling


def close_with_ballots(engine: Engine) -> None:
    """Three ballots in the city, one in the district; other ballots before, between and behind them."""
    cast(engine, CITY, 2)
    open_voting(engine)
    cast(engine, CITY, 2)
    cast(engine, DISTRICT, 5, OTHER_ROUND)
    cast(engine, CITY, 1)
    cast(engine, DISTRICT, 1)
    close_voting(engine)
    cast(engine, CITY, 7)


def test_slips_are_reconciled_with_ballots_counted_from_the_log(
    serving: Serving, registered: Registrar, engine: Engine
) -> None:
    for number in (0, 1, 2, 4):
        serving.serve(ROUND, iin(number), by=DESK)
    close_with_ballots(engine)
    slips = registered.reconcile(ROUND, {CITY: 18, DISTRICT: 10}, {CITY: 1}, by=CLERK)
    assert slips == (
        SlipCount(CITY, printed=22, handed_out=3, unused=18, spoiled=1, cast=3),
        SlipCount(DISTRICT, printed=11, handed_out=1, unused=10, spoiled=0, cast=1),
    )
    assert registered.status(ROUND).reconciled
    with pytest.raises(SlipsAlreadyReconciled):
        registered.reconcile(ROUND, {CITY: 18, DISTRICT: 10}, {CITY: 1}, by=CLERK)


def test_what_does_not_add_up_needs_an_explanation(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    with pytest.raises(SlipsDoNotReconcile):
        registered.reconcile(ROUND, {CITY: 22, DISTRICT: 11}, {}, by=CLERK)
    registered.reconcile(ROUND, {CITY: 22, DISTRICT: 11}, {}, by=CLERK, explanation="A desk kept no list.")


def test_slips_sent_by_letter_are_stated(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    slips = registered.reconcile(
        ROUND, {CITY: 12, DISTRICT: 10}, {}, by=CLERK, handed_out={CITY: 10, DISTRICT: 1}
    )
    assert {count.unit: count.handed_out for count in slips} == {CITY: 10, DISTRICT: 1}


def test_slips_of_another_unit_are_not_passed_over(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    elsewhere = {"710000000": 0}
    for unused, spoiled, stated in ((elsewhere, {}, {}), ({}, elsewhere, {}), ({}, {}, elsewhere)):
        with pytest.raises(RollUnitsDiffer):
            registered.reconcile(ROUND, unused, spoiled, by=CLERK, explanation="as found", handed_out=stated)


def test_slips_are_not_reconciled_while_voting_is_open(registered: Registrar, engine: Engine) -> None:
    open_voting(engine)
    with pytest.raises(WrongPhase):
        registered.reconcile(ROUND, {}, {}, by=CLERK, explanation="too early")
