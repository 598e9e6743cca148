"""Assembles the auditors' bundle (docs/bundle.md) from the write side and from the public results, all as of one checkpoint."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

import projections
from api.composition import Engine
from api.downloads import NotInThisFormat, results_csv, written_pb
from api.rounds import registered
from api.views import ResultsView
from api.worker import catch_up
from application.bundle import layout
from application.bundle.archive import Archive, new_archive
from application.bundle.contents import BundledRound, Contents, Standing, in_pieces, read_standing
from application.cosigning import read_policy
from application.log.note import NoteInvalid, open_checkpoint
from application.log.policy import QuorumMissed, parse_policy
from domain.errors import Refused
from domain.round import Phase
from projections.following import reached
from projections.results import PaperNotFrozen, Results, ResultsBeingCounted, results_of

Progress = Callable[[int], object]

_TRIES: Final = 20
_CHUNK_CHARACTERS: Final = 64 * 1024
_ONE_MOMENT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_STIRRED: Final = "SELECT FROM dauys.events WHERE notification_id > %s AND topic <> 'ballot.cast.v1' LIMIT 1"
_WITHOUT_RESULTS: Final = (Phase.VOTING, Phase.CANCELLED)


class LogKeyDiffers(Refused):
    """The key in this home did not sign the log's checkpoint."""

    code: ClassVar[str] = "log_key_differs"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is about to be written: all of it, and of these rounds the folders; results of those that have any."""

    scope: str
    standing: Standing
    rounds: tuple[BundledRound, ...]
    results: dict[UUID, Results]


def take_stock(engine: Engine, only: UUID | None) -> Bundle:
    """Everything small, as of the newest checkpoint; of `only` one round, or of all whose voting has opened.

    Read in one snapshot in which the reading side has followed all but ballots: those are of open rounds, and no result is.
    """
    for _ in range(_TRIES):
        catch_up(engine.datastore, engine.settings)
        with engine.datastore.get_connection() as connection, connection.transaction():
            connection.execute(_ONE_MOMENT)
            if connection.execute(_STIRRED, [reached(connection, projections.ALL)]).fetchone() is None:
                return _taken(connection, only)
    raise ResultsBeingCounted


def _taken(snapshot: Connection[DictRow], only: UUID | None) -> Bundle:
    standing = read_standing(snapshot)
    rounds = standing.rounds
    if only is not None:
        registered(snapshot, only)
        rounds = tuple(each for each in rounds if each.round_id == only)
        if not rounds:
            raise PaperNotFrozen
    found = (registered(snapshot, each.round_id) for each in rounds)
    results = {
        each.round_id: results_of(snapshot, each) for each in found if each.phase not in _WITHOUT_RESULTS
    }
    return Bundle(layout.EVERY_ROUND if only is None else str(only), standing, rounds, results)


@dataclass(frozen=True, slots=True)
class Written:
    """What was counted, and whether the quorum of the bundle's own policy has cosigned its checkpoint."""

    counts: dict[str, int]
    quorum_met: bool


def write_bundle(
    engine: Engine, bundle: Bundle, out: BinaryIO, progress: Progress = lambda _: None
) -> Written:
    """Write it to `out`, which can seek. `progress` is told of entries."""
    log, checkpoint = engine.signer.verifier, bundle.standing.checkpoint
    contents = Contents(engine.datastore, bundle.standing)
    try:
        open_checkpoint(contents.note, log)
    except NoteInvalid:
        raise LogKeyDiffers from None
    policy = _policy(engine)
    with new_archive(out) as archive:
        archive.add(layout.README, [layout.readme(log, checkpoint.size)])
        archive.add(layout.KEY, [f"{log}\n".encode()])
        archive.add(layout.POLICY, [policy])
        archive.add(layout.CHECKPOINT, [contents.note.encode()])
        archive.add(layout.CHECKPOINTS, in_pieces(contents.checkpoint_lines()))
        for tile, entries in contents.entry_tiles(progress):
            archive.add(layout.entries(tile), [entries])
        archive.add(layout.WITHHELD, in_pieces(contents.withheld_lines()))
        for round_ in bundle.rounds:
            _add_round(archive, engine, contents, round_, bundle.results.get(round_.round_id))
        archive.add(layout.KIOSKS, [bundle.standing.kiosks])
        counts = {
            "checkpoints": contents.checkpoints,
            "entries": checkpoint.size,
            "rounds": len(bundle.rounds),
            "withheld": contents.withheld,
        }
        archive.finish(
            {
                "format": layout.FORMAT,
                "scope": bundle.scope,
                "origin": log.name,
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
                "counts": counts,
            }
        )
    return Written(counts, _is_met(policy, contents.note))


def _policy(engine: Engine) -> bytes:
    """The configured policy, byte for byte; PolicyInvalid if it is none for this log."""
    path = engine.settings.policy_file
    if path is None:
        return layout.policy_without_witnesses(engine.signer.verifier)
    read_policy(path, engine.signer.origin)
    return path.read_bytes()


def _is_met(policy: bytes, note: str) -> bool:
    try:
        parse_policy(policy).check(note)
    except QuorumMissed:
        return False
    return True


def _add_round(
    archive: Archive, engine: Engine, contents: Contents, round_: BundledRound, results: Results | None
) -> None:
    def add(name: str, pieces: Iterable[bytes]) -> None:
        archive.add(layout.of_round(round_.round_id, name), pieces)

    add("paper.json", [engine.documents.get(round_.paper_digest)])
    add("credentials.csv", in_pieces(contents.credential_lines(round_.round_id)))
    for number, digest in enumerate(round_.conclusions, start=1):
        add(f"conclusions/{number}.json", [engine.documents.get(digest)])
    if results is not None:
        add("results.json", [msgspec.json.encode(ResultsView.of(results))])
        add("results.csv", [results_csv(results)])
        with suppress(NotInThisFormat), _pb(engine, results) as pieces:
            add("results.pb", pieces)


@contextmanager
def _pb(engine: Engine, results: Results) -> Iterator[Iterator[bytes]]:
    """The download's bytes, if Pabulib's format can hold the round."""
    with engine.datastore.get_connection() as connection:
        file = written_pb(connection, results)
    with file:
        yield iter(lambda: file.read(_CHUNK_CHARACTERS).encode(), b"")
