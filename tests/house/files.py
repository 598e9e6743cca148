"""Which files are the house's own: what git tracks and what lies on disk now."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked(suffix: str = "") -> tuple[Path, ...]:
    """Tracked files, absolute, whose name ends in `suffix`; a file deleted but not yet committed is left out."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    paths = (ROOT / name for name in listed.split("\0") if name.endswith(suffix) and name)
    return tuple(path for path in paths if path.is_file())


def shown(path: Path) -> str:
    """The path as a reader would type it."""
    return str(path.relative_to(ROOT))
