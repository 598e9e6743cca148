"""Small files that are whole and on disk, or as they were before, whatever dies in between; and one writer at a time."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PUBLIC = 0o644


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of whatever is there. A crash may leave `.<name>.<random>` beside it, which nobody reads."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(beside, data)
    beside.replace(path)
    _sync(path.parent)


def create_file(path: Path, data: bytes) -> None:
    """As `replace_file`; FileExistsError when there is a file already, which stays as it is."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(beside, data)
    try:
        os.link(beside, path)
    finally:
        beside.unlink()
    _sync(path.parent)


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file at `path`, against other threads too; BlockingIOError when it is held and we don't wait.

    The kernel releases it with the death of its holder. It guards files that are replaced, so it is not one of them.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PUBLIC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PUBLIC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
