"""`dauys worker`: the projections and whatever else is to be done beside the answering, on a machine of its own."""

import signal
import threading
from contextlib import ExitStack

import typer

from api.composition import open_database
from api.worker import Worker
from application.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker() -> None:
    """Keep the projections up to date until stopped."""
    settings, stop = Settings(), threading.Event()
    with ExitStack() as closing:
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.signal(number, lambda *_: stop.set())
            closing.callback(signal.signal, number, before)
        url = closing.enter_context(open_database(settings))
        Worker(settings, url).run(stop)
