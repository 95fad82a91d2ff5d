"""Queues with many servers: Erlang B and C, and the staff that a waiting target needs.

References
----------
Erlang (1917), Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges; Cooper (1981), Introduction to Queueing Theory, 2nd ed., ch. 3
(recursion of the loss formula, and delay from loss).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kopa.errors import RangeError

MOST = 100_000
"""So many servers are looked at."""


def erlang_b(load: float, servers: int) -> float:
    """Share of arrivals that find all servers busy, and leave (M/M/c/c).

    Parameters
    ----------
    load
        Offered load, Erlang, >= 0.
    servers
        Number of servers, >= 0.

    Raises
    ------
    RangeError
        If an argument is out of its range.
    """
    _check(load, servers)
    blocked = 1.0
    for one in range(1, servers + 1):
        blocked = load * blocked / (one + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Share of arrivals that wait (M/M/c); 1 where the load is no less than the servers.

    Parameters
    ----------
    load, servers
        As for `erlang_b`.

    Raises
    ------
    RangeError
        If an argument is out of its range.
    """
    blocked = erlang_b(load, servers)
    return _delayed(load, servers, blocked)


def _delayed(load: float, servers: int, blocked: float) -> float:
    if load >= servers:
        return 1.0 if load > 0 else 0.0
    return blocked / (1 - load / servers * (1 - blocked))


def _check(load: float, servers: int) -> None:
    if not (math.isfinite(load) and load >= 0) or servers < 0:
        raise RangeError("a queue needs a load of 0 or more Erlang, and 0 or more servers")


@dataclass(frozen=True)
class Queue:
    """A queue with one line and many servers in balance.

    Parameters
    ----------
    load
        Erlang.
    servers
        Their number.
    waits
        Share of arrivals that wait.
    mean_min
        Mean wait of all, min; `inf` where the line grows without end.
    within
        Share that waits no longer than was asked for.
    """

    load: float
    servers: int
    waits: float
    mean_min: float
    within: float

    @property
    def busy(self) -> float:
        """Share of their time that the servers work."""
        return self.load / self.servers if self.servers else math.inf


def queue(per_hour: float, minutes: float, servers: int, within_min: float) -> Queue:
    """How people wait.

    Parameters
    ----------
    per_hour, minutes
        Arrivals an hour, and the mean time that one takes.
    servers
        Their number.
    within_min
        A wait.

    Raises
    ------
    RangeError
        If an argument is out of its range.
    """
    load = per_hour * minutes / 60
    return _told(load, minutes, servers, within_min, erlang_b(load, servers))


def _told(load: float, minutes: float, servers: int, within_min: float, blocked: float) -> Queue:
    waits = _delayed(load, servers, blocked)
    if load >= servers:
        still = load == 0
        return Queue(load, servers, waits, 0.0 if still else math.inf, 1.0 if still else 0.0)
    rate = (servers - load) / minutes
    return Queue(load, servers, waits, waits / rate, 1 - waits * math.exp(-rate * within_min))


def staff(per_hour: float, minutes: float, within_min: float, share: float) -> Queue:
    """The fewest servers with which a share of the arrivals waits no longer than a time.

    Parameters
    ----------
    per_hour, minutes, within_min
        As for `queue`.
    share
        Of the arrivals, 0 to 1, without 1.

    Raises
    ------
    RangeError
        If an argument is out of its range, or more than `MOST` are needed.
    """
    if not 0 <= share < 1 or not minutes > 0 or not within_min >= 0:
        raise RangeError("a target needs a share from 0 to below 1, and times of 0 or more")
    load, blocked = per_hour * minutes / 60, 1.0
    _check(load, 0)
    for servers in range(MOST):
        if servers:
            blocked = load * blocked / (servers + load * blocked)
        if servers >= load:
            found = _told(load, minutes, servers, within_min, blocked)
            if found.within >= share:
                return found
    raise RangeError(f"more than {MOST} servers would be needed")
