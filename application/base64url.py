"""Unpadded base64url (RFC 4648 §5): one value has exactly one text, so that no text can be altered and still mean the same."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str, length: int) -> bytes | None:
    """The `length` bytes that `text` encodes, or None when it is not their one encoding."""
    data = decoded(text.encode("ascii", "replace"))
    return data if data is not None and len(data) == length else None


def decoded(encoded: bytes) -> bytes | None:
    """The bytes that `encoded` stands for, or None when it is not their one encoding."""
    try:
        data = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        return None
    # The decoder skips what it does not know and ignores stray bits; encoding again does neither.
    return data if urlsafe_b64encode(data).rstrip(b"=") == encoded else None
