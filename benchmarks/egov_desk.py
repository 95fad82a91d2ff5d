"""The desk: 10,000 requests joined to 100 faults, against a loop over all pairs.

    python benchmarks/egov_desk.py

Prints one JSON document. Requests and faults are synthetic: 10 km by 10 km, three days, faults of
300 places each. No other tool joins requests to faults, so the peer is what a desk without an index
does: for each request each fault, first by kind and time, then by the haversine of each of its
places; it must find the same. It finds neither duplicates nor what is asked for again, ours does.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kopa.open311.join import EARTH_M, join
from kopa.open311.model import Fault, ServiceRequest
from kopa.open311.services import services

REQUESTS, FAULTS, PLACES, REPEATS = 10_000, 100, 300, 3
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KNOWN = services()


def main() -> None:
    """Measure and print."""
    requests, faults = _town(random.Random(311))
    join(requests[:10], faults[:2], KNOWN)  # libraries load
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        found = join(requests, faults, KNOWN)
        times.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    peer = _loop(requests, faults)
    took = time.perf_counter() - begin
    print(
        json.dumps(
            {
                "requests": REQUESTS,
                "faults": FAULTS,
                "places": PLACES,
                "joined": int((found.fault >= 0).sum()),
                "duplicates": int((found.duplicate >= 0).sum()),
                "s": round(min(times), 3),
                "peer_s": round(took, 2),
                "ratio": round(took / min(times), 1),
                "same": found.fault.tolist() == peer,
            }
        )
    )


def _town(dice: random.Random) -> tuple[list[ServiceRequest], list[Fault]]:
    words = sorted({one for kind in KNOWN.values() for one in kind.explained_by})
    faults = []
    for number in range(FAULTS):
        lat, lon = 56.9 + 0.1 * dice.random(), 24.0 + 0.16 * dice.random()
        start = NOON + timedelta(hours=60 * dice.random())
        end = start + timedelta(hours=8)
        lats = tuple(lat + dice.gauss(0, 0.004) for _ in range(PLACES))
        lons = tuple(lon + dice.gauss(0, 0.008) for _ in range(PLACES))
        faults.append(Fault(f"f{number}", dice.choice(words), lats, lons, start, end))
    requests = []
    for number in range(REQUESTS):
        at = NOON + timedelta(hours=72 * dice.random())
        state = "open" if dice.random() < 0.8 else "closed"
        lat, lon = 56.9 + 0.1 * dice.random(), 24.0 + 0.16 * dice.random()
        requests.append(ServiceRequest(str(number), state, dice.choice([*KNOWN]), at, lat, lon))
    return requests, faults


def _loop(requests: Sequence[ServiceRequest], faults: Sequence[Fault]) -> list[int]:
    found = []
    for one in requests:
        kind, best = KNOWN[one.code], (math.inf, 0.0, "", -1)
        for number, other in enumerate(faults):
            begin = other.start - timedelta(hours=kind.early)
            end = other.end and other.end + timedelta(hours=kind.late)
            during = begin <= one.requested and (end is None or one.requested <= end)
            if other.service in kind.explained_by and during:
                near = min(_metres(one, *at) for at in zip(other.lat, other.lon, strict=True))
                if near <= kind.within:
                    best = min(best, (near, -other.start.timestamp(), other.id, number))
        found.append(best[3])
    return found


def _metres(one: ServiceRequest, lat: float, lon: float) -> float:
    a, b, c, d = map(math.radians, (one.lat or 0.0, one.lon or 0.0, lat, lon))
    part = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(part))


if __name__ == "__main__":
    main()
