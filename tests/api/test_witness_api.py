"""`POST /add-checkpoint` over real HTTP: the specification's statuses, requests that another implementation made, and garbage."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from application.log.cosignature import cosignatures_of
from application.log.note import LogSigner, Verifier
from application.witness.request import AddCheckpoint, format_request
from tests.memory_log import LOG_SIGNER, MemoryLog
from tests.witnesses import Served, witness

# Requests of a Sigsum log, from the tests of litewitness (filippo.io/torchwood): sizes 1, 3 and 5.
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
FIRST = f"""old 0

{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
"""
SHORTER = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
"""
LONGER = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
"""

LOG = MemoryLog().grow(40)
SIZE_TYPE = "text/x.tlog.size"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    logs = (LOG_SIGNER.verifier, Verifier(SIGSUM, SIGSUM_KEY))
    with witness(tmp_path / "w", "commission.example.kz/w1", *logs) as served:
        yield served


def add(served: Served, body: bytes | str | AddCheckpoint) -> httpx.Response:
    if isinstance(body, AddCheckpoint):
        body = format_request(body.old_size, body.path, body.note)
    return httpx.post(f"{served.url}/add-checkpoint", content=body, trust_env=False)


def size(response: httpx.Response) -> int:
    assert response.status_code == HTTPStatus.CONFLICT
    assert response.headers["content-type"] == SIZE_TYPE
    assert response.text.endswith("\n")
    return int(response.text)


def test_requests_of_another_implementation_are_cosigned_and_never_rolled_back(served: Served) -> None:
    first = add(served, FIRST)
    assert first.status_code == HTTPStatus.OK
    assert first.text.startswith("— commission.example.kz/w1 ")
    longer = add(served, LONGER)
    assert longer.status_code == HTTPStatus.OK
    assert len(cosignatures_of(LONGER.partition("\n\n")[2] + longer.text, [served.verifier])) == 1
    assert size(add(served, SHORTER)) == 5


def test_each_lie_has_its_status(served: Served) -> None:
    other = MemoryLog().grow(30, "other")
    stranger = MemoryLog(signer=LogSigner("stranger.example/log", bytes(32))).grow(3)
    forger = MemoryLog(signer=LogSigner(LOG_SIGNER.origin, bytes(32))).grow(3)
    assert add(served, LOG.request(0, 20)).status_code == HTTPStatus.OK
    answers = {
        "unknown log": add(served, stranger.request(0, 3)),
        "forged": add(served, forger.request(0, 3)),
        "old above new": add(served, AddCheckpoint(20, (), LOG.note(10))),
        "other history": add(served, other.request(20, 30)),
        "no checkpoint": add(served, f"old 0\n\n{LOG.note(3).replace('3', '03')}"),
        "no request": add(served, "new 3\n"),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "unknown log": 404,
        "forged": 403,
        "old above new": 400,
        "other history": 422,
        "no checkpoint": 400,
        "no request": 400,
    }
    assert not any("— " in answer.text for answer in answers.values())
    assert size(add(served, LOG.request(0, 30))) == 20
    assert size(add(served, AddCheckpoint(20, (), other.note(20)))) == 20
    assert add(served, LOG.request(20, 20)).status_code == HTTPStatus.OK


def test_garbage_and_wrong_methods_are_answered_at_once(served: Served) -> None:
    assert add(served, b"\0" * 10_000_000).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert add(served, b"old 0\n" + b"A" * 100_000).status_code == HTTPStatus.BAD_REQUEST
    assert add(served, b"\xff" * 1_000).status_code == HTTPStatus.BAD_REQUEST
    assert add(served, b"").status_code == HTTPStatus.BAD_REQUEST
    assert (
        httpx.get(f"{served.url}/add-checkpoint", trust_env=False).status_code
        == HTTPStatus.METHOD_NOT_ALLOWED
    )
    assert httpx.get(f"{served.url}/", trust_env=False).status_code == HTTPStatus.NOT_FOUND
    assert add(served, LOG.request(0, 3)).status_code == HTTPStatus.OK
