"""What a fork server imports so that a process forked for somebody who was killed before saying what for ends without a word.

It finds an empty pipe; the interpreter would tell of that as of a fault. A process that was told what to do tells its own.
"""

import sys
from types import TracebackType


def _tell(kind: type[BaseException], fault: BaseException, where: TracebackType | None) -> None:
    if kind is not EOFError:
        sys.__excepthook__(kind, fault, where)


sys.excepthook = _tell
