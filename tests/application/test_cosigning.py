"""The log's side of witnessing: what witnesses say is kept when it is right, and whatever else they do harms nobody."""

import re
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from application.clock import now
from application.cosigning import CLOCK_SECONDS, Cosigning, read_policy
from application.log.cosignature import Cosignature, WitnessSigner
from application.log.cosigned import MOST_COSIGNATURES, CosignedCheckpoints
from application.log.note import parse_note
from application.log.policy import Policy, PolicyInvalid, QuorumMissed, parse_policy
from application.settings import Settings
from tests.engine import ORIGIN, Engine, open_engine, plain_events
from tests.postgres import fresh_database
from tests.witnesses import Answering, Served, answering, say, wait_until, witness

SETTINGS = Settings(
    witness_answer_seconds=1.5,
    witness_answer_bytes=4096,
    witness_pause_seconds=0.01,
    witness_longest_pause_seconds=0.01,
)
SIGNER = WitnessSigner("hostile.example/w", bytes(32))
GOOD, HOSTILE = "good.example/w", "hostile"


@pytest.fixture
def good(engine: Engine, tmp_path: Path) -> Iterator[Served]:
    with witness(tmp_path / "good", GOOD, engine.signer.verifier) as served:
        yield served


def policy_of(engine: Engine, *lines: str, quorum: str = "quorum none\n") -> Policy:
    return parse_policy("".join((f"log {engine.signer.verifier}\n", *lines, quorum)).encode())


def cosigning(engine: Engine, policy: Policy, settings: Settings = SETTINGS) -> Cosigning:
    return Cosigning(engine.reader, CosignedCheckpoints(engine.datastore), policy, settings, now)


def newest(engine: Engine) -> str:
    return CosignedCheckpoints(engine.datastore).newest().note


def cosigners(engine: Engine, policy: Policy) -> set[str]:
    """Of the newest checkpoint."""
    return {given.witness.name for given in policy.check(newest(engine))[1]}


def test_it_shows_each_newest_checkpoint_once_and_keeps_what_is_said(engine: Engine, good: Served) -> None:
    policy = policy_of(engine, good.line("g"), quorum="quorum g\n")
    stop = Event()
    with cosigning(engine, policy) as cosigning_:
        assert cosigning_.round(stop) == 0  # an empty log
        for number in (1, 300, 7):
            engine.recorder.insert_events(plain_events(number))
            with pytest.raises(QuorumMissed):
                policy.check(newest(engine))
            assert cosigning_.round(stop) == 1
            assert cosigners(engine, policy) == {GOOD}
            assert cosigning_.round(stop) == 0
    page = CosignedCheckpoints(engine.datastore).page(1, 10)
    assert [(each.size, each.note.count("— ")) for each in page] == [(301, 2), (308, 2)]


def test_a_restarted_server_goes_on_where_it_was(engine: Engine, good: Served) -> None:
    policy = policy_of(engine, good.line("g"))
    for number in (5, 6):
        engine.recorder.insert_events(plain_events(number))
        with cosigning(engine, policy) as cosigning_:
            assert cosigning_.round(Event()) == 1
            assert cosigning_.round(Event()) == 0


def test_two_servers_do_no_harm_to_each_other(engine: Engine, good: Served) -> None:
    policy = policy_of(engine, good.line("g"))
    with cosigning(engine, policy) as one, cosigning(engine, policy) as other:
        for heard in (
            0,
            1,
            1,
        ):  # the other starts with what is stored; later the witness tells it where to go on
            engine.recorder.insert_events(plain_events(5))
            assert one.round(Event()) == 1
            assert other.round(Event()) == heard
            assert newest(engine).count("— ") == 2


def test_the_newest_that_a_quorum_has_cosigned_is_found_behind_newer_ones(
    engine: Engine, good: Served
) -> None:
    policy = policy_of(engine, good.line("g"), quorum="quorum g\n")
    cosigned = CosignedCheckpoints(engine.datastore)
    engine.recorder.insert_events(plain_events(3))
    assert cosigned.newest_witnessed(policy) is None
    with cosigning(engine, policy) as cosigning_:
        cosigning_.round(Event())
    engine.recorder.insert_events(plain_events(3))
    found = cosigned.newest_witnessed(policy)
    assert found is not None
    assert found.size == 3


# Hostile witnesses.


def cosigned_as(
    change: Callable[[str], str], timestamp: int | None = None, *, ahead_seconds: int = 0
) -> Answering:
    """Signs with its own key what `change` makes of the checkpoint's text, by a clock that may be ahead when it answers."""

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> None:
        text, _ = parse_note(body.decode().partition("\n\n")[2])
        at = int(now().timestamp()) + ahead_seconds if timestamp is None else timestamp
        say(request, 200, SIGNER.signature_line(change(text), at).encode())

    return answer


def drip(request: BaseHTTPRequestHandler, _: bytes) -> None:
    """Headers without end, a few bytes at a time: each arrives in time, the answer never does."""
    request.send_response(200)
    request.flush_headers()
    for n in range(200):
        request.wfile.write(f"x-{n}: 1\r\n".encode())
        time.sleep(0.05)


def drip_body(request: BaseHTTPRequestHandler, _: bytes) -> None:
    request.send_response(200)
    request.end_headers()
    for _n in range(200):
        request.wfile.write(b"x")
        time.sleep(0.05)


def endless(request: BaseHTTPRequestHandler, _: bytes) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65_536)


def hang(_: BaseHTTPRequestHandler, __: bytes) -> None:
    time.sleep(10)


def redirect(request: BaseHTTPRequestHandler, _: bytes) -> None:
    request.send_response(307)
    request.send_header("location", "/elsewhere")
    request.send_header("content-length", "0")
    request.end_headers()


def always(status: int, body: bytes = b"", content_type: str = "text/plain") -> Answering:
    return lambda request, _: say(request, status, body, content_type)


SIZE = "text/x.tlog.size"


@pytest.fixture(scope="module")
def shared(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Served]]:
    """A log and an honest witness for all the hostile ones."""
    folder = tmp_path_factory.mktemp("good")
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        witness(folder, GOOD, engine.signer.verifier) as good,
    ):
        yield engine, good


LIES = {
    "hang": (hang, "no whole answer"),
    "headers that drip": (drip, "no whole answer"),
    "a body that drips": (drip_body, "no whole answer"),
    "an endless body": (endless, "more than 4096 bytes"),
    "10 MB": (always(200, b"x" * 10_000_000), "more than 4096 bytes"),
    "nothing": (always(200), "not signed by the key"),
    "garbage": (always(200, b"\xff\x00" * 100), "not a cosignature"),
    "no note": (always(200, b"hello\n"), "not a cosignature"),
    "a stranger's line": (always(200, "— stranger.example AAAAAAAA\n".encode()), "not signed by the key"),
    "another text": (cosigned_as(lambda text: text + "x\n"), "not a cosignature"),
    "no time": (cosigned_as(str, 0), "clock"),
    "the far future": (cosigned_as(str, 2**62), "clock"),
    "the near future": (cosigned_as(str, ahead_seconds=2 * CLOCK_SECONDS), "clock"),
    "many lines": (always(200, "— hostile.example/w AAAA\n".encode() * 100), "not a cosignature"),
    "a redirect": (redirect, "HTTP 307"),
    "404": (always(404), "HTTP 404"),
    "403": (always(403), "HTTP 403"),
    "500": (always(500), "HTTP 500"),
    "422": (always(422), "does not extend"),
    "409 without a size": (always(409), "without a size"),
    "409 of another type": (always(409, b"1\n"), "without a size"),
    "409 with garbage": (always(409, b"-1\n", SIZE), "without a size"),
    "409 that goes on": (always(409, b"2\n", SIZE), "HTTP 409"),
    "409 from the future": (always(409, b"999999\n", SIZE), "larger log than ours"),
    "409 where we are": (always(409, b"0\n", SIZE), "another root"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_hostile_witness_is_told_of_in_our_words_and_keeps_nobody_from_being_heard(
    lie: str, shared: tuple[Engine, Served]
) -> None:
    answer, told = LIES[lie]
    engine, good = shared
    engine.recorder.insert_events(plain_events(5))
    with answering(answer) as url:
        policy = policy_of(engine, f"witness {HOSTILE} {SIGNER.verifier} {url}\n", good.line("g"))
        with cosigning(engine, policy) as cosigning_, capture_logs() as logs:
            assert cosigning_.round(Event()) == 1
    assert cosigners(engine, policy) == {GOOD}
    [event] = logs
    assert event["witness"] == SIGNER.verifier.name
    assert re.search(told, event["why"])
    assert len(event["why"]) < 120


def test_a_witness_that_fails_is_asked_less_and_less_and_heard_when_it_is_sound(engine: Engine) -> None:
    engine.recorder.insert_events(plain_events(5))
    asked: list[float] = []
    sound = Event()

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.append(time.monotonic())
        (cosigned_as(str) if sound.is_set() else always(500))(request, body)

    patient = SETTINGS.model_copy(update={"witness_pause_seconds": 0.1, "witness_longest_pause_seconds": 0.4})
    with answering(answer) as url, capture_logs() as logs:
        policy = policy_of(engine, f"witness {HOSTILE} {SIGNER.verifier} {url}\n")
        with cosigning(engine, policy, patient) as cosigning_:
            wait_until(lambda: cosigning_.round(Event()) == 0 and len(asked) == 4)
            sound.set()
            wait_until(lambda: cosigning_.round(Event()) == 1)
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert all(pause > least for pause, least in zip(pauses, (0.1, 0.2, 0.4, 0.4), strict=True))
    assert [event["event"] for event in logs] == ["not_cosigned", "cosigned_again"]


def test_it_stops_at_once_although_a_witness_hangs(engine: Engine) -> None:
    engine.recorder.insert_events(plain_events(5))
    with answering(hang) as url:
        policy = policy_of(engine, f"witness {HOSTILE} {SIGNER.verifier} {url}\n")
        patient = SETTINGS.model_copy(update={"witness_answer_seconds": 60.0})
        stop = Event()
        stop.set()
        with cosigning(engine, policy, patient) as cosigning_:
            began = time.monotonic()
            assert cosigning_.round(stop) == 0
            assert time.monotonic() - began < patient.witness_answer_seconds / 2


# Policies as a server takes them.


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("quorum none\n", "no log line for this log"),
        ("log {log}\nwitness w {key} ftp://w.example\nquorum none\n", "https://"),
        ("log {log}\n{many}quorum none\n", "room for 15"),
        ("log {log}\n", "no quorum line"),
    ],
)
def test_a_server_refuses_a_policy_that_it_could_not_follow(
    lines: str, told: str, engine: Engine, tmp_path: Path
) -> None:
    many = "".join(f"witness w{n} {WitnessSigner('w', bytes([n]) * 32).verifier}\n" for n in range(16))
    path = tmp_path / "policy.txt"
    path.write_text(lines.format(log=engine.signer.verifier, key=SIGNER.verifier, many=many))
    with pytest.raises(PolicyInvalid, match=told):
        read_policy(path, ORIGIN)


def test_more_cosignatures_than_every_verifier_takes_are_not_shown(engine: Engine) -> None:
    engine.recorder.insert_events(plain_events(1))
    text, _ = parse_note(newest(engine))
    signers = [WitnessSigner(f"w{n}", bytes([n]) * 32) for n in range(20)]
    policy = policy_of(engine, *(f"witness w{n} {each.verifier}\n" for n, each in enumerate(signers)))
    cosigned = CosignedCheckpoints(engine.datastore)
    for n, signer in enumerate(signers, start=1):
        cosigned.keep(1, [Cosignature(signer.verifier, n, signer.signature_line(text, n))])
    assert len(policy.check(newest(engine))[1]) == MOST_COSIGNATURES == 15
