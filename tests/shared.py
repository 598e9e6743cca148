"""Where the public vectors and elections lie that tests read but never copy: `shared` beside the repository, if it is there."""

from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"

SHARED: Path | None = _BESIDE if _BESIDE.is_dir() else None

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="the folder ../shared with public vectors is not here"
)
