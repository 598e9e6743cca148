"""Logs in memory, of plain entries, that sign whatever they hold; two of them with one key are a fork."""

from dataclasses import dataclass, field

from application.log import merkle
from application.log.note import LogSigner, sign_checkpoint
from application.log.tiles import TilePath
from application.witness.request import AddCheckpoint

LOG_SIGNER = LogSigner("log.example.kz/dauys", bytes(range(32)))


@dataclass
class MemoryLog:
    """A log of the leaves it is given; several of them may sign with one key."""

    leaves: list[bytes] = field(default_factory=list)
    signer: LogSigner = LOG_SIGNER

    def grow(self, number: int, history: str = "") -> "MemoryLog":
        """Append entries; those of another `history` differ."""
        first = len(self.leaves)
        self.leaves += [merkle.leaf_hash(f"{history}{first + n}".encode()) for n in range(number)]
        return self

    def copy(self) -> "MemoryLog":
        return MemoryLog([*self.leaves], self.signer)

    def subtree(self, level: int, index: int) -> bytes:
        return merkle.perfect_root(self.leaves[index << level : (index + 1) << level])

    def note(self, size: int | None = None) -> str:
        """The signed checkpoint of this size; of all leaves without one."""
        size = len(self.leaves) if size is None else size
        return sign_checkpoint(size, merkle.root_of(size, self.subtree), self.signer)

    def request(self, old_size: int, size: int) -> AddCheckpoint:
        """What an honest log sends a witness."""
        path = merkle.consistency_path(old_size, size, self.subtree) if old_size else ()
        return AddCheckpoint(old_size, tuple(path), self.note(size))

    def tile(self, tile: TilePath) -> bytes:
        assert tile.level is not None
        first = tile.index * 256
        return b"".join(self.subtree(8 * tile.level, first + n) for n in range(tile.width))
