"""Tile paths, bundles and which tiles a growth completes (c2sp.org/tlog-tiles)."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.merkle import inclusion_path, leaf_hash
from application.log.tiles import (
    MAX_ENTRY_BYTES,
    MAX_TILE_INDEX,
    BundleInvalid,
    EntryTooLarge,
    TilePath,
    TilePathInvalid,
    completed_tiles,
    decode_bundle,
    encode_bundle,
    subtrees_from_tiles,
)
from tests.application.log.test_merkle import mth, naive_path

tile_paths = st.builds(
    TilePath, st.none() | st.integers(0, 63), st.integers(0, MAX_TILE_INDEX), st.integers(1, 256)
)
growths = st.tuples(st.integers(0, 1 << 20), st.integers(0, 1 << 18)).map(lambda g: (g[0], g[0] + g[1]))


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/x001/x234/067", TilePath(0, 1_234_067)),  # the specification's example of an index
        ("tile/0/273.p/112", TilePath(0, 273, 112)),  # and of the tiles of a tree of 70,000
        ("tile/2/000.p/1", TilePath(2, 0, 1)),
        ("tile/63/999", TilePath(63, 999)),
        ("tile/entries/x001/000", TilePath(None, 1000)),
        ("tile/entries/000.p/255", TilePath(None, 0, 255)),
    ],
)
def test_a_path_is_read_and_written(path: str, tile: TilePath) -> None:
    assert TilePath.parse(path) == tile
    assert str(tile) == path


@forall(tile_paths)
def test_every_tile_has_one_path(tile: TilePath) -> None:
    assert TilePath.parse(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/000/",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/X001/002",
        "tile/0/١٢٣",
        "tile/0/../000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1000",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/Entries/000",
        "tile/data/000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",  # 2^63
        "tile/0/" + "x001/" * 100_000 + "000",
    ],
)
def test_any_other_spelling_is_refused_without_repeating_it(path: str) -> None:
    with pytest.raises(TilePathInvalid) as refused:
        TilePath.parse(path)
    assert str(refused.value) == "tile_path_invalid"


def test_the_tiles_of_the_specifications_tree_of_70_000() -> None:
    tiles = list(completed_tiles(0, 70_000))
    assert tiles == [*((0, index) for index in range(273)), (1, 0)]
    widths = [
        TilePath(level, index).width_in(70_000)
        for level, index in [(0, 272), (0, 273), (0, 274), (1, 1), (2, 0)]
    ]
    assert widths == [256, 112, 0, 17, 1]
    assert TilePath(None, 273).width_in(70_000) == 112


@forall(growths)
def test_a_growth_completes_exactly_the_tiles_that_become_full(growth: tuple[int, int]) -> None:
    old, new = growth
    touched = {
        (level, index)
        for level in range(4)
        for index in range((old >> 8 * level) // 256, (new >> 8 * level) // 256 + 1)
    }
    full = {
        (level, index)
        for level, index in touched
        if TilePath(level, index).width_in(old) < 256 == TilePath(level, index).width_in(new)
    }
    assert set(completed_tiles(old, new)) == full


@forall(growths, st.integers(0, 1 << 18))
def test_growing_in_two_steps_completes_the_same_tiles(growth: tuple[int, int], more: int) -> None:
    old, new = growth
    assert sorted([*completed_tiles(old, new), *completed_tiles(new, new + more)]) == sorted(
        completed_tiles(old, new + more)
    )


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_paths_come_out_of_the_tiles_alone(size: int) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]

    def read_tile(level: int, index: int) -> bytes:
        span = 256**level
        firsts = range(index * 256 * span, min((index + 1) * 256 * span, size - span + 1), span)
        return b"".join(mth(leaves[first : first + span]) for first in firsts)

    for index in range(0, size, 7):
        assert inclusion_path(index, size, subtrees_from_tiles(read_tile)) == naive_path(index, leaves)


@forall(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_holds_its_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


def test_an_entry_is_behind_its_big_endian_length() -> None:
    assert encode_bundle([b"dauys", b""]) == b"\x00\x05dauys\x00\x00"


def test_the_longest_entry_fits_and_one_byte_more_does_not() -> None:
    longest = bytes(MAX_ENTRY_BYTES)
    assert decode_bundle(encode_bundle([longest])) == [longest]
    with pytest.raises(EntryTooLarge, match="65536"):
        encode_bundle([longest + b"\x00"])


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\x00\x02a", b"\x00\x01ab", b"\x00\x00\x00", b"\x00\x00" * 257]
)
def test_bytes_that_are_no_bundle_are_refused(data: bytes) -> None:
    with pytest.raises(BundleInvalid):
        decode_bundle(data)
