"""Voting codes and the credentials behind them: what a slip carries, and the Ed25519 key it stands for in one round.

The server never sees a code. Slips are made on any machine, best an offline one, so nothing here needs a database; kiosks,
the browser's included, derive the same key again:

    code        = 80 random bits = 16 symbols of Crockford's base 32, most significant first, and his check symbol: the
                  number mod 37, over the same symbols and «*~$=U»; written XXXX-XXXX-XXXX-XXXX-C
    seed        = HKDF-SHA-256 (RFC 5869) of ikm = the 10 bytes of the code, big-endian, salt = the 16 bytes of the round's
                  UUID, info = «dauys credential v1», 32 bytes
    key         = the Ed25519 private key (RFC 8032) with that seed
    credential  = its public key, 32 bytes in unpadded base64url, 43 characters

A stored format: the derivation never changes, `tests/application/test_codes.py` holds vectors of it.
"""

import secrets
from typing import ClassVar, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from application import base64url
from domain.errors import Refused

CODE_BYTES = 10
CODE_SYMBOLS = 16
TYPED_CHARS = 64
"""More than this, spaces and dashes included, is no attempt at a code."""

_INFO: Final = b"dauys credential v1"
_SEED_BYTES = 32
SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS: Final = SYMBOLS + "*~$=U"
_SYMBOL_BITS = 5
_GROUP = 4
AS_MEANT: Final = str.maketrans("OIL", "011", " -")


class CodeInvalid(Refused):
    """Not a voting code, or mistyped; what was typed is not told."""

    code: ClassVar[str] = "code_invalid"


def new_code() -> str:
    """A fresh code, as it is printed."""
    return format_code(secrets.token_bytes(CODE_BYTES))


def format_code(secret: bytes) -> str:
    """The 10 bytes as XXXX-XXXX-XXXX-XXXX-C."""
    number = int.from_bytes(secret)
    symbols = "".join(
        SYMBOLS[number >> shift & 0b11111]
        for shift in range((CODE_SYMBOLS - 1) * _SYMBOL_BITS, -1, -_SYMBOL_BITS)
    )
    groups = [symbols[at : at + _GROUP] for at in range(0, CODE_SYMBOLS, _GROUP)]
    return "-".join([*groups, CHECK_SYMBOLS[number % len(CHECK_SYMBOLS)]])


def parse_code(typed: str) -> bytes:
    """The 10 bytes of a code as people type it: case, spaces, dashes, O for 0, I and L for 1 are forgiven; else CodeInvalid."""
    if len(typed) > TYPED_CHARS or not typed.isascii():
        raise CodeInvalid
    symbols = typed.upper().translate(AS_MEANT)
    if len(symbols) != CODE_SYMBOLS + 1 or not set(symbols[:-1]).issubset(SYMBOLS):
        raise CodeInvalid
    number = 0
    for symbol in symbols[:-1]:
        number = number << _SYMBOL_BITS | SYMBOLS.index(symbol)
    if symbols[-1] != CHECK_SYMBOLS[number % len(CHECK_SYMBOLS)]:
        raise CodeInvalid
    return number.to_bytes(CODE_BYTES)


def credential_key(code: str, round_id: UUID) -> Ed25519PrivateKey:
    """The key that signs the ballot of whoever holds `code`, in this round only; CodeInvalid for a mistyped one."""
    seed = HKDF(SHA256(), _SEED_BYTES, salt=round_id.bytes, info=_INFO).derive(parse_code(code))
    return Ed25519PrivateKey.from_private_bytes(seed)


def credential(code: str, round_id: UUID) -> str:
    """What is registered and public: the key's public half, 43 characters of base64url."""
    return base64url.to_text(credential_key(code, round_id).public_key().public_bytes_raw())
