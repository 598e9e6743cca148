"""Ed25519 (RFC 8032) verification as one total function, so that no caller forgets an exception of the library.

libsodium verifies in half the time of OpenSSL and refuses what is not canonical: points of small order, `s` out of range.
Whatever it accepts, a verifier that follows RFC 8032 accepts too.
"""

from nacl.bindings import crypto_sign_BYTES, crypto_sign_open, crypto_sign_PUBLICKEYBYTES
from nacl.exceptions import BadSignatureError


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) by `public_key` (32 bytes) covers `message`; False for any other length."""
    if len(public_key) != crypto_sign_PUBLICKEYBYTES or len(signature) != crypto_sign_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True
