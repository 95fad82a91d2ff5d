"""Where to put sites: maximal covering and p-median, with proof of how good the answer is."""

from kopa.location.choice import Choice
from kopa.location.cover import cover
from kopa.location.median import median

__all__ = ["Choice", "cover", "median"]
