"""The newest values of a city's assets, out of the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from kopa.api.assets import GIVEN, ids_of
from kopa.city.live.memory import Value
from kopa.city.load import City
from kopa.store import Key, Observation, Store


class Newest:
    """Reads what was measured or said last of every asset.

    Parameters
    ----------
    store
        The store.
    city
        The city.
    tenant
        Whose.
    """

    def __init__(self, store: Store, city: City, tenant: str = "") -> None:
        self._store, self._tenant = store, tenant
        self._assets = {entity: asset for asset, entity in ids_of(city).items()}
        self._places = {entity: _place(city, asset) for entity, asset in self._assets.items()}

    def keys(self) -> dict[Key, str]:
        """Series that were ever observed, with the asset of each."""
        return {
            key: self._assets[key.entity]
            for key in self._store.series(self._tenant)
            if key.entity in self._assets and not key.dataset and key.attribute not in GIVEN
        }

    def said(self) -> list[Key]:
        """Series whose newest value was said without a time: it holds until another is said."""
        rows = self._store.last(self._tenant, list(self.keys())).rows()
        return [row.key for row in rows if number_of(row)[1]]

    def values(self) -> Iterator[Value]:
        """The newest value of every series that is a number or a switch."""
        for row in self._store.last(self._tenant, list(self.keys())).rows():
            value, lasting = number_of(row)
            if value is not None:
                series = (*self._places[row.key.entity], row.key.attribute)
                yield Value(series, row.at / 1e6, value, row.label.simulated, lasting)


def _place(city: City, asset: str) -> tuple[str, int]:
    domain, _, native = asset.partition(":")
    return domain, city.domains[domain].assets().index[native]


def number_of(row: Observation) -> tuple[float | None, bool]:
    """The number that a row says, switches as 0 or 1; and whether it holds until further notice."""
    value, said = row.value, _said(row.raw)
    switch = None if said is None else said.get("value")
    if isinstance(switch, bool):
        value = float(switch)
    lasting = said is not None and "observedAt" not in said
    return (value if isinstance(value, float) else None), lasting


def _said(raw: str | None) -> Mapping[str, object] | None:
    """The instance of an attribute that stands behind a row, where it is kept whole."""
    if raw is None:
        return None
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("type") == "Property" else None
