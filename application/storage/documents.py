"""Documents that events refer to by SHA-256: papers, conclusions, attachments. Stored once, never changed.

A document is stored before the event that names it; a crash in between leaves a document nobody names, which harms nothing.
"""

from hashlib import sha256
from typing import ClassVar

from application.storage.database import Datastore
from domain.errors import Refused

DOCUMENT_BYTES = 16 * 1024 * 1024


class DocumentMissing(Refused):
    code: ClassVar[str] = "document_missing"


class DocumentTooLarge(Refused):
    code: ClassVar[str] = "document_too_large"


class Documents:
    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def put(self, body: bytes, media_type: str = "application/json") -> str:
        """Store `body`; its SHA-256 in hex. The same body again is the same document."""
        if len(body) > DOCUMENT_BYTES:
            raise DocumentTooLarge(bytes=len(body), most=DOCUMENT_BYTES)
        digest = sha256(body).hexdigest()
        with self._datastore.get_connection() as connection:
            connection.execute(
                "INSERT INTO dauys.documents (digest, media_type, body) VALUES (%s, %s, %b) ON CONFLICT DO NOTHING",
                (digest, media_type, body),
            )
        return digest

    def get(self, digest: str) -> bytes:
        """The body; DocumentMissing if it was never stored or its bytes no longer match the digest."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(
                "SELECT body FROM dauys.documents WHERE digest = %s", [digest]
            ).fetchone()
        if row is None or sha256(row["body"]).hexdigest() != digest:
            raise DocumentMissing(digest=digest)
        return bytes(row["body"])
