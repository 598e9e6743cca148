"""What a kiosk signs, byte for byte: ballots with a voter's credential, deliveries with the kiosk's own key.

A browser's kiosk makes the same bytes; docs/kiosks.md states them with an example that the tests recompute.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application import base64url
from application.delivery import ALGORITHM, SALT_BYTES, signed_bytes
from application.log import canonical
from application.signatures import verify_ed25519
from domain.ballot_form import Choices

Ballot = dict[str, Any]
"""A signed ballot as a member of a delivery: round, choices, salt, credential, signature."""


class _Payload(msgspec.Struct):
    sequence: int
    ballots: list[msgspec.Raw]


def sign_ballot(key: Ed25519PrivateKey, round_id: UUID, choices: Choices, salt: bytes) -> Ballot:
    """The ballot of whoever holds `key` (`application.codes.credential_key`).

    `choices` in their one encoding (`domain.ballot_form`); `salt`: 16 fresh random bytes, which hide the choices behind
    the ballot's hash. NotCanonical when `choices` hold anything but texts and whole numbers.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes")
    salt_text = base64url.to_text(salt)
    return {
        "round": str(round_id),
        "choices": choices,
        "salt": salt_text,
        "credential": base64url.to_text(key.public_key().public_bytes_raw()),
        "signature": base64url.to_text(key.sign(signed_bytes(round_id, choices, salt_text))),
    }


def sign_delivery(
    key: Ed25519PrivateKey,
    kiosk_id: UUID,
    *,
    audience: str,
    sequence: int,
    previous: str,
    ballots: Sequence[Ballot],
) -> bytes:
    """The compact JWS that is posted. `previous`: `delivery_hash` of the delivery one number before, empty for the first."""
    header = canonical.encode({"alg": ALGORITHM, "kid": str(kiosk_id)})
    payload = canonical.encode(
        {"aud": audience, "sequence": sequence, "previous": previous, "ballots": list(ballots)}
    )
    signed = f"{base64url.to_text(header)}.{base64url.to_text(payload)}".encode()
    return signed + b"." + base64url.to_text(key.sign(signed)).encode()


def ballots_in(delivery: bytes, key: Ed25519PrivateKey, sequence: int) -> int | None:
    """How many ballots are in what `key` signed under the number `sequence`; None if these bytes are not that."""
    signed, _, signature = delivery.rpartition(b".")
    payload = base64url.decoded(signed.partition(b".")[2])
    by_us = verify_ed25519(key.public_key().public_bytes_raw(), signed, base64url.decoded(signature) or b"")
    if payload is None or not by_us:
        return None
    said = msgspec.json.decode(payload, type=_Payload)
    return len(said.ballots) if said.sequence == sequence else None


def delivery_hash(delivery: bytes) -> str:
    """What the next delivery calls `previous`: SHA-256 of the whole JWS in base64url."""
    return base64url.to_text(sha256(delivery).digest())
