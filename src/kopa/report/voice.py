"""Words, numbers, times and names as the reader's language writes them."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from kopa.city.documents import Document
from kopa.city.load import City
from kopa.city.words import Words

SIGNS = {"m3": "m³", "kgCO2e": "kg CO₂e", "EUR": "EUR"}
"""Units that need no words."""
UNIT_WORDS = {
    "person·h": "person-hours",
    "customers": "customers",
    "customer·min": "customer-minutes",
    "vehicle·h": "vehicle-hours",
    "vehicle·km": "vehicle-km",
    "trips": "trips",
    "cars": "cars",
    "departures": "departures",
}
"""Units that languages have words for: `report-unit-…`."""
SHOWN = {"m3/s": ("L/s", 1000.0), "s": ("h", 1 / 3600), "W": ("kW", 1e-3)}
"""Units of changes as people say them."""
SAME = 0.005
"""A range that is narrower than this share of its value is no range to a reader."""


class Voice:
    """Speaks of one city in one language.

    Parameters
    ----------
    city
        The city.
    words
        Words in the reader's language.
    """

    def __init__(self, city: City, words: Words) -> None:
        self.city, self.words = city, words
        self._zone = ZoneInfo(city.settings.timezone)

    def say(self, key: str, domain: str = "", **values: str | float) -> str:
        """A message."""
        return self.words.say(key, domain, **values)

    def number(self, value: float | None, digits: int = 3) -> str:
        """A number with so many significant digits; large ones whole."""
        if value is None:
            return self.say("unknown")
        text = self.words.number(round(value) if abs(value) >= 1000 else value, digits)
        return text.replace("-", "\u2212", 1) if text.startswith("-") else text

    def whole(self, value: float) -> str:
        """A number without decimals."""
        return self.words.number(float(round(value)), 12)

    def percent(self, share: float) -> str:
        """A share of 1, in percent."""
        return f"{self.words.number(100 * share, 2)}\u202f%"

    def span(self, low: float, high: float, mid: float) -> str:
        """``430–445``, or nothing where a range says no more than its best value."""
        if abs(high - low) <= SAME * max(abs(mid), 1e-9):
            return ""
        between = " … " if min(low, high) < 0 else "–"
        return f"{self.rounded(low)}{between}{self.rounded(high)}"

    def rounded(self, value: float) -> str:
        """A number to three significant digits, also where it is large: an estimate is no more."""
        if value == 0:
            return "0"
        from math import floor, log10

        return self.number(round(value, 2 - floor(log10(abs(value)))))

    def amount(self, low: float, mid: float, high: float, unit: str) -> str:
        """``440 EUR (430–445)``."""
        between = self.span(low, high, mid)
        told = f"{self.rounded(mid)}\u00a0{self.unit(unit)}"
        return f"{told} ({between})" if between else told

    def unit(self, unit: str) -> str:
        """A unit in words or signs."""
        if unit in UNIT_WORDS:
            return self.say(f"report-unit-{UNIT_WORDS[unit]}")
        return SIGNS.get(unit, unit)

    def time(self, moment: float) -> datetime.datetime:
        """A moment, s since 1970 UTC, on the city's clocks."""
        return datetime.datetime.fromtimestamp(moment, self._zone)

    def clock(self, moment: float, begin: float) -> str:
        """Time of day; on another day than `begin`, with its date."""
        from babel.dates import format_skeleton

        at, first = self.time(moment), self.time(begin)
        clock = at.strftime("%H:%M")
        if at.date() == first.date():
            return clock
        if at.date() == first.date() + datetime.timedelta(days=1) and clock == "00:00":
            return "24:00"
        day = format_skeleton("MMMd", at, locale=self.words.language)
        return f"{day} {clock}"

    def times(self, begin: float, end: float, day: float) -> str:
        """``08:00–14:00``."""
        return f"{self.clock(begin, day)}–{self.clock(end, day)}"

    def date(self, day: datetime.date) -> str:
        """A date in full."""
        from babel.dates import format_date

        return str(format_date(day, format="long", locale=self.words.language))

    def port(self, name: str, domain: str) -> str:
        """What leaves at a port: some are known only as series."""
        told = self.say(f"port-{name}", domain)
        return told if told != name.replace("_", " ") else self.say(f"series-{name}", domain)

    def kind(self, full: str) -> str:
        """What kind of asset it is."""
        domain, _, native = full.partition(":")
        assets = self.city.domains[domain].assets()
        return self.say(f"kind-{assets.kinds[assets.index[native]]}", domain)

    def asset(self, full: str, with_kind: bool = True) -> str:
        """``pipe P-12`` or ``street Brīvības iela (1234)``."""
        domain, _, native = full.partition(":")
        if domain not in self.city.domains:
            return full
        assets = self.city.domains[domain].assets()
        row = assets.index.get(native)
        if row is None:
            return full
        name = assets.names[row]
        told = native if not name or name == native else f"{name} ({native})"
        return f"{self.kind(full)} {told}" if with_kind else told

    def change(self, change: Document) -> str:
        """What is done to what, when, in words."""
        domain = str(change["asset"]).partition(":")[0]
        told = f"{self.asset(change['asset'])}: {self.say('event-' + change['kind'], domain)}"
        value = change["value"]
        if value is not None:
            unit, factor = SHOWN.get(change["unit"], (change["unit"], 1.0))
            number = self.words.number(value * factor, 4)
            told += f" {number}\u00a0{unit}" if unit else f" ×\u202f{number}"
        return capital(told)

    def step(self, step: Document) -> str:
        """What happened in a step of a cause path, to which kind of asset."""
        domain, many = step["domain"], len(step["assets"]) + step["more"]
        kind = self.say(f"kind-{step['kind']}", domain) if step["kind"] else ""
        what = self.say(f"event-{step['what']}", domain)
        names = [self._short(one) for one in step["assets"][:1]]
        more = f" {self.say('report-and-more', count=many - 1)}" if many > 1 else ""
        return capital(f"{kind} {', '.join(names)}{more}: {what}".strip())

    def _short(self, asset: Document) -> str:
        native = str(asset["asset"]).partition(":")[2]
        return str(asset["name"]) or native


def capital(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]
