"""How domains are drawn: `page.json` is checked, and every kind and quantity has its place."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from docs.test_words import messages
from small_city import write_whole_city

from kopa.city.domains import domain_names, domain_type
from kopa.city.load import City, load_city
from kopa.domain import Watches
from kopa.domain.page import REST, Page, page_of, read_page
from kopa.errors import InputError
from kopa.model import Window

NAMES = domain_names()
LANGUAGES = ("en", "lv")
GREYS = {"light": ("#ffffff", "#f2f2f0", "#e0e0de"), "dark": ("#15171a", "#26292d", "#33373c")}
"""Grounds of a base map."""
UNITS = {"MTR": "m", "G51": "L/s", "P1": "%", "C62": "p.u.", "KWT": "kW", "1": "", "": "",
         "A93": "g/m³", "MQS": "m³/s", "CFU/100 mL": "CFU/100 mL",
         "CEL": "°C", "BAR": "bar", "m3": "m³", "min": "min"}  # fmt: skip
"""Units that people read, by UN/CEFACT code."""


def page(name: str) -> Page:
    return page_of(domain_type(name).package)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return load_city(write_whole_city(tmp_path_factory.mktemp("city")))


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_is_drawn_or_hidden(name: str, city: City) -> None:
    """A kind has a word, or it is none; places may be of any kind."""
    told = page(name)
    known = {
        key.removeprefix("kind-")
        for key in messages(domain_type(name).package, "en")
        if key.startswith("kind-")
    }
    named = {kind for layer in told.layers for kind in layer.kinds} | set(told.hidden)
    assert named - {REST} <= known
    domain = city.domains[name]
    kinds = {*known, *domain.assets().kinds, *(k for one in domain.kinds() for k in one.assets)}
    for kind in kinds - {REST}:
        assert (told.layer_of(kind) is None) == (kind in told.hidden), kind


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_is_a_series_with_its_unit(name: str, city: City) -> None:
    told, domain = page(name).series, city.domains[name]
    window = Window(0, 3600, 2)
    for port in domain.ports():
        if port.direction == "out":
            assert told[port.name].flag == (port.flag or port.quantity == "share"), port.name
            assert told[port.name].unit == UNITS.get(port.unit, port.unit)
    if isinstance(domain, Watches):
        for meter in domain.meters(window, (), {}):
            assert told[meter.quantity].flag == meter.flag, meter.quantity
            assert told[meter.quantity].unit == UNITS[meter.unit], meter.quantity


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_series_and_change_has_a_word(name: str, language: str, city: City) -> None:
    known = messages(domain_type(name).package, language)
    wanted = {f"series-{quantity}" for quantity in page(name).series}
    wanted |= {f"change-{kind.name}" for kind in city.domains[name].kinds()}
    assert wanted - known.keys() == set()
    said = {key for key in known if key.startswith(("series-", "change-"))}
    assert said == wanted


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_colours_stand_out_from_the_ground(name: str, theme: str) -> None:
    """WCAG 2.2, 1.4.11: graphical objects have a contrast of 3:1."""
    colour = getattr(page(name).colour, theme)
    for ground in GREYS[theme]:
        light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, (colour, ground)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(p * share for p, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_domains_differ_in_colour_and_order() -> None:
    pages = [page(name) for name in NAMES]
    for theme in ("light", "dark"):
        assert len({getattr(one.colour, theme) for one in pages}) == len(pages)
    assert len({one.order for one in pages}) == len(pages)


def test_a_city_has_the_names_of_all_other_kinds() -> None:
    told = page("places").document(("home", "aquarium"))
    kinds = [kind for layer in told["layers"] for kind in layer["kinds"]]
    assert "aquarium" in kinds
    assert REST not in kinds
    assert (
        json.loads(json.dumps(told))["colour"]
        == json.loads(
            files(domain_type("places").package).joinpath("page.json").read_text("utf-8")
        )["colour"]
    )


def test_small_things_come_later() -> None:
    pipes = page("water").layer_of("pipe")
    assert pipes is not None
    assert (pipes.zoom_of(1.0), pipes.zoom_of(0.0), pipes.zoom_of(0.5)) == (10, 13, 11.5)
    homes = page("places").layer_of("home")
    assert homes is not None
    assert homes.zoom_of(0.0) == homes.zoom_of(1.0) == 14


def good() -> dict[str, Any]:
    line = {"kinds": ["pipe"], "draw": "line", "width": [[10, 1], [17, 4]], "from_zoom": 10}
    level = {"unit": "m", "digits": 1, "low": 0, "high": 6}
    return {
        "colour": {"light": "#0065a3", "dark": "#56b4e9"}, "order": 1, "layers": [line],
        "series": {"level": level}, "main": ["pipe"], "hidden": ["network"],
    }  # fmt: skip


def test_a_good_page_is_read() -> None:
    read = read_page(json.dumps(good()).encode(), "d")
    assert read.layers[0].width == ((10, 1), (17, 4))


@pytest.mark.parametrize(
    ("where", "value", "what"),
    [
        (("colour", "light"), "blue", "no colour"),
        (("layers", 0, "draw"), "area", "draw"),
        (("layers", 0, "width"), [], "has a width"),
        (("layers", 0, "width"), [[12, 1], [10, 2]], "must rise"),
        (("layers", 0, "width"), [[12, 0]], "above 0"),
        (("layers", 0, "size"), [[12, 1]], "no size"),
        (("layers", 0, "kinds"), [], "no kinds"),
        (("layers", 0, "kinds"), ["pipe", "network"], "more than once"),
        (("layers", 0, "from_zoom"), 30, "between 0 and"),
        (("layers", 0, "small_from_zoom"), 4, "before from_zoom"),
        (("layers", 0, "colour"), "red", "colour"),
        (("main",), ["pump"], "in no layer"),
        (("series", "level", "high"), 0, "below high"),
        (("order",), "first", "order"),
    ],
)
def test_a_wrong_page_is_told(where: tuple[Any, ...], value: object, what: str) -> None:
    document = good()
    part: Any = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    with pytest.raises(InputError, match=what):
        read_page(json.dumps(document).encode(), "d")


def test_all_that_is_wrong_is_told_at_once() -> None:
    document = good()
    document["colour"] = {"light": "blue", "dark": "red"}
    document["main"] = ["pump"]
    with pytest.raises(InputError) as wrong:
        read_page(json.dumps(document).encode(), "d")
    assert len(wrong.value.findings) == 3


def test_no_json_is_told() -> None:
    with pytest.raises(InputError, match="truncated"):
        read_page(b"{", "d")
