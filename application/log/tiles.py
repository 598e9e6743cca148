"""The public layout of the log: hash tiles and entry bundles, their paths and bytes (c2sp.org/tlog-tiles).

A full tile is 256 hashes and never changes again; level L of tiles holds the Merkle subtrees of level 8·L. Partial tiles
only ever grow to the right, so the first w hashes of a tile are right for every tree that has them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from application.log.merkle import HASH_BYTES, GetSubtree, perfect_root
from domain.errors import Refused

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_TILE_LEVEL = 63
MAX_TILE_INDEX = (1 << 63) - 1
MAX_ENTRY_BYTES = 65_535

_LENGTH_BYTES = 2
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TilePathInvalid(Refused):
    """Not the path of a tile or entry bundle. Its facts leave the path out: it may be anything."""

    code: ClassVar[str] = "tile_path_invalid"


class EntryTooLarge(Refused):
    """An entry does not fit a bundle's 16-bit length. Facts: `size_bytes`, `limit_bytes`."""

    code: ClassVar[str] = "entry_too_large"


class BundleInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """The bytes are not an entry bundle; the message says why."""


@dataclass(frozen=True, slots=True)
class TilePath:
    """`tile/<L>/<N>[.p/<W>]`, or `tile/entries/<N>[.p/<W>]` where `level` is None. `width` 256 is the full tile."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @classmethod
    def parse(cls, path: str) -> "TilePath":
        """Inverse of `str`, and of nothing else: one tile has one path."""
        if not (match := _PATH.fullmatch(path)):
            raise TilePathInvalid
        level = None if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        tile = cls(level, index, int(match["width"] or TILE_WIDTH))
        too_large = (level or 0) > MAX_TILE_LEVEL or index > MAX_TILE_INDEX or tile.width > TILE_WIDTH
        if too_large or str(tile) != path:
            raise TilePathInvalid
        return tile

    def __str__(self) -> str:
        level = "entries" if self.level is None else self.level
        rest, index = divmod(self.index, 1000)
        path = f"{index:03}"
        while rest:
            rest, index = divmod(rest, 1000)
            path = f"x{index:03}/{path}"
        return f"tile/{level}/{path}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")

    def width_in(self, size: int) -> int:
        """How many of its 256 hashes or entries a tree of `size` leaves fills."""
        filled = (size >> TILE_HEIGHT * (self.level or 0)) - self.index * TILE_WIDTH
        return min(max(filled, 0), TILE_WIDTH)


def completed_tiles(old_size: int, new_size: int) -> Iterator[tuple[int, int]]:
    """(level, index) of every hash tile that growth from `old_size` to `new_size` leaves fills, lowest level first."""
    level, shift = 0, TILE_HEIGHT
    while full := new_size >> shift:
        for index in range(old_size >> shift, full):
            yield level, index
        level, shift = level + 1, shift + TILE_HEIGHT


def subtrees_from_tiles(read_tile: Callable[[int, int], bytes]) -> GetSubtree:
    """Merkle subtrees out of stored tiles. `read_tile(level, index)` gives a tile's hashes so far, concatenated.

    Each subtree costs one tile and at most 127 hashes; give a caching `read_tile` to serve whole paths.
    """

    def get_subtree(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        tile = read_tile(tile_level, first // TILE_WIDTH)
        start = first % TILE_WIDTH * HASH_BYTES
        stop = start + (HASH_BYTES << height)
        return perfect_root([tile[i : i + HASH_BYTES] for i in range(start, stop, HASH_BYTES)])

    return get_subtree


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Each entry behind its length as a big-endian uint16."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise EntryTooLarge(size_bytes=len(entry), limit_bytes=MAX_ENTRY_BYTES)
        parts += len(entry).to_bytes(_LENGTH_BYTES), entry
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """The 1 to 256 entries of a bundle."""
    entries: list[bytes] = []
    end = 0
    while end < len(data) or not entries:
        start = end + _LENGTH_BYTES
        end = start + int.from_bytes(data[end:start])
        if end > len(data):
            raise BundleInvalid("the bundle ends within an entry")
        if len(entries) == TILE_WIDTH:
            raise BundleInvalid("a bundle has at most 256 entries")
        entries.append(data[start:end])
    return entries
