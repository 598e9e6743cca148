"""The operators' guide is true: its commands, run in its order by a shell, take a round to a published conclusion."""

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.forked import commands
from tests.house.files import ROOT
from tests.people import iin, roll_list
from tests.postgres import reachable_folder

GUIDE = ROOT / "docs" / "operators.md"
UNIT = "990010000"
SECONDS = 900


def script() -> str:
    return "\n".join(
        re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.mark.skipif(shutil.which("jq") is None, reason="the guide's commands use jq, which is not installed")
def test_the_guide_takes_a_round_from_terms_to_a_published_conclusion() -> None:
    port = str(free_port())
    with reachable_folder() as folder:
        (folder / "roll.csv").write_bytes(b"".join(roll_list([(iin(number), UNIT) for number in range(30)])))
        steps = script().replace("8000", port)
        # The server answers a moment after it is started; a person would take longer than that to type on.
        ready = f"until curl --silent --fail http://127.0.0.1:{port}/readyz > ready.txt; do sleep 0.2; done"
        steps = steps.replace("&\n", f"&\nSERVER=$!\ntrap 'kill $SERVER; wait $SERVER' EXIT\n{ready}\n", 1)
        with commands(folder, environment(folder)):
            code, told = run_in_shell(steps, folder)
        assert code == 0, told
        results = (folder / "results.pb").read_text(encoding="utf-8")
    assert "identical: True" in told
    assert re.search(r"^1;.*;12;", results, re.MULTILINE)


def run_in_shell(steps: str, folder: Path) -> tuple[int, str]:
    """Exit code and output. Whatever the steps have started ends with them, also when they take too long."""
    command = ["bash", "-euo", "pipefail", "-c", steps]
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        stdout=pipe,
        stderr=both,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            told, _ = shell.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            raise
    return shell.returncode, told


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "DAUYS_HOME": str(folder / "home"),
    }
