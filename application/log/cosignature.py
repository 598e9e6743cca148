"""Cosignatures: a witness's dated word that a checkpoint is the largest consistent tree it has seen (c2sp.org/tlog-cosignature).

One version, cosignature/v1 with Ed25519 (type 0x04). The signed message does not name the witness: one key, one witness.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.log.note import NoteInvalid, Verifier, parse_note, signature_line
from application.signatures import verify_ed25519

_TIME_BYTES = 8
_LATEST_TIME = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class WitnessVerifier(Verifier):
    """A witness's public key and name, written as a log's, but with the type 0x04."""

    signature_type: ClassVar[bytes] = b"\x04"


class WitnessSigner:
    """A witness's private key (a 32-byte RFC 8032 seed) with its name. Shows neither seed nor key."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = WitnessVerifier(name, self._key.public_key().public_bytes_raw())

    def signature_line(self, text: str, timestamp: int) -> str:
        """The cosignature on a checkpoint's text, given at `timestamp` (POSIX seconds)."""
        signature = self._key.sign(_message(text, timestamp))
        blob = self.verifier.key_id + timestamp.to_bytes(_TIME_BYTES) + signature
        return signature_line(self.verifier.name, blob)

    def __repr__(self) -> str:
        return f"WitnessSigner({self.verifier.name!r})"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature. `timestamp`: when it was given, in POSIX seconds by the witness's clock; `line` has its newline."""

    witness: WitnessVerifier
    timestamp: int
    line: str


def cosignatures_of(note: str, witnesses: Iterable[WitnessVerifier]) -> list[Cosignature]:
    """The cosignatures by `witnesses` under a note, in its order; NoteInvalid if one of them is wrong. Others are ignored."""
    text, signatures = parse_note(note)
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found = []
    for signature in signatures:
        if witness := known.get((signature.name, signature.key_id)):
            timestamp = int.from_bytes(signature.bytes_[:_TIME_BYTES])
            signed = signature.bytes_[_TIME_BYTES:]
            message = _message(text, timestamp)
            if timestamp > _LATEST_TIME or not verify_ed25519(witness.public_key, message, signed):
                raise NoteInvalid("wrong cosignature")
            found.append(Cosignature(witness, timestamp, signature.line))
    return found


def _message(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
