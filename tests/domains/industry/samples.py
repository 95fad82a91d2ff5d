"""The simulated meters that OpenDSM ships: 10 % is saved after the turn of 2016 to 2017."""

from __future__ import annotations

import gzip
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from kopa.domains.industry.savings import Dates

SAVED = 0.10
DATES = Dates(date(2016, 12, 25), 365, date(2017, 1, 4), date(2018, 1, 3))
"""The year before the measure, and the year after it; between them it was made."""


def write(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a sample's meter and weather as Kopa reads them; gives both files."""
    spec = find_spec("opendsm")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent / "eemeter" / "samples"
    meter, weather = folder / "meter.csv", folder / "weather.csv"
    meter.write_bytes(gzip.decompress((source / f"{name}.csv.gz").read_bytes()))
    text = gzip.decompress((source / "il-tempF.csv.gz").read_bytes())
    weather.write_bytes(text.replace(b"dt,tempF", b"time,temperature_f"))
    return meter, weather
