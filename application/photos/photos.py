"""Photos that people send: kept by SHA-256, private until an event in the log names them, public and unchangeable ever after.

A photo is stored before the event that names it, and becomes public in that event's transaction; so a crash in between leaves
one that only its owner sees, and that is deleted when nothing has named it within a month.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from application.log.recorder import LogTransaction
from application.photos.images import developed
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

MOST_WAITING: Final = 40
"""Photos of one person that nothing names yet."""
WAITING_DAYS: Final = 30

_FORGET: Final[LiteralString] = "DELETE FROM dauys.photos WHERE NOT named AND added_at < %s"
_WAITING: Final[LiteralString] = (
    "SELECT count(*) AS waiting FROM dauys.photos WHERE account_id = %s AND NOT named"
)
_ADD: Final[LiteralString] = """
INSERT INTO dauys.photos (digest, account_id, added_at, width, height, large, small)
VALUES (%s, %s, %s, %s, %s, %b, %b) ON CONFLICT DO NOTHING
"""
_DROP: Final[LiteralString] = "DELETE FROM dauys.photos WHERE digest = %s AND account_id = %s AND NOT named"
_NAME: Final[LiteralString] = """
UPDATE dauys.photos SET named = true WHERE digest = ANY(%s) AND account_id = %s RETURNING digest
"""
_SHARE: Final[LiteralString] = """
INSERT INTO dauys.photos (digest, account_id, added_at, named, width, height, large, small)
SELECT DISTINCT ON (digest) digest, owner.id, added_at, named, width, height, large, small
FROM dauys.photos, (SELECT id FROM dauys.accounts WHERE login = %s) AS owner WHERE named AND digest = ANY(%s)
ON CONFLICT (digest, account_id) DO UPDATE SET named = true
"""
_BODY: Final[LiteralString] = """
SELECT named, CASE %(size)s WHEN 'large' THEN large ELSE small END AS body FROM dauys.photos
WHERE digest = %(digest)s AND (named OR account_id = %(account)s) ORDER BY named DESC LIMIT 1
"""
_MINE: Final[LiteralString] = (
    "SELECT digest, width, height FROM dauys.photos WHERE account_id = %s AND digest = ANY(%s)"
)


class PhotoSize(StrEnum):
    LARGE = "large"
    SMALL = "small"


class PhotoMissing(Refused):
    """No such photo, or not one of this person's."""

    code: ClassVar[str] = "photo_missing"


class TooManyPhotos(Refused):
    """`most` photos of one person wait already for something to name them."""

    code: ClassVar[str] = "too_many_photos"


@dataclass(frozen=True, slots=True)
class Photo:
    """`digest`: SHA-256 of the large image in hex; `width` and `height` are its pixels."""

    digest: str
    width: int
    height: int


class Photos:
    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        self._datastore = datastore
        self._clock = clock
        # A photo of 40 megapixels takes up to 300 MB while it is worked on; two at once are not worth that.
        self._one_at_a_time = threading.Lock()

    def add(self, account_id: UUID, body: bytes) -> Photo:
        """Take a file that somebody sent; PhotoInvalid or TooManyPhotos. The same photo again is the same photo."""
        now = self._clock()
        with self._datastore.get_connection() as connection:
            row = connection.execute(_WAITING, [account_id]).fetchone()
        if row is not None and row["waiting"] >= MOST_WAITING:
            raise TooManyPhotos(most=MOST_WAITING)
        with self._one_at_a_time:  # and with no connection held: it takes a second
            made = developed(body)
        digest = sha256(made.large).hexdigest()
        with self._datastore.get_connection() as connection:
            connection.execute(_FORGET, [now - timedelta(days=WAITING_DAYS)])
            facts = [digest, account_id, now, made.width, made.height, made.large, made.small]
            connection.execute(_ADD, facts)
        return Photo(digest, made.width, made.height)

    def drop(self, account_id: UUID, digest: str) -> None:
        """Delete a photo that nothing names; of one that is named, or is not there, nothing."""
        with self._datastore.get_connection() as connection:
            connection.execute(_DROP, [digest, account_id])

    def of(self, account_id: UUID, digests: Sequence[str]) -> list[Photo]:
        """Those of them that are this person's, in the order asked."""
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_MINE, [account_id, [*digests]]).fetchall()
        found = {row["digest"]: Photo(**row) for row in rows}
        return [found[digest] for digest in digests if digest in found]

    def body(self, digest: str, size: PhotoSize, account_id: UUID | None) -> tuple[bytes, bool]:
        """The image, and whether it is public; PhotoMissing for who may not see it."""
        with self._datastore.get_connection() as connection:
            asked = {"digest": digest, "size": size, "account": account_id}
            row = connection.execute(_BODY, asked).fetchone()
        if row is None:
            raise PhotoMissing
        return bytes(row["body"]), row["named"]


def name_photos(transaction: LogTransaction, account_id: UUID, digests: Sequence[str]) -> None:
    """In the transaction of the event that names them: from now on they are public. PhotoMissing unless all are this person's."""
    found = transaction.execute(_NAME, [[*digests], account_id]).fetchall()
    if len(found) != len(digests):
        raise PhotoMissing


def share_photos(transaction: LogTransaction, login: str, digests: Sequence[str]) -> None:
    """Let who has this login go on with photos that are public already as with their own."""
    transaction.execute(_SHARE, [login, [*digests]])
