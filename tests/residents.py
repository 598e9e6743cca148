"""Residents for tests: a clock moved by hand, random bytes that repeat, letters that can be read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import shake_128
from itertools import count
from pathlib import Path

from application.kiosks import Random
from tests.examples import EARLY


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime = EARLY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta) -> None:
        self.at += time


def seeded(seed: str) -> Random:
    """Bytes that look random and are the same in every run."""
    numbers: Iterator[int] = count()
    return lambda length: shake_128(f"{seed}{next(numbers)}".encode()).digest(length)


def letters_in(outbox: Path) -> list[EmailMessage]:
    """What a file sender has written, the oldest first."""
    found = sorted(outbox.glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default) for path in found]
