"""Reads tiles from MBTiles: an SQLite file.

References
----------
MBTiles 1.3, https://github.com/mapbox/mbtiles-spec: rows count from the south.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path


class TileSet:
    """The tiles of one file. Any thread may ask it.

    Parameters
    ----------
    file
        The file, ``<name>-<version>.mbtiles``.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.version = file.stem.rpartition("-")[2]
        # nobody writes it any more: another version is another file
        self._connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        most = self._connection.execute("SELECT value FROM metadata WHERE name = 'maxzoom'")
        self.most_zoom = int(most.fetchone()[0])

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile as it is stored, packed with gzip; None where nothing is drawn."""
        with self._lock:
            row = self._connection.execute(
                "SELECT tile_data FROM tiles"
                " WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (z, x, 2**z - 1 - y),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def has(self, z: int, x: int, y: int) -> bool:
        """Whether there can be such a tile."""
        return 0 <= z <= self.most_zoom and 0 <= x < 2**z and 0 <= y < 2**z

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
