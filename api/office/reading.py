"""What people type into forms, as the domain has it: tenge as tiyn, a day and time of Astana as a moment, whole numbers.

What cannot be read is noted at its field and told together, so that nobody mends a form one field at a time.
"""

import re
from datetime import UTC, datetime
from typing import Final

from api.web.words import gettext_for
from domain.times import KAZAKHSTAN

_AMOUNT: Final = re.compile(r"(\d{1,15})(?:[.,](\d{2}))?")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f₸]")
_WHOLE: Final = re.compile(r"\d{1,9}")
_TIYN: Final = 100
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Reading:
    """`problems`: (field, what to do), in the order in which the fields were read."""

    def __init__(self, language: str) -> None:
        self.words = gettext_for(language)
        self.problems: list[tuple[str, str]] = []

    def whole(self, field: str, text: str) -> int:
        text = _SPACES.sub("", text)
        if _WHOLE.fullmatch(text):
            return int(text)
        self.note(field, self.words.gettext("Write a whole number."))
        return 0

    def tiyn(self, field: str, text: str) -> int:
        """«1 500 000» or «1500000,50» tenge."""
        amount = _AMOUNT.fullmatch(_SPACES.sub("", text))
        if amount is None:
            self.note(field, self.words.gettext("Write an amount in tenge, as 1 500 000."))
            return 0
        return int(amount[1]) * _TIYN + int(amount[2] or 0)

    def moment(self, field: str, text: str) -> datetime:
        """What a browser sends for a day and a time, by the clock of Astana."""
        try:
            return datetime.fromisoformat(text.strip()).replace(tzinfo=KAZAKHSTAN).astimezone(UTC)
        except (ValueError, OverflowError):
            self.note(field, self.words.gettext("Choose a day and a time."))
            return _NEVER

    def note(self, field: str, what: str) -> None:
        self.problems.append((field, what))


def typed_tiyn(tiyn: int) -> str:
    """As it is typed: whole tenge without spaces, tiyn only where there are any."""
    whole, rest = divmod(tiyn, _TIYN)
    return f"{whole},{rest:02}" if rest else str(whole)


def typed_moment(at: datetime) -> str:
    return at.astimezone(KAZAKHSTAN).strftime("%Y-%m-%dT%H:%M")
