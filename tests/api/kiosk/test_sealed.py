"""`POST /kiosk/deliveries`: what was sealed to this server gets the answer it would have got unsealed; anything else is refused."""

import json
import re
from secrets import token_bytes

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from application import base64url
from application.sealing import INFO, Sealing, SealInvalid
from tests.deliveries import enrol, open_round
from tests.server import Server

PATH = "/kiosk/deliveries"
OURS = {"Content-Type": "application/octet-stream", "Sec-Fetch-Site": "same-origin"}
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@pytest.fixture(scope="module")
def key(server: Server) -> X25519PublicKey:
    """What the page tells kiosks to seal to."""
    page = server.client.get("/kiosk/").text
    found = re.search(r'id="config">(.*?)</script>', page)
    assert found
    key = base64url.to_bytes(json.loads(found[1])["spool_key"], 32)
    assert key
    return X25519PublicKey.from_public_bytes(key)


def sealed(delivery: bytes, key: X25519PublicKey, info: bytes = INFO) -> bytes:
    return SUITE.encrypt(delivery, key, info)


def post(server: Server, body: bytes, **headers: str) -> httpx.Response:
    return server.client.post(PATH, content=body, headers=OURS | headers)


def test_a_sealed_delivery_is_answered_as_the_plain_one_is(server: Server, key: X25519PublicKey) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    delivery = device.deliver(voters[0].ballot(["101"]))
    answer = post(server, sealed(delivery, key))
    assert answer.status_code == 200
    assert answer.json()["results"][0]["status"] == "recorded"
    assert answer.json() == server.deliver(delivery).json()  # the same delivery once more: the same answer
    assert answer.headers["cache-control"] == "no-store"


def test_the_same_bytes_again_get_the_same_answer(server: Server, key: X25519PublicKey) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    body = sealed(device.deliver(voters[0].ballot(["101"])), key)
    assert post(server, body).json() == post(server, body).json()


def test_what_is_wrong_inside_is_refused_as_it_would_be_unsealed(
    server: Server, key: X25519PublicKey
) -> None:
    before = server.stored()
    for wrong in (b"", b"no delivery", enrol(server.engine).jws({"aud": "elsewhere"})):
        plain, hidden = server.deliver(wrong), post(server, sealed(wrong, key))
        assert (hidden.status_code, hidden.json()["code"]) == (plain.status_code, plain.json()["code"])
    assert server.stored()[1] == before[1]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(token_bytes(31), id="shorter than a key"),
        pytest.param(token_bytes(2_000), id="noise"),
        pytest.param(sealed(b"x", X25519PrivateKey.generate().public_key()), id="for another server"),
    ],
)
def test_what_was_not_sealed_to_this_server_is_refused(server: Server, body: bytes) -> None:
    answer = post(server, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "seal_invalid")


def test_a_seal_for_another_purpose_is_none(server: Server, key: X25519PublicKey) -> None:
    assert post(server, sealed(b"x", key, b"something else")).json()["code"] == "seal_invalid"


def test_another_type_another_site_and_too_much_are_refused(server: Server, key: X25519PublicKey) -> None:
    body = sealed(b"x", key)
    for expected, answer in (
        ("wrong_content_type", post(server, body, **{"Content-Type": "application/jose"})),
        ("cross_site", post(server, body, **{"Sec-Fetch-Site": "cross-site"})),
        ("body_too_large", post(server, token_bytes(server.settings.body_bytes + 1))),
    ):
        assert answer.json()["code"] == expected


@settings(max_examples=50)
@given(st.binary(max_size=200), st.data())
def test_a_changed_bit_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealing = Sealing(bytes(32))
    key = X25519PublicKey.from_public_bytes(base64url.to_bytes(sealing.public_text, 32) or b"")
    body = bytearray(sealed(plain, key))
    body[data.draw(st.integers(32, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealInvalid):
        sealing.open(bytes(body))


def test_a_sealing_key_is_not_shown() -> None:
    assert repr(Sealing(bytes(32))) == "Sealing()"
