"""The European List of Waste, for all domains that deal with waste."""

from .entries import Entry, chapters, entries, find, nearest

__all__ = ["Entry", "chapters", "entries", "find", "nearest"]
