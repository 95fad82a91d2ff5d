"""Telemetry over real HTTP on loopback: ``POST /ingest`` in batches of 1,000 into ``kopa up``.

``python benchmarks/telemetry.py [--batches N]``. Three clients send; every 200 means durable. The
same values stand in 1,000 entities, which another client reads one by one meanwhile. The peers
write the same rows in the same batches with plain sqlite3, as durably, in the same run (see
``store.py``).
Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from store import FIRST, MINUTE, PEERS, SERIES, batches, plain_sqlite

PORT, SENDERS = 8097, 3
PROMISED = 20_000.0
"""Observations a second while entities are read."""
KOPA = [sys.executable, "-c", "import sys; from kopa.cli import main; sys.exit(main())"]
PLACE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [0, 0]},
    "properties": {"id": "h", "kind": "home", "people": 2},
}


def entity(n: int) -> str:
    """Id of a device's entity."""
    return f"urn:ngsi-ld:Device:{n:05d}"


def city(folder: Path) -> Path:
    """A city of one home and 1,000 devices."""
    folder.mkdir()
    (folder / "city.toml").write_text('name = "Bench"\n[places]\nplaces = "places.geojson"\n')
    places = {"type": "FeatureCollection", "features": [PLACE]}
    (folder / "places.geojson").write_text(json.dumps(places))
    rows = [f"d{n},value,{entity(n)},temperature,CEL,-50,60\n" for n in range(SERIES)]
    (folder / "devices.csv").write_text(
        "device,path,entity,attribute,unit,low,high\n" + "".join(rows)
    )
    return folder


def bodies(count: int) -> list[bytes]:
    """What a gateway sends in each of so many minutes."""
    base = np.random.default_rng(0).normal(15, 8, SERIES)
    made = []
    for number in range(count):
        value = np.round(base + np.random.default_rng(number).normal(0, 0.3, SERIES), 2).tolist()
        at = (FIRST + number * MINUTE) / 1e6
        rows = [{"device": f"d{n}", "time": at, "value": value[n]} for n in range(SERIES)]
        made.append(json.dumps(rows).encode())
    return made


class Server:
    """A ``kopa up``."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        self.start_s = self.start()
        found = re.search(r"password: (\S+)", log.read_text())
        if found is None:
            raise SystemExit(log.read_text())
        with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", trust_env=False) as client:
            answer = client.post("/auth/login", json={"name": "admin", "password": found[1]})
        self.headers = {"authorization": f"Bearer {answer.json()['token']}"}

    def start(self) -> float:
        """Start it; gives the seconds until it is ready."""
        begin = time.perf_counter()
        with self._log.open("a") as out:
            self.process = subprocess.Popen(
                [*KOPA, "up", str(self._folder), "--port", str(PORT)], stdout=out, stderr=out
            )
        with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", trust_env=False) as client:
            while True:
                try:
                    if client.get("/health/ready").status_code == 200:
                        return time.perf_counter() - begin
                except httpx.TransportError:
                    if self.process.poll() is not None:
                        raise SystemExit(self._log.read_text()) from None
                time.sleep(0.02)

    def client(self) -> httpx.Client:
        """A client with its own connection."""
        base = f"http://127.0.0.1:{PORT}"
        return httpx.Client(base_url=base, headers=self.headers, timeout=60, trust_env=False)


def send(server: Server, part: list[bytes], every_s: float) -> None:
    """Send a batch every so many seconds; one that is refused comes again."""
    begin = time.perf_counter()
    with server.client() as client:
        for n, body in enumerate(part):
            time.sleep(max(begin + n * every_s - time.perf_counter(), 0.0))
            while (answer := client.post("/ingest", content=body)).status_code == 429:
                time.sleep(0.05)
            if answer.status_code != 200:
                raise SystemExit(answer.text)


def reading(headers: dict[str, str], done: Any, told: Any) -> None:
    """Read entities one after the other until it is done, in a process of its own."""
    took: list[float] = []
    base = f"http://127.0.0.1:{PORT}"
    with httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False) as client:
        while not done.is_set():
            begin = time.perf_counter()
            id = entity(len(took) * 7919 % SERIES)
            client.get(f"/ngsi-ld/v1/entities/{id}").raise_for_status()
            took.append(time.perf_counter() - begin)
            time.sleep(0.01)
    told.put(took)


def together(server: Server, parts: list[list[bytes]], rate: float = np.inf) -> float:
    """Seconds in which senders send all batches, at so many observations a second."""
    every_s = SENDERS * SERIES / rate
    threads = [threading.Thread(target=send, args=(server, part, every_s)) for part in parts]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def seen(server: Server, count: int) -> float:
    """The longest time from an acknowledged value to its entity having it, s."""
    worst = 0.0
    with server.client() as client:
        for n in range(20):
            at = (FIRST + (count + n) * MINUTE) / 1e6
            body = [{"device": "d7", "time": at, "value": n + 0.5}]
            client.post("/ingest", json=body).raise_for_status()
            begin = time.perf_counter()
            while True:
                found = client.get(f"/ngsi-ld/v1/entities/{entity(7)}").json()
                if found.get("temperature", {}).get("value") == n + 0.5:
                    break
                time.sleep(0.02)  # callers have a rate limit
            worst = max(worst, time.perf_counter() - begin)
    return worst


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=300)
    args = parser.parse_args()
    count = args.batches
    told: dict[str, Any] = {"batches": count, "load_before": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        server = Server(city(folder / "city"), folder / "log")
        try:
            with server.client() as client:
                made = [{"id": entity(n), "type": "Device"} for n in range(SERIES)]
                client.post("/ngsi-ld/v1/entityOperations/create", json=made).raise_for_status()
            sent = bodies(2 * count)
            send(server, sent[:5], 0.0)
            spent = together(server, [sent[n:count:SENDERS] for n in range(SENDERS)])
            told["observations_per_s"] = round(count * SERIES / spent)
            spawn = multiprocessing.get_context("spawn")
            done, answers = spawn.Event(), spawn.Queue()
            reader = spawn.Process(target=reading, args=(server.headers, done, answers))
            reader.start()
            time.sleep(2)
            parts = [sent[count + n :: SENDERS] for n in range(SENDERS)]
            spent = together(server, parts, PROMISED)
            done.set()
            took = answers.get()
            reader.join()
            told["observations_per_s_while_read"] = round(count * SERIES / spent)
            told["get_entity_during_ingest_p99_ms"] = round(float(np.percentile(took, 99)) * 1e3, 1)
            told["acknowledged_to_entity_worst_s"] = round(seen(server, 2 * count), 3)
            children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
            child = Path(children).read_text().split()
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            told["restart_after_kill_s"] = round(server.start(), 2)
            told["killed"] = 1 + len(child)
        finally:
            server.process.terminate()
            server.process.wait(20)
        peers = batches(count)
        for name, table in PEERS.items():
            rate = plain_sqlite(folder / f"{name}.db", table, peers)
            told[f"sqlite3_{name}_per_s"] = round(rate)
    told["ratio_to_keyed"] = round(told["observations_per_s"] / told["sqlite3_keyed_per_s"], 2)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
