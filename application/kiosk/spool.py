"""The spool: deliveries on the device's disk, from before they are first sent until every ballot of them is answered.

    <folder>/spool/<sequence, 16 digits>.jws   a signed delivery, exactly as it is sent
    <folder>/answered.json                     number and hash of the last delivery that was answered
- A delivery is whole on disk before anybody can send it; a `.part` beside it was never sent and is thrown away.
- Sequence numbers have no gap: the next one follows from what lies here, so a crash at any point forgets nothing and skips nothing.
- Answered deliveries are removed: a kiosk does not keep what people chose.
- One process at a time: the folder is locked for as long as the spool is open, and the lock dies with its process.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from application.delivery import FIRST_PREVIOUS
from application.kiosk import files
from application.kiosk.faults import KioskFault
from application.kiosk.signing import delivery_hash

MOST_FILES = 10_000
MOST_BYTES = 512 * 1024 * 1024
"""Of all deliveries that wait: days of a busy hall without a connection."""

_SUFFIX = ".jws"
_ANSWERED = "answered.json"


class SpoolFull(KioskFault):
    """The delivery was not taken in: as many files or bytes wait as the spool holds."""


class SpoolDamaged(KioskFault):
    """Deliveries that may have been sent are missing or changed. Send nothing; keep the folder and have it looked at."""


class SpoolBusy(KioskFault):
    """Another process works on this folder."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The last delivery that every ballot of was answered: its number from 1 and its hash; 0 and empty before the first."""

    sequence: int = 0
    hash: str = FIRST_PREVIOUS


class Spool:
    """Between `open` and `close`, or as a context. Not for several threads at once."""

    def __init__(self, folder: Path, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._waiting_in = folder / "spool"
        self._most_files = most_files
        self._most_bytes = most_bytes
        files.make_folder(folder)
        files.make_folder(self._waiting_in)
        self._lock = _locked(folder)
        try:
            self._answered = self._read_answered()
            self._sizes = self._tidied()
            self._last = self._read_last()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._lock)

    @property
    def next_sequence(self) -> int:
        return self._last.sequence + 1

    @property
    def previous(self) -> str:
        """The hash that the next delivery must name."""
        return self._last.hash

    @property
    def waiting(self) -> list[int]:
        """Numbers of the deliveries without a full answer, in the order they must be sent in."""
        return list(self._sizes)

    def add(self, delivery: bytes) -> int:
        """Store the next delivery, signed for `next_sequence` and `previous`; on disk when this returns. Its number."""
        if len(self._sizes) >= self._most_files:
            raise SpoolFull(f"{len(self._sizes)} deliveries wait; the spool holds {self._most_files}")
        if sum(self._sizes.values()) + len(delivery) > self._most_bytes:
            raise SpoolFull(f"the spool holds {self._most_bytes} bytes")
        sequence = self.next_sequence
        files.write(self._path(sequence), delivery)
        self._sizes[sequence] = len(delivery)
        self._last = Answered(sequence, delivery_hash(delivery))
        return sequence

    def read(self, sequence: int) -> bytes:
        return self._path(sequence).read_bytes()

    def mark_answered(self, sequence: int, delivery: bytes) -> None:
        """Forget the first waiting delivery: every ballot of it is answered."""
        if sequence != self.waiting[0]:
            raise ValueError("deliveries are answered in their order")
        self._answered = Answered(sequence, delivery_hash(delivery))
        files.write(self._folder / _ANSWERED, msgspec.json.encode(self._answered))
        # A crash here, or a removal that never reached the disk, leaves a delivery that is marked; the next opening removes it.
        self._path(sequence).unlink()
        del self._sizes[sequence]

    def _read_answered(self) -> Answered:
        try:
            return msgspec.json.decode((self._folder / _ANSWERED).read_bytes(), type=Answered)
        except FileNotFoundError:
            return Answered()
        except msgspec.MsgspecError:
            raise SpoolDamaged(f"{self._folder / _ANSWERED} cannot be read") from None

    def _tidied(self) -> dict[int, int]:
        """Sizes of what waits, by number; what was never whole, and what is answered already, is removed on the way."""
        for part in self._waiting_in.glob(f"*{files.PART}"):
            part.unlink()
        waiting: dict[int, int] = {}
        for path in sorted(self._waiting_in.glob(f"*{_SUFFIX}")):
            sequence = int(path.stem) if path.stem.isdecimal() else 0
            if path != self._path(sequence):
                raise SpoolDamaged(f"{path} is no delivery")
            if sequence <= self._answered.sequence:
                path.unlink()
            elif sequence != self._answered.sequence + len(waiting) + 1:
                raise SpoolDamaged(f"the delivery before {path.name} is missing")
            else:
                waiting[sequence] = path.stat().st_size
        return waiting

    def _read_last(self) -> Answered:
        if not self._sizes:
            return self._answered
        sequence = self.waiting[-1]
        return Answered(sequence, delivery_hash(self.read(sequence)))

    def _path(self, sequence: int) -> Path:
        return self._waiting_in / f"{sequence:016}{_SUFFIX}"


def _locked(folder: Path) -> int:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SpoolBusy(f"another process works on {folder}") from None
    return descriptor
