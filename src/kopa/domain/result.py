"""What a run of a domain gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kopa.errors import Finding
from kopa.ledger.account import Account, Balance
from kopa.model import IntArray, PortSeries

Status = Literal["ok", "partial", "unknown"]


@dataclass(frozen=True, slots=True)
class Parent:
    """What brought an event about.

    Parameters
    ----------
    kind
        ``change``: the run's change number `index`; ``input``: column `index` of the in-port
        `port`; ``event``: the run's event number `index`.
    """

    kind: Literal["change", "input", "event"]
    index: int
    port: str = ""


@dataclass(frozen=True)
class Event:
    """What happened to some assets inside a domain, and what brought it about.

    Parameters
    ----------
    what
        A word of the domain: ``closed``, ``no_electricity``, ``empty``, ``no_water``.
    rows
        The assets that it happened to, shape (asset,).
    start, end
        First second of it, and first second after it.
    parents
        Its causes; events that are parents stand before their children.
    """

    what: str
    rows: IntArray
    start: int
    end: int
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a run gives.

    Parameters
    ----------
    status
        ``ok``; ``partial``: part of it cannot be trusted, see the findings; ``unknown``: none.
    outputs
        Series at the out-ports.
    events
        What happened inside, causes before effects.
    origins
        By out-port: the event behind each asset's series, -1 for none, shape (asset of port,).
    accounts
        What the run adds up to.
    balance
        What came in against what went out; a result that does not balance is `unknown`.
    findings
        What is wrong or at risk.
    runs
        How many times an engine ran.
    """

    status: Status
    outputs: PortSeries
    events: tuple[Event, ...] = ()
    origins: Mapping[str, IntArray] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    balance: Balance | None = None
    findings: tuple[Finding, ...] = ()
    runs: int = 1
