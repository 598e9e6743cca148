"""Unpadded base64url (RFC 4648 §5): one value has exactly one text, so that no text can be altered and still mean the same."""

from base64 import urlsafe_b64encode
from binascii import a2b_base64, b2a_base64

_TO_STANDARD = bytes.maketrans(b"-_+/", b"+/..")
"""To the alphabet that the decoder knows; what is only in that one becomes what is in neither."""


def to_text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str, length: int) -> bytes | None:
    """The `length` bytes that `text` encodes, or None when it is not their one encoding."""
    data = decoded(text.encode("ascii", "replace"))
    return data if data is not None and len(data) == length else None


def decoded(encoded: bytes) -> bytes | None:
    """The bytes that `encoded` stands for, or None when it is not their one encoding."""
    standard = encoded.translate(_TO_STANDARD)
    try:
        data = a2b_base64(standard + b"==")
    except ValueError:
        return None
    # The decoder skips what it does not know and ignores stray bits; encoding again does neither.
    return data if b2a_base64(data, newline=False).rstrip(b"=") == standard else None
