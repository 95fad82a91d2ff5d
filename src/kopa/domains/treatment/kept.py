"""What the engine gave for days on which nothing is wrong, kept on disk.

Every what-if is held against such a day, also one that never touches a plant; loading the
compiled model would cost it seconds. A file is found by all that its numbers follow from: the
plant, the time, the inflow, and the code. Days with a change are not kept. Where the folder
cannot be written, the day is solved again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile

import numpy as np

from kopa.model import FloatArray

MOST_FILES = 200
"""The oldest files go when there are more."""
Solved = tuple[FloatArray, float]
"""Amounts of each step, and how much more nitrogen is held at the end, g."""


def folder() -> Path:
    """Where the days are kept: ``$XDG_CACHE_HOME/kopa/treatment``, or below ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kopa" / "treatment"


def kept(given: object, solve: Callable[[], Solved]) -> Solved:
    """What was solved for the same before, else what is solved now.

    Parameters
    ----------
    given
        All that the answer follows from beside the code; its `repr` tells all of it.
    solve
        Solves it.
    """
    digest = blake2b(f"{_code()} {given!r}".encode(), digest_size=20).hexdigest()
    file = folder() / f"{digest}.npz"
    try:
        with np.load(BytesIO(file.read_bytes())) as found:
            return found["amounts"], float(found["stored"])
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        solved = solve()  # it is not there, or damaged
    with suppress(OSError):  # no place to keep it: the next run solves it again
        _write(file, solved)
    return solved


def _write(file: Path, solved: Solved) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        np.savez(part, amounts=solved[0], stored=solved[1])
    Path(part.name).replace(file)
    ages = sorted((one.stat().st_mtime, one) for one in file.parent.glob("*.npz"))
    for _, old in ages[:-MOST_FILES]:
        old.unlink(missing_ok=True)


@cache
def _code() -> str:
    """A digest of this package's files and of the equations' version."""
    here = Path(__file__).parent
    digest = blake2b(f"{version('bsm2-python')} {np.__version__}".encode(), digest_size=20)
    for file in sorted([*here.glob("*.py"), *here.glob("*.csv")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
