"""What the numbers were measured on: without it they mean nothing."""

import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from api.composition import Engine

_SETTINGS = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "data_checksums",
    "wal_compression",
    "shared_buffers",
    "max_wal_size",
    "max_parallel_workers_per_gather",
)
_SYNCS, _BLOCK = 50, b"\0" * 8_192


def facts(engine: Engine) -> dict[str, Any]:
    with psycopg.connect(engine.database_url, row_factory=tuple_row) as connection:
        shown = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [list(_SETTINGS)]
        )
        settings = {str(name): str(value) for name, value in shown}
        version = connection.info.parameter_status("server_version")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": version,
        "settings": settings,
        "fsync_ms": _fsync_ms(engine.settings.home),
        "load_average_before": os.getloadavg(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def _fsync_ms(folder: Path) -> float:
    """Median time until 8 kB more are on the disk that holds `folder`: no single COMMIT is faster."""
    seconds = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            file.write(_BLOCK)
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - began)
    return round(median(seconds) * 1e3, 3)
