"""What all parts of the page need: the report, its voice, its colours."""

from __future__ import annotations

import itertools

from kopa.city.domains import domain_type
from kopa.city.places import Places, projection_of
from kopa.domain.page import page_of
from kopa.report.look import domain_inks
from kopa.report.report import Report
from kopa.report.voice import Voice

MAPMAKERS = "© OpenStreetMap contributors"
LATITUDE = 45.0
"""Where a city has no place on earth."""


class Context:
    """A report that is being written.

    Parameters
    ----------
    report
        What it says.
    voice
        Speaks of its city in its language.
    """

    def __init__(self, report: Report, voice: Voice) -> None:
        self.report, self.voice = report, voice
        city = voice.city
        self.name = city.settings.name
        self.domains = tuple(city.domains)
        self.inks = domain_inks(self.domains)
        self.main = {name: page_of(domain_type(name).package).main for name in self.domains}
        self.metric = projection_of(city) is not None
        box = Places(city).box()
        self.latitude = LATITUDE if box is None else (box[1] + box[3]) / 2
        ground = bool(report.drawing and report.drawing.ground)
        self.credit = city.settings.attribution or (MAPMAKERS if ground else "")
        self.assets = sum(len(domain.assets()) for domain in city.domains.values())
        self.links = len(city.links)
        self._numbers = itertools.count(1)

    def number(self) -> str:
        """Makes ids of pictures unique."""
        return str(next(self._numbers))

    def domain(self, name: str) -> str:
        """What a domain is."""
        return self.voice.say("domain", name)
