"""A kiosk's delivery, opened: a compact JWS (RFC 7515, alg Ed25519 of RFC 9864) around 1 to 500 signed ballots.

    payload  {"aud":…,"sequence":n,"previous":"<SHA-256 of the delivery before, base64url>","ballots":[…]}
    ballot   {"round":"<uuid>","choices":…,"salt":…,"credential":…,"signature":…}
The credential signs `SIGNED_PREFIX` and the canonical JSON of {choices, round, salt}. docs/kiosks.md is the protocol's text.
A delivery that is wrong as a whole is refused as a whole; a wrong ballot carries its refusal and harms no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from application import base64url
from application.log import canonical
from application.signatures import verify_ed25519
from domain.ballot import Ballot
from domain.errors import Refused

ALGORITHM = "Ed25519"
SIGNED_PREFIX = b"dauys.ballot.v1\n"
SALT_BYTES = 16
CREDENTIAL_BYTES = 32
SIGNATURE_BYTES = 64
HEADER_CHARS = 512
"""Of the encoded header, which holds an algorithm and a kiosk's id and nothing else."""
FIRST_PREVIOUS = ""
"""`previous` of a kiosk's first delivery."""
MOST_SEQUENCE = 2**53 - 1


class DeliveryMalformed(Refused):
    """Not a compact JWS of the form above; `problem` says what part."""

    code: ClassVar[str] = "delivery_malformed"


class DeliverySignatureInvalid(Refused):
    code: ClassVar[str] = "delivery_signature_invalid"


class WrongAudience(Refused):
    code: ClassVar[str] = "wrong_audience"


class TooManyBallots(Refused):
    code: ClassVar[str] = "too_many_ballots"


class BallotMalformed(Refused):
    code: ClassVar[str] = "ballot_malformed"


class BallotSignatureInvalid(Refused):
    code: ClassVar[str] = "ballot_signature_invalid"


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: str
    kid: str


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    aud: str
    sequence: int
    previous: str
    ballots: list[msgspec.Raw]


class _Ballot(msgspec.Struct, forbid_unknown_fields=True):
    round: str
    choices: list[Any] | dict[str, Any]
    salt: str
    credential: str
    signature: str


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SignedBallot:
    """A ballot whose credential really signed it; whether it may be cast is for the ballot box."""

    id: UUID
    round_id: UUID
    choices: list[str] | dict[str, int]
    salt: str
    credential: str
    credential_bytes: bytes
    signature: str


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """`hash` is the SHA-256 of the whole JWS: the kiosk's signature in it keeps anyone from rebuilding it from ballots."""

    kiosk_id: UUID
    sequence: int
    previous: str
    hash: bytes
    ballots: tuple[SignedBallot | Refused, ...]


KioskKey = Callable[[UUID], bytes]
"""Gives an enrolled kiosk's public key, 32 bytes, or refuses with `unknown_kiosk` or `kiosk_revoked`."""


_read_header = msgspec.json.Decoder(_Header).decode
_read_payload = msgspec.json.Decoder(_Payload).decode
_read_ballot = msgspec.json.Decoder(_Ballot).decode


def open_delivery(body: bytes, kiosk_key: KioskKey, *, audience: str, most_ballots: int) -> Delivery:
    """Check form, kiosk signature, audience and every ballot's own signature. Costs about 0.1 ms a ballot."""
    kiosk_id = kiosk_id_of(body)
    payload = _signed_payload(body, kiosk_key(kiosk_id))
    if payload.aud != audience:
        raise WrongAudience(expected=audience)
    if not payload.ballots:
        raise DeliveryMalformed(problem="no_ballots")
    if len(payload.ballots) > most_ballots:
        raise TooManyBallots(most=most_ballots, given=len(payload.ballots))
    first = payload.sequence == 1
    if not 1 <= payload.sequence <= MOST_SEQUENCE or first != (payload.previous == FIRST_PREVIOUS):
        raise DeliveryMalformed(problem="sequence")
    return Delivery(
        kiosk_id=kiosk_id,
        sequence=payload.sequence,
        previous=payload.previous,
        hash=sha256(body).digest(),
        ballots=tuple(_opened(raw) for raw in payload.ballots),
    )


def signed_bytes(round_id: UUID, choices: object, salt: str) -> bytes:
    """What a credential signs; NotCanonical when `choices` hold what canonical JSON cannot."""
    return SIGNED_PREFIX + canonical.encode({"choices": choices, "round": str(round_id), "salt": salt})


def kiosk_id_of(body: bytes) -> UUID:
    """Which kiosk claims to have signed this; nothing is verified yet."""
    encoded = body.partition(b".")[0]
    if len(encoded) > HEADER_CHARS:
        raise DeliveryMalformed(problem="header")
    return _kiosk_of_header(encoded)


@lru_cache(maxsize=10_000)  # a kiosk sends the same header all day
def _kiosk_of_header(encoded: bytes) -> UUID:
    try:
        header = _read_header(base64url.decoded(encoded) or b"")
        kiosk_id = UUID(header.kid)
    except (msgspec.MsgspecError, ValueError):
        raise DeliveryMalformed(problem="header") from None
    if header.alg != ALGORITHM or str(kiosk_id) != header.kid:
        raise DeliveryMalformed(problem="header")
    return kiosk_id


def _signed_payload(body: bytes, public_key: bytes) -> _Payload:
    """Verified with libsodium rather than by a JOSE library, which takes twice as long on the route that counts (ADR 8).

    The header holds `alg` and `kid` and nothing else, so no other algorithm, `crit` or `b64` can be asked for.
    """
    signed, _, signature_text = body.rpartition(b".")
    signature, payload = base64url.decoded(signature_text), base64url.decoded(signed.partition(b".")[2])
    if signature is None or payload is None:
        raise DeliveryMalformed(problem="encoding")
    if not verify_ed25519(public_key, signed, signature):
        raise DeliverySignatureInvalid
    try:
        return _read_payload(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise DeliveryMalformed(problem="payload") from None


def _opened(raw: msgspec.Raw) -> SignedBallot | Refused:
    try:
        return _open_ballot(raw)
    except Refused as refused:
        return refused


def _open_ballot(raw: msgspec.Raw) -> SignedBallot:
    try:
        ballot = _read_ballot(raw)
        round_id = UUID(ballot.round)
        message = signed_bytes(round_id, ballot.choices, ballot.salt)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BallotMalformed from None
    credential = base64url.to_bytes(ballot.credential, CREDENTIAL_BYTES)
    signature = base64url.to_bytes(ballot.signature, SIGNATURE_BYTES)
    salt = base64url.to_bytes(ballot.salt, SALT_BYTES)
    if credential is None or signature is None or salt is None or str(round_id) != ballot.round:
        raise BallotMalformed
    if not verify_ed25519(credential, message, signature):
        raise BallotSignatureInvalid
    return SignedBallot(
        id=Ballot.create_id(round_id, ballot.credential),
        round_id=round_id,
        choices=ballot.choices,
        salt=ballot.salt,
        credential=ballot.credential,
        credential_bytes=credential,
        signature=ballot.signature,
    )
