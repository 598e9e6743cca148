"""Every checkpoint ever signed, over HTTP: none missing, in pages that end, each signed and extending the one before."""

import json
from base64 import b64decode
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from application.log.merkle import verify_consistency
from application.log.note import open_checkpoint
from tests.engine import Engine, plain_events
from tests.server import Server, serve

SIZES = [1, 3, 256, 257, 600]


@pytest.fixture
def grown(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    for size in SIZES:
        engine.recorder.insert_events(plain_events(size - engine.reader.size()))
    with serve(engine, tmp_path) as server:
        yield server


def lines(server: Server, **query: int) -> list[dict[str, Any]]:
    response = server.client.get("/log/checkpoints", params=query)
    assert response.status_code == HTTPStatus.OK
    assert response.headers["content-type"] == "application/jsonl"
    assert response.headers["cache-control"] == "no-cache"
    return [json.loads(line) for line in response.text.splitlines()]


def test_all_are_listed_as_they_were_signed(grown: Server) -> None:
    listed = lines(grown)
    assert [line["size"] for line in listed] == SIZES
    for line in listed:
        assert open_checkpoint(line["note"], grown.engine.signer.verifier).size == line["size"]
        assert grown.client.get(f"/log/checkpoint/{line['size']}").text == line["note"]


def test_any_two_are_consistent_by_the_logs_own_proof(grown: Server) -> None:
    checkpoints = [open_checkpoint(line["note"], grown.engine.signer.verifier) for line in lines(grown)]
    for earlier in checkpoints:
        for later in checkpoints:
            if earlier.size <= later.size:
                proof = grown.client.get(f"/log/consistency/{earlier.size}/{later.size}")
                path = [b64decode(line) for line in proof.text.splitlines()]
                verify_consistency(earlier.size, earlier.root, later.size, later.root, path)


def test_pages_follow_each_other_to_the_end(grown: Server) -> None:
    found: list[int] = []
    while page := lines(grown, after=found[-1] if found else 0, limit=2):
        found += [line["size"] for line in page]
    assert found == SIZES


def test_a_page_that_has_not_changed_is_not_sent_again(grown: Server) -> None:
    etag = grown.client.get("/log/checkpoints").headers["etag"]
    assert (
        grown.client.get("/log/checkpoints", headers={"if-none-match": etag}).status_code
        == HTTPStatus.NOT_MODIFIED
    )
    grown.engine.recorder.insert_events(plain_events(1))
    assert grown.client.get("/log/checkpoints", headers={"if-none-match": etag}).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", "limit=0", "limit=1001", "limit=x"]
)
def test_a_page_that_cannot_be_is_refused(query: str, grown: Server) -> None:
    response = grown.client.get(f"/log/checkpoints?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "request_invalid")


def test_an_empty_log_has_none(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path) as server:
        assert lines(server) == []
        assert server.client.get("/log/checkpoint").json()["code"] == "log_empty"
        assert server.client.get("/log/witnessed").json()["code"] == "not_witnessed"
