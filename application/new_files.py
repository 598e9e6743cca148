"""New files in a folder that appear complete or not at all, one after the other, and never take another file's place.

Each is written beside its place as `.<name>.part`, opened exclusively: that keeps a second writer out. A crash leaves the parts,
and further writers refuse until somebody has looked and removed them. On a memory stick whose file system has no links, a crash
may also leave an empty file in the place that was just being taken.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSYS, EOPNOTSUPP, EPERM
from pathlib import Path
from typing import ClassVar, TextIO

from domain.errors import Refused

SECRET = 0o600
PUBLIC = 0o644

_NO_LINKS = {EPERM, EOPNOTSUPP, ENOSYS}
"""What link(2) says on a file system that has none."""


class FileExists(Refused):
    """`file` is in the folder already and would be overwritten."""

    code: ClassVar[str] = "file_exists"


class NewFiles:
    """`write` them all, then `publish`; `discard` in any case."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[Path, Path] = {}

    @contextmanager
    def write(self, name: str, mode: int) -> Iterator[TextIO]:
        """A UTF-8 text file, on disk when the block ends, in its place when published."""
        place, part = self._folder / name, self._folder / f".{name}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            raise FileExists(file=part.name) from None
        self._parts[place] = part
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            if place.exists():
                raise FileExists(file=name)
            yield file
            file.flush()
            os.fsync(file.fileno())

    def publish(self) -> list[Path]:
        """Put the files into place in the order they were begun; their paths.

        FileExists when one of the places has been taken in the meantime; then, as after an OSError, none of them stays.
        """
        placed: list[Path] = []
        try:
            for place, part in self._parts.items():
                _take(place, part)
                placed.append(place)
        except (FileExists, OSError):
            for ours in placed:
                ours.unlink()
            raise
        self.discard()
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return placed

    def discard(self) -> None:
        """Remove the parts: what was published stands in its place."""
        for part in self._parts.values():
            part.unlink(missing_ok=True)


def _take(place: Path, part: Path) -> None:
    """Make the part the file in its place, in one step that never replaces another's: FileExists."""
    try:
        try:
            os.link(part, place)
        except OSError as fault:
            if fault.errno not in _NO_LINKS:
                raise
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET))
            part.replace(place)  # the empty file, which is ours
    except FileExistsError:
        raise FileExists(file=place.name) from None
