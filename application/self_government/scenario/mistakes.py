"""Mistakes in a scenario's file, each with the line it stands on. What was written there is never told: it may be anything."""

from typing import ClassVar

from domain.errors import Refused


class WrongLine(Exception):  # noqa: N818 - it says where; what is wrong is the refusal in it
    """The `line` (from 1) of a scenario that cannot be recorded as it stands, and why."""

    def __init__(self, line: int, refusal: Refused) -> None:
        super().__init__(f"line {line}: {refusal}")
        self.line = line
        self.refusal = refusal


class NotYaml(Refused):
    """`problem`: syntax, encoding, or what YAML allows and a scenario does not: tags, aliases, a second document."""

    code: ClassVar[str] = "scenario_not_yaml"


class TooLarge(Refused):
    """There is a `most` of it: bytes, values, entries, depth."""

    code: ClassVar[str] = "scenario_too_large"


class KeyTwice(Refused):
    code: ClassVar[str] = "scenario_key_twice"


class KeyUnknown(Refused):
    code: ClassVar[str] = "scenario_key_unknown"


class KeyMissing(Refused):
    """`key` has to be there."""

    code: ClassVar[str] = "scenario_key_missing"


class WordUnknown(Refused):
    """A word of a closed list stands here."""

    code: ClassVar[str] = "scenario_word_unknown"


class ValueWrong(Refused):
    """A value of another type stands here."""

    code: ClassVar[str] = "scenario_value_wrong"


class TimeWrong(Refused):
    code: ClassVar[str] = "scenario_time_wrong"


class EarlierThanBefore(Refused):
    """Entries follow each other in time."""

    code: ClassVar[str] = "scenario_out_of_order"


class FileUnreadable(Refused):
    """A text's file lies in the scenario's folder or below it."""

    code: ClassVar[str] = "scenario_file_unreadable"


class RefusalMissing(Refused):
    """The line `expected` a refusal, and there was none."""

    code: ClassVar[str] = "refusal_missing"


class ContestsNotHeldHere(Refused):
    """A contest is played only in the demonstration; a scenario refers to a real round by its id."""

    code: ClassVar[str] = "contests_not_held_here"
