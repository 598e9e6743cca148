"""Making the voting slips of one round and unit: secret slips to hand out, and the public list of their credentials.

- slips-<unit>.csv and, to print, slips-<unit>-<part>.html: secret (mode 0600), both in the same random order.
  The first line of the CSV says whose codes they are, `number,code for <unit> in <round>`: a desk's browser takes no others.
- credentials-<unit>.csv: public, to be registered; sorted by credential, so that its order tells nothing about slip numbers.
- It appears last: there is no list without its slips. A crash before that leaves `.part` files with codes worth nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from application.codes import credential, new_code
from application.lists import CREDENTIAL_COLUMNS, Progress, no_progress
from application.new_files import PUBLIC, SECRET, NewFiles
from application.slip_pages import slip_page
from domain.errors import Refused
from domain.kato import check_kato
from domain.roll import TooManySpares, most_spares
from domain.text import NAME_CHARS, TITLE_CHARS, check_text

MOST_SLIPS = 2_000_000
"""Slips of one unit, spares included; about 100 bytes of memory each while their credentials are sorted."""
PART_SLIPS = 1_000
"""Slips in one printable file."""


class SlipCountInvalid(Refused):
    """At least one person, no negative spares, at most `most` slips."""

    code: ClassVar[str] = "slip_count_invalid"


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """`people`: on the unit's roll; `spares`: slips beyond that. `title` and `unit_name` are printed on each slip."""

    round_id: UUID
    unit: str
    people: int
    spares: int
    title: str
    unit_name: str

    @property
    def slips(self) -> int:
        return self.people + self.spares

    def check(self) -> None:
        """Refuse what could not be registered later: the roll's own rule on spares holds here already."""
        check_kato(self.unit)
        check_text("title", self.title, TITLE_CHARS)
        check_text("unit_name", self.unit_name, NAME_CHARS)
        if self.people < 1 or self.spares < 0 or self.slips > MOST_SLIPS:
            raise SlipCountInvalid(most=MOST_SLIPS)
        if self.spares > most_spares(self.people):
            raise TooManySpares(unit=self.unit, spares=self.spares, most=most_spares(self.people))


def make_slips(
    order: SlipOrder, folder: Path, *, html: bool = False, progress: Progress = no_progress
) -> list[Path]:
    """Draw the codes and write the files; their paths, the public list last. FileExists if one is there; OSError."""
    order.check()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = NewFiles(folder)
    try:
        credentials = _write_slips(order, files, html=html, progress=progress)
        credentials.sort()
        with files.write(f"credentials-{order.unit}.csv", PUBLIC) as public:
            public.write(",".join(CREDENTIAL_COLUMNS) + "\n")
            public.writelines(f"{order.unit},{each}\n" for each in credentials)
        return files.publish()
    finally:
        files.discard()


def codes_of(slips: Path) -> list[str]:
    """The codes in a file of slips, in its order."""
    with slips.open(encoding="ascii") as file:
        next(file)
        return [line.rstrip("\n").partition(",")[2] for line in file]


def _write_slips(order: SlipOrder, files: NewFiles, *, html: bool, progress: Progress) -> list[str]:
    """Credentials of the slips written, in the slips' order."""
    credentials: list[str] = []
    with files.write(f"slips-{order.unit}.csv", SECRET) as slips:
        slips.write(f"number,code for {order.unit} in {order.round_id}\n")
        for made in range(0, order.slips, PART_SLIPS):
            codes = [new_code() for _ in range(min(PART_SLIPS, order.slips - made))]
            slips.writelines(f"{number},{code}\n" for number, code in enumerate(codes, start=made + 1))
            if html:
                with files.write(f"slips-{order.unit}-{made // PART_SLIPS + 1:04}.html", SECRET) as page:
                    page.writelines(slip_page(order.title, order.unit_name, codes))
            credentials += [credential(code, order.round_id) for code in codes]
            progress(len(codes))
    return credentials
