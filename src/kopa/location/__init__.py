"""Where to put sites: covering, p-median and p-centre, with proof of how good the answer is."""

from kopa.location.centre import centre
from kopa.location.choice import Choice
from kopa.location.cover import cover
from kopa.location.median import median

__all__ = ["Choice", "centre", "cover", "median"]
