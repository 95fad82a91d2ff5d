"""Files of health care: what is read, and every way in which they can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.health.small import (
    bundle,
    collection,
    homes,
    location,
    resources,
    service,
    write_health,
)

from kopa.domains.health import DOMAIN
from kopa.domains.health.domain import HealthDomain
from kopa.domains.health.parts import Homes, together
from kopa.domains.health.read_fhir import read_fhir
from kopa.errors import InputError

SCT = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem/service-type"


def load(folder: Path, **files: str) -> HealthDomain:
    settings = write_health(folder)
    for name, text in files.items():
        (folder / settings[name]).write_text(text, "utf-8")
    domain, _ = DOMAIN.load(settings, folder)
    assert isinstance(domain, HealthDomain)
    return domain


def with_bundle(*more: Any, drop: str = "") -> str:
    return bundle([*(one for one in resources() if one["id"] != drop), *more])


def changed(name: str, **values: Any) -> str:
    return bundle([{**one, **values} if one["id"] == name else one for one in resources()])


PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"family": "Secret"}]}
BROKEN: dict[str, tuple[str, str, str]] = {
    "cut off": ("facilities", bundle(resources())[:90], "health.fhir-json"),
    "no bundle": ("facilities", json.dumps(resources()[0]), "health.fhir-bundle"),
    "a list": ("facilities", "[]", "health.fhir-bundle"),
    "no entries": ("facilities", bundle([]), "health.fhir-empty"),
    "deep": ("facilities", "[" * 100_000, "health.fhir-json"),
    "deep in an entry": (
        "facilities",
        '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Location","id":"x",'
        '"extension":' + "[" * 800 + "]" * 800 + "}}]}", "health.fhir-value"),
    "a patient deep down": (
        "facilities", '{"resourceType":"Bundle","entry":[' + "[" * 800 + json.dumps(PATIENT)
        + "]" * 800 + "]}", "health.fhir-person"),
    "an entry that is a word": ("facilities", '{"resourceType":"Bundle","entry":["x"]}',
                                "health.fhir-entry"),
    "a patient": ("facilities", with_bundle(PATIENT), "health.fhir-person"),
    "a contained patient": (
        "facilities", with_bundle(location("x", 1, contained=[PATIENT])), "health.fhir-person"),
    "an encounter": (
        "facilities", with_bundle({"resourceType": "Encounter"}), "health.fhir-person"),
    "an observation": (
        "facilities", with_bundle({"resourceType": "Observation"}), "health.fhir-person"),
    "staff": ("facilities", with_bundle({"resourceType": "Practitioner"}), "health.fhir-person"),
    "no id": ("facilities", with_bundle(location("", 1)), "health.fhir-id"),
    "an id of other signs": ("facilities", with_bundle(location("a b", 1)), "health.fhir-id"),
    "an id twice": ("facilities", with_bundle(location("hospital", 1)), "health.fhir-duplicate"),
    "no position": ("facilities", changed("hospital", position=None), "health.fhir-position"),
    "position beyond": (
        "facilities", changed("hospital", position={"longitude": 240, "latitude": 56}),
        "health.fhir-position"),
    "null island": (
        "facilities", changed("hospital", position={"longitude": 0, "latitude": 0}),
        "health.fhir-position"),
    "position is a word": (
        "facilities", changed("hospital", position={"longitude": "x", "latitude": 1}),
        "health.fhir-value"),
    "a word that FHIR has not": (
        "facilities", changed("hospital", beds=3), "health.fhir-value"),
    "a service of nowhere": (
        "facilities", with_bundle(service("s", "nowhere", (SCT, "394814009"))),
        "health.fhir-reference"),
    "part of itself": (
        "facilities", with_bundle(location("w", 1, partOf={"reference": "Location/w"})),
        "health.fhir-part-of"),
    "all inactive": (
        "facilities", bundle([location("x", 1, status="inactive")]), "health.fhir-empty"),
    "far from the city": (
        "facilities", changed("hospital", position={"longitude": 24.5, "latitude": 56.95}),
        "health.outside"),
    "an id of a street": ("facilities", with_bundle(location("100-1", 1)), "health.duplicate"),
    "beds of nobody": ("beds", "facility,capability,beds\nnone,dialysis,3\n", "health.facility"),
    "beds for what": ("beds", "facility,capability,beds\nclinic,magic,3\n", "health.capability"),
    "beds below zero": ("beds", "facility,capability,beds\nclinic,dialysis,-3\n", "health.value"),
    "more staffed than beds": (
        "beds", "facility,capability,beds,staffed\nclinic,dialysis,3,4\n", "health.value"),
    "no column": ("beds", "facility,beds\nclinic,3\n", "health.columns"),
    "stores of nobody": ("stores", "facility,electricity_h\nnone,3\n", "health.facility"),
    "stores twice": ("stores", "facility\nclinic\nclinic\n", "health.duplicate"),
    "nobody lives": ("residents", collection([]), "health.empty"),
    "no people": (
        "residents", collection([{**homes()[0], "properties": {"id": "x"}}]), "health.missing"),
    "groups of words": (
        "residents",
        collection([{**homes()[0], "properties": {"id": "x", "people": 3, "groups": {"a": "b"}}}]),
        "health.groups"),
    "more in groups": (
        "residents",
        collection([{**homes()[0], "properties": {"id": "x", "people": 3, "groups": {"0-9": 9}}}]),
        "health.groups"),
    "homes elsewhere": (
        "residents",
        collection([{**homes()[0], "geometry": {"type": "Point", "coordinates": [5, 5]}}]),
        "health.outside"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told(case: str, tmp_path: Path) -> None:
    name, text, code = BROKEN[case]
    with pytest.raises(InputError) as caught:
        load(tmp_path, **{name: text})
    assert code in [one.code for one in caught.value.findings]
    for one in caught.value.findings:
        assert one.what
        assert one.file
        assert "Secret" not in str(one)


def test_a_bundle_with_persons_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fhir.resources.R4B.location import Location

    def read(*_: object, **__: object) -> None:
        raise AssertionError("a part of it was read")

    file = tmp_path / "f.json"
    file.write_text(with_bundle(PATIENT, {"resourceType": "Observation"}), "utf-8")
    monkeypatch.setattr(Location, "model_validate", read)
    with pytest.raises(InputError) as caught:
        read_fhir(file)
    assert [one.code for one in caught.value.findings] == ["health.fhir-person"] * 2


def test_all_findings_of_all_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(
            tmp_path,
            facilities=with_bundle(location("a b", 1), location("hospital", 1)),
            residents=collection([]),
        )
    codes = {one.code for one in caught.value.findings}
    assert codes >= {"health.fhir-id", "health.fhir-duplicate", "health.empty"}


def able(domain: HealthDomain, name: str) -> set[str]:
    some = domain.network.facilities
    row = some.able[some.ids.index(name)]
    return {one for one, can in zip(some.capabilities, row, strict=True) if can}


def test_codes_say_what_a_facility_can_do(tmp_path: Path) -> None:
    """SNOMED CT and HL7 codes, wards that are part of a house, references by fullUrl."""
    ward = {"resourceType": "Location", "id": "w", "partOf": {"reference": "Location/clinic"}}
    entries = [
        {"fullUrl": "urn:uuid:c", "resource": location("clinic", 8)},
        {"resource": ward},
        {"resource": service("a", "w", (SCT, "394585009"))},
        {"resource": service("b", "w", (HL7, "124"),
                             location=[{"reference": "urn:uuid:c"}])},
    ]  # fmt: skip
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
    domain = load(tmp_path, facilities=text, beds="facility,capability,beds\n", stores="facility\n")
    assert able(domain, "clinic") == {"maternity", "general_practice"}
    assert domain.network.facilities.kinds == ("hospital",)


def test_what_is_not_known_is_told_and_not_guessed(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    odd = {"system": "http://example.org", "code": "9"}
    file.write_text(
        bundle(
            [
                location("x", 1, operationalStatus=odd, managingOrganization={
                    "reference": "Organization/none"}),
                service("s", "x", (SCT, "1")),
                service("t", "x", location=[]),
                {"resourceType": "Endpoint"},
            ]
        ),
        "utf-8",
    )  # fmt: skip
    (place,), findings = read_fhir(file)
    assert place.capabilities == set()
    assert {one.code.removeprefix("health.fhir-") for one in findings} == {
        "status", "reference", "capability", "no-location", "no-capability", "unread",
    }  # fmt: skip
    assert all(one.severity != "error" for one in findings)


@pytest.mark.parametrize(
    ("values", "closed"),
    [
        ({"status": "suspended"}, True),
        ({"operationalStatus": {"system": "http://terminology.hl7.org/CodeSystem/v2-0116",
                                "code": "K"}}, True),
        ({"operationalStatus": {"system": "http://terminology.hl7.org/CodeSystem/v2-0116",
                                "code": "O"}}, False),
    ],
)  # fmt: skip
def test_a_facility_may_be_closed_by_the_file(
    values: dict[str, Any], closed: bool, tmp_path: Path
) -> None:
    domain = load(tmp_path, facilities=changed("clinic", **values))
    assert domain.network.facilities.closed.tolist() == [False, closed, False]


def test_homes_come_together_by_cell_or_zone(tmp_path: Path) -> None:
    settings = write_health(tmp_path)
    make: Callable[..., Any] = lambda **more: DOMAIN.load({**settings, **more}, tmp_path)[0]  # noqa: E731
    cells, zones = make(cell_m=5000).network.demand, make(by_zone=True).network.demand
    assert cells.people.tolist() == [180]
    assert cells.groups["65+"].tolist() == [37]
    assert zones.ids == ("zone/east", "zone/mid", "zone/west")
    assert zones.people.tolist() == [30, 50, 100]


def test_homes_without_a_zone_come_together_by_cell() -> None:
    """Two far apart are not one point in the middle."""
    x, people = np.array([0.0, 9000.0, 10.0]), np.array([1.0, 1.0, 1.0])
    some = Homes(x, np.zeros(3), people, ("", "", "old"), {})
    assert together(some, 100.0, by_zone=True).ids == ("cell/0_0", "cell/90_0", "zone/old")
