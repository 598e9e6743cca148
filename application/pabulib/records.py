"""The lines of a `.pb` file as records of cells, section by section, every limit and every fault with its line.

A record is one line; only a quoted cell may run over several. Cells come without surrounding white space, blank records not at all.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

MAX_FILE_BYTES = 256 * 2**20
MAX_LINE_BYTES = 2**20
MAX_RECORD_LINES = 1_000

_SECTIONS = ("META", "PROJECTS", "VOTES")


class PabulibError(Exception):
    """The file cannot be read; `line` counts from 1, `reason` is plain words."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Records:
    """The file's records and the line each begins on; a quoted cell may run over several lines."""

    def __init__(self, file: BinaryIO) -> None:
        self.line = 0
        self._file = file
        self._lines_read = 0
        self._bytes_read = 0
        self._all = self._records()
        self._marker: str | None = None

    def refuse(self, reason: str) -> NoReturn:
        raise PabulibError(self.line, reason)

    def enter(self, section: str) -> None:
        """Move behind the title line of `section`."""
        if self._marker is None:
            self._marker = next((cells[0].upper() for cells in self._all), None)
        if self._marker != section:
            self.refuse(f"the section {section} is missing here")
        self._marker = None

    def rows(self) -> Iterator[list[str]]:
        """Records up to the next title line or the end of the file."""
        for cells in self._all:
            if cells[0].upper() in _SECTIONS:
                self._marker = cells[0].upper()
                return
            yield cells

    def header(self, section: str, *, required: tuple[str, ...]) -> dict[str, int]:
        """Column name → place of a section's table."""
        self.enter(section)
        names = [name.lower() for name in next(self.rows(), [])]
        while names and not names[-1]:
            names.pop()
        for name in required:
            if name not in names:
                self.refuse(f"{section} has no column {name}")
        if len(set(names)) != len(names):
            self.refuse(f"{section} has two columns of one name")
        return {name: place for place, name in enumerate(names)}

    def check_width(self, cells: list[str], width: int) -> None:
        if len(cells) < width or any(cells[width:]):
            self.refuse(f"{len(cells)} cells where the header has {width} columns")

    def end(self) -> None:
        if self._marker is not None:
            self.refuse(f"a second section {self._marker}")

    def _records(self) -> Iterator[list[str]]:
        lines = self._lines()
        for line in lines:
            self.line = self._lines_read
            cells = self._quoted(line, lines) if '"' in line else line.split(";")
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield stripped

    def _quoted(self, line: str, lines: Iterator[str]) -> list[str]:
        def record() -> Iterator[str]:
            yield line
            for _ in range(MAX_RECORD_LINES):
                yield next(lines, None) or self.refuse("a quotation mark is never closed")
            self.refuse(f"a quoted cell runs over more than {MAX_RECORD_LINES} lines")

        try:
            return next(csv.reader(record(), delimiter=";"))
        except csv.Error as error:
            self.refuse(str(error))

    def _lines(self) -> Iterator[str]:
        while raw := self._file.readline(MAX_LINE_BYTES + 1):
            self._lines_read += 1
            self._bytes_read += len(raw)
            if len(raw) > MAX_LINE_BYTES:
                raise PabulibError(self._lines_read, f"longer than {MAX_LINE_BYTES} bytes")
            if self._bytes_read > MAX_FILE_BYTES:
                raise PabulibError(self._lines_read, f"the file is longer than {MAX_FILE_BYTES} bytes")
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                raise PabulibError(self._lines_read, "not UTF-8 text") from None
            yield text.removeprefix("\ufeff") if self._lines_read == 1 else text
