"""What stands in a draft: texts as they were typed, and how they become what a proposal says.

A draft may be as unfinished as its author likes; what is wrong with it is told when it is read as a proposal, field by field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from domain.errors import Refused
from domain.marks import LANGUAGES, Marks, Point, PointInvalid
from domain.money import AmountInvalid, check_tiyn
from domain.proposal import MOST_ATTACHMENTS, Sketch, TooManyItems, check_place, check_within_cap
from domain.terms import Terms
from domain.text import NAME_CHARS, TEXT_CHARS, TITLE_CHARS, check_optional_text, check_text

AMOUNT_CHARS: Final = 30
DEGREES_CHARS: Final = 20
_LIMITS: Final = {
    "title": TITLE_CHARS,
    "description": TEXT_CHARS,
    "unit": NAME_CHARS,
    "category": NAME_CHARS,
    "place": NAME_CHARS,
    "estimate": AMOUNT_CHARS,
    "latitude": DEGREES_CHARS,
    "longitude": DEGREES_CHARS,
}
_TIYN: Final = 100
_MICRODEGREES: Final = 1_000_000
_BETWEEN_DIGITS: Final = re.compile(r"[\s\u00a0\u202f₸]")
_AMOUNT: Final = re.compile(r"[0-9]{1,15}([.,][0-9]{1,2})?")
_DEGREES: Final = re.compile(r"-?[0-9]{1,3}([.,][0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class DraftBody:
    """`photos` are digests; `latitude` and `longitude` degrees of WGS 84, `estimate` tenge, each as typed."""

    title: str = ""
    description: str = ""
    unit: str = ""
    category: str = ""
    place: str = ""
    estimate: str = ""
    latitude: str = ""
    longitude: str = ""
    languages: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()

    def checked(self) -> "DraftBody":
        """The same, storable: no text is too long or holds an IIN (TextInvalid), no list is too long (TooManyItems)."""
        if len(self.photos) > MOST_ATTACHMENTS:
            raise TooManyItems(field="photos", most=MOST_ATTACHMENTS)
        if len(self.languages) > len(LANGUAGES):
            raise TooManyItems(field="languages", most=len(LANGUAGES))
        texts = {
            field: check_optional_text(field, getattr(self, field).replace("\r\n", "\n"), longest)
            for field, longest in _LIMITS.items()
        }
        return DraftBody(**texts, languages=self.languages, photos=self.photos)

    def faults(self, terms: Terms) -> list[Refused]:
        """Everything that would be refused under these terms, in the order of the form; so that it can be mended at once."""
        some_unit = terms.units[0].kato  # the category is looked at by itself
        checks: tuple[Callable[[], object], ...] = (
            lambda: check_text("title", self.title, TITLE_CHARS),
            lambda: check_text("description", self.description, TEXT_CHARS),
            lambda: self.marks().checked(),
            lambda: check_place(terms, self.unit, terms.categories[0] if terms.categories else ""),
            lambda: check_place(terms, some_unit, self.category),
            lambda: check_optional_text("place", self.place, NAME_CHARS),
            lambda: check_within_cap(
                terms, self.category, check_tiyn("estimate_tiyn", tiyn_of(self.estimate), least=1)
            ),
        )
        found = []
        for check in checks:
            try:
                check()
            except Refused as refused:
                found.append(refused)
        return found

    def sketch(self) -> Sketch:
        """What the proposal would say; AmountInvalid when the estimate is no amount. The terms check the rest."""
        return Sketch(
            title=self.title,
            description=self.description,
            unit=self.unit,
            estimate_tiyn=tiyn_of(self.estimate),
            category=self.category,
            place=self.place,
            attachments=self.photos,
        )

    def marks(self) -> Marks:
        if not (self.latitude.strip() or self.longitude.strip()):
            return Marks(self.languages)
        return Marks(self.languages, Point(_microdegrees(self.latitude), _microdegrees(self.longitude)))


def body_of(sketch: Sketch, marks: Marks) -> DraftBody:
    """A proposal as its author would type it again."""
    tenge, tiyn = divmod(sketch.estimate_tiyn, _TIYN)
    point = marks.point
    return DraftBody(
        title=sketch.title,
        description=sketch.description,
        unit=sketch.unit,
        category=sketch.category,
        place=sketch.place,
        estimate=f"{tenge}.{tiyn:02}" if tiyn else str(tenge),
        latitude=degrees(point.latitude) if point else "",
        longitude=degrees(point.longitude) if point else "",
        languages=marks.languages,
        photos=sketch.attachments,
    )


def tiyn_of(tenge: str) -> int:
    """Whole tiyn of an amount typed in tenge: «1 500 000», «1500,50 ₸»."""
    typed = _BETWEEN_DIGITS.sub("", tenge)
    if not _AMOUNT.fullmatch(typed):
        raise AmountInvalid(field="estimate_tiyn", least=1)
    return int(Decimal(typed.replace(",", ".")) * _TIYN)


def degrees(microdegrees: int) -> str:
    """`43.238949`, without needless zeros."""
    return f"{Decimal(microdegrees) / _MICRODEGREES:f}"


def _microdegrees(typed: str) -> int:
    typed = typed.strip()
    if not _DEGREES.fullmatch(typed):
        raise PointInvalid
    try:
        return int((Decimal(typed.replace(",", ".")) * _MICRODEGREES).to_integral_value())
    except InvalidOperation:
        raise PointInvalid from None
