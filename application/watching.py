"""Watching a log from outside: believes its first checkpoint, and every later one only if it extends the last believed.

- Works against any C2SP tlog-tiles log: what proves consistency is computed from its hash tiles, nothing from special addresses.
- A fork is written down as a proof before anything else, and what was believed stays believed: the folder is evidence.
- Answers are bounded in seconds and bytes. A log that is away or stale is not a fork; one that keeps proving the wrong thing is.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from application.durable_files import alone, create_file, replace_file
from application.fetching import Answer, Limits, NotAnswered, fetch, new_client
from application.log import merkle
from application.log.fork import Fork, encode_fork, rewritten, same_size, unproven
from application.log.merkle import ProofInvalid, verify_consistency
from application.log.note import MAX_NOTE_BYTES, NoteInvalid, Verifier, open_checkpoint
from application.log.tiles import TILE_WIDTH, TilePath, subtrees_from_tiles

ANSWER_SECONDS = 20.0
MAX_KEY_BYTES = 1_024
PROVING_TRIES = 3
PROVING_PAUSE_SECONDS = 1.0
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class NotWatched(Exception):  # noqa: N818 - a statement of fact
    """The log could not be looked at this time, or is not the one we know; the message says why."""


class Seen(StrEnum):
    FIRST = "first"
    """Nothing was believed before: this checkpoint is, on the key's word alone."""
    SAME = "same"
    GROWN = "grown"
    STALE = "stale"
    """Smaller than the one believed, and a prefix of it: an old copy."""
    FORKED = "forked"


@dataclass(frozen=True, slots=True)
class Look:
    """`proof`: the file written when forked."""

    seen: Seen
    size: int
    believed_size: int
    proof: Path | None = None


class Watcher:
    """Of the log under `url` (a tlog-tiles prefix), by its key. `folder` holds `key.txt`, `checkpoint.txt` and proofs."""

    def __init__(self, url: str, folder: Path, key: Verifier | None) -> None:
        self._url = url.rstrip("/")
        self._folder = folder
        self._key = key

    def look(self) -> Look:
        """Fetch the newest checkpoint and compare it with the one believed; NotWatched when that can't be done now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with alone(self._folder / "lock"), asyncio.Runner() as runner:
            return self._look(_Log(self._url, runner))

    def _look(self, log: "_Log") -> Look:
        verifier = self._verifier(log)
        newest = _open(log.text("checkpoint", MAX_NOTE_BYTES), verifier)
        believed = self._believed(verifier)
        if believed is None:
            self._believe(newest)
            return Look(Seen.FIRST, newest.size, newest.size)
        fork = _compare(log, verifier, *sorted((believed, newest), key=lambda each: each.size))
        if fork is not None:
            return Look(Seen.FORKED, newest.size, believed.size, self._write_down(fork))
        if newest.size > believed.size:
            self._believe(newest)
            return Look(Seen.GROWN, newest.size, newest.size)
        seen = Seen.SAME if newest.size == believed.size else Seen.STALE
        return Look(seen, newest.size, believed.size)

    def _verifier(self, log: "_Log") -> Verifier:
        """The key given, else the one pinned, else the log's own, which is pinned: whoever changes it later is found out."""
        place = self._folder / "key.txt"
        pinned = place.read_text("utf-8").strip() if place.exists() else ""
        if pinned and self._key and pinned != str(self._key):
            raise NotWatched(f"{self._folder} belongs to a log with another key; take another folder")
        try:
            verifier = Verifier.parse(pinned or str(self._key or log.text("key", MAX_KEY_BYTES).strip()))
        except NoteInvalid as invalid:
            raise NotWatched(f"the log's key: {invalid}") from None
        if not pinned:
            create_file(place, f"{verifier}\n".encode())
        return verifier

    def _believed(self, verifier: Verifier) -> "_Signed | None":
        place = self._folder / "checkpoint.txt"
        return _open(place.read_text("utf-8"), verifier) if place.exists() else None

    def _believe(self, newest: "_Signed") -> None:
        replace_file(self._folder / "checkpoint.txt", newest.note.encode())

    def _write_down(self, fork: Fork) -> Path:
        data = encode_fork(fork)
        place = self._folder / f"fork-{sha256(data).hexdigest()[:16]}.json"
        if not place.exists():  # the same one, seen again
            create_file(place, data)
        return place


@dataclass(frozen=True, slots=True)
class _Signed:
    note: str
    size: int
    root: bytes


class _Log:
    """The log's addresses, over one event loop: every answer is bounded as a whole."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self._url = url
        self._runner = runner

    def text(self, path: str, most_bytes: int) -> str:
        answer = self._answer(path, most_bytes)
        if answer.status != HTTPStatus.OK:
            raise NotWatched(f"{path}: HTTP {answer.status}")
        try:
            return answer.body.decode()
        except UnicodeDecodeError:
            raise NotWatched(f"{path}: not UTF-8") from None

    def subtrees(self, size: int) -> merkle.GetSubtree:
        """Those of the log's tree of `size` leaves, each tile fetched once; ProofInvalid where the log does not have a tile."""
        tiles: dict[tuple[int, int], bytes] = {}

        def read_tile(level: int, number: int) -> bytes:
            if (level, number) not in tiles:
                width = TilePath(level, number).width_in(size)
                tiles[level, number] = self._tile(TilePath(level, number, width))
            return tiles[level, number]

        return subtrees_from_tiles(read_tile)

    def _tile(self, tile: TilePath) -> bytes:
        answer = self._answer(str(tile), TILE_WIDTH * merkle.HASH_BYTES)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _PASSING:
            raise NotWatched(f"{tile}: HTTP {answer.status}")
        if answer.status != HTTPStatus.OK or len(answer.body) != tile.width * merkle.HASH_BYTES:
            raise ProofInvalid("the log does not have a tile of a tree that it has signed")
        return answer.body

    def _answer(self, path: str, most_bytes: int) -> Answer:
        return self._runner.run(self._fetched(path, Limits(ANSWER_SECONDS, most_bytes)))

    async def _fetched(self, path: str, limits: Limits) -> Answer:
        try:
            async with new_client(self._url) as client:
                return await fetch(client, f"{self._url}/{path}", limits)
        except NotAnswered as why:
            raise NotWatched(f"{path}: {why}") from None


def _open(note: str, verifier: Verifier) -> _Signed:
    try:
        checkpoint = open_checkpoint(note, verifier)
    except NoteInvalid as invalid:
        raise NotWatched(f"the checkpoint: {invalid}") from None
    return _Signed(note, checkpoint.size, checkpoint.root)


def _compare(log: _Log, verifier: Verifier, earlier: _Signed, later: _Signed) -> Fork | None:
    """None if the later tree extends the earlier one. What does not add up is asked for again: it may be damaged on the way."""
    if earlier.size == later.size:
        return same_size(verifier, earlier.note, later.note) if earlier.root != later.root else None
    if earlier.size == 0:
        return None
    for attempt in range(PROVING_TRIES):
        time.sleep(attempt * PROVING_PAUSE_SECONDS)
        with suppress(ProofInvalid):
            subtrees = log.subtrees(later.size)
            # The root that the later tree has at the earlier size, and the proof of that: right only if it gives the later root.
            root = merkle.root_of(earlier.size, subtrees)
            path = merkle.consistency_path(earlier.size, later.size, subtrees)
            verify_consistency(earlier.size, root, later.size, later.root, path)
            if root == earlier.root:
                return None
            return rewritten(verifier, earlier.note, later.note, root, path)
    return unproven(verifier, earlier.note, later.note)
