"""What an election's processes tell each other. Codes and choices are in it, so nothing here shows itself."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from application.kiosk.signing import Ballot
from domain.ballot_form import Choices


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """A voter at a kiosk: the code of their slip, and what they choose."""

    code: str
    choices: Choices


@dataclass(frozen=True, slots=True, repr=False)
class Queue:
    """Everything a kiosk is told: where it is, its one-time code, and who votes at it."""

    url: str
    folder: Path
    code: str
    round_id: UUID
    tasks: list[Task]
    per_delivery: int


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """A voter's ballot and the receipt for it, in a sample that is checked against the log after closing."""

    ballot: Ballot
    position: int
    receipt: str


@dataclass(slots=True, repr=False)
class Report:
    """What one kiosk did."""

    kiosk_id: UUID
    log_key: str
    recorded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)
