"""Assembles a coupled city from two published networks that dependencies carry.

Water is Net3 (EPANET's example, from the package wntr), electricity is mv_oberrhein (from the
package pandapower). They are of different places: homes, sites and links between them are
**synthetic** and made here by rule. Run::

    python examples/two_networks.py CITY

- Every junction with a demand becomes a neighbourhood; 250 litres a person and day give its
  people. Load i of n supplies neighbourhood i, in the order of the files.
- The two pumps hang on loads of two feeders; a hospital, a school and a fire station lie at
  three neighbourhoods and have stores of their own.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy import DOMAIN as ENERGY
from kopa.domains.water import DOMAIN as WATER

sys.path.insert(0, str(Path(__file__).parent))
from city_folder import feature, write

LITRES_A_DAY = 250
CITY = """\
name = "Two networks"
population = {people}
crs = "local"
languages = ["en", "lv"]
synthetic = true
attribution = "Net3 (EPANET examples, US EPA), mv_oberrhein (pandapower, BSD)"

[water]
network = "water/network.inp"

[energy]
grid = "energy/grid.json"

[places]
places = "places/*.geojson"
"""
SITES: dict[str, dict[str, Any]] = {
    "hospital": {"people": 900, "electricity_buffer_h": 8, "water_buffer_h": 4},
    "school": {"people": 600, "opening_hours": "Mo-Fr 08:00-16:00"},
    "fire_station": {"people": 20, "electricity_buffer_h": 12},
}


def carried(package: str, *parts: str) -> Path:
    """A data file that an installed package carries; the package is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is missing: install kopa[demo]")
    return Path(spec.origin).parent.joinpath(*parts)


def assemble(city: Path) -> Path:
    """Write the city folder.

    Parameters
    ----------
    city
        The folder to write.
    """
    for part in ("water", "energy"):
        (city / part).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(
        carried("wntr", "library", "networks", "Net3.inp"), city / "water" / "network.inp"
    )
    shutil.copyfile(
        carried("pandapower", "networks", "mv_oberrhein.json"), city / "energy" / "grid.json"
    )
    water = WATER.load({"network": "water/network.inp"}, city)[0]
    energy = ENERGY.load({"grid": "energy/grid.json"}, city)[0].assets()
    network = water.network  # type: ignore[attr-defined]  # the demand is no matter of the contract
    base = np.bincount(network.demand_node, network.demand_base, len(network.node_ids))
    litres = base * network.units.flow * 1000 * 86_400
    loads = [i for i, kind in zip(energy.ids, energy.kinds, strict=True) if kind == "load"]
    features: list[dict[str, Any]] = []
    rows: list[list[object]] = []

    def place(name: str, kind: str, node: int, load: str, properties: dict[str, Any]) -> None:
        x, y = float(network.x[node]), float(network.y[node])
        features.append(feature(name, x, y, kind=kind, **properties))
        junction = water.assets().ids[node]
        for source in (["energy", "electricity", load], ["water", "water", junction]):
            target = ["places", source[1], name]
            rows.append([*source, *target, "all", "", "", "", "synthetic", 0.5, "by rule"])

    served = np.flatnonzero(litres > 0)
    for n, node in enumerate(served.tolist()):
        people = round(litres[node] / LITRES_A_DAY)
        zone = "south" if network.y[node] < np.median(network.y) else "north"
        place(
            f"neighbourhood-{network.node_ids[node]}",
            "home",
            node,
            loads[n * len(loads) // len(served)],
            {"people": people, "customers": max(1, people // 2), "zone": zone},
        )
    for n, (kind, properties) in enumerate(SITES.items()):
        node = int(served[(n + 1) * len(served) // 4])
        place(kind, kind, node, loads[(n + 1) * len(loads) // 4], properties)
    pumps = [
        i
        for i, kind in zip(water.assets().ids, water.assets().kinds, strict=True)
        if kind == "pump"
    ]
    for n, pump in enumerate(pumps):
        source = ["energy", "electricity", loads[(2 * n + 1) * len(loads) // 4]]
        target = ["water", "electricity", pump]
        rows.append([*source, *target, "all", 0.5, "", "", "synthetic", 0.5, "by rule"])

    write(city, CITY, features, rows)
    return city


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Assemble a coupled city from two networks.")
    parser.add_argument("city", type=Path, help="folder to write")
    print(assemble(parser.parse_args().city))


if __name__ == "__main__":
    main()
