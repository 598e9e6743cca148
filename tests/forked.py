"""`dauys` as often as a guide types it: each command is a process of its own, forked from one that has imported everything.

`python -m tests.forked PLACE` listens at the socket PLACE until its standard input ends. The `dauys` that `commands` puts into a
folder hands it words, working folder and the three standard streams, and ends with the exit code that comes back. What is
served is started as anybody starts it.
"""

import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select

import api.cli
from api.cli.main import main
from tests.house.files import ROOT

_MOST_BYTES = 1 << 16
_DAUYS = """#!{python} -ISs
import json, os, socket, sys
if sys.argv[1] == "serve":
    os.execv("{real}", ["{real}", *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as forked:
    forked.connect("{place}")
    socket.send_fds(forked, [json.dumps([os.getcwd(), sys.argv]).encode()], [0, 1, 2])
    sys.exit((forked.recv(1) or b"\\1")[0])
"""


@contextmanager
def commands(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """While the block runs `folder/dauys` is there, for commands in this environment."""
    place, script = folder / "forked", folder / "dauys"
    real = Path(sys.executable).with_name("dauys")
    script.write_text(_DAUYS.format(python=sys.executable, real=real, place=place))
    script.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.forked", place],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as forking:
        assert forking.stdin is not None
        assert forking.stdout is not None
        assert forking.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            forking.stdin.close()


def _fork_for_each(place: str) -> None:
    for module in pkgutil.iter_modules(api.cli.__path__, "api.cli."):
        importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select([listening, sys.stdin], [], [])[0]:
            with listening.accept()[0] as asked:
                if os.fork() == 0:
                    listening.close()
                    os._exit(_run(asked))


def _run(asked: socket.socket) -> int:
    """The command, on the streams of whoever asked."""
    told, streams, *_ = socket.recv_fds(asked, _MOST_BYTES, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    folder, sys.argv = json.loads(told)
    os.chdir(folder)
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    sys.stdout.flush()
    sys.stderr.flush()
    asked.send(bytes([code]))
    return code


if __name__ == "__main__":
    _fork_for_each(sys.argv[1])
