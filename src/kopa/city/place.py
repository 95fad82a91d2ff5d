"""Downloads the extract of a place, where there is internet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, UsageError


def fetch_place(
    name: str,
    folder: Path,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    opener: Any = None,
) -> Path:
    """The extract of a place from BBBike or Geofabrik, as pyrosm's index has them.

    Parameters
    ----------
    name
        A city or a country: ``Riga``.
    folder
        Where the file is kept; one that is there already is taken.
    progress
        Called with the bytes that are there, and those of the whole file where they are known.
    opener
        Makes the requests, as ``urllib.request.build_opener`` gives it; None for pyrosm's own.

    Raises
    ------
    UsageError
        If the index has no such place.
    InputError
        If it cannot be downloaded.
    """
    import pyrosm
    from pyrosm.exceptions import DownloadError

    try:
        path = pyrosm.get_data(name, directory=str(folder), progress=progress, opener=opener)
    except (DownloadError, OSError) as error:  # it is a ValueError, too
        raise InputError(
            [
                Finding(
                    "osm.download",
                    f"the extract of '{name}' cannot be downloaded: {error}.",
                    "Check the connection, or take an extract by hand and name it with --osm.",
                )
            ]
        ) from None
    except ValueError as error:
        raise UsageError(f"there is no extract of '{name}': {error}") from None
    return Path(path)
