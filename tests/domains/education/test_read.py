"""Readers of schools, groups and OneRoster, with files that are right and files that are not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from domains.education.small import GROUPS, collection, write_education

from kopa.domains.education import DOMAIN
from kopa.domains.education.domain import EducationDomain
from kopa.domains.education.read_oneroster import read_oneroster
from kopa.errors import InputError

HEADS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
ORGS = (
    f"{HEADS}city,,,City of Town,district,,\nk1,,,Saule,school,123,city\n"
    "k2,tobedeleted,,Moon,school,,city\nnew,active,,New School,school,,city\n"
)


def told(folder: Path, **settings: object) -> set[str]:
    """Codes of what stops the reading."""
    with pytest.raises(InputError) as error:
        DOMAIN.load({**write_education(folder), **settings}, folder)
    return {one.code.removeprefix("education.") for one in error.value.findings}


def test_what_the_files_say(tmp_path: Path) -> None:
    town, findings = DOMAIN.load(write_education(tmp_path), tmp_path)
    assert findings == ()
    assert isinstance(town, EducationDomain)
    network = town.network
    assert network.schools.ids == ("k1", "k2", "k3", "s")
    assert network.schools.names[0] == "Sun"
    assert network.pupils.tolist() == [12, 4, 4, 15]
    # of the ages 5 and 6 all need somebody, at 7 nobody does
    assert network.minded.tolist() == [12, 4, 4, 0]


SCHOOL = json.loads(collection())["features"][0]


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"id": "k3"}, "duplicate"),
        ({"id": None}, "missing"),
        ({"kind": "pub"}, "kind"),
        ({"opens_h": 18}, "hours"),
        ({"staff": -1}, "value"),
        ({"closed": "yes"}, "value"),
        ({"heat_h": "long"}, "value"),
    ],
)
def test_schools_that_are_wrong(properties: dict[str, object], code: str, tmp_path: Path) -> None:
    settings = write_education(tmp_path)
    whole = json.loads(collection())
    whole["features"][0]["properties"].update(properties)
    (tmp_path / "schools.geojson").write_text(json.dumps(whole), "utf-8")
    with pytest.raises(InputError) as error:
        DOMAIN.load(settings, tmp_path)
    assert f"education.{code}" in {one.code for one in error.value.findings}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "json"),
        ("{}", "geojson"),
        ('{"type": "FeatureCollection", "features": []}', "empty"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "feature"),
        (collection().replace("Point", "LineString"), "geometry"),
        (collection()[:200], "json"),
    ],
)
def test_files_of_schools_that_are_none(text: str, code: str, tmp_path: Path) -> None:
    settings = write_education(tmp_path)
    (tmp_path / "schools.geojson").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        DOMAIN.load(settings, tmp_path)
    assert f"education.{code}" in {one.code for one in error.value.findings}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("k9,3-4,3,4,1,1", "school"),
        ("k1,3-4,3,4,1,1", "duplicate"),
        ("k1,x,4,3,1,1", "ages"),
        ("k1,x,3,4,-1,1", "value"),
        ("k1,x,3,4,1.5,1", "whole"),
        ("k1,x,3,4,1,", "missing"),
        ("k1,x,3,4", "cells"),
    ],
)
def test_groups_that_are_wrong(line: str, code: str, tmp_path: Path) -> None:
    settings = write_education(tmp_path)
    (tmp_path / "groups.csv").write_text(f"{GROUPS}{line}\n", "utf-8")
    with pytest.raises(InputError) as error:
        DOMAIN.load(settings, tmp_path)
    assert f"education.{code}" in {one.code for one in error.value.findings}


def test_a_full_group_and_a_school_without_one_are_told(tmp_path: Path) -> None:
    settings = write_education(tmp_path)
    lines = [line for line in GROUPS.splitlines() if not line.startswith("s,")]
    text = "\n".join([*lines, "k2,5-6,5,6,1,2"])
    (tmp_path / "groups.csv").write_text(text, "utf-8")
    _, findings = DOMAIN.load(settings, tmp_path)
    assert {(one.code, one.severity) for one in findings} == {
        ("education.full", "warning"), ("education.groups", "warning"),
    }  # fmt: skip


def test_settings_that_are_wrong(tmp_path: Path) -> None:
    assert told(tmp_path, crs="EPSG:none") == {"crs"}
    assert told(tmp_path, oneroster="none.zip") == {"oneroster"}
    assert told(tmp_path, oneroster="none") == {"no-file"}


@pytest.mark.parametrize("packed", ["folder", "zip", "file"])
def test_oneroster_names_schools_and_opens_no_file_about_persons(
    packed: str, tmp_path: Path
) -> None:
    settings = write_education(tmp_path)
    folder = tmp_path / "roster"
    folder.mkdir()
    (folder / "orgs.csv").write_text(ORGS, "utf-8")
    # a reader that opened it would fail on it
    (folder / "users.csv").write_bytes(b"\xff\xfe broken")
    if packed == "zip":
        with zipfile.ZipFile(tmp_path / "roster.zip", "w") as archive:
            for name in ("orgs.csv", "users.csv"):
                archive.write(folder / name, name)
    path = {"folder": "roster", "zip": "roster.zip", "file": "roster/orgs.csv"}[packed]
    town, findings = DOMAIN.load({**settings, "oneroster": path}, tmp_path)
    assert isinstance(town, EducationDomain)
    assert town.network.schools.names[:2] == ("Saule", "Moon")
    assert town.network.schools.closed.tolist() == [False, True, False, False]
    codes = {one.code.removeprefix("education.") for one in findings}
    assert codes == {"nowhere"} | ({"persons"} if packed != "file" else set())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ORGS + "k1,,,Again,school,,city\n", "duplicate"),
        (ORGS + "k7,,,Pub,pub,,city\n", "org-type"),
        (ORGS + "k7,gone,,School,school,,city\n", "org-status"),
        (ORGS + ",,,School,school,,city\n", "missing"),
        ("name\nx\n", "columns"),
    ],
)
def test_organisations_that_are_wrong(text: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / "orgs.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_oneroster(file)
    assert f"education.{code}" in {one.code for one in error.value.findings}
    assert {one.file for one in error.value.findings} == {str(file)}
