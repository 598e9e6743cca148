"""The HTTP server of an election: `python -m api.election.server_process PIPE SOCKET`, told its settings over the pipe."""

import sys

import uvicorn

from api.election.children import parents_pipe
from api.main import create_app
from application.settings import Settings


def main() -> None:
    settings = parents_pipe().recv()
    assert isinstance(settings, Settings)
    uvicorn.run(create_app(settings), fd=int(sys.argv[2]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
