"""A ZIP whose bytes follow from its files alone: fixed times and modes, files in the order given, behind them a manifest of hashes.

Names, sizes and hashes are all that is held in memory. What is written stays within the limits that readers are told to set.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import BinaryIO, ClassVar, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from application.log import canonical
from domain.errors import Refused

MANIFEST: Final = "manifest.json"
MOST_FILES: Final = 200_000
MOST_BYTES: Final = 4 << 30
"""Of all files together, unpacked."""
MOST_FILE_BYTES: Final = (2 << 30) - 1
"""Of one file, unpacked; a longer one would need ZIP64 fields, which not every reader knows."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16


class BundleTooLarge(Refused):
    """The log has outgrown one bundle: more `files` or `bytes` than `most`."""

    code: ClassVar[str] = "bundle_too_large"


class Archive:
    """`add` each file once, then `finish`."""

    def __init__(self, zip_file: ZipFile) -> None:
        self._zip = zip_file
        self._files: dict[str, dict[str, object]] = {}
        self._bytes = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file in whatever pieces it comes."""
        if len(self._files) >= MOST_FILES:
            raise BundleTooLarge(files=len(self._files), most=MOST_FILES)
        size, digest = 0, sha256()
        with self._zip.open(_member(name), "w") as file:
            for piece in pieces:
                size += len(piece)
                self._refuse_beyond(size)
                digest.update(piece)
                file.write(piece)
        self._bytes += size
        self._files[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def finish(self, facts: Mapping[str, object]) -> None:
        """Write the manifest: `facts` and every file's size and hash."""
        self.add(MANIFEST, [canonical.encode({**facts, "files": dict(self._files)})])

    def _refuse_beyond(self, size: int) -> None:
        if size > MOST_FILE_BYTES:
            raise BundleTooLarge(bytes=size, most=MOST_FILE_BYTES)
        if self._bytes + size > MOST_BYTES:
            raise BundleTooLarge(bytes=self._bytes + size, most=MOST_BYTES)


@contextmanager
def new_archive(out: BinaryIO) -> Iterator[Archive]:
    """An archive on `out`, which can seek and stays open. When the block fails, what `out` holds is worth nothing."""
    with ZipFile(out, "w") as zip_file:
        yield Archive(zip_file)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _EPOCH)
    member.compress_type = ZIP_DEFLATED
    member.create_system = _UNIX
    member.external_attr = _READABLE
    return member
