"""Opening hours as OpenStreetMap writes them."""

from kopa.engine_opening_hours import open_share, problem

__all__ = ["open_share", "problem"]
