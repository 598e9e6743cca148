"""What helps to read and to find a proposal and decides nothing: the languages of its text, and its place on a map.

Kept out of the sketch, because the paper is made of sketches; so a mark can never change what people vote on.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from domain.errors import Refused

LANGUAGES: Final = ("kk", "ru", "en")
"""ISO 639-1, the state language first."""
_MILLION: Final = 1_000_000
_SOUTH, _NORTH = 40 * _MILLION, 56 * _MILLION
_WEST, _EAST = 46 * _MILLION, 88 * _MILLION


class LanguageInvalid(Refused):
    """Not one of the languages a text may be marked with, or one twice."""

    code: ClassVar[str] = "language_invalid"


class PointInvalid(Refused):
    """Not in Kazakhstan; most often latitude and longitude were exchanged."""

    code: ClassVar[str] = "point_invalid"


@dataclass(frozen=True, slots=True)
class Point:
    """A place by WGS 84, in millionths of a degree (about 10 cm), north and east."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True)
class Marks:
    """`languages` in which the text is written, as its author says, in the order of `LANGUAGES`; `point`: where it is to be."""

    languages: tuple[str, ...] = ()
    point: Point | None = None

    def checked(self) -> "Marks":
        """The same marks in their one spelling, or a refusal."""
        if not set(self.languages) <= set(LANGUAGES) or len(set(self.languages)) != len(self.languages):
            raise LanguageInvalid
        if self.point is not None:
            north, east = self.point.latitude, self.point.longitude
            if not (_SOUTH <= north <= _NORTH and _WEST <= east <= _EAST):
                raise PointInvalid
        return Marks(tuple(each for each in LANGUAGES if each in self.languages), self.point)
