"""(f): `dauys allocate` without its printing: a published election read, counted and allocated, in seconds per file."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median

from api.cli.output import say
from application.pabulib.analysis import analyse
from benchmarks import ROOT
from benchmarks.report import Outcome, Row
from benchmarks.stage import Stage

LEAST_VOTERS_PER_SECOND = 130_000

PUBLISHED = ROOT.parent / "shared" / "pabulib"
"""Real elections, where they lie beside the repository."""
_LARGEST = 2
_MADE_UP_VOTERS, _MADE_UP_PROJECTS = 60_000, 60
"""About as many as in the largest real file."""


def measure(stage: Stage) -> Outcome:
    rows, numbers = [], {}
    with _files() as files:
        for file in files:
            seconds = []
            for _repetition in range(stage.sizes.allocations):
                began = time.perf_counter()
                analysis = analyse(file)
                seconds.append(time.perf_counter() - began)
            rate = analysis.voters / median(seconds)
            numbers[file.name] = {"voters": analysis.voters, "seconds": seconds, "voters_per_second": rate}
            say(f"  {file.name}: {median(seconds):.2f} s")
            rows.append(
                Row(
                    "f",
                    f"allocate {file.name}",
                    f"{median(seconds):.2f} s, {rate:,.0f} voters/s",
                    f"{analysis.voters:,} voters, {analysis.projects} projects",
                    target=f"≥ {LEAST_VOTERS_PER_SECOND:,} voters/s",
                    met=rate >= LEAST_VOTERS_PER_SECOND,
                )
            )
    return Outcome(rows, {"allocate": numbers})


@contextmanager
def _files() -> Iterator[list[Path]]:
    """The largest real files, or one of their size whose name says that it was made up."""
    real = sorted(PUBLISHED.glob("*.pb"), key=lambda path: path.stat().st_size, reverse=True)
    if real:
        yield real[:_LARGEST]
        return
    with tempfile.TemporaryDirectory(prefix="dauys-bench-") as folder:
        made_up = Path(folder) / "made-up.pb"
        made_up.write_text("\n".join(_made_up()) + "\n", encoding="utf-8")
        yield [made_up]


def _made_up() -> Iterator[str]:
    random, projects = Random(0), range(1, _MADE_UP_PROJECTS + 1)
    meta = {
        "description": "made up",
        "country": "Kazakhstan",
        "unit": "Nowhere",
        "instance": "2026",
        "num_projects": len(projects),
        "num_votes": _MADE_UP_VOTERS,
        "budget": 1_000_000,
        "vote_type": "approval",
        "rule": "greedy",
        "max_length": 3,
    }
    yield from ("META", "key;value", *(f"{key};{value}" for key, value in meta.items()))
    yield from ("PROJECTS", "project_id;cost", *(f"{id_};{id_ * 1_000}" for id_ in projects))
    yield from ("VOTES", "voter_id;vote")
    for voter in range(1, _MADE_UP_VOTERS + 1):
        yield f"{voter};{','.join(map(str, random.sample(projects, 3)))}"
