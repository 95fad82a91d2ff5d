"""EPA SWMM 5.2 by its toolkit: the only importer of ``swmm.toolkit``.

SWMM keeps its project in global variables, and a bad file can end the process. So each run is a
process of its own, which hands back statistics; whatever happens to it is an `EngineError` here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

_STRIDE_S = 3600
_NODE, _LINK = 2, 3  # object types of the toolkit
_NODE_VALUES = ("maxDepth", "volFlooded", "timeSurcharged", "maxInflow", "maxOverflow")
_LINK_VALUES = ("maxFlow", "maxVeloc", "maxDepth", "timeFullFlow", "timeCapacityLimited")


@dataclass(frozen=True)
class Statistics:
    """What a run of SWMM gives, in the file's units (SI files: m, m/s; flows as the file has).

    Parameters
    ----------
    nodes, links
        Ids in the order of SWMM.
    node, link
        Statistics by name of the toolkit, shape (node,) and (link,).
    runoff_error, routing_error
        Continuity errors, %.
    messages
        Errors and warnings of the report.
    """

    nodes: tuple[str, ...]
    links: tuple[str, ...]
    node: dict[str, FloatArray]
    link: dict[str, FloatArray]
    runoff_error: float
    routing_error: float
    messages: tuple[str, ...]


def simulate(inp: str, timeout_s: float = 300.0) -> Statistics:
    """Run an INP file from its beginning to its end.

    Parameters
    ----------
    inp
        Text of the file.
    timeout_s
        The run may take this long.

    Raises
    ------
    EngineError
        If SWMM refuses the file, crashes, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="kopa-swmm-") as name:
        folder = Path(name)
        (folder / "network.inp").write_text(inp, encoding="utf-8", newline="\n")
        command = [sys.executable, "-m", __name__, name]
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            raise EngineError(f"SWMM takes longer than {timeout_s:g} s", "swmm.timeout") from None
        report = folder / "report.txt"
        text = report.read_text(encoding="utf-8", errors="replace") if report.exists() else ""
        messages = tuple(_messages(text))
        results = folder / "statistics.npz"
        if done.returncode or not results.exists():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            why = "; ".join(messages[:5]) or (said[-1] if said else f"code {done.returncode}")
            raise EngineError(f"SWMM gives up: {why}", "swmm.failed")
        with np.load(results) as found:
            return Statistics(
                nodes=tuple(found["nodes"].tolist()),
                links=tuple(found["links"].tolist()),
                node={key: found[f"node_{key}"] for key in _NODE_VALUES},
                link={key: found[f"link_{key}"] for key in _LINK_VALUES},
                runoff_error=float(found["errors"][0]),
                routing_error=float(found["errors"][1]),
                messages=messages,
            )


def _messages(report: str) -> list[str]:
    """Lines of the report that tell an error or a warning."""
    lines = (line.strip() for line in report.splitlines())
    return [line for line in lines if line.startswith(("ERROR", "WARNING"))]


def _run(folder: Path) -> None:
    """Run the file in a folder and save its statistics there; in a process of its own."""
    from swmm.toolkit import solver

    files = [str(folder / name) for name in ("network.inp", "report.txt", "results.out")]
    try:
        solver.swmm_open(*files)
        solver.swmm_start(0)
        while solver.swmm_stride(_STRIDE_S):
            pass
        ids = {
            kind: [
                solver.project_get_id(kind, row) for row in range(solver.project_get_count(kind))
            ]
            for kind in (_NODE, _LINK)
        }
        node = [solver.node_get_stats(row) for row in range(len(ids[_NODE]))]
        link = [solver.link_get_stats(row) for row in range(len(ids[_LINK]))]
        columns: dict[str, Any] = {
            f"{name}_{key}": np.array([getattr(row, key) for row in rows], dtype=np.float64)
            for name, rows, keys in (("node", node, _NODE_VALUES), ("link", link, _LINK_VALUES))
            for key in keys
        }
        solver.swmm_end()
        runoff, routing = solver.swmm_get_mass_balance()[:2]
        solver.swmm_report()
        np.savez(
            folder / "statistics.npz",
            nodes=np.array(ids[_NODE], dtype=np.str_),
            links=np.array(ids[_LINK], dtype=np.str_),
            errors=np.array([runoff, routing], dtype=np.float64),
            **columns,
        )
    finally:
        solver.swmm_close()


if __name__ == "__main__":
    _run(Path(sys.argv[1]))
