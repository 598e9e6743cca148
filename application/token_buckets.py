"""Token buckets in memory: how often a key may come, with a burst, for at most so many keys.

The table is bounded: when it is full the key that came longest ago is forgotten, and begins anew with a full bucket. Whoever makes
up keys to have others forgotten gains nothing for their own; that a made-up key costs something is for the caller to see to.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and `per_second` from then on."""

    per_second: float
    burst: int


class TokenBuckets:
    """For the threads of one process."""

    def __init__(self, rate: Rate, most_keys: int) -> None:
        self._rate = rate
        self._most_keys = most_keys
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: str) -> bool:
        """Whether it came before and is not forgotten."""
        return key in self._left

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str, now: float) -> float:
        """Take a token at `now` (seconds of any clock that only goes on): 0, or the seconds until there is one again."""
        rate = self._rate
        with self._lock:
            tokens, at = self._left.pop(key, (float(rate.burst), now))
            tokens = min(float(rate.burst), tokens + max(0.0, now - at) * rate.per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / rate.per_second
            self._left[key] = (tokens - 1 if wait == 0 else tokens, now)
            if len(self._left) > self._most_keys:
                self._left.popitem(last=False)
        return wait
