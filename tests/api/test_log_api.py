"""The public log over HTTP: hashes at once, contents when a round has closed, and every wrong address a plain problem."""

import json
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from application.log.merkle import leaf_hash, verify_consistency
from application.log.note import Verifier, open_checkpoint
from application.log.receipt import parse_receipt, verify_receipt
from application.log.tiles import decode_bundle
from domain.ballot import Ballot
from tests.deliveries import Voter, close_round, enrol, open_round
from tests.engine import Engine, open_engine
from tests.postgres import fresh_database
from tests.server import Server, serve

VOTERS = 300
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def empty(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    with serve(engine, tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def voted(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An open round in which all but the last have voted, so that the log has more than one tile."""
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        with serve(engine, tmp_path_factory.mktemp("voted")) as server:
            voters, device = open_round(engine, VOTERS), enrol(engine)
            body = device.deliver(*(voter.ballot(["101"]) for voter in voters[:-1]))
            assert server.deliver(body).status_code == HTTPStatus.OK
            yield server
        engine.check()


def problem(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["code"] == code
    assert response.headers["cache-control"] == "no-store"


def before_voting(server: Server) -> int:
    """Entries in front of the first ballot."""
    entries = server.engine.reader.entries(0, server.engine.reader.size())
    return next(entry.position for entry in entries if entry.topic == Ballot.Created.TOPIC) - 1


# An empty log.


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/log/checkpoint", "log_empty"),
        ("/log/proof/0", "outside_tree"),
        ("/log/consistency/0/1", "outside_tree"),
        ("/log/checkpoint/0", "no_such_checkpoint"),
        ("/log/tile/0/000.p/1", "no_such_tile"),
        ("/log/tile/0/000", "no_such_tile"),
        ("/log/tile/entries/000.p/1", "no_such_tile"),
    ],
)
def test_an_empty_log_says_so(address: str, code: str, empty: Server) -> None:
    problem(empty.client.get(address), HTTPStatus.NOT_FOUND, code)


def test_the_key_is_there_before_the_first_entry(empty: Server) -> None:
    assert Verifier.parse(empty.client.get("/log/key").text.strip()) == empty.engine.signer.verifier


# What is served.


def test_checkpoints_open_under_the_published_key(voted: Server) -> None:
    verifier = Verifier.parse(voted.client.get("/log/key").text.strip())
    newest = voted.client.get("/log/checkpoint")
    assert newest.headers["cache-control"] == "no-cache"
    assert newest.headers["content-type"] == "text/plain; charset=utf-8"
    opened = open_checkpoint(newest.text, verifier)
    assert opened.size == voted.engine.reader.size()
    same = voted.client.get(f"/log/checkpoint/{opened.size}")
    assert (same.text, same.headers["cache-control"]) == (newest.text, IMMUTABLE)


def test_hash_tiles_are_served_at_once_and_for_ever(voted: Server) -> None:
    size = voted.engine.reader.size()
    leaves = [entry.leaf for entry in voted.engine.reader.entries(0, size)]
    full, partial = voted.client.get("/log/tile/0/000"), voted.client.get(f"/log/tile/0/001.p/{size - 256}")
    assert full.content + partial.content == b"".join(leaves)
    assert {full.headers["cache-control"], partial.headers["cache-control"]} == {IMMUTABLE}
    assert voted.client.get("/log/tile/1/000.p/1").content == root_of(leaves[:256])


def root_of(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        pairs = zip(leaves[::2], leaves[1::2], strict=True)
        leaves = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return leaves[0]


def test_every_receipt_proves_its_entry_while_the_round_is_open(voted: Server) -> None:
    for index in (0, before_voting(voted), voted.engine.reader.size() - 1):
        [entry] = voted.engine.reader.entries(index, index + 1)
        response = voted.client.get(f"/log/proof/{index}")
        receipt = parse_receipt(response.text)
        assert receipt.index == index
        verify_receipt(receipt, entry.leaf, voted.engine.signer.verifier)
        assert response.headers["cache-control"] == IMMUTABLE


def test_two_checkpoints_are_consistent(voted: Server) -> None:
    reader = voted.engine.reader
    first, size = 1, reader.size()
    response = voted.client.get(f"/log/consistency/{first}/{size}")
    path = [b64decode(line) for line in response.text.splitlines()]
    verify_consistency(first, reader.root(first), size, reader.root(size), path)


# What is withheld.


def test_contents_are_served_up_to_the_first_ballot_of_an_open_round(voted: Server) -> None:
    clear = before_voting(voted)
    response = voted.client.get(f"/log/tile/entries/000.p/{clear}")
    entries = decode_bundle(response.content)
    assert [json.loads(entry)["position"] for entry in entries] == list(range(1, clear + 1))
    assert response.headers["cache-control"] == IMMUTABLE
    for withheld in (f"000.p/{clear + 1}", "000", "001.p/1", f"001.p/{voted.engine.reader.size() - 256}"):
        problem(voted.client.get(f"/log/tile/entries/{withheld}"), HTTPStatus.FORBIDDEN, "round_still_open")


def test_after_closing_every_entry_is_served_and_is_what_was_hashed(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path) as server:
        voters, device = open_round(engine), enrol(engine)
        assert server.deliver(device.deliver(*(voter.ballot(["101"]) for voter in voters))).is_success
        size = engine.reader.size()
        hashes = server.client.get(f"/log/tile/0/000.p/{size}").content
        problem(
            server.client.get(f"/log/tile/entries/000.p/{size}"), HTTPStatus.FORBIDDEN, "round_still_open"
        )
        close_round(engine, voters[0].round_id)
        entries = decode_bundle(server.client.get(f"/log/tile/entries/000.p/{size}").content)
        assert b"".join(leaf_hash(entry) for entry in entries) == hashes
        assert sum(b'"topic":"ballot.cast.v1"' in entry for entry in entries) == len(voters)


def test_a_closed_rounds_ballots_are_withheld_while_they_share_a_bundle_with_an_open_ones(
    engine: Engine, tmp_path: Path
) -> None:
    with serve(engine, tmp_path) as server:
        closed, device = open_round(engine), enrol(engine)
        server.deliver(device.deliver(closed[0].ballot(["101"])))
        close_round(engine, closed[0].round_id)
        shared = engine.reader.size()
        still_open: list[Voter] = open_round(engine)
        server.deliver(device.deliver(still_open[0].ballot(["101"])))
        assert server.client.get(f"/log/tile/entries/000.p/{shared}").is_success
        response = server.client.get(f"/log/tile/entries/000.p/{engine.reader.size()}")
        problem(response, HTTPStatus.FORBIDDEN, "round_still_open")


# Wrong addresses.


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/000/",
        "0/000.p",
        "0/000.p/",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/01",
        "0/000.p/256",
        "0/000.p/-1",
        "0/000.p/1.5",
        "0/000.p/1/2",
        "0/x000/000",
        "0/x001",
        "0/001/001",
        "0/x001/x001",
        "0/X001/001",
        "0/" + "x999/" * 7 + "999",
        "00/000",
        "-1/000",
        "64/000",
        "100/000",
        "1e1/000",
        "Entries/000",
        "entries",
        "entries/",
        "entries/000.p/300",
        "entries/entries/000",
        "0/%30%30%30%00",
        "0/٠٠٠",
        "0/000.p/١",
        "a" * 10_000,
    ],
)
def test_what_is_not_the_path_of_a_tile_is_not_there(path: str, voted: Server) -> None:
    response = voted.client.get(f"/log/tile/{path}")
    problem(response, HTTPStatus.NOT_FOUND, "tile_path_invalid")


@pytest.mark.parametrize(
    "path",
    ["0/002.p/1", "0/001", "1/000", "63/000.p/1", "0/x999/999", "0/" + "x922/" * 5 + "922", "2/000.p/1"],
)
def test_a_tile_that_the_log_has_not_reached_is_not_there(path: str, voted: Server) -> None:
    problem(voted.client.get(f"/log/tile/{path}"), HTTPStatus.NOT_FOUND, "no_such_tile")
    if path.startswith("0/"):
        entries = path.replace("0/", "entries/", 1)
        problem(voted.client.get(f"/log/tile/{entries}"), HTTPStatus.NOT_FOUND, "no_such_tile")


@pytest.mark.parametrize("address", ["proof/{}", "checkpoint/{}", "consistency/1/{}", "consistency/{}/{}"])
@pytest.mark.parametrize("beyond", ["100000", str(2**63 - 1)])
def test_what_lies_beyond_the_log_is_not_there(address: str, beyond: str, voted: Server) -> None:
    response = voted.client.get(f"/log/{address.format(beyond, beyond)}")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] in {"outside_tree", "no_such_checkpoint"}


@pytest.mark.parametrize("address", ["proof/{}", "checkpoint/{}", "consistency/1/{}", "consistency/{}/2"])
@pytest.mark.parametrize("number", ["-1", str(2**63), "9" * 5_000, "x", "1.5", "NaN", "%00", "٣x"])
def test_what_is_not_a_position_is_said_to_be_wrong_without_repeating_it(
    address: str, number: str, voted: Server
) -> None:
    response = voted.client.get(f"/log/{address.format(number)}")
    problem(response, HTTPStatus.UNPROCESSABLE_ENTITY, "request_invalid")
    assert response.json()["places"]
    assert number not in response.text.replace("-", "") or number == "x"


def test_a_larger_first_size_proves_nothing(voted: Server) -> None:
    problem(voted.client.get("/log/consistency/5/4"), HTTPStatus.NOT_FOUND, "outside_tree")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_log_is_read_only(method: str, voted: Server) -> None:
    before = voted.stored()
    for address in ("checkpoint", "tile/0/000", "proof/0", "key"):
        problem(
            voted.client.request(method, f"/log/{address}", content=b"{}"),
            HTTPStatus.METHOD_NOT_ALLOWED,
            "method_not_allowed",
        )
    assert voted.stored() == before
