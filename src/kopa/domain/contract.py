"""The contract between the kernel and a domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from kopa.domain.change import Change, ChangeKind
from kopa.domain.result import Result
from kopa.errors import Finding
from kopa.model import Assets, BoolArray, Ports, PortSeries, Shapes, Window, points_of


@runtime_checkable
class Domain(Protocol):
    """One field of the city with its own engine. It knows no other domain."""

    name: str

    def assets(self) -> Assets:
        """Everything that its files name, one row each."""
        ...

    def ports(self) -> Ports:
        """What it needs and what it offers."""
        ...

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        ...

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """What happens in the window: a pure function of its arguments.

        Changes have passed `checked`. An in-port missing from `inputs` is neutral.
        """
        ...


@dataclass(frozen=True)
class Bound:
    """What a cheap screen can say of one change.

    Parameters
    ----------
    method
        ``exact``: the run would give the baseline's outputs and accounts, to the digit;
        ``bound``: the outputs are the baseline's, and the domain's own quantity grows by no
        more than `most`.
    most
        See above, 0 for ``exact``.
    moves
        Out-ports, each with an asset row, whose series do change all the same. The kernel runs
        the case unless nobody is linked there, or who is ignores it (`Ignores`).
    """

    method: Literal["exact", "bound"]
    most: float = 0.0
    moves: tuple[tuple[str, int], ...] = ()


@runtime_checkable
class Screens(Protocol):
    """A domain that can settle some changes without a run."""

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """A bound for each change taken alone; None where only a run can tell."""
        ...


@runtime_checkable
class Ignores(Protocol):
    """A domain that knows which of its inputs do not matter by themselves."""

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        """By in-port, the columns of which any one alone may fall, and no output or account moves.

        Each of shape (asset of port,).
        """
        ...


@runtime_checkable
class Draws(Protocol):
    """A domain whose assets are more than points on a map."""

    def shapes(self) -> Shapes:
        """Lines and points of its assets; what is not among them has no place."""
        ...


def shapes_of(domain: Domain) -> Shapes:
    """How a domain's assets are drawn: as it says, or else as points."""
    return domain.shapes() if isinstance(domain, Draws) else points_of(domain.assets())


@dataclass(frozen=True)
class DomainType:
    """What a domain's package exports as `DOMAIN`.

    Parameters
    ----------
    name
        The word before the colon of its ids, and its table in ``city.toml``.
    title
        What it is, in a few words.
    load
        Reads its files: called with its table of ``city.toml`` and the city's folder.
        Raises `InputError` with all findings; warnings come back beside the domain.
    package
        Its Python package, which holds ``attributes.csv``, ``text`` and ``cli``.
    """

    name: str
    title: str
    load: Callable[[Mapping[str, Any], Path], tuple[Domain, tuple[Finding, ...]]]
    package: str
