"""The fork server goes when whoever started it says so, and nobody waits for processes that are none of its business.
What it forked for somebody who was killed meanwhile goes without a word.
"""

import subprocess
import sys

import pytest

ENDING = """
import os, signal, time
from multiprocessing import connection, get_context
from api.forking import end_fork_server, fork_server
{before}
end_fork_server()
print("ended")
os.kill(process.pid, signal.SIGKILL)
"""
OF_SOMEBODY_ELSE = """
process = get_context("spawn").Process(target=time.sleep, args=(600,))
process.start()
fork_server()
"""
ITS_FORK_SERVER_KILLED = """
process = fork_server().Process(target=time.sleep, args=(600,))
process.start()
with open(f"/proc/{process.pid}/stat") as stat:
    os.kill(int(stat.read().rpartition(") ")[2].split()[1]), signal.SIGKILL)
connection.wait([process.sentinel])
assert process.exitcode is not None
"""

FORKED_FOR_NOBODY = """
import os
from multiprocessing import forkserver
from api.forking import end_fork_server, fork_server
fork_server()
process, request = forkserver.connect_to_new_process([])
os.close(request)
forkserver.read_signed(process)
print("exit code", forkserver.read_signed(process))
end_fork_server()
"""


@pytest.mark.parametrize("before", [OF_SOMEBODY_ELSE, ITS_FORK_SERVER_KILLED], ids=["another's", "lost"])
def test_it_ends_though_a_process_goes_on(before: str) -> None:
    done = run(ENDING.replace("{before}", before))
    assert done.stdout == "ended\n", done.stderr


def test_a_process_asked_for_by_somebody_who_was_killed_ends_without_a_word() -> None:
    """As a supervisor leaves it that is killed between asking for a process and saying what for."""
    done = run(FORKED_FOR_NOBODY)
    assert (done.stdout, done.stderr) == ("exit code 1\n", "")


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
