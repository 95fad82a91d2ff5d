"""From a closed street to the answer, on L'Aquila.

    python benchmarks/closure.py --data …/city/laquila [--street 'Viale Corrado IV'] [--rounds 3]

Prints one JSON document. `decision_s` is the whole decision on files that are read: streets
closed, way round, trips hit, reach before and after, alert; the first one also finds the order
of contraction. `cold_s` is the command from its start to its end, gtfs-guru included.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kopa.domains.transport.alert import Notice, feed_message
from kopa.domains.transport.closure import Question, close
from kopa.domains.transport.load import network_at
from kopa.domains.transport.read_geojson import read_stretch
from kopa.domains.transport.stretch import geometry

DATE, START, END = datetime.date(2022, 10, 5), 8 * 3600, 18 * 3600


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder of L'Aquila")
    parser.add_argument("--street", default="Viale Corrado IV", help="name of the street")
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    osm, gtfs = words.data / "laquila.osm.pbf", words.data / "laquila_gtfs_2022.zip"

    begin = time.perf_counter()
    network, _ = network_at(osm, gtfs)
    read_s = time.perf_counter() - begin
    streets = network.streets
    lines = []
    for edge in range(streets.edges):
        if streets.name[edge] == words.street and streets.drive[edge]:
            line = streets.line(edge)
            lines.append(np.column_stack(network.projection.degrees(line[:, 0], line[:, 1])))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stretch.geojson"
        coordinates = [line.tolist() for line in lines]
        drawn = {"type": "MultiLineString", "coordinates": coordinates}
        file.write_text(json.dumps(drawn), encoding="utf-8")
        times = []
        x, y = network.stop_places
        for _ in range(words.rounds):
            begin = time.perf_counter()
            stretch = geometry(read_stretch(file), network.projection)
            found = close(network, Question(stretch, DATE, START, END, x[:1], y[:1], START))
            runs = found.runs.chosen(found.hits.runs)
            notice = Notice(words.street, DATE, START, END, runs, found.stops)
            feed_message(network.timetable, notice, 0)
            times.append(time.perf_counter() - begin)
        hours = ["--from", "08:00", "--to", "18:00", "--date", str(DATE)]
        command = ["closure", str(gtfs), "--osm", str(osm), "--stretch", str(file), *hours]
        begin = time.perf_counter()
        start = "import sys; from kopa.cli import main; sys.exit(main())"
        kopa = [sys.executable, "-c", start, "transport", *command, "--json"]
        subprocess.run(kopa, check=True, capture_output=True)
        cold_s = time.perf_counter() - begin
    report = {
        "street": words.street,
        "pieces_closed": int(found.closed.sum()),
        "trips_hit": len(found.hits.runs),
        "added_minutes": found.added_minutes,
        "read_s": read_s,
        "first_decision_s": times[0],
        "decision_s": min(times),
        "cold_s": cold_s,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
