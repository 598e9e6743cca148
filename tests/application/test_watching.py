"""Watching a log: what extends is believed, a fork is proven and never believed, and what merely fails is neither."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from application import watching
from application.log.fork import ForkInvalid, check_fork
from application.log.note import LogSigner
from application.log.tiles import TilePath, TilePathInvalid
from application.watching import Look, NotWatched, Seen, Watcher
from tests.memory_log import LOG_SIGNER, MemoryLog
from tests.witnesses import answering, say


@dataclass
class Shown:
    """What the server shows: a log up to `size`, and whatever is put in the place of single answers."""

    log: MemoryLog
    size: int
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler, _: bytes) -> None:
        path = request.path.removeprefix("/")
        self.asked.append(path)
        status, body = self.instead.get(path.partition("/")[0]) or self._honest(path)
        say(request, status, body)

    def _honest(self, path: str) -> tuple[int, bytes]:
        if path == "checkpoint":
            return 200, self.log.note(self.size).encode()
        if path == "key":
            return 200, f"{LOG_SIGNER.verifier}\n".encode()
        try:
            tile = TilePath.parse(path)
        except TilePathInvalid:
            return 404, b""
        return (
            (200, self.log.tile(tile)) if tile.width <= tile.width_in(self.size) else (404, b"no such tile")
        )


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PROVING_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(watching, "ANSWER_SECONDS", 2.0)


LOG = MemoryLog().grow(70_000)
OTHER = MemoryLog([*LOG.leaves[:300]]).grow(700, "other")


@pytest.fixture
def shown() -> Shown:
    return Shown(LOG, 5)


@pytest.fixture
def url(shown: Shown) -> Iterator[str]:
    with answering(shown.answer) as url:
        yield url


@pytest.fixture
def watcher(url: str, tmp_path: Path) -> Watcher:
    return Watcher(f"{url}/", tmp_path / "watch", LOG_SIGNER.verifier)


def believed(tmp_path: Path) -> str:
    return (tmp_path / "watch" / "checkpoint.txt").read_text("utf-8")


def proofs(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "watch").glob("fork-*.json"))


def test_what_grows_is_believed_by_a_handful_of_tiles(shown: Shown, watcher: Watcher, tmp_path: Path) -> None:
    assert watcher.look() == Look(Seen.FIRST, 5, 5)
    assert watcher.look() == Look(Seen.SAME, 5, 5)
    for size in (6, 256, 257, 1_000, 65_536, 69_999, 70_000):
        shown.size = size
        shown.asked.clear()
        assert watcher.look() == Look(Seen.GROWN, size, size)
        assert believed(tmp_path) == LOG.note(size)
        assert len(shown.asked) <= 10
    assert proofs(tmp_path) == []


def test_it_goes_on_from_what_it_believed_before(
    shown: Shown, watcher: Watcher, url: str, tmp_path: Path
) -> None:
    watcher.look()
    shown.size = 9
    assert Watcher(url, tmp_path / "watch", None).look() == Look(Seen.GROWN, 9, 9)


def test_an_old_copy_is_not_believed_and_not_a_fork(shown: Shown, watcher: Watcher, tmp_path: Path) -> None:
    shown.size = 500
    watcher.look()
    shown.instead["checkpoint"] = (200, LOG.note(400).encode())
    assert watcher.look() == Look(Seen.STALE, 400, 500)
    assert believed(tmp_path) == LOG.note(500)


# Forks.


@pytest.mark.parametrize(("before", "after"), [(500, 500), (500, 501), (512, 700), (301, 1_000), (700, 600)])
def test_a_second_history_is_proven_and_not_believed(
    before: int, after: int, shown: Shown, watcher: Watcher, tmp_path: Path
) -> None:
    shown.size = before
    watcher.look()
    shown.log, shown.size = OTHER, after
    if after < before:  # it still has to show the tree that it had signed
        shown.size = before
        shown.instead["checkpoint"] = (200, OTHER.note(after).encode())
        shown.log = LOG
    for _ in range(2):
        look = watcher.look()
        assert (look.seen, look.size, look.believed_size) == (Seen.FORKED, after, before)
    assert believed(tmp_path) == LOG.note(before)
    assert proofs(tmp_path) == [look.proof]  # once, however often it is seen
    assert look.proof is not None
    verifier, *checkpoints = check_fork(look.proof.read_bytes())
    assert verifier == LOG_SIGNER.verifier
    assert [each.size for each in checkpoints] == sorted((before, after))


def test_two_histories_with_one_beginning_are_no_fork_before_they_part(
    shown: Shown, watcher: Watcher
) -> None:
    shown.size = 300
    watcher.look()
    shown.log, shown.size = OTHER, 1_000
    assert watcher.look() == Look(Seen.GROWN, 1_000, 1_000)


@pytest.mark.parametrize("tile", [(404, b"gone"), (200, b""), (200, bytes(8_192)), (403, b"no")])
def test_a_log_that_keeps_failing_to_prove_is_written_down_as_that(
    tile: tuple[int, bytes], shown: Shown, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.look()
    shown.size = 900
    shown.instead["tile"] = tile
    look = watcher.look()
    assert look.seen is Seen.FORKED
    assert believed(tmp_path) == LOG.note(5)
    [proof] = proofs(tmp_path)
    assert json.loads(proof.read_bytes())["kind"] == "unproven"
    with pytest.raises(ForkInvalid, match="proves nothing yet"):
        check_fork(proof.read_bytes())


def test_a_log_restored_from_an_old_copy_is_written_down(
    shown: Shown, watcher: Watcher, tmp_path: Path
) -> None:
    shown.size = 900
    watcher.look()
    shown.size = 400
    assert watcher.look().seen is Seen.FORKED
    assert believed(tmp_path) == LOG.note(900)


# What merely fails.

FORGER = MemoryLog(signer=LogSigner(LOG_SIGNER.origin, bytes(32))).grow(9)


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b"\xff"),
        (200, b"x" * 1_000_000),
        (200, FORGER.note().encode()),
        (200, LOG.note(9).replace("\n9\n", "\n8\n").encode()),
        (200, LOG.note(9).encode() + b"x"),
        (404, b""),
        (500, LOG.note(9).encode()),
        (302, b""),
    ],
)
def test_what_the_logs_key_has_not_signed_changes_nothing(
    answer: tuple[int, bytes], shown: Shown, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.look()
    shown.instead["checkpoint"] = answer
    with pytest.raises(NotWatched) as why:
        watcher.look()
    assert len(str(why.value)) < 120
    assert (believed(tmp_path), proofs(tmp_path)) == (LOG.note(5), [])


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_tile_that_cannot_be_had_now_is_asked_for_another_time(
    status: int, shown: Shown, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.look()
    shown.size = 900
    shown.instead["tile"] = (status, b"")
    with pytest.raises(NotWatched):
        watcher.look()
    del shown.instead["tile"]
    assert watcher.look().seen is Seen.GROWN
    assert proofs(tmp_path) == []


def test_a_log_that_is_away_changes_nothing(tmp_path: Path) -> None:
    with answering(Shown(LOG, 5).answer) as url:
        Watcher(url, tmp_path / "watch", None).look()
    with pytest.raises(NotWatched, match="ConnectError"):
        Watcher(url, tmp_path / "watch", None).look()
    assert believed(tmp_path) == LOG.note(5)


# Keys.


def test_a_key_that_was_believed_at_first_sight_is_pinned(shown: Shown, url: str, tmp_path: Path) -> None:
    Watcher(url, tmp_path / "watch", None).look()
    shown.instead["key"] = (200, f"{FORGER.signer.verifier}\n".encode())
    shown.instead["checkpoint"] = (200, FORGER.note().encode())
    with pytest.raises(NotWatched, match="not signed by the expected key"):
        Watcher(url, tmp_path / "watch", None).look()
    with pytest.raises(NotWatched, match="another key"):
        Watcher(url, tmp_path / "watch", FORGER.signer.verifier).look()


@pytest.mark.parametrize("key", [b"", b"\xff", b"nonsense\n", b"x" * 10_000])
def test_a_log_without_a_key_is_not_watched(key: bytes, shown: Shown, url: str, tmp_path: Path) -> None:
    shown.instead["key"] = (200, key)
    with pytest.raises(NotWatched):
        Watcher(url, tmp_path / "watch", None).look()
    assert not (tmp_path / "watch" / "key.txt").exists()
