"""Answers as JSON documents. Their schemas lie in ``docs/reference/schema`` and are tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kopa import __version__
from kopa.city.load import City
from kopa.city.new import ATTRIBUTION, Made
from kopa.city.screen import Ranked, Screening
from kopa.city.whatif import WhatIf
from kopa.console import finding_rows
from kopa.coupling.explain import Explanation, Step
from kopa.domain import Finding
from kopa.ledger.account import Balance
from kopa.ledger.effects import Effects
from kopa.ledger.people import Reliability
from kopa.ledger.totals import Total
from kopa.model import Link, Window
from kopa.model.window import clock

SHOWN = 6
"""A step of a cause path names so many assets one by one."""

Document = dict[str, Any]


def check_document(findings: Sequence[Finding], city: City | None) -> Document:
    """What ``kopa check`` answers; `city` is None if it cannot be used."""
    domains = {} if city is None else {n: len(d.assets()) for n, d in city.domains.items()}
    return {
        "kopa": __version__,
        "status": "unknown" if city is None else "ok",
        "assets": domains,
        "links": 0 if city is None else len(city.links),
        "findings": finding_rows(findings),
    }


def new_document(made: Made) -> Document:
    """What ``kopa new`` answers."""
    return {
        "kopa": __version__,
        "folder": str(made.folder),
        "name": made.survey.name,
        "crs": made.survey.streets.crs,
        "ground": made.survey.ground_source,
        "attribution": ATTRIBUTION,
        "domains": {
            name: {
                "files": list(design.files),
                "counts": dict(design.counts),
                "seconds": round(made.seconds[name], 2),
            }
            for name, design in made.designs.items()
        },
        "links": len(made.links.links),
        "seconds": {name: round(value, 2) for name, value in made.seconds.items()},
        "findings": finding_rows(made.findings),
    }


def links_document(links: Sequence[Link], findings: Sequence[Finding]) -> Document:
    """What ``kopa links`` answers."""
    return {
        "kopa": __version__,
        "links": [
            {
                "source": str(link.source),
                "source_port": link.source.port,
                "target": str(link.target),
                "target_port": link.target.port,
                "rule": link.rule,
                "origin": link.origin,
                "confidence": link.confidence,
                "why": link.note,
            }
            for link in links
        ],
        "findings": finding_rows(findings),
    }


def whatif_document(city: City, answer: WhatIf) -> Document:
    """What ``kopa whatif`` answers."""
    return {
        "kopa": __version__,
        "city": city.settings.name,
        "status": answer.status,
        "window": window_document(answer.solution.window),
        "changes": [str(change) for change in answer.solution.changes],
        "solved": dict(answer.solution.runs),
        "sweeps": answer.solution.sweeps,
        "seconds": round(answer.seconds, 4),
        "services": _services(city, answer),
        "effects": [row for e in answer.effects for row in _rows(city, answer.explanation, e)],
        "totals": [total_document(total) for total in answer.totals],
        "reliability": [reliability_document(index) for index in answer.reliability],
        "balance": {
            name: balance_document(result.balance)
            for name, result in answer.solution.results.items()
            if result.balance is not None
        },
        "findings": finding_rows(answer.findings),
    }


def screen_document(city: City, window: Window, answer: Screening) -> Document:
    """What ``kopa screen`` answers."""
    return {
        "kopa": __version__,
        "city": city.settings.name,
        "status": answer.baseline.status,
        "window": window_document(window),
        "solved": dict(answer.runs),
        "seconds": round(answer.seconds, 3),
        "assets": [_ranked(ranked) for ranked in answer.assets],
        "findings": finding_rows(answer.baseline.findings),
    }


def window_document(window: Window) -> Document:
    """A window: times of the day, hours going on past 24."""
    return {
        "start": clock(window.start),
        "end": clock(window.end),
        "step_s": window.step,
        "steps": window.steps,
        "date": window.date.isoformat() if window.date else None,
    }


def balance_document(balance: Balance) -> Document:
    """What came in against what went out."""
    return {
        "quantity": balance.quantity,
        "unit": balance.unit,
        "supplied": balance.supplied,
        "used": balance.used,
        "lost": balance.lost,
        "stored": balance.stored,
        "residual": balance.residual,
        "ok": balance.ok,
    }


def cause_document(steps: Sequence[Step]) -> list[Document]:
    """A cause path: asset ids with what happened to each, causes first.

    A step with many assets names the first and says how many more there are.
    """
    rows: list[Document] = []
    for step in steps:
        times = {"from": clock(step.start), "to": clock(step.end)}
        few = step.assets if len(step.assets) <= SHOWN else step.assets[:1]
        for asset in few:
            row: Document = {"asset": f"{step.domain}:{asset}", "what": step.what, **times}
            if len(few) < len(step.assets):
                row["more"] = len(step.assets) - 1
            rows.append(row)
    return rows


def _services(city: City, answer: WhatIf) -> Mapping[str, Mapping[str, Any]]:
    """Share delivered per step, by domain, service and asset, where it differs.

    Nothing if the answer is unknown: one domain that cannot be trusted feeds the others.
    """
    found: dict[str, dict[str, Any]] = {}
    if answer.status == "unknown":
        return found
    for name, result in answer.solution.results.items():
        usual = answer.baseline.results[name]
        if result is usual:
            continue
        ids = city.domains[name].assets().ids
        for port in city.domains[name].ports():
            if port.direction != "out" or port.quantity != "share":
                continue
            now, before = result.outputs[port.name], usual.outputs[port.name]
            differs = np.flatnonzero((now != before).any(axis=0))
            if len(differs):
                found.setdefault(name, {})[port.name] = {
                    ids[int(port.rows[column])]: now[:, column].tolist() for column in differs
                }
    return found


def _rows(city: City, why: Explanation, effects: Effects) -> Iterator[Document]:
    assets = city.domains[effects.domain].assets()
    for n, row in enumerate(effects.rows.tolist()):
        event = int(effects.events[n])
        timed = effects.ends[n] > 0
        yield {
            "domain": effects.domain,
            "asset": assets.full(row),
            "zone": assets.zones[row],
            "group": effects.group,
            "from": clock(int(effects.starts[n])) if timed else None,
            "to": clock(int(effects.ends[n])) if timed else None,
            "lens": effects.lens,
            "quantity": effects.quantity,
            "service": effects.service,
            "unit": effects.unit,
            "low": effects.low[n],
            "mid": effects.mid[n],
            "high": effects.high[n],
            "method": effects.method,
            "factors": list(effects.factors),
            "cause": cause_document(why.path(effects.domain, event, row)),
        }


def reliability_document(index: Reliability) -> Document:
    """Indices of a service."""
    return {
        "service": index.service,
        "saidi_min": index.saidi_min,
        "saifi": index.saifi,
        "worst_tenth_h": index.worst_tenth_h,
    }


def total_document(total: Total) -> Document:
    """A sum with its range."""
    return {
        "lens": total.lens,
        "quantity": total.quantity,
        "service": total.service,
        "unit": total.unit,
        "low": total.low,
        "mid": total.mid,
        "high": total.high,
    }


def _ranked(ranked: Ranked) -> Document:
    case = ranked.case
    lines = case.told.lines if case.told else ()
    sums: dict[tuple[str, str, str, str], list[float]] = {}
    for line in lines:
        key = (line.lens, line.quantity, line.service, line.unit)
        low, mid, high = sums.get(key, (0.0, 0.0, 0.0))
        sums[key] = [low + line.low, mid + line.mid, high + line.high]
    names = ("lens", "quantity", "service", "unit")
    return {
        "asset": case.change.full,
        "kind": ranked.kind,
        "change": case.change.kind,
        "status": ranked.status,
        "method": case.method,
        "why_unknown": ranked.why_unknown,
        "effects": [
            {
                "domain": line.domain,
                "lens": line.lens,
                "quantity": line.quantity,
                "service": line.service,
                "unit": line.unit,
                "low": line.low,
                "mid": line.mid,
                "high": line.high,
                "assets": line.assets,
            }
            for line in lines
        ],
        "totals": [
            {**dict(zip(names, key, strict=True)), "low": low, "mid": mid, "high": high}
            for key, (low, mid, high) in sorted(sums.items())
        ],
        "rank": dict(ranked.rank),
        "own_rank": ranked.own_rank,
        "people_rank": ranked.people_rank,
        "surprise": ranked.surprise,
    }
