"""Reads organisations of OneRoster CSV; files about persons are not opened.

References
----------
1EdTech, OneRoster 1.2 CSV Binding, sections 3 and 4.9 (orgs.csv, manifest.csv).
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError

from .network import PACKAGE

TYPES = ("department", "school", "district", "local", "state", "national")
STATUS = ("", "active", "tobedeleted", "inactive")
LARGEST = 50_000_000
"""Bytes of an orgs.csv at most."""
PERSONS = ("users.csv", "demographics.csv", "enrollments.csv", "userProfiles.csv", "roles.csv",
           "results.csv")  # fmt: skip
"""Files about persons: they are left closed."""


@dataclass(frozen=True)
class Org:
    """An organisation.

    Parameters
    ----------
    id, name, kind, parent
        As the file has them.
    gone
        True where its status says that it is to be deleted.
    """

    id: str
    name: str
    kind: str
    parent: str
    gone: bool


def read_oneroster(path: Path) -> tuple[dict[str, Org], tuple[Finding, ...]]:
    """Organisations by id.

    Parameters
    ----------
    path
        A folder, a zip file, or an orgs.csv.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    if path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory() as folder:
            names = _unpacked(path, Path(folder))
            return _orgs(Path(folder) / "orgs.csv", str(path), names)
    if path.is_dir():
        names = sorted(file.name for file in path.iterdir())
        return _orgs(path / "orgs.csv", str(path / "orgs.csv"), names)
    return _orgs(path, str(path), ())


def _unpacked(path: Path, folder: Path) -> Sequence[str]:
    """Unpack orgs.csv alone; gives the names of all files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "orgs.csv" in names and archive.getinfo("orgs.csv").file_size <= LARGEST:
                (folder / "orgs.csv").write_bytes(archive.read("orgs.csv"))
                return names
            what = "there is no orgs.csv in it, or it is too large."
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        what = f"it is no zip file that can be read: {str(error)[:80]}."
    do = "Give a OneRoster zip file, or the folder of its CSV files."
    raise InputError([Finding("education.oneroster", what, do, file=str(path))])


def _orgs(
    file: Path, told_as: str, names: Sequence[str]
) -> tuple[dict[str, Org], tuple[Finding, ...]]:
    rows = Rows(file, PACKAGE, "org", "education")
    try:
        lines = rows.lines()
    except InputError as error:
        raise InputError([_named(one, told_as) for one in error.findings]) from None
    found: dict[str, Org] = {}
    for row in lines:
        name, place = row["sourcedId"], row["place"]
        if row["type"] and row["type"] not in TYPES:
            what = f"type is {row['type'][:40]!r}."
            rows.tell("org-type", place, what, f"Write one of {', '.join(TYPES)}.")
        if row["status"] not in STATUS:
            what = f"status is {row['status'][:40]!r}."
            rows.tell("org-status", place, what, "Write active or tobedeleted, or leave it empty.")
        if name in found:
            what = f"the sourcedId {name[:64]!r} stands there twice."
            rows.tell("duplicate", place, what, "Give each an id of its own.")
        gone = row["status"] in ("tobedeleted", "inactive")
        found[name] = Org(name, row["name"], row["type"], row["parentSourcedId"], gone)
    for org in found.values():
        if org.parent and org.parent not in found:
            what = f"{org.id}: its parent {org.parent[:64]!r} is not in the file."
            rows.tell("org-parent", org.id, what, "Add it, or leave the parent out.", "warning")
    closed = [name for name in names if name in PERSONS]
    if closed:
        what = f"not opened, for they are about persons: {', '.join(closed)}."
        rows.tell("persons", "", what, "Leave them out of the city's folder.", "warning")
    try:
        rows.finish()
    except InputError as error:
        raise InputError([_named(one, told_as) for one in error.findings]) from None
    return found, tuple(_named(one, told_as) for one in rows.findings)


def _named(finding: Finding, told_as: str) -> Finding:
    return replace(finding, file=told_as)
