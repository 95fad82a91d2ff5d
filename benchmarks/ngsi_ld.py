"""NGSI-LD over real HTTP on loopback: requests a second, and how long each takes.

``python benchmarks/ngsi_ld.py [--entities N]``: a server on an embedded store in a process of
its own, and one client with one connection.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import httpx
import numpy as np

ROOT = "/ngsi-ld/v1"
PORT = 8091


def entity(n: int) -> dict[str, object]:
    """A sensor somewhere in a city."""
    place = [24.0 + (n % 400) / 2000, 56.9 + (n // 400 % 400) / 2000]
    return {
        "id": f"urn:ngsi-ld:Sensor:{n}",
        "type": "Sensor",
        "level": {
            "type": "Property",
            "value": n % 100,
            "unitCode": "MTR",
            "observedAt": "2026-01-01T00:00:00Z",
        },
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": place}},
        "serves": {"type": "Relationship", "object": f"urn:ngsi-ld:Zone:{n % 50}"},
    }


def timed(name: str, calls: int, call: Callable[[int], httpx.Response]) -> None:
    """Make calls one after the other and print their rate and times."""
    took = []
    for n in range(calls):
        begin = time.perf_counter()
        answer = call(n)
        took.append(time.perf_counter() - begin)
        if answer.status_code >= 400:
            raise SystemExit(f"{name}: {answer.status_code} {answer.text[:300]}")
    middle, late = np.percentile(took, [50, 99]) * 1000
    print(f"{name:44} {calls / sum(took):8.0f}/s  p50 {middle:7.2f} ms  p99 {late:7.2f} ms")


def measure(client: httpx.Client, count: int) -> None:
    """All measurements."""
    size = 1000
    batches = [[entity(n) for n in range(at, at + size)] for at in range(0, count, size)]
    create, upsert = f"{ROOT}/entityOperations/create", f"{ROOT}/entityOperations/upsert"
    timed("create a batch of 1,000", len(batches), lambda n: client.post(create, json=batches[n]))

    def update(n: int) -> httpx.Response:
        now = f"2026-01-02T{n // 60:02}:{n % 60:02}:00Z"
        batch = [
            {
                "id": f"urn:ngsi-ld:Sensor:{k}",
                "type": "Sensor",
                "level": {"type": "Property", "value": n, "unitCode": "MTR", "observedAt": now},
            }
            for k in range(size)
        ]
        return client.post(f"{upsert}?options=update", json=batch)

    timed("update a batch of 1,000, with history", 10, update)
    ids = [f"urn:ngsi-ld:Sensor:{n * 7919 % count}" for n in range(500)]
    timed("retrieve an entity", 500, lambda n: client.get(f"{ROOT}/entities/{ids[n]}"))
    fragment = {"value": 5, "observedAt": "2026-01-03T00:00:00Z"}
    timed(
        "update an attribute",
        200,
        lambda n: client.patch(f"{ROOT}/entities/{ids[n]}/attrs/level", json=fragment),
    )
    queries = {
        "query q=level>98": {"q": "level>98"},
        "query near 300 m": {
            "georel": "near;maxDistance==300",
            "geometry": "Point",
            "coordinates": "[24.05,56.95]",
        },
        "query q=serves~=… (decided in Python)": {"q": "serves~=Zone:7$"},
    }
    for name, query in queries.items():
        parameters = {"type": "Sensor", "limit": "20", **query}
        timed(
            f"{name}, 20 of {count}",
            50,
            lambda n, p=parameters: client.get(f"{ROOT}/entities", params=p),  # type: ignore[misc]
        )
    past = f"{ROOT}/temporal/entities/urn:ngsi-ld:Sensor:1"
    timed("retrieve a past of 11 instances", 200, lambda n: client.get(past))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=10_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "kopa.api.serve", folder, "--port", str(PORT)]
        server = subprocess.Popen(command)
        base = f"http://127.0.0.1:{PORT}"
        with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
            for _ in range(200):
                try:
                    client.get("/health/ready")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            try:
                measure(client, args.entities)
            finally:
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
