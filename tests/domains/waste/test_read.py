"""Files of waste, good and broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.transport.small_streets import place
from domains.waste.small import collection, features, plants, write_waste

from kopa.domains.waste import DOMAIN
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.network import Network
from kopa.errors import Finding, InputError


def read(folder: Path, **files: str) -> tuple[Network, tuple[Finding, ...]]:
    """The network of the small files, some of them replaced by other text."""
    settings: dict[str, Any] = write_waste(folder)
    for name, text in files.items():
        settings.setdefault(name, f"{name}.csv")
        (folder / settings[name]).write_text(text, encoding="utf-8")
    domain, told = DOMAIN.load(settings, folder)
    assert isinstance(domain, WasteDomain)
    return domain.network, told


def test_containers(tmp_path: Path) -> None:
    found, told = read(tmp_path)
    some = found.containers
    assert told == ()
    assert some.ewc == ("20 03 01", "20 03 01", "20 03 01", "20 01 01")
    assert some.density.tolist() == [120, 120, 120, 80]
    assert some.full[3] == pytest.approx(3.3 * 80)
    assert found.site_ids == ("a", "b", "c", "paper")
    assert found.trucks.body.tolist() == [15, 15]
    assert [len(one.stops) for one in found.rounds] == [3, 3, 3, 1]


def test_containers_at_one_place_are_a_site(tmp_path: Path) -> None:
    given = collection(features({"a": {"site": "square"}, "b": {"osm": "n7"}}))
    found, _ = read(tmp_path, containers=given)
    assert found.site_ids == ("square", "n7", "c", "paper")


def entity(name: str, node: int, **more: Any) -> dict[str, Any]:
    lon, lat = place(node)
    return {
        "id": f"urn:ngsi-ld:WasteContainer:{name}",
        "type": "WasteContainer",
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [lon, lat]},
        },
        "storedWasteCode": {"type": "Property", "value": ["200301"]},
        "refWasteContainerModel": {"type": "Relationship", "object": "urn:model"},
        "fillingLevel": {"type": "Property", "value": 0.4},
        **more,
    }


MODEL = {"id": "urn:model", "type": "WasteContainerModel", "cargoVolume": {"value": 1100}}


def test_ngsi_ld(tmp_path: Path) -> None:
    """Three forms of attributes; paper says its kind and its volume itself."""
    given = [
        MODEL,
        entity("a", 2, isleId="square", kg_per_day=40),
        entity("b", 3, fillingLevel=0.5),
        entity("c", 9),
        entity(
            "paper", 7, storedWasteCode=[], storedWasteKind={"value": ["paper"]}, cargoVolume=3300
        ),
    ]
    found, told = read(tmp_path, containers=json.dumps(given))
    some = found.containers
    assert told == ()
    assert some.ids == ("a", "b", "c", "paper")
    assert some.streams == ("residual",) * 3 + ("paper",)
    assert some.volume.tolist() == [1.1, 1.1, 1.1, 3.3]
    assert some.fill.tolist() == [0.4, 0.5, 0.4, 0.4]
    assert found.site_ids[0] == "square"
    assert some.daily[0] == 40
    assert np.isnan(some.daily[1])


BROKEN: list[tuple[str, Any, list[str]]] = [
    ("containers", "{", ["json"]),
    ("containers", "{}", ["geojson"]),
    ("containers", collection([]), ["empty"]),
    ("containers", features({"a": {"volume_m3": 0}}), ["value"]),
    ("containers", features({"a": {"ewc": "20 99 99"}, "b": {"ewc": "nine"}}), ["unknown-ewc"] * 2),
    ("containers", features({"a": {"stream": "ash"}}), ["density"]),
    ("containers", features({"a": {"early": "8", "late": "07:00"}}), ["time"]),
    ("containers", features({"a": {"early": "08:00", "late": "07:00"}}), ["window"]),
    ("containers", features({"a": {"id": "b"}}), ["duplicate"]),
    ("containers", features({"a": {"tag": "E2"}, "b": {"tag": "E2"}}), ["tag"]),
    ("containers", features({"a": {"fill": -1, "kg_per_day": "40"}}), ["value", "value"]),
    ("containers", features({"a": {"fill": 0.3, "fill_at": "yesterday"}}), ["time"]),
    ("containers", features({"a": {"id": "100-1"}}), ["round"] * 3),
    ("containers", json.dumps([MODEL, entity("a", 2, storedWasteCode="99")]), ["missing"]),
    ("containers", json.dumps([entity("a", 2)]), ["missing"]),
    ("containers", json.dumps([1, MODEL, entity("a", 2, location=0)]), ["entity", "geometry"]),
    ("facilities", plants({"depot": {"kind": "garage"}}), ["kind"]),
    ("facilities", plants({"transfer": {"feeds": "nowhere"}}), ["feeds"]),
    ("facilities", plants({"sorting": {"feeds": "transfer"}}), ["feeds", "feeds"]),
    ("facilities", plants({"transfer": {"streams": ""}}), ["stream"]),
    ("facilities", plants({"transfer": {"opens": "9:99"}}), ["time"]),
    ("trucks", "id,depot\n", ["columns"]),
    ("rounds", "truck,weekday,container\nT1,sun,a,b\n", ["cells"]),
    ("rounds", "truck,weekday,container\nT1,someday,z\nT3,mon,a\n", ["round"] * 3),
    ("rounds", "truck,weekday,container\nT2,mon,a\n", ["round"]),
    ("rounds", "truck,weekday,container,week\nT1,mon,a,1\n", ["round"]),
    ("events", "from,to,where,factor\n2026-07-01,2026-06-30,all,2\n", ["day"]),
    ("events", "from,to,where,factor\n2026-07-01,July,moon,x\n", ["value", "where", "day"]),
]


@pytest.mark.parametrize(("file", "given", "codes"), BROKEN)
def test_broken_files(tmp_path: Path, file: str, given: Any, codes: list[str]) -> None:
    text = collection(given) if isinstance(given, list) else given
    with pytest.raises(InputError) as caught:
        read(tmp_path, **{file: text})
    found = [one for one in caught.value.findings if one.severity == "error"]
    assert sorted(one.code.removeprefix("waste.") for one in found) == sorted(codes)
    assert all(one.what and one.do and one.file for one in found)


def test_broken_trucks(tmp_path: Path) -> None:
    text = (
        "id,depot,streams,capacity_kg,capacity_m3,starts,ends,litres_per_100km\n"
        "T1,garage,residual ash,1000,5,06:00,05:00,40\nT1,depot,paper,0,5,six,14:00,40\n"
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, trucks=text)
    codes = [one.code.removeprefix("waste.") for one in caught.value.findings]
    assert sorted(codes) == ["depot", "duplicate", "shift", "stream", "time", "value"]


def test_what_lies_outside_the_city_is_told_and_stops(tmp_path: Path) -> None:
    far = features()
    far[0]["geometry"]["coordinates"] = [25.0, 57.5]
    with pytest.raises(InputError) as caught:
        read(tmp_path, containers=collection(far))
    (found,) = caught.value.findings
    assert found.code == "waste.outside"
    assert found.place == "a"
    assert "km from the nearest street" in found.what


def test_an_id_that_a_street_bears(tmp_path: Path) -> None:
    text = collection(features()).replace('"a"', '"100-1"')
    rounds = "truck,weekday,container\nT1,mon,b\n"
    with pytest.raises(InputError) as caught:
        read(tmp_path, containers=text, rounds=rounds)
    assert [one.code for one in caught.value.findings] == ["waste.duplicate"]


def test_events(tmp_path: Path) -> None:
    text = (
        "from,to,where,factor,name\n2026-07-01,2026-07-03,centre,2,fair\n2026-12-24,2026-12-26,"
        "all,1.5,\n2026-05-01,2026-05-01,paper,0,\n2026-05-01,2026-05-01,c,3,\n"
    )
    found, _ = read(tmp_path, events=text)
    assert [one.containers.tolist() for one in found.surges] == [[0, 1, 3], [0, 1, 2, 3], [3], [2]]
    assert found.surges[0].name == "fair"
    assert found.surges[0].last - found.surges[0].first == 2


def test_no_files(tmp_path: Path) -> None:
    settings = write_waste(tmp_path)
    for name in ("containers.geojson", "facilities.geojson", "trucks.csv"):
        (tmp_path / name).unlink()
    with pytest.raises(InputError) as caught:
        DOMAIN.load(settings, tmp_path)
    # without facilities nobody can say where trucks belong
    assert [one.code for one in caught.value.findings] == ["waste.no-file"] * 2
