"""Runs SWMM 5.2, one job after another: the program of a worker process.

SWMM keeps its project in global variables, prints to stdout, and a bad file can end the process:
so nothing but this file is loaded here. Jobs and answers are pickled dicts, each behind its
length in eight bytes, on stdin and on a copy of stdout. It ends when stdin does.

The toolkit is the library below pyswmm, which cannot read whole arrays.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_NODE, _LINK = 2, 3  # object types of the toolkit
_FLOW_LIMIT = 3
_MOST_STRIDE_S = 86_400
_MAGIC = 516114522
_NODE_VALUES, _LINK_VALUES, _SYSTEM_VALUES = 6, 5, 15  # SWMM 5.2, swmm5 output file
_FOOT3 = 0.3048**3


def main() -> None:
    """Answer jobs until there are no more."""
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the engine writes to the old stdout
    with contextlib.suppress(Exception):  # each job would tell why
        import_module("swmm.toolkit.solver")
    while True:
        head = sys.stdin.buffer.read(8)
        if len(head) < 8:
            return
        job = pickle.loads(sys.stdin.buffer.read(struct.unpack("<q", head)[0]))
        try:
            answer = run(job)
        except Exception as error:  # noqa: BLE001  whatever it is, it is this job's
            answer = {"failure": str(error) or type(error).__name__, "messages": ()}
        send(said, answer)


def send(to: BinaryIO, value: Any) -> None:
    """Write a pickled value behind its length."""
    raw = pickle.dumps(value, protocol=5)
    to.write(struct.pack("<q", len(raw)))
    to.write(raw)
    to.flush()


def run(job: dict[str, Any]) -> dict[str, Any]:
    """One run of SWMM.

    Parameters
    ----------
    job
        ``inp``: bytes; ``hotstart``: bytes or None; ``keep``: whether to give a hot start back;
        ``limits``: ``[(second of the run, {link id: flow limit in the file's units})]``, times
        rising; ``check``: only open and start; ``watched``: ids of links whose flow is wanted.
    """
    with tempfile.TemporaryDirectory(prefix="kopa-swmm-") as name:
        folder = Path(name)
        inp = job["inp"]
        if job["hotstart"] is not None:
            (folder / "start.hsf").write_bytes(job["hotstart"])
            inp += f'[FILES]\nUSE HOTSTART "{folder / "start.hsf"}"\n'.encode()
        (folder / "network.inp").write_bytes(inp)
        report = folder / "report.txt"
        try:
            answer = _simulate(job, folder)
        except Exception as error:  # noqa: BLE001  the report says more
            answer = {"failure": str(error) or type(error).__name__}
        text = report.read_text(encoding="latin-1") if report.exists() else ""
        return {**answer, "messages": _messages(text)}


def _messages(report: str) -> tuple[str, ...]:
    """Errors and warnings of the report, each with the lines that belong to it."""
    found: list[str] = []
    lines = iter(report.splitlines())
    for line in lines:
        text = line.strip()
        if text.startswith(("ERROR", "WARNING")):
            if text.endswith(":"):
                text = f"{text} {next(lines, '').strip()}"
            found.append(text)
    return tuple(found)


def _simulate(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    from swmm.toolkit import solver
    from swmm.toolkit.shared_enum import HotstartFile, LinkProperty

    files = [str(folder / name) for name in ("network.inp", "report.txt", "results.out")]
    elapsed = 0
    try:
        solver.swmm_open(*files)
        if job["check"] == "open":
            return {}
        solver.swmm_start(0 if job["check"] else 1)
        if job["check"]:
            solver.swmm_step()
            solver.swmm_end()
            return {}
        running = True
        for at, limits in [*job["limits"], (None, {})]:
            while running and (at is None or elapsed < at):
                stride = _MOST_STRIDE_S if at is None else at - elapsed
                running = solver.swmm_stride(stride) > 0
                elapsed += stride
            for link, limit in limits.items():
                row = solver.project_get_index(_LINK, link)
                solver.link_set_parameter(row, LinkProperty(_FLOW_LIMIT), limit)
        if job["keep"]:
            solver.swmm_hotstart(HotstartFile.SAVE, str(folder / "end.hsf"))
        answer = _statistics(solver)
        solver.swmm_end()
        runoff, routing, _ = solver.swmm_get_mass_balance()
        answer["errors"] = (float(runoff), float(routing))
        if job["keep"]:
            answer["hotstart"] = (folder / "end.hsf").read_bytes()
    finally:
        solver.swmm_close()
    return answer | read_output(folder / "results.out", job["report_s"], job["step_s"])


def _statistics(solver: Any) -> dict[str, Any]:
    """What the toolkit counts, in the file's units; volumes in m³ or ft³."""
    from swmm.toolkit.shared_enum import LinkType

    nodes = [solver.node_get_stats(row) for row in range(solver.project_get_count(_NODE))]
    links = range(solver.project_get_count(_LINK))
    pumps = [row for row in links if solver.link_get_type(row) == LinkType.PUMP]
    energy = np.zeros(len(links))
    for row in pumps:
        energy[row] = solver.pump_get_stats(row).energy
    totals = solver.system_get_routing_totals()
    names = ("dwInflow", "wwInflow", "gwInflow", "iiInflow", "exInflow", "flooding", "outflow",
             "evapLoss", "seepLoss", "reacted")  # fmt: skip
    return {
        "flooded": np.array([row.volFlooded for row in nodes]),
        "flooded_h": np.array([row.timeFlooded for row in nodes]),
        "max_depth": np.array([row.maxDepth for row in nodes]),
        "energy": energy,
        "totals": {name: float(getattr(totals, name)) for name in names},
        # these two are in ft³ whatever the file's units are
        "stored_m3": (totals.finalStorage - totals.initStorage) * _FOOT3,
    }


def read_output(path: Path, report_s: int, step_s: int) -> dict[str, Any]:
    """Series of SWMM's binary output, each step the mean of its reports.

    Parameters
    ----------
    path
        The file.
    report_s, step_s
        Time between its reports, and length of a step, s; a multiple of it.

    References
    ----------
    Rossman and Simon (2022), SWMM 5.2 User's Manual, and the layout in its interfacing guide.
    """
    raw = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    _, _, _, subcatchments, nodes, links, pollutants = raw[:28].view("<i4").tolist()
    ids_at, _, first, periods, code, magic = raw[-24:].view("<i4").tolist()
    if magic != _MAGIC or code:
        raise ValueError(f"SWMM's results end with error {code}")
    ids, at = [], ids_at
    for _ in range(subcatchments + nodes + links):
        length = int(raw[at : at + 4].view("<i4")[0])
        ids.append(bytes(raw[at + 4 : at + 4 + length]).decode("latin-1"))
        at += 4 + length
    widths = ((8 + pollutants, subcatchments), (_NODE_VALUES + pollutants, nodes),
              (_LINK_VALUES + pollutants, links))  # fmt: skip
    floats = sum(width * many for width, many in widths) + _SYSTEM_VALUES
    size = 8 + 4 * floats
    table = raw[first : first + size * periods].reshape(periods, size)[:, 8:].view("<f4")
    a = widths[0][0] * subcatchments
    b = a + widths[1][0] * nodes
    first_of = np.arange(0, periods, max(1, step_s // report_s))
    reports = np.diff(first_of, append=periods)[:, None]

    def column(at: int, begin: int, width: int, many: int) -> Any:
        """A quantity of all nodes or links, shape (report, object)."""
        return table[:, begin + at : begin + width * many : width]

    def mean(values: Any) -> Any:
        return np.add.reduceat(values, first_of, axis=0, dtype=np.float64) / reports

    depth, inflow, flooding = (column(at, a, widths[1][0], nodes) for at in (0, 4, 5))
    # depth and head are the mean of a report, and flooding of less than a report counts as such
    return {
        "nodes": tuple(ids[subcatchments : subcatchments + nodes]),
        "links": tuple(ids[subcatchments + nodes :]),
        "depth": np.maximum.reduceat(depth, first_of, axis=0).astype(np.float64),
        "level": mean(depth),
        "flooding": mean(flooding),
        "inflow": mean(inflow),
        "full": mean(flooding > 0),
        "flow": mean(column(0, b, widths[2][0], links)),
    }


if __name__ == "__main__":
    main()
