"""The operating-system account that the embedded server runs under, and what that account may touch.

PostgreSQL refuses to run as root. An ordinary user's server is the user's own; root's server runs under an account
that already exists. No account is made, no folder that we did not create changes its owner or mode.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from application.storage.unavailable import StorageUnavailable

UNPRIVILEGED = ("postgres", "nobody")
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
HOME_WITH_GUEST = 0o710
"""Root's home: the server's group may pass through to its data, nobody may list."""


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether we are root and step down to it."""
        return os.geteuid() != self.uid

    def may_enter(self, folder: Path) -> bool:
        """Whether the mode bits of the folder and all its parents let the account pass."""
        return all(self._may_pass(path.stat()) for path in (folder, *folder.parents))

    def _may_pass(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def account_for(home: Path) -> Account:
    """Ourselves; for root the owner of what is there already, else the first unprivileged account that exists."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for path in (home / "pg", home):
        if path.exists() and (found := path.stat()).st_uid != 0:
            return Account(found.st_uid, found.st_gid)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StorageUnavailable(
        "PostgreSQL does not run as root and this machine has neither an account postgres nor nobody.",
        "Start Dauys as an ordinary user, or point DAUYS_DATABASE_URL at a server.",
    )


def make_home(home: Path, account: Account) -> None:
    """Create the home if it is missing, private to us and passable for the account."""
    if home.is_dir():
        return
    home.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if account.is_other:
        os.chown(home, -1, account.gid)
        home.chmod(HOME_WITH_GUEST)


def make_private_folder(folder: Path, account: Account) -> None:
    """A folder that only the account (and root) may enter; one planted by somebody else is refused."""
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    found = folder.lstat()
    planted = found.st_uid not in {account.uid, os.geteuid()} or not stat.S_ISDIR(found.st_mode)
    if planted or stat.S_IMODE(found.st_mode) & ~PRIVATE_FOLDER:
        raise StorageUnavailable(
            f"{folder} belongs to somebody else or is open to others.", "Remove it and start again."
        )
    if account.is_other:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def open_private_file(path: Path, account: Account) -> int:
    """A descriptor for appending; the file is made if missing and belongs to the account.

    Root may be working in an ordinary user's folder, so a link in place of the file is not followed.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, PRIVATE_FILE)
    if account.is_other:
        os.fchown(descriptor, account.uid, account.gid)
    return descriptor
