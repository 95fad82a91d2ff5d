"""Methane of a landfill of 60 years × 12 streams, and the same as a sum of exponentials.

    python benchmarks/waste_landfill.py [--rounds 20]

Prints one JSON document. `landfill_ms` is `kopa.domains.waste.processing.landfill.methane` with
low, mid and high; the peer is the closed form, one stream after the other, for one of these three.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from kopa.domains.waste.processing.landfill import Landfill, Stream, closed_form, decayed, methane

YEARS, STREAMS = 60, 12


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20, help="the best counts")
    rounds = parser.parse_args().rounds
    landfill = _landfill()
    deposits = np.array([stream.tonnes for stream in landfill.streams])
    k = np.array([stream.k[1] for stream in landfill.streams])
    times: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        methane(landfill)
        times.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    peer = np.array([closed_form(deposits[row].tolist(), float(k[row])) for row in range(STREAMS)])
    peer_s = time.perf_counter() - begin
    apart = float(np.abs(decayed(deposits, k) - peer).max() / peer.max())
    found = {
        "years": YEARS,
        "streams": STREAMS,
        "landfill_ms": round(min(times) * 1000, 3),
        "closed_form_ms": round(peer_s * 1000, 1),
        "apart": float(f"{apart:.1g}"),
    }
    print(json.dumps(found))


def _landfill() -> Landfill:
    random = np.random.default_rng(1)
    streams = tuple(
        Stream(
            f"stream {row}",
            random.uniform(0, 1e5, YEARS),
            (0.1, 0.15, 0.2),
            (0.4, 0.5, 0.6),
            (k := float(random.uniform(0.02, 0.4)), k * 1.1, k * 1.2),
        )
        for row in range(STREAMS)
    )
    one = (1.0, 1.0, 1.0)
    share = (0.475, 0.5, 0.525)
    recovered = np.full(YEARS, 0.3)
    return Landfill(1990, streams, one, share, (0.0, 0.1, 0.1), 6.0, recovered, (0.3, 0.35, 0.4))


if __name__ == "__main__":
    main()
