"""A ballot is cast once, lawfully, and tells no more than it must."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.ballot import Ballot
from domain.ballot_form import BallotChecker, ChoiceNotForUnit, Choices, TooManyChoices, UnknownChoice
from domain.errors import Refused
from domain.paper import Paper, Project
from tests.examples import CITY, DISTRICT, DURING, ROUND_ID, SEED, TERMS, digest
from tests.given import given, outcome, past, refused

PAPER = Paper(
    round_id=str(ROUND_ID),
    kind=TERMS.kind,
    title=TERMS.title,
    units=TERMS.units,
    projects=tuple(
        Project(name, unit, 1_000, name.title())
        for name, unit in {"bench": CITY, "lamp": CITY, "path": CITY, "pool": CITY, "tree": DISTRICT}.items()
    ),
    form=TERMS.form,
    rules=TERMS.rules,
    lot_seed=SEED,
    roll_root=digest("roll"),
    credentials_root=digest("credentials"),
)
CHECKER = BallotChecker(PAPER)
SALT, CREDENTIAL, SIGNATURE = "s" * 22, "c" * 43, "g" * 86
CAST = past(
    Ballot.Created,
    round_id=ROUND_ID,
    unit=DISTRICT,
    choices=["bench", "tree"],
    salt=SALT,
    credential=CREDENTIAL,
    signature=SIGNATURE,
)


def cast(
    choices: Choices, unit: str = DISTRICT, credential: str = CREDENTIAL, at: datetime = DURING
) -> Ballot.Created:
    return Ballot.cast(
        ROUND_ID, unit, choices, salt=SALT, credential=credential, signature=SIGNATURE, paper=CHECKER, at=at
    )


def test_a_ballot_that_keeps_the_papers_rules_is_cast() -> None:
    event = cast(["bench", "tree"])
    assert outcome(event) == ("ballot.cast.v1", CAST.facts)


@pytest.mark.parametrize(
    ("choices", "unit", "refusal"),
    [
        (["bench", "lamp", "path", "pool"], CITY, TooManyChoices),
        (["zoo"], CITY, UnknownChoice),
        (["tree"], CITY, ChoiceNotForUnit),
    ],
)
def test_a_ballot_that_breaks_them_is_not_and_its_choices_are_not_told(
    choices: list[str], unit: str, refusal: type[Refused]
) -> None:
    with refused(refusal) as caught:
        cast(choices, unit)
    assert not any(choice in f"{caught.value!s}{caught.value!r}{caught.value.facts}" for choice in choices)


def test_two_ballots_of_one_credential_have_one_id_so_that_the_store_refuses_the_second() -> None:
    ids = {cast(["bench"]).originator_id, cast(["lamp"]).originator_id}
    assert ids == {Ballot.create_id(ROUND_ID, CREDENTIAL)}


@forall(
    st.lists(
        st.tuples(st.sampled_from([ROUND_ID, UUID(int=2)]), st.text("ab", max_size=3)),
        unique=True,
        min_size=2,
    )
)
def test_ballots_of_other_credentials_or_rounds_have_other_ids(keys: list[tuple[UUID, str]]) -> None:
    assert len({Ballot.create_id(round_id, credential) for round_id, credential in keys}) == len(keys)


@forall(st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_no_time_finer_than_the_hour_is_recorded(at: datetime) -> None:
    told = cast(["bench"], at=at).timestamp
    assert told.timestamp() % 3600 == 0
    assert timedelta(0) <= at - told < timedelta(hours=1)


def test_a_ballot_holds_no_kiosk_and_no_person() -> None:
    own = {field.name for field in fields(Ballot.Created)} - {field.name for field in fields(Ballot.Event)}
    assert own == {"originator_topic", "round_id", "unit", "choices", "salt", "credential", "signature"}


def test_old_ballots_replay_whatever_today_s_paper_says() -> None:
    odd = past(Ballot.Created, **{**CAST.facts, "choices": ["zoo"] * 9, "unit": "nowhere"})
    assert given(Ballot.create_id(ROUND_ID, CREDENTIAL), odd).choices == ["zoo"] * 9
