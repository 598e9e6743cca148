"""A delivery is opened only when every part of it is what the protocol says; what is wrong is named and goes no further."""

import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes, hmac
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
from tests.deliveries import AUDIENCE, MOST_BALLOTS, Device, Voter, text_of

ROUND_ID = UUID(int=7)
VOTER = Voter(ROUND_ID, 1)
BALLOT = VOTER.ballot(["101"])
DEVICE = Device("hall", UUID(int=42))
OTHER = Device("school", UUID(int=43))
GOOD = DEVICE.jws(DEVICE.payload(BALLOT))


def key_of(kiosk_id: UUID) -> bytes:
    for device in (DEVICE, OTHER):
        if device.id == kiosk_id:
            return device.key.public_key().public_bytes_raw()
    raise UnknownKiosk


def opened(body: bytes) -> Delivery:
    return open_delivery(body, key_of, audience=AUDIENCE, most_ballots=MOST_BALLOTS)


def spoilt(**members: object) -> bytes:
    """A signed delivery with these members of its payload replaced."""
    return DEVICE.jws({**DEVICE.payload(BALLOT), **members})


def raw(old: bytes, new: bytes) -> bytes:
    """A signed delivery with this in its payload, which JSON as such might not allow."""
    payload = json.dumps(DEVICE.payload(BALLOT)).encode()
    assert old in payload
    return DEVICE.jws(payload.replace(old, new))


def hs256(body: bytes) -> bytes:
    """The public key taken for a shared secret: the oldest trick against a JWS."""
    header = json.dumps({"alg": "HS256", "kid": str(DEVICE.id)}).encode()
    signing_input = f"{text_of(header)}.{body.split(b'.')[1].decode()}".encode()
    mac = hmac.HMAC(key_of(DEVICE.id), hashes.SHA256())
    mac.update(signing_input)
    return signing_input + b"." + text_of(mac.finalize()).encode()


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


DEEP = [b"[" * depth + b"]" * depth for depth in (65, 900, 5_000, 60_000)]

HEADER_WRONG = {
    "nothing": b"",
    "no dots": GOOD.replace(b".", b""),
    "only dots": b"..",
    "more dots": b"....",
    "alg none": DEVICE.jws(DEVICE.payload(BALLOT), alg="none"),
    "alg none, unsigned": DEVICE.jws(DEVICE.payload(BALLOT), alg="none").rpartition(b".")[0] + b".",
    "HS256 with the public key": hs256(GOOD),
    "alg EdDSA": DEVICE.jws(DEVICE.payload(BALLOT), alg="EdDSA"),
    "alg in lower case": DEVICE.jws(DEVICE.payload(BALLOT), alg="ed25519"),
    "alg ES256": DEVICE.jws(DEVICE.payload(BALLOT), alg="ES256"),
    "alg not a text": DEVICE.jws(DEVICE.payload(BALLOT), alg=["Ed25519"]),
    "crit": DEVICE.jws(DEVICE.payload(BALLOT), crit=["exp"], exp=1),
    "b64 false": DEVICE.jws(DEVICE.payload(BALLOT), b64=False, crit=["b64"]),
    "a key in the header": DEVICE.jws(DEVICE.payload(BALLOT), jwk={"kty": "OKP"}),
    "a key's address in the header": DEVICE.jws(DEVICE.payload(BALLOT), jku="http://127.0.0.1/"),
    "compressed": DEVICE.jws(DEVICE.payload(BALLOT), zip="DEF"),
    "kid not a UUID": DEVICE.jws(DEVICE.payload(BALLOT), kid="hall"),
    "kid in capitals": DEVICE.jws(DEVICE.payload(BALLOT), kid=str(UUID(int=0xABC)).upper()),
    "kid in braces": DEVICE.jws(DEVICE.payload(BALLOT), kid=f"{{{DEVICE.id}}}"),
    "kid a path": DEVICE.jws(DEVICE.payload(BALLOT), kid="../../etc/passwd"),
    "kid not a text": DEVICE.jws(DEVICE.payload(BALLOT), kid=1),
    "header not JSON": DEVICE.signed(b"Ed25519", b"{}"),
    "header not an object": DEVICE.signed(b'["Ed25519"]', b"{}"),
    "header of 200 kB": DEVICE.signed(b" " * 200_000 + b"{}", b"{}"),
    "header in UTF-16": DEVICE.signed(json.dumps({"alg": "Ed25519"}).encode("utf-16"), b"{}"),
    "kid twice, the last of another form": DEVICE.signed(
        b'{"alg":"Ed25519","kid":"%s","kid":"x"}' % str(DEVICE.id).encode(), b"{}"
    ),
    **{f"header nested {len(deep)}": DEVICE.signed(deep, b"{}") for deep in DEEP},
    "unencoded": b'{"alg":"Ed25519"}.{}.',
    "the JSON serialisation": json.dumps({"payload": "", "signatures": []}).encode(),
    "a byte before": b"!" + GOOD,
    "zero bytes": b"\x00" * 1_000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
}

SIGNATURE_WRONG = {
    "no signature": GOOD.rpartition(b".")[0] + b".",
    "one dot": GOOD.rpartition(b".")[0],
    "a part more": GOOD + b".e30",
    "zeros for a signature": GOOD.rpartition(b".")[0] + b"." + text_of(bytes(64)).encode(),
    "a signature cut short": GOOD[:-4],
    "a signature too long": GOOD + b"AAAA",
    "padding": GOOD + b"==",
    "a line break": GOOD + b"\n",
    "another payload under the signature": GOOD.replace(
        GOOD.split(b".")[1], DEVICE.jws(DEVICE.payload(BALLOT, BALLOT)).split(b".")[1]
    ),
    "another kiosk's signature": Device("school", DEVICE.id).jws(DEVICE.payload(BALLOT)),
    "another kiosk's name": Device("hall", OTHER.id).jws(DEVICE.payload(BALLOT)),
    "the payload signed without its header": b".".join(
        [*GOOD.split(b".")[:2], text_of(DEVICE.key.sign(GOOD.split(b".")[1])).encode()]
    ),
}

PAYLOAD_WRONG = {
    "not JSON": DEVICE.jws(b"ballots"),
    "nothing": DEVICE.jws(b""),
    "an array": DEVICE.jws([BALLOT]),
    "a number": DEVICE.jws(1),
    "UTF-16": DEVICE.jws(json.dumps(DEVICE.payload(BALLOT)).encode("utf-16")),
    "a byte order mark": DEVICE.jws(b"\xef\xbb\xbf" + json.dumps(DEVICE.payload(BALLOT)).encode()),
    "Latin-1": raw(AUDIENCE.encode(), b"\xe9"),
    "something behind it": DEVICE.jws(json.dumps(DEVICE.payload(BALLOT)).encode() + b"{}"),
    "a member more": spoilt(at="2026-09-04"),
    "a member less": DEVICE.jws({"aud": AUDIENCE, "sequence": 1, "ballots": [BALLOT]}),
    "NaN": raw(b'["101"]', b"NaN"),
    "Infinity": raw(b'["101"]', b"-Infinity"),
    "a lone surrogate": raw(b'"101"', b'"\\ud800"'),
    "a comment": raw(b'["101"]', b'/* */["101"]'),
    "a sequence that is no whole number": spoilt(sequence=1.5),
    "a sequence as text": spoilt(sequence="1"),
    "a sequence of 5,000 digits": raw(b'"sequence": 1', b'"sequence": ' + b"9" * 5_000),
    "ballots that are no list": spoilt(ballots={"0": BALLOT}),
    "no ballots": spoilt(ballots=[]),
    "ballots twice, the last empty": raw(b'"ballots":', b'"ballots": [], "ballots": [], "x":'),
    "sequence zero": spoilt(sequence=0),
    "a negative sequence": spoilt(sequence=-1),
    "a sequence beyond what JSON carries": spoilt(sequence=2**53, previous=text_of(bytes(32))),
    "a first delivery with a predecessor": spoilt(previous=text_of(bytes(32))),
    "a later delivery without one": spoilt(sequence=2),
    **{
        f"ballots nested {len(deep)}": raw(b'"ballots": [', b'"ballots": [' + deep + b",")
        for deep in DEEP[2:]
    },
    **{f"choices nested {len(deep)}": raw(b'["101"]', deep) for deep in DEEP[2:]},
}

BALLOT_WRONG: dict[str, object] = {
    "not an object": ["101"],
    "a number": 1,
    "null": None,
    "empty": {},
    "a member more": {**BALLOT, "at": "now"},
    **{f"without {name}": {other: BALLOT[other] for other in BALLOT if other != name} for name in BALLOT},
    "round not a UUID": {**BALLOT, "round": "7"},
    "round in capitals": {**BALLOT, "round": str(UUID(int=0xABC)).upper()},
    "round a URN": {**BALLOT, "round": f"urn:uuid:{ROUND_ID}"},
    "choices a text": VOTER.ballot("101"),
    "choices with a fraction": {**BALLOT, "choices": [1.5]},
    "salt too short": VOTER.ballot(["101"], salt=bytes(15)),
    "salt too long": VOTER.ballot(["101"], salt=bytes(17)),
    "salt padded": {**BALLOT, "salt": BALLOT["salt"] + "=="},
    "salt in another spelling": {**BALLOT, "salt": BALLOT["salt"][:-1] + "B"},
    "credential too short": {**BALLOT, "credential": BALLOT["credential"][:-2]},
    "credential not ASCII": {**BALLOT, "credential": "ә" * 43},
    "signature empty": {**BALLOT, "signature": ""},
    "signature of another alphabet": {**BALLOT, "signature": "+" * 86},
}


def cases(table: dict[str, Any]) -> list[Any]:
    return [pytest.param(wrong, id=name) for name, wrong in table.items()]


@pytest.mark.parametrize("body", cases(HEADER_WRONG))
def test_a_header_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(DeliveryMalformed) as refused:
        opened(body)
    assert refused.value.facts == {"problem": "header"}


@pytest.mark.parametrize("body", cases(SIGNATURE_WRONG))
def test_a_signature_that_is_not_the_kiosks_over_these_bytes_is_refused(body: bytes) -> None:
    with pytest.raises(DeliverySignatureInvalid):
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
