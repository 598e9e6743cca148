"""Tickets: who stands before the desk, sealed, so that the page that says what was found need not hold an IIN or its hash.

ticket = base64url(nonce, 12 bytes ‖ AES-256-GCM(person, 32 bytes ‖ expiry, 8 bytes big-endian Unix seconds)); associated data =
the round and the desk's login, so that a ticket is good at one desk, in one round, for `TICKET_SECONDS`. Given twice it does
nothing twice: a person is served once.
"""

from collections.abc import Callable
from typing import ClassVar, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application import base64url
from application.keys import Keys
from application.store import Clock
from domain.errors import Refused

TICKET_SECONDS: Final = 300
"""To look at a document and to take a slip; then the person is looked up again."""
_NONCE_BYTES: Final = 12
_PERSON_BYTES: Final = 32
_EXPIRY_BYTES: Final = 8
_TAG_BYTES: Final = 16
_TICKET_BYTES: Final = _NONCE_BYTES + _PERSON_BYTES + _EXPIRY_BYTES + _TAG_BYTES


class TicketExpired(Refused):
    """Too old, of another desk or round, or none: look the person up again."""

    code: ClassVar[str] = "ticket_expired"


class Tickets:
    def __init__(self, keys: Keys, clock: Clock, random: Callable[[int], bytes]) -> None:
        self._keys = keys
        self._clock = clock
        self._random = random

    def seal(self, round_id: UUID, person: bytes, *, by: str) -> str:
        expiry = int(self._clock().timestamp()) + TICKET_SECONDS
        nonce = self._random(_NONCE_BYTES)
        sealed = self._cipher().encrypt(nonce, person + expiry.to_bytes(_EXPIRY_BYTES), _place(round_id, by))
        return base64url.to_text(nonce + sealed)

    def open(self, round_id: UUID, ticket: str, *, by: str) -> bytes:
        """The person's 32 bytes; TicketExpired."""
        data = base64url.to_bytes(ticket, _TICKET_BYTES)
        if data is None:
            raise TicketExpired
        try:
            told = self._cipher().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _place(round_id, by))
        except InvalidTag:
            raise TicketExpired from None
        if int.from_bytes(told[_PERSON_BYTES:]) <= self._clock().timestamp():
            raise TicketExpired
        return told[:_PERSON_BYTES]

    def _cipher(self) -> AESGCM:
        return AESGCM(self._keys.ticket_key())


def _place(round_id: UUID, by: str) -> bytes:
    return round_id.bytes + by.encode()
