"""EPANET 2.3 by ctypes: the only importer of the library in the wheel ``owa-epanet``.

ctypes releases the interpreter lock during a call; the wheel's own wrapper keeps it. Values
cross this border in the file's own units; indices count from 1, as in EPANET.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import tempfile
import weakref
from ctypes import byref, c_char_p, c_double, c_int, c_long, c_void_p, create_string_buffer
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray

KEEP_FLOWS = 0
REINIT_FLOWS = 10  # without it a run starts from the flows of the run before: repeats differ


class Count(IntEnum):
    """What `Project.count` counts."""

    NODES = 0
    LINKS = 2
    PATTERNS = 3
    CONTROLS = 5
    RULES = 6


class NodeValue(IntEnum):
    """Values of nodes (EN_NodeProperty)."""

    ELEVATION = 0
    BASE_DEMAND = 1
    PATTERN = 2
    EMITTER = 3
    INITIAL_QUALITY = 4
    SOURCE_QUALITY = 5
    SOURCE_TYPE = 7
    TANK_LEVEL = 8
    DEMAND = 9
    HEAD = 10
    PRESSURE = 11
    QUALITY = 12
    MIN_VOLUME = 18
    VOLUME_CURVE = 19
    MIN_LEVEL = 20
    MAX_LEVEL = 21
    TANK_BULK = 23
    TANK_VOLUME = 24
    MAX_VOLUME = 25
    CAN_OVERFLOW = 26
    EMITTER_FLOW = 29
    LEAKAGE_FLOW = 30
    DEMAND_FLOW = 31
    FULL_DEMAND = 32


class LinkValue(IntEnum):
    """Values of links (EN_LinkProperty)."""

    DIAMETER = 0
    LENGTH = 1
    ROUGHNESS = 2
    MINOR_LOSS = 3
    INITIAL_STATUS = 4
    INITIAL_SETTING = 5
    BULK = 6
    WALL = 7
    FLOW = 8
    STATUS = 11
    SETTING = 12
    ENERGY = 13
    PATTERN = 15
    PUMP_POWER = 18
    HEAD_CURVE = 19
    EFFICIENCY_CURVE = 20
    IN_CONTROL = 23


class TimeValue(IntEnum):
    """Times of the analysis, s (EN_TimeParameter)."""

    DURATION = 0
    HYDRAULIC_STEP = 1
    PATTERN_STEP = 3
    PATTERN_START = 4
    REPORT_STEP = 5
    START_CLOCK = 10


class Option(IntEnum):
    """Options of the analysis (EN_Option)."""

    ACCURACY = 1
    EMITTER_EXPONENT = 3
    DEMAND_MULTIPLIER = 4
    HEAD_ERROR = 5
    UNBALANCED = 14
    DEMAND_PATTERN = 23
    EMITTER_BACKFLOW = 24
    PRESSURE_UNITS = 25


class Statistic(IntEnum):
    """What is known of the last solution (EN_AnalysisStatistic)."""

    ITERATIONS = 0
    RELATIVE_ERROR = 1


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """The shared library of the wheel.

    Raises
    ------
    EngineError
        If the wheel is not installed.
    """
    # find_spec, not import: importing the package would load its SWIG wrapper as well
    spec = importlib.util.find_spec("epanet")
    if spec is None or spec.origin is None:
        raise EngineError("EPANET is missing: install the package 'owa-epanet'", "engine.missing")
    folder = Path(spec.origin).parent
    for name in ("libepanet2.so", "epanet2.dll", "libepanet2.dylib"):
        if (folder / name).exists():
            return ctypes.CDLL(str(folder / name))
    raise EngineError(f"no EPANET library lies in {folder}", "engine.missing")


def message(code: int) -> str:
    """EPANET's own words for an error code."""
    text = create_string_buffer(256)
    library().EN_geterror(c_int(code), text, c_int(255))
    return text.value.decode("utf-8", "replace").strip()


class Project:
    """One open EPANET project.

    Parameters
    ----------
    inp
        Text of the INP file. `open_code` is EPANET's answer to it; from 100 on, `report` says
        why and nothing else can be done.
    """

    def __init__(self, inp: bytes) -> None:
        self._lib = library()
        self._handle = c_void_p()
        folder = Path(tempfile.mkdtemp(prefix="kopa-epanet-"))
        self._report = folder / "report.txt"
        file = folder / "network.inp"
        file.write_bytes(inp)
        self._lib.EN_createproject(byref(self._handle))
        self._free = weakref.finalize(self, _free, self._handle, folder, os.getpid())
        code = self._lib.EN_open(
            self._handle, os.fsencode(file), os.fsencode(self._report), c_char_p(b"")
        )
        self.open_code = code
        if code < 100:
            self.nodes = self.count(Count.NODES)
            self.links = self.count(Count.LINKS)
            self._node_buffer = np.zeros(self.nodes)
            self._link_buffer = np.zeros(self.links)
            self._node_address = c_void_p(self._node_buffer.ctypes.data)
            self._link_address = c_void_p(self._link_buffer.ctypes.data)
            self._lib.EN_setstatusreport(self._handle, 0)
        self._value, self._time = c_double(), c_long()
        self._to_value, self._to_time = byref(self._value), byref(self._time)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the project and its files."""
        self._free()

    def report(self) -> str:
        """What EPANET wrote of the file's errors; ends the project."""
        self._lib.EN_close(self._handle)
        text = self._report.read_bytes() if self._report.exists() else b""
        self._free()
        return text.decode("latin-1")

    def _call(self, name: str, *args: object) -> int:
        code: int = getattr(self._lib, name)(self._handle, *args)
        if code >= 100:
            raise EngineError(f"EPANET {name[3:]}: error {code}, {message(code)}", f"epanet.{code}")
        return code

    def count(self, what: Count) -> int:
        """Number of parts of a kind."""
        value = c_int()
        self._call("EN_getcount", c_int(what), byref(value))
        return value.value

    def node_values(self, what: NodeValue) -> FloatArray:
        """A value of all nodes, shape (node,); a view that the next call overwrites."""
        self._lib.EN_getnodevalues(self._handle, int(what), self._node_address)
        return self._node_buffer

    def link_values(self, what: LinkValue) -> FloatArray:
        """A value of all links, shape (link,); a view that the next call overwrites."""
        self._lib.EN_getlinkvalues(self._handle, int(what), self._link_address)
        return self._link_buffer

    def node_value(self, index: int, what: NodeValue) -> float:
        """A value of one node."""
        self._call("EN_getnodevalue", index, int(what), self._to_value)
        return self._value.value

    def link_value(self, index: int, what: LinkValue) -> float:
        """A value of one link."""
        self._call("EN_getlinkvalue", index, int(what), self._to_value)
        return self._value.value

    def set_node(self, index: int, what: NodeValue, value: float) -> None:
        """Set a value of one node."""
        self._call("EN_setnodevalue", c_int(index), c_int(what), c_double(value))

    def set_link(self, index: int, what: LinkValue, value: float) -> None:
        """Set a value of one link."""
        self._call("EN_setlinkvalue", index, int(what), c_double(value))

    def set_base_demand(self, node: int, category: int, value: float) -> None:
        """Set one demand category of a junction."""
        self._call("EN_setbasedemand", c_int(node), c_int(category), c_double(value))

    def option(self, what: Option) -> float:
        """An option of the analysis."""
        self._call("EN_getoption", c_int(what), byref(self._value))
        return self._value.value

    def set_option(self, what: Option, value: float) -> None:
        """Set an option of the analysis."""
        self._call("EN_setoption", c_int(what), c_double(value))

    def time(self, what: TimeValue) -> int:
        """A time of the analysis, s."""
        self._call("EN_gettimeparam", c_int(what), byref(self._time))
        return self._time.value

    def set_time(self, what: TimeValue, value: int) -> None:
        """Set a time of the analysis, s."""
        self._call("EN_settimeparam", c_int(what), c_long(value))

    def set_pressure_driven(self, on: bool, minimum: float, required: float, power: float) -> None:
        """Choose between demands that pressure limits and demands that are met come what may."""
        self._call(
            "EN_setdemandmodel",
            c_int(int(on)),
            c_double(minimum),
            c_double(required),
            c_double(power),
        )

    def demand_model(self) -> tuple[bool, float, float, float]:
        """Pressure-driven or not, minimum and required pressure, exponent."""
        kind = c_int()
        low, high, power = c_double(), c_double(), c_double()
        self._call("EN_getdemandmodel", byref(kind), byref(low), byref(high), byref(power))
        return bool(kind.value), low.value, high.value, power.value

    def flow_units(self) -> int:
        """Code of the flow unit (EN_FlowUnits)."""
        value = c_int()
        self._call("EN_getflowunits", byref(value))
        return value.value

    def open_hydraulics(self) -> None:
        """Check the network and set up the solver."""
        self._call("EN_openH")

    def init_hydraulics(self, flag: int = REINIT_FLOWS) -> None:
        """Go back to the beginning; see `REINIT_FLOWS`."""
        self._call("EN_initH", c_int(flag))

    def solve(self) -> int:
        """Solve the present moment; the code is EPANET's, from 100 on an error."""
        code: int = self._lib.EN_runH(self._handle, self._to_time)
        return code

    def advance(self) -> int:
        """Go to the next moment; gives the seconds until then, 0 at the end."""
        self._call("EN_nextH", self._to_time)
        return self._time.value

    def statistic(self, what: Statistic) -> float:
        """What is known of the last solution."""
        self._call("EN_getstatistic", int(what), self._to_value)
        return self._value.value

    def set_control_enabled(self, index: int, enabled: bool) -> None:
        """Switch a simple control on or off."""
        self._call("EN_setcontrolenabled", c_int(index), c_int(int(enabled)))

    def disable_rule(self, index: int) -> None:
        """Switch a rule off."""
        self._call("EN_setruleenabled", c_int(index), c_int(0))

    def rule_links(self, index: int) -> list[int]:
        """Links that a rule acts on."""
        premises, then, otherwise = c_int(), c_int(), c_int()
        priority, link, status, setting = c_double(), c_int(), c_int(), c_double()
        counts = (byref(premises), byref(then), byref(otherwise), byref(priority))
        self._call("EN_getrule", c_int(index), *counts)
        links = []
        for name, many in (("EN_getthenaction", then), ("EN_getelseaction", otherwise)):
            for action in range(1, many.value + 1):
                into = (byref(link), byref(status), byref(setting))
                self._call(name, c_int(index), c_int(action), *into)
                links.append(link.value)
        return links

    def switch_at(self, link: int, setting: float, second: int) -> None:
        """Add a control that gives a link a setting at a time of the run; a pump stops at 0."""
        timer, made = c_int(2), c_int()
        self._call(
            "EN_addcontrol", timer, c_int(link), c_double(setting), c_int(0),
            c_double(second), byref(made),
        )  # fmt: skip

    def node(self, index: int) -> tuple[str, int]:
        """Id and type of a node: 0 junction, 1 reservoir, 2 tank."""
        text, kind = create_string_buffer(64), c_int()
        self._call("EN_getnodeid", c_int(index), text)
        self._call("EN_getnodetype", c_int(index), byref(kind))
        return _decoded(text.value), kind.value

    def link(self, index: int) -> tuple[str, int, int, int]:
        """Id, type (EN_LinkType) and the indices of both ends of a link."""
        text, kind, a, b = create_string_buffer(64), c_int(), c_int(), c_int()
        self._call("EN_getlinkid", c_int(index), text)
        self._call("EN_getlinktype", c_int(index), byref(kind))
        self._call("EN_getlinknodes", c_int(index), byref(a), byref(b))
        return _decoded(text.value), kind.value, a.value, b.value

    def coordinate(self, index: int) -> tuple[float, float]:
        """Place of a node, NaN where the file gives none."""
        x, y = c_double(), c_double()
        if self._lib.EN_getcoord(self._handle, c_int(index), byref(x), byref(y)):
            return float("nan"), float("nan")
        return x.value, y.value

    def vertices(self, index: int) -> list[tuple[float, float]]:
        """Points between the ends through which a link is drawn."""
        number, x, y = c_int(), c_double(), c_double()
        self._call("EN_getvertexcount", c_int(index), byref(number))
        points = []
        for vertex in range(1, number.value + 1):
            self._call("EN_getvertex", c_int(index), c_int(vertex), byref(x), byref(y))
            points.append((x.value, y.value))
        return points

    def node_tag(self, index: int) -> str:
        """Tag of a node."""
        text = create_string_buffer(256)
        self._call("EN_gettag", c_int(0), c_int(index), text)
        return _decoded(text.value)

    def node_comment(self, index: int) -> str:
        """What stands behind the semicolon on a node's line."""
        text = create_string_buffer(256)
        self._call("EN_getcomment", c_int(0), c_int(index), text)
        return _decoded(text.value)

    def demands(self, index: int) -> list[tuple[float, int]]:
        """Base demand and pattern index of each demand category of a junction."""
        number, pattern = c_int(), c_int()
        self._call("EN_getnumdemands", c_int(index), byref(number))
        rows = []
        for category in range(1, number.value + 1):
            self._call("EN_getbasedemand", c_int(index), c_int(category), byref(self._value))
            self._call("EN_getdemandpattern", c_int(index), c_int(category), byref(pattern))
            rows.append((self._value.value, pattern.value))
        return rows

    def pattern(self, index: int) -> FloatArray:
        """Multipliers of a time pattern."""
        length = c_int()
        self._call("EN_getpatternlen", c_int(index), byref(length))
        values = np.empty(length.value)
        for period in range(length.value):
            self._call("EN_getpatternvalue", c_int(index), c_int(period + 1), byref(self._value))
            values[period] = self._value.value
        return values

    def control(self, index: int) -> tuple[int, int, float, int, float]:
        """Type, link, setting, node and level of a simple control (EN_ControlType)."""
        kind, link, node = c_int(), c_int(), c_int()
        setting, level = c_double(), c_double()
        self._call(
            "EN_getcontrol",
            c_int(index),
            byref(kind),
            byref(link),
            byref(setting),
            byref(node),
            byref(level),
        )
        return kind.value, link.value, setting.value, node.value, level.value


def _free(handle: c_void_p, folder: Path, owner: int) -> None:
    """Free a project; a forked process leaves the files to the one that made them."""
    library().EN_deleteproject(handle)  # which closes it, if it is open
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
