"""What was, is and will be: the state of the city at any moment that is kept or foreseen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get, number
from kopa.api.newest import number_of
from kopa.api.past import Past
from kopa.api.problem import problem
from kopa.api.watch import Watch
from kopa.city.documents import Document
from kopa.city.domains import domain_type
from kopa.city.live.cycle import Kept
from kopa.city.story import midnight
from kopa.domain.page import page_of
from kopa.errors import RangeError
from kopa.store import Key, Span, Store

MOST_POINTS = 2000
HOUR_US = 3_600_000_000
"""A measured value is old after so long; what was said without a time is not."""
NOW_S = 30.0
"""A moment so close to now is now."""


class Moments:
    """Tells the city as of a moment.

    Parameters
    ----------
    store
        Where observations and past looks are.
    watch
        Knows the present and the forecast.
    tenant
        Whose.
    """

    def __init__(self, store: Store, watch: Watch, tenant: str = "") -> None:
        self._store, self._watch, self._tenant = store, watch, tenant
        self._past = Past(store, tenant)

    def at(self, moment: float) -> Document:
        """The city at a moment, s since 1970 UTC; the nearest that is known.

        Raises
        ------
        KopaError
            If the store does not answer.
        """
        now = self._watch.clock()
        answer = self._watch.latest
        begin = None if answer is None else midnight(self._watch.city, answer.window)
        last = now if answer is None or begin is None else begin + answer.window.end
        told: Document = {"first": self._past.first(), "last": last, "now": now}
        if moment < now - NOW_S:
            return told | self._then(moment)
        if moment <= now + NOW_S or answer is None or begin is None:
            summary = self._watch.summary()
            open = [one for one in self._watch.findings().values() if one.state in _OPEN]
            rows = [
                [row["asset"], row["quantity"], row["value"], row["unit"], row["simulated"]]
                for row in self._watch.state()
            ]
            return told | {
                "at": now,
                "kind": "now",
                "status": summary["status"],
                "services": summary["services"],
                "values": rows,
                "findings": _ordered(open),
            }
        window = answer.window
        step = int((moment - begin - window.start) // window.step)
        step = min(max(step, 0), window.steps - 1)
        rows = [
            [domain.assets().full(int(row)), quantity, _plain(value), meter.unit, False]
            for name, meters in answer.expected.items()
            for domain in [self._watch.city.domains[name]]
            for shown in [page_of(domain_type(name).package).series]
            for quantity, meter in meters.items()
            if quantity in shown and shown[quantity].on_map
            for row, value in zip(meter.rows.tolist(), meter.values[step].tolist(), strict=True)
        ]
        return told | {
            "at": begin + window.start + step * window.step,
            "kind": "forecast",
            "status": answer.status,
            "services": self._watch.losses_in(step),
            "values": rows,
            "findings": [],
        }

    def _then(self, moment: float) -> Document:
        told: Document = {"at": moment, "kind": "past", "values": self._values(moment)}
        looked = self._past.at(moment)
        if looked is None:
            return told | {"status": "unknown", "services": None, "findings": []}
        known = self._watch.findings()
        findings = [
            msgspec.structs.replace(known[id], state=state, people=people, person_hours=hours)
            for id, state, people, hours in looked.findings
            if id in known
        ]
        return told | {
            "status": looked.status,
            "services": looked.services,
            "findings": _ordered(findings),
        }

    def _values(self, moment: float) -> list[list[Any]]:
        """The newest value of each series up to a moment, where it was not old by then."""
        keys, end = self._watch.keys(), round(moment * 1e6) + 1
        hour = Span(end - HOUR_US, end, most=1, newest=True)
        ever = Span(end=end, most=1, newest=True)
        rows = {
            row.key: row
            for asked, span in ((self._watch.said(), ever), (list(keys), hour))
            if asked
            for row in self._store.points(self._tenant, asked, span).rows()
        }
        return [
            [keys[key], key.attribute, _plain(value), row.label.unit, row.label.simulated]
            for key, row in rows.items()
            for value in [number_of(row)[0]]
            if value is not None
        ]

    def series(
        self, asset: str, quantity: str, begin: float, end: float, points: int
    ) -> Document | None:
        """A series from a time to another, in buckets, and what is foreseen of it.

        Parameters
        ----------
        asset, quantity
            Which.
        begin, end
            s since 1970 UTC.
        points
            So many buckets.

        Returns
        -------
        Document or None
            None where neither was anything measured nor does the model say anything.
        """
        key = next(
            (
                k
                for k, full in self._watch.keys().items()
                if full == asset and k.attribute == quantity
            ),
            None,
        )
        foreseen = self._watch.forecast(asset, quantity)
        if key is None and foreseen is None:
            return None
        history: Document = {name: [] for name in ("at", "low", "mean", "high")}
        simulated, unit = False, ""
        if key is not None:
            history = self._history(key, begin, end, points)
            last = self._store.last(self._tenant, [key])
            for row in last.rows():
                simulated, unit = row.label.simulated, row.label.unit
        forecast = None
        answer = self._watch.latest
        if foreseen is not None and answer is not None:
            first = midnight(self._watch.city, answer.window) + answer.window.start
            values = foreseen["values"]
            forecast = {
                "at": [first + n * answer.window.step for n in range(len(values))],
                "value": [_plain(value) for value in values],
            }
            unit = unit or foreseen["unit"]
        return {
            "asset": asset,
            "quantity": quantity,
            "unit": unit,
            "simulated": simulated,
            "history": history,
            "forecast": forecast,
        }

    def _history(self, key: Key, begin: float, end: float, points: int) -> Document:
        bucket = max(1, math.ceil((end - begin) / points))
        span = Span(round(begin * 1e6), round(end * 1e6))
        found = self._store.aggregate(
            self._tenant, [key], span, f"PT{bucket}S", ("min", "avg", "max")
        )
        return {
            "at": ((found.begin + found.end) / 2e6).tolist(),
            "low": [_plain(value) for value in found.values["min"].tolist()],
            "mean": [_plain(value) for value in found.values["avg"].tolist()],
            "high": [_plain(value) for value in found.values["max"].tolist()],
        }


_OPEN = ("new", "acknowledged", "silenced")


def _ordered(findings: Sequence[Kept]) -> list[Kept]:
    return sorted(findings, key=lambda one: (-one.person_hours, -one.people, one.id))


def _plain(value: object) -> float | None:
    """A number that JSON can hold."""
    return value if isinstance(value, float) and math.isfinite(value) else None


def routes(moments: Moments) -> list[Route]:
    """Moments, and series over time."""

    def moment(request: Request, body: None) -> Any:
        return moments.at(number(request, "at"))

    def series(request: Request, body: None) -> Any:
        asset, quantity = (request.query_params.get(name, "") for name in ("asset", "quantity"))
        begin, end = number(request, "from"), number(request, "to")
        points = int(number(request, "points", 300))
        if not begin < end or not 1 <= points <= MOST_POINTS:
            raise RangeError(f"'from' lies before 'to', and 'points' between 1 and {MOST_POINTS}")
        found = moments.series(asset, quantity, begin, end, points)
        words = f"nothing is known of {quantity} at {asset}"
        return problem(404, words[:300]) if found is None else found

    return [get("/page/moment", moment), get("/page/series", series)]
