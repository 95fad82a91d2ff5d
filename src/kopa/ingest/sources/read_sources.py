"""Reads ``sources.toml``, and tells all that is wrong with it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, Severity, stopping
from kopa.ingest.devices import Devices
from kopa.ingest.sources.kinds import COMMON, KINDS, Kind, Setting
from kopa.ingest.sources.read_writable import read_writable
from kopa.ingest.sources.source import Source
from kopa.ingest.sources.writable import Writable

MUST = ("device", "kind", "address")


def read_sources(
    file: Path, devices: Devices, environment: Mapping[str, str] = os.environ
) -> tuple[list[Source], list[Finding]]:
    """Read what is asked at intervals.

    Parameters
    ----------
    file
        TOML with a table ``[[source]]`` for each source.
    devices
        What `devices.csv` says: the paths that each source is asked for.
    environment
        Variables that hold secrets.

    Returns
    -------
    list of Source, list of Finding
        The sources, and what is worth knowing.

    Raises
    ------
    InputError
        With all findings, if one of them is an error.
    """
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = f"the file cannot be read: {error}."
        finding = Finding("sources.unreadable", what, "Write TOML in UTF-8.", file=str(file))
        raise InputError([finding]) from None
    reader = _Reader(file, devices, environment)
    sources = list(reader.read(content))
    if stopping(reader.findings):
        raise InputError(reader.findings)
    return sources, reader.findings


class _Reader:
    """Reads one file; findings gather on the way."""

    def __init__(self, file: Path, devices: Devices, environment: Mapping[str, str]) -> None:
        self.findings: list[Finding] = []
        self._file, self._devices, self._environment = file, devices, environment
        self._place = ""

    def read(self, content: Mapping[str, Any]) -> Iterator[Source]:
        """Yield the sources that are well."""
        for key in content.keys() - {"source"}:
            self._wrong("unknown-key", key, f"'{key}' is unknown.", "Write tables [[source]].")
        tables = content.get("source", [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._wrong("type", "source", "'source' is no list of tables.", "Write [[source]].")
            return
        if not tables:
            self._wrong("none", "", "there is no source.", "Write [[source]].", "warning")
        first: dict[str, int] = {}
        for number, table in enumerate(tables, 1):
            device = str(table.get("device", "")).lower()
            self._place = f"source {number}" + (f" ({device})" if device else "")
            if device and first.setdefault(device, number) != number:
                what = f"the device '{device}' is source {first[device]} already."
                self._wrong("twice", "device", what, "Put both together, or name it differently.")
            source = self._source(table)
            if source is not None:
                yield source

    def _source(self, table: Mapping[str, Any]) -> Source | None:
        before = len(stopping(self.findings))
        kind = KINDS.get(str(table.get("kind", "")))
        for key in (key for key in MUST if not table.get(key)):
            self._wrong("missing-key", key, f"'{key}' is missing.", f"Write {key} = …")
        if kind is None:
            if table.get("kind"):
                what, do = f"'{table['kind']}' is no kind.", f"Use one of: {', '.join(KINDS)}."
                self._wrong("kind", "kind", what, do)
            return None
        known = {**COMMON, **kind.settings}
        also = ("write",) if kind.write is not None else ()
        for key in (key for key in table if key not in known and key not in also):
            do = f"A source of {kind.title} knows: {', '.join(known)}."
            self._wrong("unknown-key", key, f"'{key}' is unknown.", do)
        given = {
            key.removesuffix("_env"): self._value(key, setting, table)
            for key, setting in known.items()
        }
        if len(stopping(self.findings)) > before:
            return None
        self._check(kind, given)
        common = {key: given.pop(key) for key in COMMON}
        common["device"] = common["device"].lower()
        writable: Mapping[str, Writable] = {}
        if kind.write is not None:
            signals = self._devices.by_device.get(common["device"], ())
            writable, faults = read_writable(table.get("write", []), kind, signals)
            for code, key, what, do in faults:
                self._wrong(code, key, what, do)
        if len(stopping(self.findings)) > before:
            return None
        return Source(**common, folder=self._file.parent, settings=given, writable=writable)

    def _check(self, kind: Kind, given: Mapping[str, Any]) -> None:
        """Check what lies between a source, its protocol and its rows of devices.csv."""
        try:
            kind.address(given["address"])
        except ValueError as error:
            what = f"'{given['address']}' is no address of {kind.title}."
            self._wrong("address", "address", what, str(error))
        for key, what, do in kind.check(given):
            self._wrong("setting", key, what, do)
        if kind.path is None:
            return
        signals = self._devices.by_device.get(given["device"].lower(), ())
        if not signals:
            what = f"devices.csv has no row of the device '{given['device']}'."
            do = "Add a row for each value, or delete the source: nothing is asked of it."
            self._wrong("no-rows", "device", what, do, "warning")
        for signal in signals:
            try:
                kind.path(signal.path)
            except ValueError as error:
                what = f"devices.csv has a path '{signal.path}' of this device: {error}"
                self._wrong("path", "device", what, "")

    def _value(self, key: str, setting: Setting, table: Mapping[str, Any]) -> Any:
        """The value of a setting; its default where there is none, or a wrong one."""
        if key not in table:
            return setting.default
        given = table[key]
        if setting.type in ("integer", "number"):
            right = int if setting.type == "integer" else (int, float)
            if isinstance(given, bool) or not isinstance(given, right):
                self._wrong("type", key, f"{key} is {given!r}.", f"Write {_a(setting.type)}.")
            elif not setting.low <= given <= setting.high:
                do = f"Write a number from {setting.low:g} to {setting.high:g}."
                self._wrong("range", key, f"{key} is {given}.", do)
            else:
                return given
        elif setting.type == "environments":
            return self._variables(key, given)
        elif not isinstance(given, str):
            self._wrong("type", key, f"{key} is {given!r}.", "Write a text.")
        elif setting.choices and given not in setting.choices:
            do = f"Use one of: {', '.join(setting.choices)}."
            self._wrong("choice", key, f"{key} is '{given}'.", do)
        elif setting.type == "file":
            return self._path(key, given)
        elif setting.type == "environment":
            return self._variable(key, given)
        else:
            return given
        return setting.default

    def _path(self, key: str, given: str) -> Path:
        path = self._file.parent / given
        if not path.is_file():
            self._wrong("file", key, f"there is no file {path}.", "Check its path.")
        return path

    def _variables(self, key: str, given: Any) -> dict[str, str]:
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            do = 'Write a table of names: { "x-api-key" = "VARIABLE" }.'
            self._wrong("type", key, f"{key} is {given!r}.", do)
            return {}
        return {header: self._variable(key, name) for header, name in given.items()}

    def _variable(self, key: str, name: str) -> str:
        value = self._environment.get(name, "")
        if not value:
            what = f"the variable {name} of the environment is not set."
            self._wrong("environment", key, what, "Set it where Kopa is started.")
        return value

    def _wrong(self, code: str, key: str, what: str, do: str, severity: Severity = "error") -> None:
        place = ", ".join(part for part in (self._place, key) if part)
        finding = Finding(f"sources.{code}", what, do, severity, str(self._file), place)
        self.findings.append(finding)


def _a(type: str) -> str:
    return "a whole number" if type == "integer" else "a number"


def paths_of(source: Source, devices: Devices) -> Sequence[str]:
    """The paths that a source is asked for."""
    return [signal.path for signal in devices.by_device.get(source.device, ())]
