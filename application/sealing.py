"""Deliveries that a kiosk in a browser has sealed to this deployment, opened again; the bytes inside go their way as any other's.

HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; written as encapsulated key ‖ ciphertext, info
`INFO`. Whoever steals a kiosk finds votes that wait in it sealed with a key that is not on it: docs/adr/0015. A stored format.
"""

from typing import ClassVar, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from application import base64url
from domain.errors import Refused

INFO: Final = b"dauys delivery v1"


class SealInvalid(Refused):
    """Sealed to another deployment, or not sealed at all, or altered on the way."""

    code: ClassVar[str] = "seal_invalid"


class Sealing:
    """`seed`: the 32 bytes of an X25519 private key (RFC 7748). Shows neither seed nor what it opens."""

    def __init__(self, seed: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(seed)
        self._suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    @property
    def public_text(self) -> str:
        """What kiosks seal to, learned when they are enrolled: 43 characters of base64url."""
        return base64url.to_text(self._key.public_key().public_bytes_raw())

    def open(self, sealed: bytes) -> bytes:
        """What was sealed, or SealInvalid."""
        try:
            return self._suite.decrypt(sealed, self._key, INFO)
        except (InvalidTag, ValueError):
            raise SealInvalid from None

    def __repr__(self) -> str:
        return "Sealing()"
