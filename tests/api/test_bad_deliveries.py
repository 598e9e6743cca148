"""`POST /v1/deliveries` over real HTTP, wrong in every way: a problem document with the right status, and nothing stored."""

import socket
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.deliveries import (
    AUDIENCE,
    MOST_BALLOTS,
    Device,
    close_round,
    enrol,
    open_round,
    prepare_round,
    revoke,
    text_of,
)
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.server import JOSE, Server, serve
from tests.wrong_deliveries import BALLOT_WRONG, GOOD, HEADER_WRONG, PAYLOAD_WRONG, SIGNATURE_WRONG

MB = 1024 * 1024
PATH = "/v1/deliveries"
RECONNECT_SECONDS = 60
"""The pool waits longer after each failed attempt."""


@pytest.fixture
def nothing_stored(server: Server) -> Iterator[None]:
    before = server.stored()
    yield
    assert server.stored() == before


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document; asserts that it is one (RFC 9457), of this code."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.headers["cache-control"] == "no-store"
    document: dict[str, Any] = response.json()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"urn:dauys:{code}")
    assert document["title"]
    assert document["detail"]
    return document


def cases(*tables: dict[str, Any]) -> list[Any]:
    return [pytest.param(wrong, id=name) for table in tables for name, wrong in table.items()]


@pytest.mark.usefixtures("known", "nothing_stored")
@pytest.mark.parametrize("body", cases(HEADER_WRONG, PAYLOAD_WRONG))
def test_a_delivery_of_another_form_is_malformed(body: bytes, server: Server) -> None:
    problem(server.deliver(body), HTTPStatus.BAD_REQUEST, "delivery_malformed")


@pytest.mark.usefixtures("known", "nothing_stored")
@pytest.mark.parametrize("body", cases(SIGNATURE_WRONG))
def test_a_delivery_that_its_kiosk_did_not_sign_is_refused(body: bytes, server: Server) -> None:
    response = server.deliver(body)
    assert response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}
    problem(response, response.status_code, response.json()["code"])


def test_every_wrong_ballot_gets_its_own_refusal_and_the_good_one_a_receipt(server: Server) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    body = device.deliver(*BALLOT_WRONG.values(), voters[0].ballot(["101"]))
    response = server.deliver(body)
    assert response.status_code == HTTPStatus.OK
    assert response.headers["content-type"] == "application/json"
    *refused, recorded = response.json()["results"]
    assert {told["status"] for told in refused} == {"refused"}
    assert {told["code"] for told in refused} <= {"ballot_malformed", "ballot_signature_invalid"}
    assert recorded["receipt"] == server.engine.reader.receipt(recorded["position"])
    assert server.deliver(body).json() == response.json()


@pytest.mark.usefixtures("nothing_stored")
def test_a_delivery_for_another_server_is_refused(server: Server, known: Device) -> None:
    body = known.jws({**known.payload(None), "aud": "elsewhere.example"})
    told = problem(server.deliver(body), HTTPStatus.FORBIDDEN, "wrong_audience")
    assert told["expected"] == AUDIENCE


@pytest.mark.usefixtures("nothing_stored")
def test_no_ballots_and_too_many_are_refused(server: Server, known: Device) -> None:
    told = problem(server.deliver(known.jws(known.payload())), HTTPStatus.BAD_REQUEST, "delivery_malformed")
    assert told["problem"] == "no_ballots"
    body = known.jws(known.payload(*[None] * (MOST_BALLOTS + 1)))
    told = problem(server.deliver(body), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_ballots")
    assert (told["most"], told["given"]) == (MOST_BALLOTS, MOST_BALLOTS + 1)


@pytest.mark.usefixtures("nothing_stored")
def test_a_kiosk_nobody_enrolled_is_refused(server: Server) -> None:
    problem(server.deliver(Device("hall", uuid4()).deliver(None)), HTTPStatus.FORBIDDEN, "unknown_kiosk")


def test_a_revoked_kiosk_is_refused_though_the_server_knew_it_before(server: Server) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    assert server.deliver(device.deliver(voters[0].ballot(["101"]))).status_code == HTTPStatus.OK
    revoke(server.engine, device)
    before = server.stored()
    problem(server.deliver(device.deliver(voters[1].ballot(["101"]))), HTTPStatus.FORBIDDEN, "kiosk_revoked")
    assert server.stored() == before
    assert counted(server, device) == {"kiosk_revoked": 1}


def test_a_sequence_that_does_not_follow_is_a_conflict_that_says_which_would(server: Server) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    first = device.deliver(voters[0].ballot(["101"]))
    assert server.deliver(first).status_code == HTTPStatus.OK
    before = server.stored()
    wrong = (
        Device(device.name, device.id).deliver(voters[1].ballot(["101"])),
        Device(device.name, device.id, 7, device.previous).deliver(voters[1].ballot(["101"])),
        Device(device.name, device.id, 1, text_of(bytes(32))).deliver(voters[1].ballot(["101"])),
    )
    for body in wrong:
        assert problem(server.deliver(body), HTTPStatus.CONFLICT, "sequence_broken")["expected"] == 2
    assert server.stored() == before
    assert counted(server, device) == {"sequence_broken": 3}


def counted(server: Server, device: Device) -> dict[str, int]:
    """Deliveries of this kiosk that were refused as a whole, by refusal."""
    with psycopg.connect(server.engine.url) as connection:
        return dict(
            connection.execute(
                "SELECT code, sum(deliveries)::integer FROM dauys.refused_deliveries WHERE kiosk_id = %s GROUP BY code",
                [device.id],
            ).fetchall()
        )


def test_a_refusal_that_cannot_be_counted_is_told_all_the_same(
    server: Server, known: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "application.refused_deliveries._COUNT", "INSERT INTO dauys.nowhere SELECT %s, %s, %s"
    )
    beyond = Device(known.name, known.id, 9, text_of(bytes(32)))
    problem(server.deliver(beyond.deliver(None)), HTTPStatus.CONFLICT, "sequence_broken")
    assert counted(server, known) == {}


def test_a_round_that_is_not_open_takes_no_ballot(server: Server) -> None:
    future, past, device = prepare_round(server.engine), open_round(server.engine), enrol(server.engine)
    close_round(server.engine, past[0].round_id)
    size = server.engine.reader.size()
    response = server.deliver(device.deliver(future[0].ballot(["101"]), past[0].ballot(["101"])))
    assert response.json()["results"] == [{"status": "refused", "code": "round_not_open"}] * 2
    assert server.engine.reader.size() == size


# What HTTP itself can do wrong.


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_only_post_delivers(method: str, server: Server) -> None:
    response = server.client.request(method, PATH, content=GOOD, headers=JOSE)
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response.headers["allow"] == "POST"
    if method != "HEAD":
        problem(response, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    "content_type", ["", "application/json", "text/plain", "application/josex", "multipart/form-data", "ә"]
)
def test_only_a_jws_is_a_delivery(content_type: str, server: Server) -> None:
    headers = [(b"Content-Type", content_type.encode())]
    response = server.client.post(PATH, content=GOOD, headers=headers)
    told = problem(response, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wrong_content_type")
    assert told["expected"] == "application/jose"


@pytest.mark.parametrize("content_type", ["application/jose; charset=utf-8", "Application/JOSE"])
def test_a_content_type_may_have_parameters_and_capitals(content_type: str, server: Server) -> None:
    problem(
        server.client.post(PATH, content=b"", headers={"Content-Type": content_type}),
        HTTPStatus.BAD_REQUEST,
        "delivery_malformed",
    )


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_announced_or_in_chunks(announced: bool, server: Server) -> None:  # noqa: FBT001 - a case
    chunks = [b"A" * 65_536] * 160
    content: Any = b"".join(chunks) if announced else iter(chunks)
    response = server.client.post(PATH, content=content, headers=JOSE)
    told = problem(response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
    assert told["limit_bytes"] == server.settings.delivery_bytes


@pytest.mark.usefixtures("nothing_stored")
def test_a_body_of_exactly_the_limit_is_read(server: Server) -> None:
    body = b"A" * server.settings.delivery_bytes
    problem(server.deliver(body), HTTPStatus.BAD_REQUEST, "delivery_malformed")


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    "start",
    [
        b"Content-Length: 10000\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_a_client_that_hangs_up_or_talks_nonsense_leaves_the_server_well(
    start: bytes, server: Server
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\n" % PATH.encode()
        client.sendall(head + start)
    assert server.client.get("/healthz").status_code == HTTPStatus.OK


def test_a_client_that_hangs_up_before_its_answer_finds_its_ballot_recorded_once(server: Server) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    body = device.deliver(voters[0].ballot(["101"]))
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: {len(body)}\r\n\r\n"
    size = server.engine.reader.size()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode() + body)
    [told] = server.deliver(body).json()["results"]
    assert told["status"] == "recorded"
    assert server.engine.reader.size() == size + 1


@pytest.mark.parametrize(("asked", "language"), [("kk-KZ", "kk"), ("ru,en;q=0.5", "ru"), ("de", "en")])
def test_a_problem_is_told_in_the_language_asked_for(asked: str, language: str, server: Server) -> None:
    headers = JOSE | {"Accept-Language": asked}
    titles = set()
    for response in (
        server.client.post(PATH, content=b"", headers=headers),
        server.client.post(PATH, content=b"A" * MB, headers=headers),
        server.client.get(PATH, headers=headers),
        server.client.get("/v1/nowhere", headers=headers),
        server.client.post("/v1/kiosks", content=b"A" * MB, headers=headers),
    ):
        assert response.headers["content-language"] == language
        titles.add(response.json()["title"])
    assert all(title.isascii() == (language == "en") for title in titles)


# Anything at all.


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.binary(max_size=300) | st.tuples(st.integers(0, len(GOOD)), st.binary(max_size=4)))
@pytest.mark.usefixtures("known", "nothing_stored")
def test_whatever_is_posted_is_never_a_servers_error(change: Any, server: Server) -> None:
    body = change if isinstance(change, bytes) else GOOD[: change[0]] + change[1] + GOOD[change[0] + 1 :]
    if body != GOOD:
        response = server.deliver(body)
        problem(response, response.status_code, response.json()["code"])
        assert response.is_client_error


# Storage that went away.


def let_connect(cluster: str, name: str, *, allowed: bool) -> None:
    """Whether anybody may use the database; whoever does and may not is thrown out."""
    with psycopg.connect(cluster, autocommit=True) as administrator:
        administrator.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), allowed)
        )
        if not allowed:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_a_database_that_went_away_is_told_as_such_and_found_again(
    cluster: str, template: str, tmp_path: Path
) -> None:
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        voters, device, name = open_round(engine), enrol(engine), urlsplit(url).path.removeprefix("/")
        limits = {"connect_seconds": 0.5, "batch_retry_seconds": 0.5}
        with serve(engine, tmp_path, **limits) as server:
            assert server.deliver(device.deliver(voters[0].ballot(["101"]))).status_code == HTTPStatus.OK
            let_connect(cluster, name, allowed=False)
            body = device.deliver(voters[1].ballot(["102"]))
            for response in (
                server.deliver(body),
                server.deliver(Device("hall", uuid4()).deliver(None)),
                server.client.get("/log/checkpoint"),
                server.client.get("/readyz"),
            ):
                problem(response, HTTPStatus.SERVICE_UNAVAILABLE, "storage_unavailable")
                assert int(response.headers["retry-after"]) > 0
            let_connect(cluster, name, allowed=True)
            give_up = time.monotonic() + RECONNECT_SECONDS
            while (response := server.deliver(body)).status_code != HTTPStatus.OK:
                assert time.monotonic() < give_up
            assert response.json()["results"][0]["status"] == "recorded"
        with open_engine(url) as whole:  # the first engine's connections were thrown out
            assert whole.check() == whole.reader.size()
