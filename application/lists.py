"""Lists of two columns from outside: read line by line in bounded memory, every bad line told by its number and a reason.

Neither a reason nor an exception ever repeats a line or a part of it: the lists hold IINs.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Final, NamedTuple

from application.settings import Settings
from domain.errors import Refused

ROLL_COLUMNS: Final = ("iin", "unit")
CREDENTIAL_COLUMNS: Final = ("unit", "credential")


class HeaderInvalid(Refused):
    """The first line must name the columns `expected`, parted by comma or semicolon."""

    code: ClassVar[str] = "header_invalid"


class TooManyLines(Refused):
    code: ClassVar[str] = "too_many_lines"


class LineTooLong(Refused):
    code: ClassVar[str] = "line_too_long"


class NotUtf8(Refused):
    code: ClassVar[str] = "not_utf8"


class WrongColumns(Refused):
    code: ClassVar[str] = "wrong_columns"


class Row(NamedTuple):
    """A good line: its number from 1, the header's; what to store of it, 32 bytes; its unit."""

    line: int
    key: bytes
    unit: str


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """A bad line: its number and the refusal's code, with the reason behind a colon where it has one."""

    line: int
    reason: str


Parse = Callable[[str, str], tuple[bytes, str]]
"""The two cells of a line → (32 bytes to store, unit), or raises the line's refusal."""

Progress = Callable[[int], object]
"""Is told, from time to time, how many more lines or slips are done."""


def no_progress(_: int) -> None:
    """For callers whom nobody watches."""


def read_lines(file: BinaryIO, settings: Settings) -> Iterator[bytes]:
    """The file's lines; of one that is too long only a beginning, itself too long, so that no line can fill the memory."""
    most = settings.roll_line_bytes + 1
    while line := file.readline(most):
        yield line
        while len(line) == most and not line.endswith(b"\n"):
            line = file.readline(most)


class ListReader:
    """Reads a list once; `lines`, `bad_lines` and `told` say what it has met so far."""

    def __init__(
        self, lines: Iterable[bytes], columns: tuple[str, str], parse: Parse, settings: Settings
    ) -> None:
        self._numbered = enumerate(lines, start=1)
        self._columns = list(columns)
        self._parse = parse
        self._settings = settings
        self.lines = 0
        self.bad_lines = 0
        self.told: list[Fault] = []
        """The first `settings.faults_told` bad lines."""

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """The good lines. Empty ones, quotes, and headers again where files were joined, are passed over."""
        delimiter = self._delimiter(next(self._numbered, (1, b""))[1])
        for number, line in self._numbered:
            if number > self._settings.roll_lines:
                raise TooManyLines(most=self._settings.roll_lines)
            self.lines = number
            if number % self._settings.import_chunk == 0:
                progress(self._settings.import_chunk)
            try:
                cells = self._cells(line, delimiter)
                if cells in ([""], self._columns):
                    continue
                if len(cells) != len(self._columns):
                    raise WrongColumns
                key, unit = self._parse(*cells)
            except Refused as refused:
                self.add_fault(number, refused)
            else:
                yield Row(number, key, unit)
        progress(self.lines % self._settings.import_chunk)

    def add_fault(self, line: int, refused: Refused) -> None:
        self.bad_lines += 1
        if len(self.told) < self._settings.faults_told:
            reason = f": {refused.facts['reason']}" if "reason" in refused.facts else ""
            self.told.append(Fault(line, refused.code + reason))

    def _delimiter(self, header: bytes) -> str:
        with suppress(LineTooLong, NotUtf8):
            for delimiter in ",;":
                if self._cells(header.lower(), delimiter) == self._columns:
                    return delimiter
        raise HeaderInvalid(expected=",".join(self._columns))

    def _cells(self, line: bytes, delimiter: str) -> list[str]:
        line = line.strip()
        if len(line) > self._settings.roll_line_bytes:
            raise LineTooLong
        try:
            text = line.decode().removeprefix("\ufeff")  # what Excel begins a file with
        except UnicodeDecodeError:
            raise NotUtf8 from None
        return [cell.strip(' "') for cell in text.split(delimiter)]
