"""Starts a worker that has much to do, and prints its number."""

from __future__ import annotations

import os
import time

from kopa.parallel import Work, map_cases


def each(case: int) -> int:
    print(os.getpid(), flush=True)
    time.sleep(60)
    return case


if __name__ == "__main__":
    map_cases(Work(each, lambda case, reason: case), [1], 1)
