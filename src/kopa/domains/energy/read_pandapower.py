"""Reads a grid from pandapower's JSON, without pandapower.

Files of pandapower 2.x and 3.x are read; columns that were renamed in between are known.

References
----------
pandapower 3.3, ``pandapower.io_utils`` (the layout) and ``pandapower.create`` (the columns).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kopa.domains.energy.attributes import attributes
from kopa.domains.energy.build import build
from kopa.domains.energy.check_grid import check
from kopa.domains.energy.network import Network
from kopa.domains.energy.tables import Checker, Table
from kopa.errors import Finding, InputError, stopping

CORE = ("bus", "line", "trafo", "switch", "load", "ext_grid")
"""Tables that pandapower writes into every file, be they empty."""

RENAMED = {
    ("load", "const_z_percent"): ("const_z_p_percent", "const_z_q_percent"),
    ("load", "const_i_percent"): ("const_i_p_percent", "const_i_q_percent"),
}
"""Columns of pandapower 2.x by what they are called now."""

NOT_SUPPORTED = (
    *("trafo3w", "xward", "dcline", "tcsc", "svc", "ssc", "vsc", "b2b_vsc", "bi_vsc"),
    *("line_dc", "load_dc", "source_dc", "asymmetric_load", "asymmetric_sgen"),
)
"""Tables that would change the answer: rows in service in them stop the reading."""

NO_EFFECT = (
    *("measurement", "pwl_cost", "poly_cost", "group"),
    *("trafo_characteristic_table", "shunt_characteristic_table", "q_capability_curve_table"),
    *("q_capability_characteristic", "characteristic", "bus_dc"),
)
"""Tables that a power flow does not ask, or that matter only where other rows refer to them."""


def read(path: Path) -> tuple[Network, tuple[Finding, ...]]:
    """The grid of a file.

    Parameters
    ----------
    path
        A file written by ``pandapower.to_json``.

    Returns
    -------
    tuple
        The grid, and what was assumed in reading it.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    checker = Checker(path.name)
    content = _content(path, checker)
    tables = _tables(content, checker)
    frequency = _frequency(content, checker)
    check(tables, checker)
    found = tuple(checker.findings)
    if stopping(found):
        raise InputError(found)
    return build(tables, frequency), found


def _content(path: Path, checker: Checker) -> Mapping[str, Any]:
    """What the file holds, as far as it is a pandapower net at all."""
    again = "Write the file again with pandapower.to_json(net, file)."
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        _stop(checker, "no-file", "", f"Cannot read it: {error.strerror or error}.", "Check it.")
    except UnicodeDecodeError as error:
        _stop(checker, "not-text", f"byte {error.start}", "It is no UTF-8 text.", again)
    if not text.strip():
        _stop(checker, "empty-file", "", "The file is empty.", again)
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _stop(checker, "not-json", place, f"It is no JSON, or cut off: {error.msg}.", again)
    except (RecursionError, ValueError) as error:  # too deep, or a number of too many digits
        _stop(checker, "not-json", "", f"The JSON cannot be read: {error}.", again)
    if not isinstance(whole, dict) or whole.get("_class") != "pandapowerNet":
        what = "The JSON is no pandapowerNet."
        _stop(checker, "not-pandapower", "key _class", what, again)
    content = whole.get("_object")
    if not isinstance(content, dict):
        what = "The pandapowerNet has no content."
        _stop(checker, "not-pandapower", "key _object", what, again)
    return dict(content)


def _stop(checker: Checker, code: str, place: str, what: str, do: str) -> Any:
    checker.tell(code, place, what, do)
    raise InputError(checker.findings) from None


def _frequency(content: Mapping[str, Any], checker: Checker) -> float:
    """Rated frequency, Hz; it is checked like a column of one row."""
    given = "f_hz" in content
    columns = ["f_hz"] if given else []
    row = [content["f_hz"]] if given else []
    table = checker.table("net", columns, [0], [row])
    return float(table.real("f_hz")[0])


def _tables(content: Mapping[str, Any], checker: Checker) -> dict[str, Table]:
    """All tables that are read, checked column by column."""
    raw: dict[str, dict[str, Any]] = {}
    for name, value in content.items():
        if isinstance(value, dict) and value.get("_class") == "DataFrame" and _asked(name):
            frame = _frame(name, value, checker)
            if frame is not None:
                raw[name] = frame
    tables: dict[str, Table] = {}
    for name in attributes():
        if name in ("setting", "net"):
            continue
        if name not in content and name in CORE:
            severity = "error" if name == "bus" else "warning"
            what = f"The file has no table {name}" + ("." if name == "bus" else "; it is empty.")
            checker.tell("missing-table", f"table {name}", what, "Add it.", severity)
        frame = raw.get(name, {"columns": [], "index": [], "data": []})
        rows = bool(frame["data"])
        tables[name] = (
            checker.table(
                name, _names(name, frame["columns"], checker), frame["index"], _doubled(name, frame)
            )
            if rows
            else checker.empty(name)
        )
    for name, frame in raw.items():
        _unread(name, frame, checker)
    return tables


def _asked(name: str) -> bool:
    return not name.startswith("res_") and not name.startswith("_")


def _frame(name: str, value: Mapping[str, Any], checker: Checker) -> dict[str, Any] | None:
    """One DataFrame as pandas writes it with orient ``split``."""
    content = value.get("_object")
    try:
        frame = json.loads(content) if isinstance(content, str) else content
    except ValueError as error:
        frame, reason = None, f": {error}"
    else:
        reason = ""
    good = isinstance(frame, dict) and all(
        isinstance(frame.get(key), list) for key in ("columns", "index", "data")
    )
    if not good or not isinstance(frame, dict):
        checker.tell(
            "bad-table",
            f"table {name}",
            f"Table {name} is no DataFrame of orient 'split'{reason}.",
            "Write the file again with pandapower.to_json.",
        )
        return None
    return frame


def _names(table: str, columns: list[Any], checker: Checker) -> list[str]:
    """Names of the columns as they are today; the doubled ones stand at the end."""
    names = [str(column) for column in columns]
    for (owner, old), (new, *more) in RENAMED.items():
        if owner == table and old in names and new not in names:
            names[names.index(old)] = new
            names.extend(more)
    for name in {name for name in names if names.count(name) > 1}:
        what = f"Table {table} has the column {name} twice."
        checker.tell("duplicate-column", f"table {table}, column {name}", what, "Remove one.")
    return names


def _doubled(table: str, frame: Mapping[str, Any]) -> list[Any]:
    """The rows, with the cells of renamed columns once more for each further new column."""
    columns = frame["columns"]
    positions = [
        columns.index(old)
        for (owner, old), (new, *more) in RENAMED.items()
        if owner == table and old in columns and new not in columns
        for _ in more
    ]
    rows: list[Any] = frame["data"]
    if not positions:
        return rows
    size = len(columns)
    return [
        [*row, *(row[position] for position in positions)]
        if isinstance(row, list) and len(row) == size
        else row
        for row in rows
    ]


def _unread(name: str, frame: Mapping[str, Any], checker: Checker) -> None:
    """A finding where a table with rows is not read."""
    known = name in attributes() or name in NO_EFFECT or name.endswith("_geodata")
    if not frame["data"] or known:
        return
    place = f"table {name}"
    columns, rows = frame["columns"], frame["data"]
    if name in NOT_SUPPORTED:
        at = columns.index("in_service") if "in_service" in columns else -1
        working = [
            str(key)
            for key, row in zip(frame["index"], rows, strict=False)
            if at < 0 or not isinstance(row, list) or len(row) <= at or row[at] is not False
        ]
        if working:
            checker.tell(
                "not-supported",
                f"{place}, rows {', '.join(working)}",
                f"Kopa does not calculate elements of table {name}; {len(working)} are in service.",
                "Replace them by tables of attributes.csv, or take them out of service.",
            )
    else:
        checker.tell(
            "not-read",
            place,
            f"Table {name} is not read ({len(rows)} rows); a power flow without it is made.",
            "Nothing, if it holds no grid elements and no controllers that you rely on.",
            "warning",
        )
