"""`dauys worker`: the projections and whatever else is to be done beside the answering, on a machine of its own."""

import signal
import threading

import typer

from api.composition import open_database
from api.worker import Worker
from application.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker() -> None:
    """Keep the projections up to date until stopped."""
    settings, stop = Settings(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_database(settings) as url:
        Worker(settings, url).run(stop)
