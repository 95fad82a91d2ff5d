"""Readers: what is right is read, what is wrong is told, all of it, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.heat.network import ZERO_C
from kopa.domains.heat.read_file import Weather, read
from kopa.errors import InputError

from .nets import BUILDING, PIPE, PLANT, changed, feature, features, write

pandapipes = pytest.importorskip("pandapipes")


def codes(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(path)
    errors = [found for found in caught.value.findings if found.severity == "error"]
    for found in errors:
        assert found.file
        assert found.what
        assert found.do
    return [found.code for found in errors]


def test_a_geojson_network(tmp_path: Path) -> None:
    network, findings = read(write(tmp_path), Weather(-20, 0, 5))
    assert findings == ()
    assert network.assets.ids[:6] == ("P1", "P2", "S1", "S2", "S3", "h1")
    assert network.assets.ids[-1] == "network"
    assert len(network.junctions) == 12  # six places, supply and return
    assert network.pipes.length[:3] == pytest.approx([300, 300, 30])
    assert network.pipes.conductance[:3] == pytest.approx([60, 60, 6])
    assert (network.pipes.ground == 5 + ZERO_C).all()
    assert network.consumers.heat == pytest.approx([100e3, 120e3, 80e3])
    assert (network.design, network.outdoor) == (-20 + ZERO_C, ZERO_C)
    assert network.plants.capacity == pytest.approx([400e3])
    assert np.isfinite(network.shapes.x).all()


def test_a_pandapipes_network_is_read_without_pandapipes(tmp_path: Path) -> None:
    net = small_net()
    pandapipes.to_json(net, str(tmp_path / "net.json"))
    network, findings = read(tmp_path / "net.json")
    assert {found.severity for found in findings} == {"warning"}  # the defaults that it took
    assert network.assets.ids == ("pipe:0", "pipe:1", "valve:0", "consumer:0", "plant:0", "network")
    assert network.pipes.inner == pytest.approx([0.05, 0.05])
    assert network.plants.supply == pytest.approx([353.15])


def test_an_empty_value_of_a_flag_takes_its_default(tmp_path: Path) -> None:
    network, _ = read(write(tmp_path, changed("P1", closed=None)))
    assert network.pipes.open.all()


def small_net() -> Any:
    """A plant, a pipe each way, a valve and a consumer."""
    net = pandapipes.create_empty_network(fluid="water")
    pandapipes.create_junctions(net, 5, 5, 353.15)
    pandapipes.create_circ_pump_const_pressure(net, 3, 0, 6, 2, 353.15)
    pandapipes.create_pipes_from_parameters(
        net, [0, 2], [1, 3], 0.5, 50, u_w_per_m2k=2.0, text_k=281.15, k_mm=0.1
    )
    pandapipes.create_valve(net, 1, 4, "ju", 50)
    pandapipes.create_heat_consumer(net, 4, 2, qext_w=5e4, treturn_k=323.15)
    return net


def _without(name: str) -> list[dict[str, Any]]:
    return [one for one in features() if one["properties"]["kind"] != name]


BROKEN: dict[str, tuple[list[Any], list[str]]] = {
    "no heat": (changed("h1", heat_kw=None), ["heat.missing"]),
    "text as number": (changed("h1", heat_kw="much"), ["heat.value"]),
    "negative": (changed("h1", heat_kw=-5), ["heat.value"]),
    "true as number": (changed("h1", heat_kw=True), ["heat.value"]),
    "not a number": (changed("P1", diameter_mm=float("inf")), ["heat.value"]),
    "flag": (changed("P1", closed="maybe"), ["heat.value"]),
    "kind": (changed("P1", kind="tube"), ["heat.kind", "heat.not-joined"][:1]),
    "twice": (changed("h1", id="h2"), ["heat.duplicate"]),
    "fuel": (changed("PLANT", fuel="hope"), ["heat.fuel"]),
    "efficiency": (changed("PLANT", efficiency=3), ["heat.efficiency"]),
    "cold": (changed("h1", cold_c=22), ["heat.cold"]),
    "no plant": (_without("plant"), ["heat.empty"]),
    "nothing": ([], ["heat.empty"] * 3),
    "no properties": ([*features(), {"type": "Feature"}], ["heat.feature"]),
    "no object": ([*features(), 7], ["heat.feature"]),
    "no id": ([*features(), feature({**PIPE}, [0, 0], [0, 9])], ["heat.missing"]),
    "a line as point": ([*features(), feature({**PIPE, "id": "x"}, [0, 0])], ["heat.geometry"]),
    "coordinates": (
        [*features(), feature({**PIPE, "id": "x"}, ["a", 0], [1, 2])],  # type: ignore[list-item]
        ["heat.geometry"],
    ),
    "no length": ([*features(), feature({**PIPE, "id": "x"}, [5, 5], [5, 5])], ["heat.length"]),
    "far from a pipe": (
        [*features(), feature({**BUILDING, "id": "x", "heat_kw": 5}, [0, 99])],
        ["heat.not-joined"],
    ),
    "all at once": (
        [*changed("h1", heat_kw=None), feature({**PLANT, "id": "h2", "fuel": "?"}, [0, 0])],
        ["heat.missing", "heat.duplicate", "heat.fuel"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_geojson(tmp_path: Path, name: str) -> None:
    found, wanted = BROKEN[name]
    assert codes(write(tmp_path, found)) == wanted


def _cut(text: str) -> str:
    return text[: len(text) // 2]


WHOLE: dict[str, tuple[bytes | Callable[[str], str], str]] = {
    "empty": (b"", "heat.json"),
    "no text": (b"\xff\xfe\x00", "heat.encoding"),
    "cut off": (_cut, "heat.json"),
    "a list": (b"[1, 2]", "heat.format"),
    "another thing": (b'{"type": "Topology"}', "heat.format"),
    "no features": (b'{"type": "FeatureCollection", "features": 3}', "heat.geojson"),
    "too deep": (b"[" * 100_000, "heat.json"),
    "no net": (b'{"_class": "pandapipesNet", "_object": []}', "heat.not-pandapipes"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_broken_files(tmp_path: Path, name: str) -> None:
    content, code = WHOLE[name]
    file = write(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_bytes(content if isinstance(content, bytes) else content(text).encode())
    assert codes(file) == [code]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert codes(tmp_path / "none.json") == ["heat.no-file"]


def _table(net: dict[str, Any], name: str, change: Callable[[dict[str, Any]], None]) -> None:
    frame = json.loads(net["_object"][name]["_object"])
    change(frame)
    net["_object"][name]["_object"] = json.dumps(frame)


def _set(column: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(frame: dict[str, Any]) -> None:
        frame["data"][0][frame["columns"].index(column)] = value

    return change


def _twice(frame: dict[str, Any]) -> None:
    frame["index"] = [frame["index"][0]] * len(frame["index"])


def _ragged(frame: dict[str, Any]) -> None:
    frame["data"][0].append(1)


def _none(frame: dict[str, Any]) -> None:
    frame["data"], frame["index"] = [], []


NETS: dict[str, tuple[str, Callable[[dict[str, Any]], None], list[str]]] = {
    "junction not there": ("pipe", _set("from_junction", 77), ["heat.no-junction"]),
    "same ends": ("pipe", _set("from_junction", 1), ["heat.same-ends"]),
    "no junction": ("pipe", _set("from_junction", None), ["heat.missing"]),
    "part of a junction": ("pipe", _set("from_junction", 0.5), ["heat.value"]),
    "length": ("pipe", _set("length_km", "long"), ["heat.value"]),
    "index": ("pipe", _twice, ["heat.index"]),
    "ragged": ("pipe", _ragged, ["heat.bad-table"]),
    "one setting": ("heat_consumer", _set("qext_w", None), ["heat.consumer"]),
    "three settings": ("heat_consumer", _set("deltat_k", 30.0), ["heat.consumer"]),
    "no temperature": ("circ_pump_pressure", _set("t_flow_k", None), ["heat.missing"]),
    "valve at a pipe": ("valve", _set("et", "pi"), ["heat.valve"]),
    "no consumer": ("heat_consumer", _none, ["heat.empty"]),
}


@pytest.mark.parametrize("name", NETS)
def test_broken_nets(tmp_path: Path, name: str) -> None:
    table, change, wanted = NETS[name]
    file = tmp_path / "net.json"
    pandapipes.to_json(small_net(), str(file))
    net = json.loads(file.read_text(encoding="utf-8"))
    _table(net, table, change)
    file.write_text(json.dumps(net), encoding="utf-8")
    assert codes(file) == wanted


def test_what_is_not_supported_stops(tmp_path: Path) -> None:
    net = small_net()
    pandapipes.create_ext_grid(net, 0, 5, 350)
    pandapipes.create_sink(net, 1, 0.1, in_service=False)
    pandapipes.to_json(net, str(tmp_path / "net.json"))
    assert codes(tmp_path / "net.json") == ["heat.not-supported"]


def test_another_fluid_stops(tmp_path: Path) -> None:
    net = small_net()
    net.fluid = pandapipes.create_fluid_from_lib(net, "methane", overwrite=True) or net.fluid
    pandapipes.to_json(net, str(tmp_path / "net.json"))
    assert codes(tmp_path / "net.json") == ["heat.fluid"]
