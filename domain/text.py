"""Limits on what people type: every text that enters an event has a longest length, no control characters and no IIN."""

import re
from typing import ClassVar

from domain.errors import Refused
from domain.iin import is_iin

TITLE_CHARS = 300
TEXT_CHARS = 10_000
NAME_CHARS = 100
REASON_CHARS = 2_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TWELVE_DIGITS = re.compile(r"(?<![0-9a-f])[0-9]{12}(?![0-9a-f])")  # on its own, not inside a digest
_IDENTIFIER = re.compile(r"[!-+\--~]{1,64}")
_ACTOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TextInvalid(Refused):
    """`field` names the text; `problem` is empty, too_long, control_character or personal_number (an IIN)."""

    code: ClassVar[str] = "text_invalid"


class IdentifierInvalid(Refused):
    code: ClassVar[str] = "identifier_invalid"


class DigestInvalid(Refused):
    code: ClassVar[str] = "digest_invalid"


def check_text(field: str, text: str, longest: int) -> str:
    """`text` without surrounding white space; refused when empty, longer than `longest` characters or not printable."""
    text = text.strip()
    if not text:
        raise TextInvalid(field=field, problem="empty")
    return check_optional_text(field, text, longest)


def check_optional_text(field: str, text: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest:
        raise TextInvalid(field=field, problem="too_long", longest=longest)
    if _CONTROL.search(text):
        raise TextInvalid(field=field, problem="control_character")
    if any(is_iin(digits) for digits in _TWELVE_DIGITS.findall(text)):
        raise TextInvalid(field=field, problem="personal_number")
    return text


def check_identifier(field: str, text: str) -> str:
    """1..64 printable ASCII characters without spaces and no IIN, so that every language sorts identifiers alike."""
    if not _IDENTIFIER.fullmatch(text) or is_iin(text):
        raise IdentifierInvalid(field=field)
    return text


def check_actor(actor: str) -> str:
    """The reference of a staff account or office (never a resident, never an IIN): lower-case ASCII, 1..64 characters."""
    if not _ACTOR.fullmatch(actor) or is_iin(actor):
        raise IdentifierInvalid(field="by")
    return actor


def check_sha256(field: str, digest: str) -> str:
    if not _SHA256.fullmatch(digest):
        raise DigestInvalid(field=field)
    return digest
