"""What waste there is, where it can go, and what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from .landfill import Span

Kind = Literal[
    "transfer",
    "sorting",
    "composting",
    "digestion",
    "incineration",
    "recycling",
    "landfill",
    "market",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Stream:
    """Municipal waste as it is collected.

    Parameters
    ----------
    name
        Its name.
    tonnes
        t a year.
    separate
        True where it is collected separately, False for mixed waste.
    """

    name: str
    tonnes: float
    separate: bool


@dataclass(frozen=True)
class Output:
    """What a facility gives on.

    Parameters
    ----------
    stream
        Name of what it gives.
    share
        t a t of input.
    of
        The input that it is of; empty for any.
    """

    stream: str
    share: float
    of: str = ""


@dataclass(frozen=True)
class Facility:
    """A place where waste is moved, treated, used or laid down.

    Parameters
    ----------
    name, kind
        What it is. A ``market`` takes products.
    accepts
        Streams that it takes.
    capacity, least
        t a year; infinite and 0 where there is no such limit.
    cost
        EUR a t, by stream: gate fee or running cost; below 0 where it pays.
    emission
        kgCO2e a t, by stream.
    avoided
        kgCO2e a t that are avoided elsewhere, by stream; none where it is not known.
    outputs
        What it gives on; the rest stays there, or leaves as water, gas or product.
    counts
        Share of a t of each stream that counts as recycled.
    energy_recovery
        Whether an incineration is recovery (R1), so that its ash is no landfilled municipal waste.
    """

    name: str
    kind: str
    accepts: tuple[str, ...]
    capacity: float
    least: float
    cost: Mapping[str, float]
    emission: Mapping[str, Span]
    avoided: Mapping[str, Span]
    outputs: tuple[Output, ...]
    counts: Mapping[str, float]
    energy_recovery: bool = False

    def share(self, stream: str, output: str) -> float:
        """T of an output that a t of a stream gives."""
        return sum(
            one.share for one in self.outputs if one.stream == output and one.of in ("", stream)
        )

    def stays(self, stream: str) -> float:
        """Share of a stream that is not given on."""
        return 1.0 - sum(one.share for one in self.outputs if one.of in ("", stream))


@dataclass(frozen=True)
class Route:
    """Transport of a t: what it costs, EUR, and emits, kgCO2e."""

    cost: float
    emission: float


@dataclass(frozen=True)
class Problem:
    """What is to be decided.

    Parameters
    ----------
    streams, facilities
        What there is.
    routes
        Transport from a stream or facility to a facility; with none, all ways are open and free.
    quota
        Least share of the waste that is recycled; NaN without.
    landfill_share
        Most of it that is landfilled; NaN without.
    emission_limit
        t CO2e a year, avoided burdens not counted against it; NaN without.
    emission_price
        EUR a t CO2e.
    """

    streams: tuple[Stream, ...]
    facilities: tuple[Facility, ...]
    routes: Mapping[tuple[str, str], Route] = field(default_factory=dict)
    quota: float = np.nan
    landfill_share: float = np.nan
    emission_limit: float = np.nan
    emission_price: float = 0.0

    @property
    def tonnes(self) -> float:
        """All waste, t a year."""
        return sum(stream.tonnes for stream in self.streams)
