"""New files in a folder that appear complete or not at all, one after the other, and never take another file's place.

Each is written beside its place as `.<name>.part`, opened exclusively: that keeps a second writer out, also on a memory stick
whose file system has no links. A crash leaves the parts, and further writers refuse until somebody has looked and removed them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, TextIO

from domain.errors import Refused

SECRET = 0o600
PUBLIC = 0o644


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
        """Move the files into place in the order they were begun; their paths."""
        for place, part in self._parts.items():
            part.rename(place)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return list(self._parts)

    def discard(self) -> None:
        """Remove what was not published."""
        for part in self._parts.values():
            part.unlink(missing_ok=True)
