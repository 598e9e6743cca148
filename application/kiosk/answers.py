"""What a kiosk is told about each ballot it delivered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recorded:
    """In the log at `position` (from 1); `receipt` is a C2SP tlog-proof, checked as far as it can be at once."""

    position: int
    receipt: str


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """`code` says why; docs/kiosks.md lists what to tell the voter."""

    code: str


Answer = tuple[Recorded | NotRecorded, ...]
"""One per ballot of a delivery, in its order."""
