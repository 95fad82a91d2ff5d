"""EPANET's quality engine, on an open project."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_int, create_string_buffer
from enum import IntEnum

from .engine_epanet import NodeValue, Project


class QualityKind(IntEnum):
    """What the quality engine computes (EN_QualityType)."""

    CHEMICAL = 1
    AGE = 2
    TRACE = 3


class SourceType(IntEnum):
    """What a quality source does (EN_SourceType)."""

    SET_POINT = 2


class QualityProject(Project):
    """A project that computes what the water carries, in step with its hydraulics."""

    def set_quality(self, kind: QualityKind, traced: int = 0) -> None:
        """Choose what is computed; `traced` is the index of the node whose water is traced."""
        name = self._node_name(traced) if traced else b""
        self._call(
            "EN_setqualtype",
            c_int(int(kind)),
            c_char_p(b"Chlorine"),
            c_char_p(b"mg/L"),
            c_char_p(name),
        )

    def units(self) -> str:
        """Unit of concentrations in the file as written there; empty where it asks for none."""
        name, unit = create_string_buffer(64), create_string_buffer(64)
        kind, traced = c_int(), c_int()
        self._call("EN_getqualinfo", byref(kind), name, unit, byref(traced))
        chemical = kind.value == QualityKind.CHEMICAL
        return unit.value.decode("latin-1").strip() if chemical else ""

    def source(self, index: int) -> float:
        """Strength of the quality source at a node, 0 where there is none."""
        code = self._lib.EN_getnodevalue(
            self._handle, index, int(NodeValue.SOURCE_QUALITY), self._to_value
        )
        return 0.0 if code else self._value.value

    def open_quality(self) -> None:
        """Set up the quality solver, to go on in step with open hydraulics."""
        self._call("EN_openQ")
        self._call("EN_initQ", c_int(0))

    def run_quality(self) -> None:
        """Have the quality of the present moment."""
        self._call("EN_runQ", self._to_time)

    def next_quality(self) -> None:
        """Carry the water on to the next moment of the hydraulics."""
        self._call("EN_nextQ", self._to_time)

    def close_quality(self) -> None:
        """Free the quality solver."""
        self._lib.EN_closeQ(self._handle)

    def _node_name(self, index: int) -> bytes:
        text = create_string_buffer(64)
        self._call("EN_getnodeid", c_int(index), text)
        return text.value
