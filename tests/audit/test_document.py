"""The auditors' guide is true: its commands run as they stand, its table of lies is the one that the tests tell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.audit.conftest import VERIFIER, Held
from tests.audit.lies_of_mergings import LIES
from tests.house.files import ROOT

GUIDE = ROOT / "docs" / "auditors.md"
SECONDS = 600


def test_the_worked_example_runs_as_it_stands(held: Held, tmp_path: Path) -> None:
    shutil.copy(VERIFIER, tmp_path)
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    # The command is installed where `make` installs, and nowhere else; the module behind it is the same everywhere.
    dauys = scripts / "dauys"
    dauys.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m api.cli.main "$@"\n')
    dauys.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script()],
        cwd=tmp_path,
        env={
            **os.environ,
            **held.environment,
            "PATH": f"{scripts}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
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
