"""What a bundle takes from the log: all of it as of one checkpoint, and of an open round no ballot."""

from uuid import UUID, uuid4

import msgspec
import pytest

from application.bundle.contents import Contents, Standing, in_pieces, read_standing
from application.log.merkle import leaf_hash
from application.log.reader import LogEmpty
from application.log.tiles import decode_bundle
from domain.kiosk import Kiosk
from tests.elections import Election, times
from tests.engine import Engine, plain_events
from tests.examples import AFTER, CLERK, EARLY, HEAD, digest

PROJECTS = {"1": 500, "2": 700}


def standing(engine: Engine) -> Standing:
    with engine.datastore.get_connection() as connection:
        return read_standing(connection)


def voting(engine: Engine) -> Election:
    return Election(engine).drafted().reviewed(PROJECTS).opened()


def tiles(engine: Engine, found: Standing) -> dict[str, list[bytes]]:
    contents = Contents(engine.datastore, found)
    return {str(tile): decode_bundle(body) for tile, body in contents.entry_tiles(lambda _: None)}


def test_an_empty_log_has_nothing_to_export(engine: Engine) -> None:
    with pytest.raises(LogEmpty):
        standing(engine)


@pytest.mark.parametrize(
    ("size", "names"),
    [
        (1, ["tile/entries/000.p/1"]),
        (256, ["tile/entries/000"]),
        (300, ["tile/entries/000", "tile/entries/001.p/44"]),
    ],
)
def test_every_entry_is_in_its_tile(engine: Engine, size: int, names: list[str]) -> None:
    engine.recorder.insert_events(plain_events(size))
    found = tiles(engine, standing(engine))
    assert list(found) == names
    stored = [entry.bytes_ for entry in engine.reader.entries(0, size)]
    assert [entry for tile in found.values() for entry in tile] == stored


def test_what_comes_behind_the_checkpoint_is_left_out(engine: Engine) -> None:
    engine.recorder.insert_events(plain_events(3))
    before = standing(engine)
    engine.recorder.insert_events(plain_events(300))
    contents = Contents(engine.datastore, before)
    assert [str(tile) for tile, _ in contents.entry_tiles(lambda _: None)] == ["tile/entries/000.p/3"]
    assert [msgspec.json.decode(line) for line in contents.checkpoint_lines()] == [
        {"note": before.checkpoint.note, "size": 3}
    ]
    assert contents.checkpoints == 1


def test_only_ballots_of_rounds_still_open_are_withheld_each_by_its_leaf(engine: Engine) -> None:
    ended, cancelled, still_open = voting(engine), voting(engine), voting(engine)
    for election in (ended, still_open, cancelled, still_open):
        election.cast(times(**{"1_2": 2}))
    ended.closed()
    cancelled.cancelled()
    found = standing(engine)
    [entries] = tiles(engine, found).values()
    contents = Contents(engine.datastore, found)
    withheld = [msgspec.json.decode(line) for line in contents.withheld_lines()]
    empty = [position for position, entry in enumerate(entries, start=1) if not entry]
    assert [line["position"] for line in withheld] == empty
    stored = {entry.position: entry for entry in engine.reader.entries(0, found.checkpoint.size)}
    ballots = [p for p, entry in stored.items() if str(still_open.id).encode() in entry.state]
    assert empty == [p for p in ballots if stored[p].topic == "ballot.cast.v1"]
    assert len(empty) == contents.withheld == 4
    assert [line["leaf"] for line in withheld] == [leaf_hash(stored[p].bytes_).hex() for p in empty]


def test_of_a_withheld_ballot_not_even_the_id_is_told(engine: Engine) -> None:
    voting(engine).cast([["1"]])
    [line] = Contents(engine.datastore, standing(engine)).withheld_lines()
    assert set(msgspec.json.decode(line)) == {"leaf", "position"}


def test_a_round_whose_voting_has_not_opened_is_not_there(engine: Engine) -> None:
    Election(engine).drafted()
    first = voting(engine)
    second = voting(engine).closed()
    assert [(each.round_id, each.is_open) for each in standing(engine).rounds] == [
        (first.id, True),
        (second.id, False),
    ]


def test_every_document_the_conclusion_ever_named_is_there_once_and_in_order(engine: Engine) -> None:
    election = voting(engine).cast(times(**{"1": 12})).closed()
    rejected = election.conclusions.draft(election.id, by=CLERK)
    election.conclusions.reject_draft(election.id, "look again", by=HEAD)
    election.concluded().published().corrected("1", voters=13)
    [round_] = standing(engine).rounds
    assert len(round_.conclusions) == len(set(round_.conclusions)) == 3
    assert round_.conclusions[0] == rejected
    numbers = [msgspec.json.decode(engine.documents.get(each))["number"] for each in round_.conclusions]
    assert numbers == [1, 1, 2]


def test_a_kiosk_is_there_once_enrolled_with_its_counts_and_stays_when_revoked(engine: Engine) -> None:
    invited, enrolled, revoked = (uuid4() for _ in range(3))
    for kiosk_id, key in ((invited, None), (enrolled, "aa"), (revoked, "bb")):
        _kiosk(engine, kiosk_id, key)
    with engine.store.deciding() as decision:
        kiosk = decision.get(Kiosk, revoked)
        kiosk.revoke("stolen", by=CLERK, at=AFTER)
        decision.save(kiosk)
    with engine.datastore.get_connection() as connection:
        connection.execute(
            "INSERT INTO dauys.kiosk_progress VALUES (%s, 3, sha256(''), '[]', 9, 7)", [revoked]
        )
    assert msgspec.json.decode(standing(engine).kiosks) == [
        {"kiosk_id": str(enrolled), "public_key": "aa" * 32, "delivered": 0, "recorded": 0},
        {"kiosk_id": str(revoked), "public_key": "bb" * 32, "delivered": 9, "recorded": 7},
    ]


def test_credentials_are_sorted_by_line(engine: Engine) -> None:
    election = Election(engine)
    with engine.datastore.get_connection() as connection:
        connection.execute(
            "INSERT INTO dauys.credentials SELECT %s, sha256(i::text::bytea), 'u' || i %% 3 FROM generate_series(1, 99) i",
            [election.id],
        )
    engine.recorder.insert_events(plain_events(1))
    header, *lines = Contents(engine.datastore, standing(engine)).credential_lines(election.id)
    assert header == b"unit,credential\n"
    assert lines == sorted(lines)
    assert len(set(lines)) == 99


def test_many_lines_make_one_piece_and_none_is_lost() -> None:
    lines = [f"{i}\n".encode() for i in range(5_000)]
    pieces = list(in_pieces(lines))
    assert b"".join(pieces) == b"".join(lines)
    assert len(pieces) == 3
    assert list(in_pieces([])) == []


def _kiosk(engine: Engine, kiosk_id: UUID, key: str | None) -> None:
    kiosk = Kiosk.invite(
        kiosk_id,
        label="k",
        place="hall",
        code_digest=digest("code"),
        expires=AFTER,
        by=CLERK,
        at=EARLY,
    )
    if key is not None:
        kiosk.enrol(digest("code"), key * 32, at=EARLY)
    with engine.store.deciding() as decision:
        decision.save(kiosk)
