"""What is wrong or at risk now, grouped by cause, with what it does to people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kopa.city.documents import Document, cause_document
from kopa.city.live.memory import STUCK_S, Shown
from kopa.city.load import City
from kopa.coupling.explain import Explanation
from kopa.domain import Change, Finding, Meter
from kopa.ledger.effects import Effects
from kopa.model import IntArray, Window
from kopa.model.window import clock

GROUP = 8
"""More findings of one kind become one."""
MEMBERS = 50
"""So many assets of a group are named."""
APART = 0.25
"""A meter that is further from the model than this share of what it shows is told."""


@dataclass(frozen=True)
class Loss:
    """A service that people lose.

    Parameters
    ----------
    domain, service
        What is lost, and whose ledger says so.
    people, people_now
        How many in the hours ahead, and how many as they begin.
    person_hours
        For how long in all.
    start, end
        Seconds since midnight.
    """

    domain: str
    service: str
    people: float
    people_now: float
    person_hours: float
    start: int
    end: int


@dataclass(frozen=True)
class Lost:
    """Where a service is lost by something.

    Parameters
    ----------
    service
        What is lost.
    assets
        Ids with their domain.
    start, end
        Seconds since midnight, from the first to the last.
    """

    service: str
    assets: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """A finding of the live city.

    Parameters
    ----------
    finding
        What it is, and what to do.
    members
        Assets that it concerns; the finding's own first.
    losses
        What it does to people in the hours ahead.
    cause
        The path from the cause to the loss that is worst.
    simulated
        True where it comes from simulated values.
    lost
        Where people lose what by it.
    """

    finding: Finding
    members: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    cause: tuple[Document, ...] = ()
    simulated: bool = False
    lost: tuple[Lost, ...] = ()

    @property
    def id(self) -> str:
        """Stable name: what it is, and where."""
        where = self.finding.asset or self.finding.place
        return f"{self.finding.code}:{where}".rstrip(":")

    @property
    def people(self) -> float:
        """People who lose the service that most lose."""
        return max((loss.people for loss in self.losses), default=0.0)

    @property
    def person_hours(self) -> float:
        """Of all services."""
        return sum(loss.person_hours for loss in self.losses)


def losses(city: City, effects: Sequence[Effects], window: Window) -> tuple[Loss, ...]:
    """Services that people lose in a window, the worst first."""
    found = [_loss(city, window, e, np.arange(len(e.rows))) for e in effects if _of_people(e)]
    return tuple(sorted(found, key=lambda loss: -loss.person_hours))


@dataclass(frozen=True, slots=True)
class At:
    """From when to when a service is lost somewhere, s since 1970 UTC."""

    begins: float
    ends: float


def lost_places(
    city: City, effects: Sequence[Effects], midnight: float
) -> dict[str, dict[str, At]]:
    """Services lost at each asset where people lose one.

    Parameters
    ----------
    city
        The city.
    effects
        What differs from a usual day.
    midnight
        From which their times count, s since 1970 UTC.
    """
    found: dict[str, dict[str, At]] = defaultdict(dict)
    for effect in effects:
        if not _of_people(effect):
            continue
        assets = city.domains[effect.domain].assets()
        starts, ends = effect.starts + midnight, effect.ends + midnight
        for row, start, end in zip(effect.rows.tolist(), starts, ends, strict=True):
            found[assets.full(row)][effect.service] = At(float(start), float(end))
    return dict(found)


def _of_people(effects: Effects) -> bool:
    return effects.quantity == "person_hours" and not effects.group and len(effects.rows) > 0


def _loss(city: City, window: Window, effects: Effects, chosen: IntArray) -> Loss:
    people = city.domains[effects.domain].assets().people[effects.rows[chosen]]
    return Loss(
        effects.domain,
        effects.service,
        float(people.sum()),
        float(people[effects.starts[chosen] <= window.start].sum()),
        float(effects.mid[chosen].sum()),
        int(effects.starts[chosen].min()),
        int(effects.ends[chosen].max()),
    )


@dataclass
class Led:
    """What a change leads to, as it is gathered."""

    losses: list[Loss] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    cause: tuple[Document, ...] = ()
    worst: float = 0.0


def consequences(
    city: City, changes: Sequence[Change], effects: Sequence[Effects], why: Explanation
) -> Mapping[str, Led]:
    """What each changed asset leads to: its losses, where they are, and the path to the worst.

    A loss that several changes bring about together stands under each.

    Parameters
    ----------
    city
        The city.
    changes
        What holds now.
    effects, why
        Their effects, and why.
    """
    assets = {change.full for change in changes}
    led: dict[str, Led] = defaultdict(Led)
    for effect in effects:
        if not _of_people(effect):
            continue
        rows: dict[str, list[int]] = defaultdict(list)
        for n, event in enumerate(effect.events.tolist()):
            for asset in _roots(why, effect.domain, event) & assets:
                rows[asset].append(n)
        for asset, numbers in rows.items():
            chosen = np.array(numbers)
            loss, of = _loss(city, why.window, effect, chosen), led[asset]
            of.losses.append(loss)
            names = city.domains[effect.domain].assets()
            lost = tuple(names.full(row) for row in effect.rows[chosen].tolist())
            of.lost.append(Lost(effect.service, lost, loss.start, loss.end))
            if loss.person_hours > of.worst:
                worst = int(chosen[np.argmax(effect.mid[chosen])])
                steps = why.path(effect.domain, int(effect.events[worst]), int(effect.rows[worst]))
                of.worst, of.cause = loss.person_hours, tuple(cause_document(steps))
    for of in led.values():
        of.losses.sort(key=lambda loss: -loss.person_hours)
    return dict(led)


def _roots(why: Explanation, domain: str, event: int) -> set[str]:
    """Assets that stand on the way to an event."""
    if event < 0:
        return set()
    return {
        f"{step.domain}:{asset}"
        for name, number in (*why.trunk(domain, event), (domain, event))
        for step in [why.whole(name, number)]
        if len(step.assets) == 1
        for asset in step.assets
    }


def of_meters(
    city: City, shown: Sequence[Shown], expected: Mapping[str, Mapping[str, Meter]]
) -> list[Found]:
    """Meters that are silent, stuck, or far from what the model expects; one finding a kind.

    Parameters
    ----------
    city
        The city.
    shown
        What every series shows.
    expected
        What meters would show, by domain and quantity.
    """
    groups: dict[tuple[str, str, str], list[tuple[float, str, Shown]]] = defaultdict(list)
    for one in shown:
        domain, row, quantity = one.series
        meter = expected.get(domain, {}).get(quantity)
        asset = city.domains[domain].assets().full(row)
        if not one.fresh:
            groups["silent", domain, quantity].append((one.age_s, asset, one))
            continue
        if meter is None or meter.flag or row not in meter.column:
            continue
        series = meter.values[:, meter.column[row]]
        if one.stuck_s >= STUCK_S and np.ptp(series) > 1e-9:
            groups["stuck", domain, quantity].append((one.stuck_s, asset, one))
        elif not meter.taken:
            scale = max(abs(float(series[0])), float(np.abs(series).mean()), 1e-9)
            apart = abs(one.value - float(series[0])) / scale
            if apart > APART:
                groups["apart", domain, quantity].append((apart, asset, one))
    return [_of_group(*key, rows) for key, rows in groups.items()]


_TOLD = {
    "silent": ("say nothing", "for {:.0f} min", 60.0, "See whether the device has power and net."),
    "stuck": (
        "show one value that should vary",
        "for {:.0f} min",
        60.0,
        "Look at the sensor: it may be blocked, or frozen.",
    ),
    "apart": (
        "differ from the model",
        "by {:.0f} %",
        0.01,
        "Check the meter; if it is right, the model or the city's files are not.",
    ),
}


def _of_group(kind: str, domain: str, quantity: str, rows: list[tuple[float, str, Shown]]) -> Found:
    rows.sort(key=lambda row: -row[0])
    what, how, unit, do = _TOLD[kind]
    count, (worst, asset, _) = len(rows), rows[0]
    told = how.format(worst / unit)
    text = f"{count} meters of {quantity} ({domain}) {what}, {asset} the most: {told}."
    if count == 1:
        one = (
            what.replace("say ", "says ").replace("show ", "shows ").replace("differ ", "differs ")
        )
        text = f"{asset}, {quantity}, {one} {told}."
    return Found(
        Finding(
            f"live.{kind}",
            text,
            do,
            "warning",
            place=f"{domain}:{quantity}",
            values={
                "count": count,
                "domain": domain,
                "quantity": quantity,
                "asset": asset,
                "number": round(worst / unit),
            },
        ),
        tuple(name for _, name, _ in rows[:MEMBERS]),
        simulated=all(row.simulated for _, _, row in rows),
    )


def grouped(found: Sequence[Found]) -> list[Found]:
    """The same with kinds that occur more than `GROUP` times as one each, the worst first."""
    kinds: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        kinds[one.finding.code].append(one)
    told: list[Found] = []
    for rows in kinds.values():
        rows.sort(key=lambda one: -one.person_hours)
        if len(rows) <= GROUP:
            told += rows
            continue
        worst = rows[0]
        text = f"{len(rows)} of this kind; the worst: {worst.finding.what}"
        members = tuple(dict.fromkeys(name for one in rows for name in one.members))[:MEMBERS]
        told.append(
            replace(
                worst,
                finding=replace(
                    worst.finding,
                    what=text,
                    asset="",
                    place="",
                    values={**worst.finding.values, "alike": len(rows)},
                ),
                members=members,
                lost=tuple(lost for one in rows for lost in one.lost),
                simulated=all(one.simulated for one in rows),
            )
        )
    return sorted(told, key=lambda one: -one.person_hours)


def loss_document(loss: Loss) -> Document:
    """A loss as JSON."""
    return {
        "domain": loss.domain,
        "service": loss.service,
        "people": round(loss.people, 1),
        "people_now": round(loss.people_now, 1),
        "person_hours": round(loss.person_hours, 2),
        "from": clock(loss.start),
        "to": clock(loss.end),
    }
