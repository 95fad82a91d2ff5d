"""How often a caller may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from kopa.access.errors import TooManyError


class Limit:
    """A token bucket for each caller.

    Parameters
    ----------
    rate
        Requests a second in the long run.
    burst
        Requests at once.
    most
        So many callers are remembered; the one that was quiet for longest is forgotten, with
        a full bucket.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        most: int = 100_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._most, self._clock = rate, burst, most, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, cost: float = 1.0) -> None:
        """Count a request.

        Raises
        ------
        TooManyError
            If the caller has asked too often.
        """
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(caller, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            enough = left >= cost
            self._left[caller] = (left - cost if enough else left, now)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        if not enough:
            raise TooManyError("too many requests", (cost - left) / self._rate)
