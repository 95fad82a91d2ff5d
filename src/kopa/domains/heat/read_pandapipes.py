"""Reads a heat network from pandapipes' JSON, without pandapipes: nothing in the file is run.

Files of pandapipes 0.10 to 0.16 are read; columns that were renamed in between are known.

References
----------
pandapipes 0.16, ``pandapipes.io.file_io`` (the layout), ``pandapipes.create`` (the columns) and
``pandapipes.io.convert_format`` (what was renamed).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kopa.errors import InputError, stopping
from kopa.model import Assets, FloatArray, IntArray, Shapes
from kopa.model.shapes import joined

from .cells import Cells
from .network import (
    CONSUMER,
    NETWORK,
    PIPE,
    PLANT,
    VALVE,
    HeatNetwork,
    Junctions,
    Pipes,
    Valves,
)
from .parts import check_building, check_source, column, consumers, flags, plants

TABLES = ("junction", "pipe", "valve", "heat_consumer", "circ_pump_pressure")
NOT_SUPPORTED = (
    *("circ_pump_mass", "heat_exchanger", "ext_grid", "source", "sink", "pump", "compressor"),
    *("flow_control", "pressure_control", "press_control", "mass_storage"),
)
"""Tables that would change the answer: rows in service in them stop the reading."""
RENAMED = {
    "diameter_m": ("inner_diameter_mm", 1000.0),
    "alpha_w_per_m2k": ("u_w_per_m2k", 1.0),
}
"""Columns of older files: what they are called now, and the factor of their unit."""
ENDS = {
    "pipe": ("from_junction", "to_junction"),
    "valve": ("junction", "element"),
    "heat_consumer": ("from_junction", "to_junction"),
    "circ_pump_pressure": ("return_junction", "flow_junction"),
}
SETTINGS = ("qext_w", "controlled_mdot_kg_per_s", "deltat_k", "treturn_k")
KINDS = {"pipe": PIPE, "valve": VALVE, "heat_consumer": CONSUMER, "circ_pump_pressure": PLANT}
AMBIENT_K = 293.15
AGAIN = "Write the file again with pandapipes.to_json(net, file)."


def from_pandapipes(
    whole: Mapping[str, Any], cells: Cells, design: float, outdoor: float
) -> HeatNetwork:
    """The network of a pandapipes document.

    Parameters
    ----------
    whole
        The document.
    cells
        Gathers what is wrong.
    design, outdoor
        Outdoor temperatures, K.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    content = whole.get("_object")
    if not isinstance(content, dict):
        raise cells.stop("not-pandapipes", "key _object", "the net has no content.", AGAIN)
    frames = {
        name: frame
        for name, value in content.items()
        if (frame := _frame(name, value, cells)) is not None
    }
    _unsupported(frames, cells)
    _fluid(content, cells)
    rows = {name: _rows(name, frames.get(name, []), cells) for name in TABLES}
    _check(rows, cells)
    extras = {
        "building": [_extra(cells, "building", *row) for row in rows["heat_consumer"]],
        "source": [_extra(cells, "source", *row) for row in rows["circ_pump_pressure"]],
    }
    if stopping(cells.findings):
        raise InputError(cells.findings)
    cells.tell_taken()
    return _Build(rows, extras, frames, _ambient(content)).network(design, outdoor)


Row = tuple[int, dict[str, Any], Mapping[str, Any]]
"""Index, checked values, and what the file has."""


def _frame(name: str, value: Any, cells: Cells) -> list[tuple[Any, dict[str, Any]]] | None:
    """Index and cells of each row of a DataFrame of orient ``split``; None for anything else."""
    asked = name in (*TABLES, *NOT_SUPPORTED, "junction_geodata", "pipe_geodata")
    if not asked or not isinstance(value, dict) or value.get("_class") != "DataFrame":
        return None
    try:
        raw = value.get("_object")
        frame: Any = json.loads(raw) if isinstance(raw, str) else raw
        columns, index, data = frame["columns"], frame["index"], frame["data"]
        twice = [name for name in columns if columns.count(name) > 1]
        assert not twice, f"the column {twice[0]} stands twice"
        return [
            (key, dict(zip(columns, row, strict=True)))
            for key, row in zip(index, data, strict=True)
        ]
    except (ValueError, TypeError, KeyError, AssertionError, RecursionError) as error:
        what = f"table {name} is no DataFrame of orient 'split': {str(error)[:80]}."
        cells.tell("bad-table", f"table {name}", what, AGAIN)
        return None


def _unsupported(frames: Mapping[str, Any], cells: Cells) -> None:
    for name in NOT_SUPPORTED:
        working = [str(key) for key, row in frames.get(name, []) if row.get("in_service", True)]
        if working:
            cells.tell(
                "not-supported",
                f"table {name}, rows {', '.join(working[:20])}",
                f"Kopa does not calculate {name} in heat networks; {len(working)} are in service.",
                "Use pipes, valves, heat consumers and circulation pumps of constant pressure.",
            )


def _fluid(content: Mapping[str, Any], cells: Cells) -> None:
    """Tell of a fluid that is not water: its properties are not read."""
    text = json.dumps(content.get("fluid"))
    if "water" not in text:
        cells.tell("fluid", "key fluid", "the fluid is not water.", "Set the fluid to water.")


def _ambient(content: Mapping[str, Any]) -> float:
    options = content.get("user_pf_options")
    value = options.get("ambient_temperature") if isinstance(options, dict) else None
    good = isinstance(value, int | float) and not isinstance(value, bool) and 200 < value < 400
    return float(value) if good and value is not None else AMBIENT_K


def _rows(name: str, frame: Sequence[tuple[Any, dict[str, Any]]], cells: Cells) -> list[Row]:
    found: list[Row] = []
    seen: set[int] = set()
    for key, given in frame:
        if isinstance(key, bool) or not isinstance(key, int) or key in seen:
            what = f"the index {key!r} is no whole number, or stands twice."
            cells.tell("index", f"table {name}", what, "Number the rows.")
            continue
        seen.add(key)
        values = dict(given)
        for old, (new, factor) in RENAMED.items():
            if old in values and isinstance(values[old], int | float) and new not in values:
                values[new] = values[old] * factor
        if name == "valve" and "from_junction" in values:  # before 0.11
            values |= {"junction": values["from_junction"], "element": values.get("to_junction")}
        found.append((key, cells.row(name, values, f"table {name}, row {key}"), values))
    return found


def _extra(cells: Cells, table: str, key: int, _: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that Kopa knows beside those of pandapipes."""
    owner = "heat_consumer" if table == "building" else "circ_pump_pressure"
    place = f"table {owner}, row {key}"
    row = cells.row(table, given, place)
    (check_building if table == "building" else check_source)(cells, row, place)
    return row


def _check(rows: Mapping[str, list[Row]], cells: Cells) -> None:
    """Ends that are there, consumers that are told what to do, a plant and a consumer."""
    known = {key for key, _, _ in rows["junction"]}
    for name, ends in ENDS.items():
        for key, row, _ in rows[name]:
            place = f"table {name}, row {key}"
            for end in ends:
                if row[end] >= 0 and row[end] not in known:
                    what = f"{end} is {row[end]}, and there is no such junction."
                    cells.tell("no-junction", place, what, "Correct the number, or add it.")
            if row[ends[0]] == row[ends[1]] >= 0:
                cells.tell("same-ends", place, "both ends are the same.", "Correct one of them.")
    for key, row, _ in rows["valve"]:
        if row["et"] != "ju":
            what = f"it stands at a {row['et']}; only valves between junctions are read."
            do = "Set et to 'ju' and give the valve two junctions."
            cells.tell("valve", f"table valve, row {key}", what, do)
    for key, row, _ in rows["heat_consumer"]:
        given = [name for name in SETTINGS if np.isfinite(row[name])]
        if len(given) != 2 or {"deltat_k", "treturn_k"} == set(given):
            what = f"it gives {', '.join(given) or 'nothing'} of {', '.join(SETTINGS)}."
            do = "Give exactly two, and not both temperatures."
            cells.tell("consumer", f"table heat_consumer, row {key}", what, do)
    for name, words in (("circ_pump_pressure", "plant"), ("heat_consumer", "consumer")):
        if not rows[name]:
            what = f"there is no {words} (table {name})."
            cells.tell("empty", f"table {name}", what, "Add one.")


class _Build:
    """Turns checked rows into a network."""

    def __init__(
        self,
        rows: Mapping[str, list[Row]],
        extras: Mapping[str, list[dict[str, Any]]],
        frames: Mapping[str, list[tuple[Any, dict[str, Any]]]],
        ambient: float,
    ) -> None:
        self._keys = {name: [key for key, _, _ in found] for name, found in rows.items()}
        self._rows = {name: [values for _, values, _ in found] for name, found in rows.items()}
        self._given = {name: [given for _, _, given in found] for name, found in rows.items()}
        self._extras, self._frames, self._ambient = extras, frames, ambient
        self._at = {key: row for row, key in enumerate(self._keys["junction"])}
        self._first = {}
        count = 0
        for name in KINDS:
            self._first[name] = count
            count += len(self._rows[name])

    def network(self, design: float, outdoor: float) -> HeatNetwork:
        x, y = self._places()
        return HeatNetwork(
            assets=self._assets(x, y),
            shapes=self._shapes(x, y),
            junctions=self._junctions(),
            pipes=self._pipes(),
            valves=self._valves(),
            consumers=self._consumers(),
            plants=self._plants(),
            ambient=self._ambient,
            design=design,
            outdoor=outdoor,
        )

    def _ends(self, name: str) -> tuple[IntArray, IntArray]:
        first, second = (
            np.array([self._at[row[end]] for row in self._rows[name]], dtype=np.int64)
            for end in ENDS[name]
        )
        return first, second

    def _numbered(self, name: str) -> IntArray:
        first = self._first[name]
        return np.arange(first, first + len(self._rows[name]), dtype=np.int64)

    def _junctions(self) -> Junctions:
        rows = self._rows["junction"]
        return Junctions(
            column(rows, "height_m"),
            column(rows, "pn_bar"),
            column(rows, "tfluid_k"),
            flags(rows, "in_service"),
        )

    def _pipes(self) -> Pipes:
        rows = self._rows["pipe"]
        begin, end = self._ends("pipe")
        inner, outer = (column(rows, f"{side}_diameter_mm", 1e-3) for side in ("inner", "outer"))
        ground = column(rows, "text_k")
        return Pipes(
            rows=self._numbered("pipe"),
            begin=begin,
            end=end,
            length=column(rows, "length_km", 1000.0),
            inner=inner,
            outer=np.where(np.isnan(outer), inner, outer),
            roughness=column(rows, "k_mm", 1e-3),
            loss_coefficient=column(rows, "loss_coefficient"),
            transfer=column(rows, "u_w_per_m2k"),
            ground=np.where(np.isnan(ground), self._ambient, ground),
            sections=np.array([row["sections"] for row in rows], dtype=np.int64),
            open=flags(rows, "in_service"),
        )

    def _valves(self) -> Valves:
        rows = self._rows["valve"]
        begin, end = self._ends("valve")
        return Valves(
            self._numbered("valve"),
            begin,
            end,
            column(rows, "inner_diameter_mm", 1e-3),
            column(rows, "loss_coefficient"),
            flags(rows, "opened"),
        )

    def _consumers(self) -> Any:
        rows = self._rows["heat_consumer"]
        names = dict(zip(("heat", "flow", "cooling", "back"), SETTINGS, strict=True))
        own = {name: column(rows, given) for name, given in names.items()}
        own["in_service"] = flags(rows, "in_service")
        ends = self._ends("heat_consumer")
        return consumers(own, *ends, self._first["heat_consumer"], self._extras["building"])

    def _plants(self) -> Any:
        rows = self._rows["circ_pump_pressure"]
        names = {"pressure": "p_flow_bar", "lift": "plift_bar", "supply": "t_flow_k"}
        own = {name: column(rows, given) for name, given in names.items()}
        own["in_service"] = flags(rows, "in_service")
        ends = self._ends("circ_pump_pressure")
        return plants(own, *ends, self._first["circ_pump_pressure"], self._extras["source"])

    def _places(self) -> tuple[FloatArray, FloatArray]:
        """Place of each junction, NaN where the file says none."""
        found = np.full((len(self._at), 2), np.nan)
        for key, row in self._frames.get("junction_geodata", []):
            if key in self._at:
                found[self._at[key]] = _point([row.get("x"), row.get("y")])
        for key, given in zip(self._keys["junction"], self._given["junction"], strict=True):
            xy = _point(_coordinates(given.get("geo")))
            if np.isfinite(xy).all():
                found[self._at[key]] = xy
        return found[:, 0], found[:, 1]

    def _assets(self, x: FloatArray, y: FloatArray) -> Assets:
        ids, kinds, names, xs, ys = [], [], [], [], []
        for name, kind in KINDS.items():
            begin, end = self._ends(name)
            ids += [f"{kind}:{key}" for key in self._keys[name]]
            kinds += [kind] * len(begin)
            names += [str(row["name"]) for row in self._rows[name]]
            xs.append((x[begin] + x[end]) / 2 if kind == PIPE else x[begin])
            ys.append((y[begin] + y[end]) / 2 if kind == PIPE else y[begin])
        people, customers = np.zeros(len(ids) + 1), np.zeros(len(ids) + 1)
        first, building = self._first["heat_consumer"], self._extras["building"]
        people[first : first + len(building)] = column(building, "people")
        customers[first : first + len(building)] = column(building, "customers")
        return Assets(
            domain="heat",
            ids=(*ids, NETWORK),
            kinds=(*kinds, NETWORK),
            names=(*names, ""),
            x=np.concatenate([*xs, [np.nan]]),
            y=np.concatenate([*ys, [np.nan]]),
            people=people,
            customers=customers,
        )

    def _shapes(self, x: FloatArray, y: FloatArray) -> Shapes:
        from kopa.model.shapes import between, points_of

        begin, end = self._ends("pipe")
        straight = np.stack([x[[begin, end]].T, y[[begin, end]].T], axis=2)
        lines = between(self._numbered("pipe"), straight)
        assets = self._assets(x, y)
        rows = np.flatnonzero([kind not in (PIPE, NETWORK) for kind in assets.kinds])
        return joined([lines.placed(), points_of(assets, rows)])


def _coordinates(geo: Any) -> Any:
    """Coordinates of a GeoJSON geometry, or None."""
    try:
        value = json.loads(geo) if isinstance(geo, str) else geo
        return value["coordinates"]
    except (ValueError, TypeError, KeyError):
        return None


def _point(value: Any) -> FloatArray:
    """Place of a point, NaN where it is none: no place is needed to calculate."""
    try:
        return np.array([float(value[0]), float(value[1])])
    except (ValueError, TypeError, IndexError):
        return np.full(2, np.nan)
