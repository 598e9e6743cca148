"""Why storage cannot be used, in plain words and with the next step.

Every fault of the operating system or of PostgreSQL's own programs that stops the storage becomes a `StorageUnavailable`.
"""

import os
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from typing import Final

import psycopg
from eventsourcing import persistence

AWAY: Final = (
    persistence.InterfaceError,
    persistence.InternalError,
    persistence.OperationalError,
    psycopg.InterfaceError,
    psycopg.InternalError,
    psycopg.OperationalError,
)
"""The database does not answer now, and may later; its other errors refuse a statement, and always will."""

REASON_CHARACTERS = 600
"""At most so much of a program's own complaint is repeated."""

NEXT_STEPS = (
    (
        os.strerror(ENOSPC),
        "the disk is full",
        "Free some space and start again; nothing acknowledged is lost.",
    ),
    (os.strerror(EDQUOT), "the disk quota is used up", "Free some space and start again."),
    (os.strerror(EROFS), "the file system is read-only", "Mount it writable or set DAUYS_HOME elsewhere."),
    (os.strerror(EACCES), "permission is missing", "Give this user the folder, or set DAUYS_HOME elsewhere."),
    (os.strerror(EPERM), "it is not permitted", "Give this user the folder, or set DAUYS_HOME elsewhere."),
    (
        "could not look up effective user ID",
        "this user number has no entry in /etc/passwd",
        "Start Dauys as a named user or as root.",
    ),
)


class StorageUnavailable(Exception):  # noqa: N818 - the name callers catch says the state, as Refused does
    """The database cannot be reached or made; the message says what happened and what to do next."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} {next_step}")


def explain(doing: str, reason: str) -> StorageUnavailable:
    """The reason in plain words; PostgreSQL's programs put their complaints in the words of strerror(3), as Python does."""
    for words, meaning, next_step in NEXT_STEPS:
        for line in reason.splitlines():
            if words in line:
                told = line.strip()[:REASON_CHARACTERS]
                return StorageUnavailable(f"Cannot {doing}: {meaning} ({told}).", next_step)
    told = reason.strip()[-REASON_CHARACTERS:]
    return StorageUnavailable(f"Cannot {doing}: {told}\n", "See postgres.log in the home folder.")
