"""A delivery is opened only when every part of it is what the protocol says; what is wrong is named and goes no further."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.delivery import (
    BallotMalformed,
    BallotSignatureInvalid,
    Delivery,
    DeliveryMalformed,
    DeliverySignatureInvalid,
    SignedBallot,
    TooManyBallots,
    WrongAudience,
    open_delivery,
)
from application.polls import UnknownKiosk
from domain.ballot import Ballot
from domain.errors import Refused
from tests.deliveries import AUDIENCE, MOST_BALLOTS, Device, Voter
from tests.wrong_deliveries import (
    BALLOT,
    BALLOT_WRONG,
    DEEP,
    DEVICE,
    GOOD,
    HEADER_WRONG,
    OTHER,
    PAYLOAD_WRONG,
    ROUND_ID,
    SIGNATURE_WRONG,
    VOTER,
    raw,
    spoilt,
)


def key_of(kiosk_id: UUID) -> bytes:
    for device in (DEVICE, OTHER):
        if device.id == kiosk_id:
            return device.key.public_key().public_bytes_raw()
    raise UnknownKiosk


def opened(body: bytes) -> Delivery:
    return open_delivery(body, key_of, audience=AUDIENCE, most_ballots=MOST_BALLOTS)


def test_a_good_delivery_is_opened_to_what_was_signed() -> None:
    delivery = opened(GOOD)
    assert (delivery.kiosk_id, delivery.sequence, delivery.previous) == (DEVICE.id, 1, "")
    assert delivery.hash == sha256(GOOD).digest()
    [ballot] = delivery.ballots
    assert isinstance(ballot, SignedBallot)
    assert ballot.id == Ballot.create_id(ROUND_ID, VOTER.credential)
    assert (ballot.round_id, ballot.choices, ballot.salt) == (ROUND_ID, ["101"], BALLOT["salt"])
    assert ballot.credential_bytes == VOTER.credential_bytes


def test_five_hundred_ballots_fit() -> None:
    ballots = [Voter(ROUND_ID, number).ballot(["101", "102", "103"]) for number in range(MOST_BALLOTS)]
    delivery = opened(DEVICE.jws(DEVICE.payload(*ballots)))
    assert all(isinstance(ballot, SignedBallot) for ballot in delivery.ballots)
    assert len(delivery.ballots) == MOST_BALLOTS


def cases(table: dict[str, Any]) -> list[Any]:
    return [pytest.param(wrong, id=name) for name, wrong in table.items()]


@pytest.mark.parametrize("body", cases(HEADER_WRONG))
def test_a_header_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(DeliveryMalformed) as refused:
        opened(body)
    assert refused.value.facts == {"problem": "header"}


@pytest.mark.parametrize("body", cases(SIGNATURE_WRONG))
def test_a_signature_that_is_not_the_kiosks_over_these_bytes_is_refused(body: bytes) -> None:
    with pytest.raises((DeliverySignatureInvalid, DeliveryMalformed)):
        opened(body)


@pytest.mark.parametrize("body", cases(PAYLOAD_WRONG))
def test_a_payload_of_another_form_is_refused_though_it_is_signed(body: bytes) -> None:
    with pytest.raises(DeliveryMalformed) as refused:
        opened(body)
    assert refused.value.facts["problem"] in {"payload", "sequence", "no_ballots"}


@pytest.mark.parametrize("ballot", cases(BALLOT_WRONG))
def test_a_ballot_of_another_form_is_refused_alone(ballot: object) -> None:
    wrong, good = opened(DEVICE.jws(DEVICE.payload(ballot, BALLOT))).ballots
    assert isinstance(wrong, BallotMalformed)
    assert isinstance(good, SignedBallot)


@pytest.mark.parametrize("deep", DEEP[:2], ids=len)
def test_a_ballot_nested_deeper_than_any_choice_is_refused_alone(deep: bytes) -> None:
    [ballot] = opened(raw(b'["101"]', deep)).ballots
    assert isinstance(ballot, BallotMalformed)


def test_of_a_member_that_stands_twice_the_last_one_counts_and_must_be_the_one_signed() -> None:
    """As RFC 7515 allows; no reading of the same bytes can give another ballot that its credential signed."""
    [ballot] = opened(raw(b'"choices": ["101"]', b'"choices": ["102"], "choices": ["101"]')).ballots
    assert isinstance(ballot, SignedBallot)
    assert ballot.choices == ["101"]
    [ballot] = opened(raw(b'"choices": ["101"]', b'"choices": ["101"], "choices": ["102"]')).ballots
    assert isinstance(ballot, BallotSignatureInvalid)


def test_a_delivery_for_another_server_is_refused() -> None:
    with pytest.raises(WrongAudience) as refused:
        opened(spoilt(aud="elsewhere.example"))
    assert refused.value.facts == {"expected": AUDIENCE}


def test_a_ballot_over_the_limit_refuses_the_delivery() -> None:
    with pytest.raises(TooManyBallots) as refused:
        opened(spoilt(ballots=[None] * (MOST_BALLOTS + 1)))
    assert refused.value.facts == {"most": MOST_BALLOTS, "given": MOST_BALLOTS + 1}


def test_an_unknown_kiosk_is_refused_before_anything_is_verified() -> None:
    with pytest.raises(UnknownKiosk):
        opened(Device("hall", uuid4()).jws(b""))


def open_or_refuse(body: bytes) -> None:
    with suppress(Refused):
        assert opened(body).ballots


@given(st.binary(max_size=400))
def test_any_bytes_are_opened_or_refused(body: bytes) -> None:
    open_or_refuse(body)


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_no_change_to_a_delivery_goes_unnoticed(at: int, change: bytes) -> None:
    body = GOOD[:at] + change + GOOD[at + 1 :]
    if body != GOOD:
        with pytest.raises(Refused):
            opened(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    "around",
    [
        DEVICE.jws,
        lambda any_json: spoilt(ballots=any_json),
        lambda any_json: spoilt(ballots=[any_json]),
        lambda any_json: spoilt(ballots=[{**BALLOT, "choices": any_json}]),
        lambda any_json: spoilt(sequence=any_json),
    ],
    ids=["payload", "ballots", "ballot", "choices", "sequence"],
)
@given(any_json=JSON)
def test_any_signed_json_is_opened_or_refused(around: Callable[[object], bytes], any_json: object) -> None:
    open_or_refuse(around(any_json))
