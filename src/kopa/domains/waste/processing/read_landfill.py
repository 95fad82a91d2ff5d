"""Reads a landfill: what was brought in which year, and how it is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domains.waste.read_input import Given, read_input

from .landfill import CLIMATES, Landfill, Stream, defaults, kinds

TOP = (
    *("name", "first-year", "years", "climate", "management", "cover", "delay-months"),
    *("recovered-share", "engine-efficiency", "methane-share", "oxidation", "streams"),
)
STREAM = ("name", "material", "tonnes", "doc", "docf", "k")
MOST_YEARS = 500


def read_landfill(file: Path) -> Landfill:
    """The landfill of a file.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    given = read_input(file, "waste.landfill-input")
    given.only(*TOP)
    first, years = given.whole("first-year", 1800, 2300), given.whole("years", 1, MOST_YEARS)
    given.stop()
    climate = given.choice("climate", CLIMATES)
    management = given.choice("management", kinds("mcf"))
    cover = given.choice("cover", kinds("oxidation"))
    share = defaults()["methane_share", "gas"]
    streams = tuple(_stream(one, climate, years) for one in given.tables("streams"))
    names = [stream.name for stream in streams if stream.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        given.wrong("streams", f"The name '{name}' is there twice.", "Rename one.")
    found = Landfill(
        first_year=first,
        streams=streams,
        mcf=defaults()["mcf", management],
        methane_share=given.span("methane-share", 0.01, 1, share),
        oxidation=given.span("oxidation", 0, 1, defaults()["oxidation", cover]),
        delay_months=given.number("delay-months", 0, 6, default=6.0),
        recovered=given.series("recovered-share", years, 0, 1),
        efficiency=_efficiency(given),
    )
    given.stop()
    return found


def _efficiency(given: Given) -> tuple[float, float, float]:
    """Of the engine: as given, the usual one where the file only says that there is one."""
    if given.values.get("engine-efficiency") is None:
        return (np.nan, np.nan, np.nan)
    if given.values["engine-efficiency"] == "usual":
        return defaults()["engine_efficiency", "gas engine"]
    return given.span("engine-efficiency", 0, 1, ())


def _stream(given: Given, climate: str, years: int) -> Stream:
    given.only(*STREAM)
    values = defaults()
    material = given.choice("material", kinds("doc"))
    decays = values["doc", material][2] > 0
    never = (0.0, 0.0, 0.0)
    return Stream(
        name=given.text("name"),
        tonnes=_tonnes(given, years),
        doc=given.span("doc", 0, 1, values["doc", material]),
        docf=given.span("docf", 0, 1, values["docf", material] if decays else never),
        k=given.span("k", 0, 10, values[f"k_{climate}", material] if decays else never),
    )


def _tonnes(given: Given, years: int) -> np.ndarray:
    """Tonnes of each year; a list may end early: after it, nothing is brought."""
    value = given.values.get("tonnes")
    if isinstance(value, list) and 0 < len(value) < years:
        value = [*value, *[0.0] * (years - len(value))]
    one = Given({"tonnes": value}, given.code, given.file, given.findings, given.place)
    return one.series("tonnes", years, 0)
