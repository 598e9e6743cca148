"""The agent keeps what the page handed over until the server has answered it, killed or not, and lets nobody else in."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.kiosk.agent import create_agent
from application import base64url
from application.keys import Keys
from application.kiosk.agent_spool import AgentFull, AgentSpool, Answered
from application.sealing import INFO
from tests.commands import run
from tests.dauys import ROOT
from tests.deliveries import PROJECTS, Device, Voter, enrol, open_round
from tests.faults import no_file_longer_than
from tests.listening import listening
from tests.server import PLAIN, Server

SEALED = {"content-type": "application/octet-stream"}


def sealed(server: Server, delivery: bytes) -> bytes:
    """As the page seals it."""
    public = base64url.to_bytes(Keys(server.settings.home / "keys").sealing().public_text, 32)
    assert public is not None
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    return suite.encrypt(delivery, X25519PublicKey.from_public_bytes(public), INFO)


@contextmanager
def agent(url: str, folder: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """`dauys kiosk agent` as its own process, and a client of it."""
    command = [sys.executable, "-m", "api.cli.main", "kiosk", "agent", url, "--folder", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        base_url = address.removesuffix("/kiosk/")
        with httpx.Client(base_url=base_url, timeout=40, trust_env=False, verify=PLAIN) as client:
            while True:
                try:
                    client.get("/agent")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield client, process
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def passing(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of an agent in this process, shared by tests of what it passes on and what it does not."""
    with (
        AgentSpool(tmp_path_factory.mktemp("agent")) as spool,
        listening(create_agent(f"http://127.0.0.1:{server.port}", spool)) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=40, trust_env=False, verify=PLAIN
        ) as client,
    ):
        yield client


def wait_until_nothing_waits(client: httpx.Client) -> None:
    give_up = time.monotonic() + 30
    while client.get("/agent").json()["waiting"]:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def ballots_of(server: Server, device: Device) -> int:
    with server.engine.datastore.get_connection() as connection:
        row = connection.execute(
            "SELECT recorded FROM dauys.kiosk_progress WHERE kiosk_id = %s", [device.id]
        ).fetchone()
    return row["recorded"] if row else 0


@pytest.fixture
def poll(server: Server) -> tuple[Device, Voter]:
    device = enrol(server.engine)
    return device, open_round(server.engine)[0]


def test_a_page_through_the_agent_is_the_servers_own(server: Server, passing: httpx.Client) -> None:
    ours, theirs = passing.get("/kiosk/"), server.client.get("/kiosk/")
    assert ours.content == theirs.content
    for header in ("content-security-policy", "etag", "content-type", "x-content-type-options"):
        assert ours.headers[header] == theirs.headers[header]


def test_a_vote_outlives_a_killed_agent_and_counts_once(
    server: Server, tmp_path: Path, poll: tuple[Device, Voter]
) -> None:
    device, voter = poll
    body = sealed(server, device.deliver(voter.ballot([min(PROJECTS)])))
    folder = tmp_path / "agent"
    with agent(f"http://127.0.0.1:{closed_port()}", folder) as (client, process):
        client.timeout = httpx.Timeout(2)
        with pytest.raises(httpx.ReadTimeout):  # the page gives up waiting; the agent does not
            client.post("/kiosk/deliveries", content=body, headers=SEALED)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with agent(f"http://127.0.0.1:{server.port}", folder) as (client, _):
        wait_until_nothing_waits(client)
        assert ballots_of(server, device) == 1
        again = client.post("/kiosk/deliveries", content=body, headers=SEALED)
        assert again.json()["results"][0]["status"] == "recorded"
        assert ballots_of(server, device) == 1


def test_a_full_disk_takes_nothing_in_and_the_vote_comes_again_when_there_is_room(
    server: Server, tmp_path: Path
) -> None:
    device, voters = enrol(server.engine), open_round(server.engine)
    rooms = {"a part is written": 100, "nothing is written": 0}
    with agent(f"http://127.0.0.1:{server.port}", tmp_path / "agent") as (client, process):
        for recorded, (what, room) in enumerate(rooms.items()):
            body = sealed(server, device.deliver(voters[recorded].ballot([min(PROJECTS)])))
            written = (tmp_path / "agent" / "agent.sqlite-wal").stat().st_size
            with no_file_longer_than(written + room, process.pid):
                refused = client.post("/kiosk/deliveries", content=body, headers=SEALED)
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "1"), what
                assert client.get("/agent").json() == {"waiting": 0}, what
            assert ballots_of(server, device) == recorded, what
            again = client.post("/kiosk/deliveries", content=body, headers=SEALED)
            assert again.json()["results"][0]["status"] == "recorded", what
            assert ballots_of(server, device) == recorded + 1, what


def test_a_disk_that_fills_up_between_sending_and_answer_costs_no_vote_and_the_agent_goes_on(
    tmp_path: Path,
) -> None:
    """The agent that can't write the answer down asks the server again, which repeats it."""
    full, asked = ExitStack(), []

    async def repeating(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked.append(await Request(scope, receive).body())
            if len(asked) == 1:
                full.enter_context(no_file_longer_than(0, process.pid))
            else:
                full.close()
            await JSONResponse({"answer": "the same"})(scope, receive, send)

    with (
        listening(repeating) as port,
        full,
        agent(f"http://127.0.0.1:{port}", tmp_path / "agent") as (client, process),
    ):
        answer = client.post("/kiosk/deliveries", content=b"sealed", headers=SEALED)
        assert answer.json() == {"answer": "the same"}
        assert asked == [b"sealed"] * 2
        wait_until_nothing_waits(client)


def test_the_page_gets_the_servers_refusal_as_it_was_said(
    server: Server, passing: httpx.Client, poll: tuple[Device, Voter]
) -> None:
    device, voter = poll
    device.sequence = 5
    told = passing.post(
        "/kiosk/deliveries",
        content=sealed(server, device.deliver(voter.ballot([min(PROJECTS)]))),
        headers=SEALED,
    )
    assert told.json()["code"] in ("sequence_broken", "delivery_malformed")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/kiosk/", {"host": "evil.example:8765"}, 403),
        ("GET", "/kiosk/", {"sec-fetch-site": "cross-site"}, 403),
        ("POST", "/kiosk/deliveries", {"sec-fetch-site": "cross-site", **SEALED}, 403),
        ("POST", "/kiosk/deliveries", {"content-type": "text/plain"}, 403),
        ("GET", "/en/staff", {}, 404),
        ("GET", "/v1/rounds/../accounts", {}, 404),
        ("POST", "/en/sign-in", {}, 404),
        ("GET", "/agent", {"host": "evil.example"}, 403),
    ],
)
def test_nobody_else_gets_in_and_nothing_else_gets_out(
    passing: httpx.Client, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    request = passing.build_request(method, "/", headers=headers)
    request.url = request.url.copy_with(raw_path=path.encode())
    assert passing.send(request).status_code == status


def test_ballots_are_sent_over_no_network_in_the_clear(tmp_path: Path) -> None:
    told = run("kiosk", "agent", "http://votes.example", "--folder", tmp_path)
    assert told.exit_code == 1
    assert "https://" in told.stderr


def test_the_spool_is_ordered_bounded_and_forgets_what_was_answered(tmp_path: Path) -> None:
    with AgentSpool(tmp_path, most_deliveries=2) as spool:
        first, second = spool.keep(b"first"), spool.keep(b"second")
        assert spool.keep(b"first") == first
        with pytest.raises(AgentFull):
            spool.keep(b"third")
        assert spool.next() == (first, b"first")
        spool.settle(first, Answered(200, b"{}"))
        assert spool.answer(first) == Answered(200, b"{}")
        assert spool.next() == (second, b"second")
        spool.forget(first)
        spool.forget(second)  # not answered: it stays
        assert spool.waiting() == 1
    with AgentSpool(tmp_path) as spool:
        assert spool.next() == (second, b"second")
    assert (tmp_path / "agent.sqlite").stat().st_mode & 0o777 == 0o600


def test_one_that_finds_no_room_at_its_start_says_so_and_opens_no_port(tmp_path: Path) -> None:
    command = (
        f"ulimit -f 0; exec {sys.executable} -m api.cli.main kiosk agent http://127.0.0.1:9 --port 0 --folder"
    )
    done = subprocess.run(
        ["bash", "-c", f"{command} {tmp_path / 'spool'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "The agent's disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Open the kiosk" not in done.stdout + done.stderr
