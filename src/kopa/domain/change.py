"""Something done to an asset over an interval."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kopa.errors import RangeError, UsageError
from kopa.model import Assets, Window
from kopa.model.window import clock, seconds
from kopa.units import to_si

_SPAN = re.compile(r"^(\d{1,3}:\d{2})?-(\d{1,3}:\d{2})?$")
_FACTOR = re.compile(r"^[×x*](\d+(?:\.\d+)?)$")
_VALUE = re.compile(r"^(-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)\s*([A-Za-z/%³²0-9]*)$")
HELP = (
    "write: <domain>:<asset> <kind> [value] [HH:MM-HH:MM], such as 'water:P-12 closed 08:00-14:00'"
)


@dataclass(frozen=True, slots=True)
class Change:
    """An event that nobody chose or a measure that somebody did.

    Parameters
    ----------
    domain, asset
        Whose asset: ``water`` and ``P-12``.
    kind
        What is done, one of the kinds that the domain declares: ``closed``, ``burst``.
    value, unit
        How much, where the kind wants it.
    start, end
        Seconds since midnight of the first day; None is the window's edge.
    """

    domain: str
    asset: str
    kind: str
    value: float | None = None
    unit: str = ""
    start: int | None = None
    end: int | None = None

    @property
    def full(self) -> str:
        """Id of the asset with its domain."""
        return f"{self.domain}:{self.asset}"

    def __str__(self) -> str:
        parts = [shlex.quote(self.full), self.kind]
        if self.value is not None:
            parts.append(f"{self.value:g}{self.unit}")
        if self.start is not None or self.end is not None:
            low = "" if self.start is None else clock(self.start)
            high = "" if self.end is None else clock(self.end)
            parts.append(f"{low}-{high}")
        return " ".join(parts)

    def active(self, window: Window, at: int) -> bool:
        """True if it holds at a second of the window."""
        low = window.start if self.start is None else self.start
        high = window.end if self.end is None else self.end
        return low <= at < high


def parse_change(text: str) -> Change:
    """A change from its text.

    Raises
    ------
    UsageError
        If the text is no change.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"'{text}': {error}. {HELP}") from None
    if len(words) < 2 or ":" not in words[0]:
        raise UsageError(f"'{text}' is no change. {HELP}")
    domain, asset = words.pop(0).split(":", 1)
    start = end = None
    span = _SPAN.match(words[-1])
    if span and words[-1] != "-":
        start = seconds(span[1]) if span[1] else None
        end = seconds(span[2]) if span[2] else None
        words.pop()
        if start is not None and end is not None and end <= start:
            raise UsageError(
                f"'{text}': the interval ends before it begins; "
                "past midnight go on counting: 22:00-26:00"
            )
    if not words:
        raise UsageError(f"'{text}' says nothing of what is done. {HELP}")
    factor = _FACTOR.match(words[0])
    if factor and len(words) == 1:
        return Change(domain, asset, "factor", float(factor[1]), "", start, end)
    kind = words.pop(0)
    value, unit = None, ""
    if words:
        rest = " ".join(words)
        factor = _FACTOR.match(rest)
        match = _VALUE.match(rest)
        if factor:
            value = float(factor[1])
        elif match:
            value, unit = float(match[1]), match[2]
        else:
            raise UsageError(f"'{text}': '{rest}' is no value. {HELP}")
    return Change(domain, asset, kind, value, unit, start, end)


@dataclass(frozen=True)
class ChangeKind:
    """A kind of change that a domain declares.

    Parameters
    ----------
    name
        The word in a change's text.
    assets
        Kinds of asset that it fits; ``*`` fits all.
    what
        What it does, in a sentence.
    units
        Units that its value may have, ``""`` for a plain number; the first is assumed where
        none is written. Empty where it has no value.
    low, high
        Range of the value, in SI.
    outage
        True if this is what N-1 does to such an asset.
    """

    name: str
    assets: tuple[str, ...]
    what: str
    units: tuple[str, ...] = ()
    low: float = 0.0
    high: float = float("inf")
    outage: bool = False


def checked(change: Change, assets: Assets, kinds: Sequence[ChangeKind]) -> Change:
    """The change with its asset's native id, and its value and unit in SI.

    Raises
    ------
    UsageError
        If the asset is not there, or the kind does not fit it.
    RangeError
        If the value is missing or out of range.
    """
    row = assets.find(change.asset)
    of = assets.kinds[row]
    fitting = [kind for kind in kinds if of in kind.assets or "*" in kind.assets]
    kind = next((kind for kind in fitting if kind.name == change.kind), None)
    if kind is None:
        names = ", ".join(kind.name for kind in fitting) or "nothing"
        raise UsageError(
            f"{change.full} is a {of}: it takes {names}, not '{change.kind}'", "unknown-kind"
        )
    if not kind.units:
        if change.value is not None:
            raise UsageError(f"'{change.kind}' takes no value, but '{change}' has one")
        return replace(change, asset=assets.ids[row])
    choice = " or ".join(unit or "a plain number" for unit in kind.units)
    if change.value is None:
        raise RangeError(f"'{change}': '{change.kind}' needs a value, {choice}")
    value, unit = to_si(change.value, change.unit or kind.units[0])
    if unit not in {to_si(1.0, accepted)[1] for accepted in kind.units}:
        raise UsageError(f"'{change}': '{change.kind}' takes {choice}, not '{change.unit}'")
    if not kind.low <= value <= kind.high:
        raise RangeError(
            f"'{change}': the value must lie between {kind.low:g} and {kind.high:g} {unit}".rstrip()
        )
    return replace(change, asset=assets.ids[row], value=value, unit=unit)
