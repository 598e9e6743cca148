"""Minutes that come as a file: kept by their SHA-256, which the act names; public as soon as an act names them.

Only what every browser shows as it is: PDF, plain text, JPEG or PNG, told by its first bytes and never by its name.
"""

from typing import ClassVar, Final

from fastapi import UploadFile

from application.storage.documents import Documents
from domain.errors import Refused

MINUTES_BYTES: Final = 10 * 1024 * 1024
PATHS: Final = ("/expert/proposals/", "/office/rounds/")
"""Where forms with minutes are sent to: the beginnings of addresses."""
_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


class MinutesUnreadable(Refused):
    """Not a PDF, a picture or a text in UTF-8, or larger than `most_bytes`, or empty."""

    code: ClassVar[str] = "minutes_unreadable"


def keep_minutes(documents: Documents, file: UploadFile) -> str:
    """The SHA-256 of the file, which is stored from now on."""
    body = file.file.read(MINUTES_BYTES + 1)
    return documents.put(body, _media_type(body))


def _media_type(body: bytes) -> str:
    if not 0 < len(body) <= MINUTES_BYTES:
        raise MinutesUnreadable(most_bytes=MINUTES_BYTES)
    for start, media_type in _STARTS:
        if body.startswith(start):
            return media_type
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MinutesUnreadable(most_bytes=MINUTES_BYTES) from None
    if "\x00" in text:
        raise MinutesUnreadable(most_bytes=MINUTES_BYTES)
    return "text/plain; charset=utf-8"
