"""The words of the kernel as plain frozen dataclasses over arrays."""

from kopa.model.arrays import BoolArray, FloatArray, IntArray, PortSeries
from kopa.model.assets import Assets
from kopa.model.links import End, Link
from kopa.model.ports import Match, Port, Ports, port_of
from kopa.model.shapes import Shapes, points_of
from kopa.model.window import Window

__all__ = [
    "Assets",
    "BoolArray",
    "End",
    "FloatArray",
    "IntArray",
    "Link",
    "Match",
    "Port",
    "PortSeries",
    "Ports",
    "Shapes",
    "Window",
    "points_of",
    "port_of",
]
