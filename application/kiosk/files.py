"""Files on the device that are there as a whole and on disk, or not there at all.

A crash at any point leaves the old file, or none, and perhaps a `.part` beside it that nobody has ever read.
"""

import os
from pathlib import Path

PART = ".part"
_OWNER_ONLY = 0o600
_FOLDER_OWNER_ONLY = 0o700


def make_folder(folder: Path) -> None:
    """`folder`, for this account only, on disk; its parents are left as they are when they exist."""
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=_FOLDER_OWNER_ONLY)
        sync_folder(folder.parent)


def write(path: Path, content: bytes) -> None:
    """Put `content` in the place of whatever `path` was, mode 0600; it is on disk when this returns."""
    part = path.with_name(path.name + PART)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new, renamed or removed name survives a power cut only once its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
