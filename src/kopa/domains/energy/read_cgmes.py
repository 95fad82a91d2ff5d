"""Reads CGMES by pandapower, and refuses what its converter loses.

The converter goes on where it fails: loads of a missing SSH profile become zero, tap changers
without a step stand at nothing, and elements that it does not know are left out. Each of these
would be a wrong answer that looks like a right one.

References
----------
IEC TS 61970-600 (CGMES 2.4.15 and 3.0): profiles EQ, SSH, TP, SV. ``pandapower.converter.cim``.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from kopa.errors import Finding, InputError

LOADS = ("EnergyConsumer", "ConformLoad", "NonConformLoad", "StationSupply")
TAPS = (
    *("RatioTapChanger", "PhaseTapChangerLinear", "PhaseTapChangerSymmetrical"),
    *("PhaseTapChangerAsymmetrical", "PhaseTapChangerTabular"),
)
ELEMENTS = (
    *LOADS,
    *("ACLineSegment", "PowerTransformer", "SynchronousMachine", "AsynchronousMachine"),
    *("ExternalNetworkInjection", "EquivalentInjection", "LinearShuntCompensator"),
    *("NonlinearShuntCompensator", "SeriesCompensator", "EquivalentBranch"),
    *("StaticVarCompensator", "EnergySource"),
)
"""Classes whose elements a grid cannot do without."""
VERSIONS = {"CIM100": "3.0", "2013/CIM-schema-cim16": "2.4.15"}
SHOWN = 5
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@dataclass
class _Content:
    """What the files say, before anything is converted.

    Parameters
    ----------
    version
        Of CGMES; empty where no file says it.
    elements
        Class of each element by its id.
    powered
        Loads with an active power.
    stepped, taps
        Tap changers with a step, and all of them with their class.
    negative
        Lines whose resistance or reactance is below zero.
    """

    version: str = ""
    elements: dict[str, str] = field(default_factory=dict)
    powered: set[str] = field(default_factory=set)
    stepped: set[str] = field(default_factory=set)
    taps: dict[str, str] = field(default_factory=dict)
    negative: set[str] = field(default_factory=set)


def read_cgmes(files: Sequence[Path]) -> Any:
    """A pandapower network of CGMES files.

    Parameters
    ----------
    files
        Profiles as XML, or ZIP archives of them; boundary sets among them.

    Raises
    ------
    InputError
        With all that is wrong, and all that the converter loses.
    """
    content = _Content()
    findings: list[Finding] = []
    for file in files:
        findings += _scan(file, content)
    if not findings:
        findings += _incomplete(content, files[0].name)
    if findings:
        raise InputError(findings)
    try:
        net, said = _converted(files, content.version)
    except Exception as error:  # noqa: BLE001  # the converter raises whatever its tables do
        what = f"pandapower cannot convert it: {type(error).__name__}: {error}."
        do = "Check that all profiles and the boundary set are given."
        raise InputError([_finding("convert", what, do, files[0].name)]) from None
    findings = _lost(net, content, files[0].name, said)
    if findings:
        raise InputError(findings)
    return net


def _finding(code: str, what: str, do: str, file: str, place: str = "") -> Finding:
    return Finding(f"energy.cgmes-{code}", what, do, file=file, place=place)


def _scan(file: Path, content: _Content) -> Iterator[Finding]:
    """Look through a file."""
    try:
        with contextlib.ExitStack() as stack:
            for name, stream in _streams(file, stack):
                try:
                    _look(stream, content)
                except (ElementTree.ParseError, ValueError, LookupError) as error:
                    yield _finding("xml", f"It is no XML: {error}.", "Export it again.", name)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        # RuntimeError: an archive with a password, or a way of packing that is not known
        yield _finding("missing", f"It cannot be read: {error}.", "Check the path.", file.name)


def _streams(file: Path, stack: contextlib.ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    if not zipfile.is_zipfile(file):
        yield file.name, stack.enter_context(file.open("rb"))
        return
    archive = stack.enter_context(zipfile.ZipFile(file))
    for name in archive.namelist():
        if name.lower().endswith(".xml"):
            yield f"{file.name}/{name}", io.BytesIO(archive.read(name))


def _look(stream: BinaryIO, content: _Content) -> None:
    root: ElementTree.Element | None = None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        if root is None:
            root = element
        space, _, name = element.tag.rpartition("}")
        for mark, version in VERSIONS.items():
            if mark in space:
                content.version = content.version or version
        own = element.get(f"{_RDF}ID") or (element.get(f"{_RDF}about") or "").lstrip("#")
        if event == "start" or not own:
            continue
        native = own.removeprefix("urn:uuid:").removeprefix("_")
        if name in ELEMENTS:
            content.elements[native] = name
            if any(part.tag.endswith("}EnergyConsumer.p") for part in element):
                content.powered.add(native)
            if name == "ACLineSegment" and any(_below_zero(part) for part in element):
                content.negative.add(native)
        if name in TAPS:
            content.taps[native] = name
            if any(part.tag.endswith("}TapChanger.step") for part in element):
                content.stepped.add(native)
        root.clear()


def _below_zero(part: ElementTree.Element) -> bool:
    impedance = part.tag.endswith(("}ACLineSegment.r", "}ACLineSegment.x"))
    return impedance and (part.text or "").strip().startswith("-")


def _incomplete(content: _Content, file: str) -> Iterator[Finding]:
    """What the files leave out."""
    if not content.elements:
        do = "Give the files of the EQ, SSH and TP profiles."
        yield _finding("empty", "There are no elements of a grid.", do, file)
        return
    if content.negative:
        what = f"{len(content.negative)} lines have r or x below zero, and the converter turns "
        what += f"their sign: {_some(sorted(content.negative))}."
        yield _finding("negative", what, "Put something else in their place.", file)
    do = "Add the SSH profile, or correct it."
    loads = {native for native, name in content.elements.items() if name in LOADS}
    for what, all_, known in (
        ("loads have no power (EnergyConsumer.p)", loads, content.powered),
        ("tap changers have no step (TapChanger.step)", set(content.taps), content.stepped),
    ):
        missing = sorted(all_ - known)
        if missing:
            told = f"{len(missing)} of {len(all_)} {what}: {_some(missing)}."
            yield _finding("incomplete", told, do, file)


def _converted(files: Sequence[Path], version: str) -> tuple[Any, list[str]]:
    """The network, and what the converter said on its way."""
    from pandapower.converter.cim.cim2pp.from_cim import from_cim

    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)  # each of its classes has a logger of its own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net = from_cim([str(file) for file in files], cgmes_version=version or "2.4.15")
    finally:
        logging.getLogger().removeHandler(listener)
    return net, said


def _lost(net: Any, content: _Content, file: str, said: Sequence[str]) -> list[Finding]:
    """What did not come through."""
    found = []
    there: set[str] = set()
    for name, table in net.items():
        if hasattr(table, "columns") and "origin_id" in table.columns and not name.startswith("_"):
            there |= {str(one).lstrip("#").removeprefix("_") for one in table["origin_id"]}
    by_class: dict[str, list[str]] = {}
    for native, name in content.elements.items():
        if native not in there:
            by_class.setdefault(name, []).append(native)
    heard = f" The converter said: {said[0].strip()[:160]}." if said else ""
    for name, natives in sorted(by_class.items()):
        total = sum(one == name for one in content.elements.values())
        what = f"The converter loses {len(natives)} of {total} {name}: {_some(natives)}.{heard}"
        do = "Correct them at their source, or export the part of the grid without them."
        found.append(_finding("lost", what, do, file))
    if len(net.load) and not net.load.p_mw.any():
        do = "Check the SSH profile."
        found.append(_finding("zero-loads", "All loads are zero after conversion.", do, file))
    for table in ("trafo", "trafo3w"):
        rows = net[table]
        unset = rows[rows.tap_neutral.notna() & rows.tap_pos.isna()]
        if len(unset):
            what = f"{len(unset)} tap changers of {table} have no position: "
            what += f"rows {', '.join(map(str, unset.index[:SHOWN]))}."
            found.append(_finding("taps", what, "Give TapChanger.step in SSH.", file))
    return found


def _some(natives: Sequence[str]) -> str:
    more = f" and {len(natives) - SHOWN} more" if len(natives) > SHOWN else ""
    return ", ".join(natives[:SHOWN]) + more
