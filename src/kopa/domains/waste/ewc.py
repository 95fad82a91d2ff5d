"""Codes of the European List of Waste for streams whose file gives none."""

from __future__ import annotations

from collections.abc import Mapping

from kopa.ewc import Entry, chapters, entries, find, nearest

__all__ = ["STREAMS", "Entry", "chapters", "entries", "find", "nearest"]

STREAMS: Mapping[str, str] = {
    "residual": "20 03 01",
    "bio": "20 01 08",
    "garden": "20 02 01",
    "paper": "20 01 01",
    "packaging": "15 01 06",
    "plastic": "15 01 02",
    "metal": "15 01 04",
    "glass": "15 01 07",
    "textile": "20 01 11",
    "wood": "20 01 38",
    "bulky": "20 03 07",
    "electronics": "20 01 36",
    "batteries": "20 01 34",
    "hazardous": "20 01 27",
    "street": "20 03 03",
    "construction": "17 09 04",
}
"""Code of a stream whose file gives none: separately collected packaging is of chapter 15."""
