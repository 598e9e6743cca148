"""Deliveries that are wrong in one part each, by what is wrong; all of one kiosk, `DEVICE`, and to no particular round."""

import json
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, hmac

from tests.deliveries import AUDIENCE, Device, Voter, text_of

ROUND_ID = UUID(int=7)
VOTER = Voter(ROUND_ID, 1)
BALLOT = VOTER.ballot(["101"])
DEVICE = Device("hall", UUID(int=42))
OTHER = Device("school", UUID(int=43))
GOOD = DEVICE.jws(DEVICE.payload(BALLOT))


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
    mac = hmac.HMAC(DEVICE.key.public_key().public_bytes_raw(), hashes.SHA256())
    mac.update(signing_input)
    return signing_input + b"." + text_of(mac.finalize()).encode()


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

BALLOT_WRONG: dict[str, Any] = {
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
