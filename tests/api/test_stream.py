"""The stream: positions as they come and nothing else, heartbeats, a limit on readers, one poller for all."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import stream
from api.stream import Positions, StreamFull
from tests.api.reading import Site, site_of, voting
from tests.engine import Engine
from tests.given import refused
from tests.server import Server, serve

PAUSE = 0.01


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


class Log:
    def __init__(self) -> None:
        self.position = 3
        self.asked = 0
        self.away = False

    def newest(self) -> int:
        self.asked += 1
        if self.away:
            raise ConnectionError
        return self.position


async def take(events: AsyncGenerator[str, None], number: int) -> list[str]:
    return [await anext(events) for _ in range(number)]


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def test_a_reader_gets_the_newest_position_and_then_each_newer_one() -> None:
    log = Log()

    async def scenario() -> None:
        events = Positions(log.newest, PAUSE, 5).events(0)
        assert await take(events, 2) == ["retry: 2000\n\n", "id: 3\ndata: 3\n\n"]
        log.position = 9
        assert await take(events, 1) == ["id: 9\ndata: 9\n\n"]
        await events.aclose()

    run(scenario())


def test_who_comes_back_gets_only_what_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 5 * PAUSE)
    log = Log()

    async def scenario() -> None:
        events = Positions(log.newest, PAUSE, 5).events(3)
        assert (await take(events, 3))[1:] == [": still here\n\n"] * 2
        log.position = 4
        while (event := await anext(events)) == ": still here\n\n":
            pass
        assert event == "id: 4\ndata: 4\n\n"
        await events.aclose()

    run(scenario())


def test_a_stream_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAM_SECONDS", 0.05)
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", PAUSE)

    async def scenario() -> None:
        assert [event async for event in Positions(Log().newest, PAUSE, 5).events(0)]

    run(scenario())


def test_readers_are_limited_and_leave_room_when_they_go() -> None:
    log = Log()

    async def scenario() -> None:
        positions = Positions(log.newest, PAUSE, 2)
        readers = [positions.events(0) for _ in range(2)]
        for reader in readers:
            await anext(reader)
        with refused(StreamFull, most=2):
            positions.refuse_if_full()
        await readers[0].aclose()
        positions.refuse_if_full()
        await readers[1].aclose()

    run(scenario())


def test_the_log_is_asked_once_for_all_readers_and_not_at_all_for_none() -> None:
    log = Log()

    async def scenario() -> None:
        positions = Positions(log.newest, PAUSE, 100)
        readers = [positions.events(0) for _ in range(50)]
        for reader in readers:
            await take(reader, 2)
        assert log.asked < 10
        for reader in readers:
            await reader.aclose()
        await asyncio.sleep(5 * PAUSE)
        asked = log.asked
        await asyncio.sleep(5 * PAUSE)
        assert log.asked == asked

    run(scenario())


def test_readers_stay_while_the_database_is_away() -> None:
    log = Log()

    async def scenario() -> None:
        events = Positions(log.newest, PAUSE, 5).events(0)
        await take(events, 2)
        log.away, log.position = True, 8
        await asyncio.sleep(5 * PAUSE)
        log.away = False
        assert await take(events, 1) == ["id: 8\ndata: 8\n\n"]
        await events.aclose()

    run(scenario())


def test_over_http_it_carries_positions_the_reading_side_has_reached(site: Site) -> None:
    voting(site.engine)
    site.get("/v1/rounds")
    newest = site.engine.reader.size()
    with httpx.stream("GET", f"http://127.0.0.1:{site.server.port}/v1/stream", timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        lines_until(lines, f"data: {newest}")  # what the process knew from readers before may come first
        election = voting(site.engine)
        threading.Thread(target=site.get, args=("/v1/rounds",)).start()
        newest = site.engine.reader.size()
        told = [line for line in lines_until(lines, f"data: {newest}") if line]
    assert all(line.startswith(("id: ", "data: ", ": ")) for line in told)
    assert str(election.id) not in "".join(told)


def lines_until(lines: Any, last: str) -> list[str]:
    seen: list[str] = []
    while not seen or seen[-1] != last:
        seen.append(next(lines))
    return seen


def test_a_full_process_refuses(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path, stream_readers=1) as server:
        site = site_of(server)
        with httpx.stream("GET", f"http://127.0.0.1:{server.port}/v1/stream", timeout=30) as answer:
            lines = answer.iter_lines()
            next(lines)
            refusal = site.get("/v1/stream").json()
            assert (refusal["code"], refusal["most"]) == ("stream_full", 1)


def test_what_is_not_a_position_is_refused(site: Site) -> None:
    answer = site.get("/v1/stream", last_event_id="not a number")
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
