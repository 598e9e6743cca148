"""Unpadded base64url (RFC 4648 §5) of a fixed number of bytes: one value has exactly one text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error


def to_text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str, length: int) -> bytes | None:
    """The `length` bytes that `text` encodes, or None when it is not their one encoding."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    return data if len(data) == length and to_text(data) == text else None


def loosely(encoded: bytes) -> bytes:
    """The bytes behind any unpadded base64url; ValueError when it is none."""
    return urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
