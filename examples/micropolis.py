"""Assembles a city folder from the published Micropolis data.

Micropolis is a virtual city of 5,000 people with water, power and buildings. The data lies in
the repository ``srijithbalakrishnan/dreaminsg-integrated-model`` (MIT), folder
``infrarisk/data/networks/micropolis``; Kopa carries none of it. Run::

    python examples/micropolis.py FOLDER_WITH_THE_DATA CITY
    kopa whatif CITY --change 'energy:P_L327 out 06:00-18:00'

Pumps and their motors are linked by the data's own table; a building is linked to the load and
to the water junction that lie nearest.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy import DOMAIN as ENERGY
from kopa.domains.water import DOMAIN as WATER
from kopa.model import Assets, FloatArray, IntArray

sys.path.insert(0, str(Path(__file__).parent))
from city_folder import feature, write

KINDS = {
    "Apartment": "home",
    "Single Family Re": "home",
    "Trailer Park": "home",
    "Elem. School": "school",
    "Middle School": "school",
    "High School": "school",
    "Fire Station": "fire_station",
    "Police Station": "police",
    "Doctor's Office": "clinic",
    "WTP": "water_works",
}
CITY = """\
name = "Micropolis"
population = {people}
crs = "local, feet"
synthetic = true
attribution = "Micropolis (Brumbelow et al. 2007), infrarisk (MIT)"

[water]
network = "water/network.inp"
required_pressure_m = 14

[energy]
grid = "energy/grid.json"

[places]
places = "places/*.geojson"
"""


def buildings(folder: Path) -> list[dict[str, Any]]:
    """GeoJSON features of the buildings."""
    import shapefile  # type: ignore[import-untyped, unused-ignore]  # it has no types

    features: list[dict[str, Any]] = []
    with shapefile.Reader(str(folder / "buildings" / "buildings_v1")) as reader:
        for record in reader.records():
            x, y = (float(part) for part in record["Centroid"].split(","))
            kind = KINDS.get(record["FACILITY_T"], "business")
            features.append(
                feature(
                    f"B{record['ID']}",
                    x,
                    y,
                    name=record["FACILITY_T"],
                    kind=kind,
                    people=int(record["POP"]),
                    zone=record["Category"],
                )
            )
    return features


def nearest(assets: Assets, rows: IntArray, x: float, y: float) -> str:
    """Id of the asset of these rows that lies nearest to a point."""
    far: FloatArray = np.hypot(assets.x[rows] - x, assets.y[rows] - y)
    return assets.ids[int(rows[int(np.nanargmin(far))])]


def assemble(folder: Path, city: Path) -> Path:
    """Write the city folder.

    Parameters
    ----------
    folder
        The published data.
    city
        The folder to write.
    """
    for part in ("water", "energy"):
        (city / part).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "water.inp", city / "water" / "network.inp")
    shutil.copyfile(folder / "power.json", city / "energy" / "grid.json")
    features = buildings(folder)
    water = WATER.load({"network": "water/network.inp"}, city)[0].assets()
    energy = ENERGY.load({"grid": "energy/grid.json"}, city)[0].assets()
    loads = np.flatnonzero([kind == "load" for kind in energy.kinds])
    junctions = np.flatnonzero([kind == "junction" for kind in water.kinds])
    rows: list[list[object]] = []
    with (folder / "dependencies.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            source = ["energy", "electricity", row["power_id"]]
            target = ["water", "electricity", row["water_id"]]
            rows.append([*source, *target, "all", 0.5, "", "", "surveyed", 1, "dependencies.csv"])
    for building in features:
        x, y = building["geometry"]["coordinates"]
        place = building["properties"]["id"]
        for domain, port, source_id in (
            ("energy", "electricity", nearest(energy, loads, x, y)),
            ("water", "water", nearest(water, junctions, x, y)),
        ):
            ends = [domain, port, source_id, "places", port, place]
            rows.append([*ends, "all", "", "", "", "nearest", 0.6, "straight line"])
    write(city, CITY, features, rows)
    return city


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Assemble Micropolis as a Kopa city.")
    parser.add_argument("data", type=Path, help="folder with the published data")
    parser.add_argument("city", type=Path, help="folder to write")
    args = parser.parse_args()
    print(assemble(args.data, args.city))


if __name__ == "__main__":
    main()
