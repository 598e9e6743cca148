"""What the log shows the world, compared with the naive tree over the same leaves."""

from collections.abc import Iterator
from itertools import combinations_with_replacement
from uuid import UUID

import pytest

from application.log.merkle import EMPTY_ROOT, HASH_BYTES, OutsideTree, verify_consistency
from application.log.reader import LogEmpty, NoSuchCheckpoint, NoSuchTile
from tests.engine import Engine, open_engine, plain_event, plain_events
from tests.postgres import fresh_database
from tests.whole_log import Tree

BATCHES = (1, 2, 17, 235, 1, 1, 300)
"""555 entries: two full tiles, one of them by the leaf, and the beginning of a third."""
SIZE = sum(BATCHES)


@pytest.fixture(scope="module")
def log(cluster: str, template: str) -> Iterator[Engine]:
    """A log that the tests here only read."""
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        for number in BATCHES:
            engine.recorder.insert_events(plain_events(number))
        assert engine.check() == SIZE
        yield engine


@pytest.fixture(scope="module")
def tree(log: Engine) -> Tree:
    return Tree([entry.leaf for entry in log.reader.entries(0, SIZE)])


def test_the_newest_checkpoint_and_those_before_it(log: Engine, tree: Tree) -> None:
    assert log.reader.size() == log.reader.checkpoint().size == SIZE
    assert log.reader.checkpoint().root == tree.root(SIZE)
    assert log.reader.checkpoint_at(20).root == tree.root(20)
    for position, size in ((1, 1), (2, 3), (3, 3), (4, 20), (256, 256), (SIZE, SIZE)):
        assert log.reader.checkpoint_of(position).size == size


def test_an_empty_log_has_no_checkpoint(engine: Engine) -> None:
    assert engine.reader.size() == 0
    with pytest.raises(LogEmpty):
        engine.reader.checkpoint()
    with pytest.raises(OutsideTree):
        engine.reader.receipt(1)
    assert engine.reader.root(0) == EMPTY_ROOT
    assert list(engine.reader.entries(0, 10)) == []


@pytest.mark.parametrize("size", [-1, 0, 2, SIZE - 1, SIZE + 1, 2**63, 2**70])
def test_there_is_no_checkpoint_of_a_size_at_which_nothing_was_committed(log: Engine, size: int) -> None:
    with pytest.raises(NoSuchCheckpoint):
        log.reader.checkpoint_at(size)


@pytest.mark.parametrize("position", [-1, 0, SIZE + 1, 2**63, 2**70])
def test_there_is_no_receipt_for_what_is_not_in_the_log(log: Engine, position: int) -> None:
    with pytest.raises(OutsideTree):
        log.reader.receipt(position)


def test_the_root_of_every_size(log: Engine, tree: Tree) -> None:
    for size in (*range(1, 40), *range(250, 260), *range(508, 516), SIZE):
        assert log.reader.root(size) == tree.root(size)


@pytest.mark.parametrize("size", [-1, SIZE + 1, 2**63])
def test_there_is_no_root_of_a_size_the_log_has_not_reached(log: Engine, size: int) -> None:
    with pytest.raises(OutsideTree):
        log.reader.root(size)


def test_every_size_is_shown_to_extend_every_earlier_one(log: Engine, tree: Tree) -> None:
    sizes = [*range(1, 18), 255, 256, 257, 511, 512, 513, SIZE]
    for first, size in combinations_with_replacement(sizes, 2):
        path = log.reader.consistency_path(first, size)
        verify_consistency(first, tree.root(first), size, tree.root(size), path)


@pytest.mark.parametrize(("first", "size"), [(0, 1), (-1, 5), (2, 1), (1, SIZE + 1), (1, 2**70)])
def test_no_consistency_is_shown_outside_the_log(log: Engine, first: int, size: int) -> None:
    with pytest.raises(OutsideTree):
        log.reader.consistency_path(first, size)


def test_tiles_full_and_partial(log: Engine, tree: Tree) -> None:
    shapes = ((0, 0, 256), (0, 1, 256), (0, 2, SIZE - 512), (0, 2, 1), (0, 0, 7), (1, 0, 2), (1, 0, 1))
    for level, number, width in shapes:
        hashes = tree.levels[8 * level][number * 256 : number * 256 + width]
        assert len(hashes) == width
        assert log.reader.tile(level, number, width) == b"".join(hashes)


@pytest.mark.parametrize(
    ("level", "number", "width"),
    [(0, 2, SIZE - 511), (0, 3, 1), (1, 0, 3), (1, 1, 1), (2, 0, 1), (63, 0, 1), (63, 2**63 - 1, 256)],
)
def test_a_tile_wider_than_the_log_has_grown_is_not_there(
    log: Engine, level: int, number: int, width: int
) -> None:
    with pytest.raises(NoSuchTile):
        log.reader.tile(level, number, width)


def test_entries_come_in_order_within_their_bounds(log: Engine) -> None:
    assert [entry.position for entry in log.reader.entries(3, 7)] == [4, 5, 6, 7]
    assert [entry.position for entry in log.reader.entries(SIZE - 1, SIZE + 5)] == [SIZE]
    assert list(log.reader.entries(7, 3)) == []


def test_an_abandoned_stream_of_entries_gives_its_connection_back(log: Engine) -> None:
    for _ in range(20):  # more than there are connections
        assert next(log.reader.entries(0, SIZE)).position == 1


def test_the_position_of_an_event(log: Engine) -> None:
    (entry,) = log.reader.entries(255, 256)
    assert log.reader.position_of(entry.originator_id) == 256
    assert log.reader.position_of(entry.originator_id, version=2) is None
    assert log.reader.position_of(UUID(int=0)) is None
    assert len(entry.leaf) == HASH_BYTES


def test_the_entries_of_one_thing_are_its_own_and_come_in_pages(engine: Engine) -> None:
    mine, other = UUID(int=1), UUID(int=2)
    for version in range(1, 4):
        engine.recorder.insert_events([plain_event(mine, version), plain_event(other, version)])
    whole = engine.reader.entries_of(mine, 0, 9)
    assert [(entry.position, entry.version) for entry in whole] == [(1, 1), (3, 2), (5, 3)]
    assert whole == [entry for entry in engine.reader.entries(0, 9) if entry.originator_id == mine]
    assert engine.reader.entries_of(mine, 0, 2) == whole[:2]
    assert engine.reader.entries_of(mine, 3, 2) == whole[2:]
    assert engine.reader.entries_of(UUID(int=3), 0, 9) == []
