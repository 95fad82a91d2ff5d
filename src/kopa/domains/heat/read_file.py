"""Reads a heat network: pandapipes JSON or GeoJSON, whichever the file is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kopa.errors import Finding, stopping

from .cells import Cells
from .network import ZERO_C, HeatNetwork
from .read_geojson import from_geojson
from .read_pandapipes import from_pandapipes


@dataclass(frozen=True)
class Weather:
    """Temperatures that no file of a network says, °C.

    Parameters
    ----------
    design
        Outdoor temperature for which the heat of the consumers holds.
    outdoor
        Outdoor temperature of a usual day.
    ground
        Around the pipes of a GeoJSON network.
    """

    design: float = -15.0
    outdoor: float = -15.0
    ground: float = 8.0


def read(path: Path, weather: Weather | None = None) -> tuple[HeatNetwork, tuple[Finding, ...]]:
    """The network of a file.

    Parameters
    ----------
    path
        A file that ``pandapipes.to_json`` wrote, or a GeoJSON FeatureCollection.
    weather
        What the file does not say.

    Returns
    -------
    tuple
        The network, and what was assumed in reading it.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    weather = weather or Weather()
    cells = Cells(path.name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        do = "Check the path."
        raise cells.stop("no-file", "", f"cannot read it: {error.strerror}.", do) from None
    except UnicodeDecodeError as error:
        do = "Save the file as UTF-8."
        raise cells.stop("encoding", f"byte {error.start}", "it is no UTF-8 text.", do) from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = f"it is no JSON, or cut off: {str(error)[:80]}."
        raise cells.stop("json", "", what, "Write the file again.") from None
    kelvin = (weather.design + ZERO_C, weather.outdoor + ZERO_C)
    if isinstance(whole, dict) and whole.get("_class") == "pandapipesNet":
        network = from_pandapipes(whole, cells, *kelvin)
    elif isinstance(whole, dict) and whole.get("type") == "FeatureCollection":
        network = from_geojson(whole, cells, *kelvin, weather.ground + ZERO_C)
    else:
        what = "it is neither a pandapipesNet nor a GeoJSON FeatureCollection."
        do = "Write it with pandapipes.to_json, or save pipes, consumers and plants as GeoJSON."
        raise cells.stop("format", "", what, do)
    assert not stopping(cells.findings)  # the readers raise on these
    return network, tuple(cells.findings)
