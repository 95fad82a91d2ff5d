"""Everything that a domain's files name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from kopa.errors import UsageError
from kopa.model.arrays import FloatArray


@dataclass(frozen=True)
class Assets:
    """The assets of one domain, one row each.

    Parameters
    ----------
    domain
        Name of the domain; the full id of row i is ``domain:ids[i]``.
    ids
        Native ids, unique.
    kinds
        What each is: ``pipe``, ``bus``, ``hospital``.
    names
        Names that the files give beside the id; empty where they give none.
    x, y
        Place in the city's CRS, NaN where unknown, shape (asset,).
    people, customers
        People at the asset, and connections that a utility counts there, shape (asset,).
    zones
        Zone of each; empty where the files give none.
    """

    domain: str
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...] = ()
    x: FloatArray = field(default_factory=lambda: np.empty(0))
    y: FloatArray = field(default_factory=lambda: np.empty(0))
    people: FloatArray = field(default_factory=lambda: np.empty(0))
    customers: FloatArray = field(default_factory=lambda: np.empty(0))
    zones: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.ids)
        blank = ("",) * n
        nowhere = np.full(n, np.nan)
        fill: dict[str, Any] = {"names": blank, "zones": blank, "x": nowhere, "y": nowhere}
        fill["people"] = fill["customers"] = np.zeros(n)
        if len(self.kinds) != n:
            raise ValueError(f"{self.domain}: kinds has another length than ids")
        for name, value in fill.items():
            if len(getattr(self, name)) == 0:
                object.__setattr__(self, name, value)
            if len(getattr(self, name)) != n:
                raise ValueError(f"{self.domain}: {name} has another length than ids")

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> dict[str, int]:
        """Row by native id."""
        return {native: row for row, native in enumerate(self.ids)}

    @cached_property
    def _by_name(self) -> dict[str, int]:
        rows: dict[str, int] = {}
        for row, name in enumerate(self.names):
            if name:
                rows[name] = -1 if name in rows else row
        return rows

    def full(self, row: int) -> str:
        """Id with its domain, ``water:P-12``."""
        return f"{self.domain}:{self.ids[row]}"

    def find(self, text: str) -> int:
        """Row of a native id, or of a name that only one asset bears.

        Raises
        ------
        UsageError
            If no asset, or more than one, answers to it.
        """
        row = self.index.get(text)
        if row is None:
            row = self._by_name.get(text)
        if row is None:
            near = _near(text, self.ids)
            hint = f" (is it {', '.join(near)}?)" if near else ""
            raise UsageError(f"{self.domain} has no asset '{text}'{hint}", "unknown-asset")
        if row < 0:
            twice = [i for i, name in zip(self.ids, self.names, strict=True) if name == text]
            raise UsageError(
                f"several assets of {self.domain} are named '{text}': write "
                f"{' or '.join(twice[:4])}",
                "two-assets",
            )
        return row


def _near(text: str, ids: Sequence[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(text, ids, n=3, cutoff=0.75)
