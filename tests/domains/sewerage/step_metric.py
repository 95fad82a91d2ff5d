"""Prints what pystorms' uncontrolled scenarios score: a program, since SWMM has global state.

The published metric, written anew: after every routing step, for theta ten times what the flow in
link 8 exceeds 0.5 m³/s, for gamma what the flows of O1 to O11 exceed 4 ft³/s together; 1e6 for each
basin that floods; in gamma 7e5 for each basin that is deeper than 0.1 ft after the last step.
"""

from __future__ import annotations

import sys
from typing import Any

_DEPTH, _FLOODING, _FLOW = 5, 4, 0


def main() -> None:
    """Run one scenario; arguments are its name, the file, and a folder for results."""
    from swmm.toolkit import shared_enum as codes
    from swmm.toolkit import solver

    name, inp, folder = sys.argv[1:]
    scored = {
        "theta": (["8"], ["P1", "P2"], [], 0.5, 10.0),
        "gamma": ([f"O{i}" for i in range(1, 12)], [str(i) for i in range(1, 12)],
                  [str(i) for i in range(1, 12)], 4.0, 1.0),
    }  # fmt: skip
    links, basins, last, most, weight = scored[name]
    solver.swmm_open(inp, f"{folder}/report.txt", f"{folder}/results.out")
    solver.swmm_start(0)
    link: list[Any] = [solver.project_get_index(codes.ObjectType.LINK.value, i) for i in links]
    node: list[Any] = [solver.project_get_index(codes.ObjectType.NODE.value, i) for i in basins]
    score, running = 0.0, True
    while running:
        running = solver.swmm_step() > 0
        for row in link:
            flow = solver.link_get_result(row, codes.LinkResult.FLOW)
            score += max(flow - most, 0.0) * weight
        for row in node:
            score += 1e6 * (solver.node_get_result(row, codes.NodeResult.FLOOD) > 0)
    for row in node if last else []:
        score += 7e5 * (solver.node_get_result(row, codes.NodeResult.DEPTH) > 0.1)
    solver.swmm_end()
    solver.swmm_close()
    sys.stdout.write(f"\nscore {score:.6f}\n")


if __name__ == "__main__":
    main()
