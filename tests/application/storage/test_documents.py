"""Documents are kept by what they say: the same twice is one, and one that says something else is missing."""

from hashlib import sha256

import psycopg
import pytest

from application.storage.documents import DOCUMENT_BYTES, DocumentMissing, Documents, DocumentTooLarge
from tests.engine import Engine


@pytest.fixture
def documents(engine: Engine) -> Documents:
    return engine.documents


def test_a_document_comes_back_by_its_digest(documents: Documents) -> None:
    for body in (b"", b'{"a":1}', bytes(range(256))):
        digest = documents.put(body, "application/octet-stream")
        assert digest == sha256(body).hexdigest()
        assert documents.get(digest) == body


def test_the_same_body_again_is_the_same_document(engine: Engine, documents: Documents) -> None:
    assert documents.put(b"paper") == documents.put(b"paper", "text/plain")
    with psycopg.connect(engine.url) as owner:
        rows = owner.execute("SELECT media_type FROM dauys.documents").fetchall()
    assert rows == [("application/json",)]


@pytest.mark.parametrize("digest", ["0" * 64, "", "' OR true --", "A" * 64])
def test_what_was_never_stored_is_missing(documents: Documents, digest: str) -> None:
    documents.put(b"paper")
    with pytest.raises(DocumentMissing):
        documents.get(digest)


def test_a_document_that_the_owner_has_tampered_with_is_missing(engine: Engine, documents: Documents) -> None:
    digest = documents.put(b"paper")
    with psycopg.connect(engine.url) as owner:
        owner.execute("ALTER TABLE dauys.documents DISABLE TRIGGER append_only")
        owner.execute("UPDATE dauys.documents SET body = 'forged'")
    with pytest.raises(DocumentMissing):
        documents.get(digest)


def test_a_document_over_the_limit_is_refused_and_not_stored(documents: Documents) -> None:
    body = bytes(DOCUMENT_BYTES + 1)
    with pytest.raises(DocumentTooLarge) as caught:
        documents.put(body)
    assert caught.value.facts == {"bytes": DOCUMENT_BYTES + 1, "most": DOCUMENT_BYTES}
    with pytest.raises(DocumentMissing):
        documents.get(sha256(body).hexdigest())
    assert documents.get(documents.put(body[1:])) == body[1:]
