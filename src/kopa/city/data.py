"""Where the live side of a city keeps its data."""

from __future__ import annotations

from pathlib import Path

from kopa.errors import UsageError
from kopa.store import Store, open_store

FOLDER = ".kopa"


def store_of(city: Path, address: str = "", must: bool = False) -> Store:
    """Open the store of a city.

    Parameters
    ----------
    city
        The city's folder.
    address
        ``postgresql://…``, or another folder; empty takes ``.kopa`` in the city's folder.
    must
        True if it must be there already.

    Raises
    ------
    UsageError
        If there is no such city, or no store where one must be.
    StoreError
        If it cannot be opened.
    """
    if not (city / "city.toml").is_file():
        raise UsageError(f"{city} is no city folder: it has no city.toml")
    if address.startswith(("postgresql://", "postgres://")):
        return open_store(address)
    folder = Path(address) if address else city / FOLDER
    if must and not folder.is_dir():
        raise UsageError(f"{city} has no data yet: start it with kopa up")
    return open_store(folder)
