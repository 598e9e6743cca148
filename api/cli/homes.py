"""Where an election is held: the configured home, or one that is gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.settings import Settings

_PASS_THROUGH = 0o711


@contextmanager
def home(*, temporary: bool) -> Iterator[Settings]:
    """The settings to open an engine with. A temporary home has an embedded database of its own, whatever is configured."""
    if not temporary:
        yield Settings()
        return
    with tempfile.TemporaryDirectory(prefix="dauys-") as folder:
        # Run by root the server has an account of its own, which must reach its data through here.
        Path(folder).chmod(_PASS_THROUGH)
        yield Settings().model_copy(update={"home": Path(folder) / "home", "database_url": None})
