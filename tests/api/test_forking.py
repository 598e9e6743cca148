"""The fork server goes when whoever started it says so, and nobody waits for processes that are none of its business."""

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


@pytest.mark.parametrize("before", [OF_SOMEBODY_ELSE, ITS_FORK_SERVER_KILLED], ids=["another's", "lost"])
def test_it_ends_though_a_process_goes_on(before: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING.replace("{before}", before)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "ended\n", done.stderr
