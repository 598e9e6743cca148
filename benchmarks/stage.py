"""What every benchmark is given: an engine to measure on, how much of it, what answers HTTP for an engine, and a browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from playwright.sync_api import Browser

from api.composition import Engine
from benchmarks.browser import chromium
from benchmarks.servers import WORKERS, dauys_serve
from benchmarks.sizes import Sizes

Serve = Callable[[Engine, int], AbstractContextManager[str]]
"""Gives the address at which so many server processes answer for the engine."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`serve`: what is measured is `dauys serve`; where nothing is measured one may do with less."""

    engine: Engine
    sizes: Sizes
    serve: Serve
    chromium: Callable[[], AbstractContextManager[Browser | None]] = chromium

    def served(self, engine: Engine | None = None, workers: int = WORKERS) -> AbstractContextManager[str]:
        """The address of a server of this engine, else of the stage's own."""
        return self.serve(engine or self.engine, workers)


def stage(engine: Engine, sizes: Sizes) -> Stage:
    """Where figures count."""
    return Stage(engine, sizes, lambda served, workers: dauys_serve(served, sizes.settle_seconds, workers))
