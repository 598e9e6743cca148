"""The auditors' guide is true: its commands run as they stand, its table of lies is the one that the tests tell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.audit.conftest import VERIFIER, Held
from tests.audit.lies_of_mergings import LIES
from tests.forked import commands
from tests.house.files import ROOT
from tests.postgres import reachable_folder

GUIDE = ROOT / "docs" / "auditors.md"
SECONDS = 600


def test_the_worked_example_runs_as_it_stands(held: Held, tmp_path: Path) -> None:
    shutil.copy(VERIFIER, tmp_path)
    told = {**os.environ, **held.environment}
    with reachable_folder() as scripts, commands(scripts, told):
        folders = (str(scripts), str(Path(sys.executable).parent), os.environ["PATH"])
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script()],
            cwd=tmp_path,
            env=told | {"PATH": os.pathsep.join(folders)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Все проверенные шаги верны." in done.stdout
    assert "Entries added since the older copy: 0" in done.stdout
    assert "file_extra" in done.stdout


def script() -> str:
    fenced = re.findall(
        r"^ *```sh\n(.*?)^ *```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return "".join(re.sub(r"^ +", "", each, flags=re.MULTILINE) for each in fenced)


def test_the_guides_table_is_of_the_lies_that_are_told() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| step | the lie | found as |\n|---|---|---|\n")[2]
    rows = [
        f"| {lie.step} | {lie.name} | `{lie.failure}` |" for lie in sorted(LIES, key=lambda lie: lie.step)
    ]
    assert table.strip().splitlines() == rows
