"""Side-by-side measurements that anyone can rerun: `make bench`."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
"""Where `python -m benchmarks.…` finds its modules, wherever it was called from."""
