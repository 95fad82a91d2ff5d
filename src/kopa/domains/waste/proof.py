"""Proof of service: what of a day's rounds was done, by tags, scales and tracks of the trucks.

A lift proves that a container was emptied. A truck that stood beside it makes that probable. Where
the track is whole and no truck stood there, it was missed; where the track has a gap, nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kopa.model import FloatArray

from .calendar import DAY_S, driven_on
from .network import Network
from .read_service import Complaint, Lift, Track

NEAR_M = 30.0
"""So far from a container a truck that empties it may stand; receivers err by ten metres."""
STAND = 1 / 3
"""Part of the time of service that a truck must have been near."""
EARLY_S, LATE_S = 3600.0, 6 * 3600.0
"""A lift so long before the shift of a round, or after it, is of that round; never one of the next
day's."""
TOWN_M_S = 20.0
"""A truck that may have gone so fast between two positions may have been elsewhere."""
HOME_M = 200.0
"""A truck that is no farther from its depot is at home."""
GAP_S = 300.0
"""A longer pause between two positions is a gap."""
RESIDENT_M = 100.0
"""A resident complains of a container that is no farther."""
DAYS = 4.0
"""A complaint is of a round that is no older, days."""

Verdict = Literal["served", "seen", "missed", "unknown", "pending"]
Answer = Literal["right", "wrong", "not planned", "unknown", "no container"]


@dataclass(frozen=True)
class Service:
    """What is known of one planned stop.

    Parameters
    ----------
    container, truck
        Rows; the truck that was to do it.
    verdict
        ``served``: lifted; ``seen``: a truck stood there; ``missed``; ``unknown``: no track, or
        one with a gap; ``pending``: the shift goes on.
    time
        When, seconds since 1970-01-01 of the local clock, NaN for never.
    by
        Truck that did it, -1 for none.
    kg
        What was weighed, NaN where it was not.
    """

    container: int
    truck: int
    verdict: Verdict
    time: float = float("nan")
    by: int = -1
    kg: float = float("nan")


@dataclass(frozen=True)
class Answered:
    """A complaint, and what is known of it.

    Parameters
    ----------
    complaint
        The complaint.
    container
        Row of the container that it is taken to be about, -1 for none.
    answer
        ``right``: it was missed; ``wrong``: it was served before the complaint, at `time`;
        ``not planned``: no round was due; ``unknown``; ``no container``: none is near.
    time
        When it was served.
    """

    complaint: Complaint
    container: int
    answer: Answer
    time: float = float("nan")


def prove(
    network: Network,
    day: int,
    tracks: Mapping[int, Track],
    lifts: Sequence[Lift],
    until: float = float("inf"),
) -> list[Service]:
    """What became of each stop of a day's rounds.

    Parameters
    ----------
    network
        Containers and rounds.
    day
        Days since 1970-01-01.
    tracks, lifts
        What trucks told.
    until
        What is known now, seconds since 1970-01-01: shifts that end later go on.
    """
    lifted: dict[int, list[Lift]] = {}
    for lift in sorted(lifts, key=lambda one: one.time):
        lifted.setdefault(lift.container, []).append(lift)
    found = []
    for one in driven_on(network, day):
        trucks, begin = network.trucks, day * DAY_S
        start, end = (begin + float(at[one.truck]) for at in (trucks.starts, trucks.ends))
        for container in one.stops.tolist():
            latest = min(end + LATE_S, start + DAY_S - EARLY_S, until)
            mine = (one for one in lifted.get(container, ()) if one.time <= latest)
            told = next((one for one in mine if one.time >= start - EARLY_S), None)
            if told is not None:
                place = (container, one.truck, "served", told.time, told.truck, told.kg)
                found.append(Service(*place))  # type: ignore[arg-type]  # a word of Verdict
            else:
                found.append(_seen(network, container, one.truck, tracks, (start, end, until)))
    return found


def _seen(
    network: Network,
    container: int,
    truck: int,
    tracks: Mapping[int, Track],
    times: tuple[float, float, float],
) -> Service:
    """By the tracks alone: first the truck that was to come, then the others."""
    start, end, until = times
    some = network.containers
    needed = STAND * float(some.service[container])
    for by in sorted(tracks, key=lambda other: other != truck):
        time = _stood(tracks[by], float(some.x[container]), float(some.y[container]), needed, times)
        if np.isfinite(time):
            return Service(container, truck, "seen", time, by)
    if until < end:
        return Service(container, truck, "pending")
    whole = truck in tracks and _whole(network, truck, tracks[truck], start, end)
    place = (float(some.x[container]), float(some.y[container]))
    whole = whole and not _between(tracks[truck], place, needed, (start, end))
    return Service(container, truck, "missed" if whole else "unknown")


def _stood(
    track: Track, x: float, y: float, needed: float, times: tuple[float, float, float]
) -> float:
    """When a truck had stood near a place for long enough, NaN if it never had."""
    start, end, until = times
    within = (track.times >= start) & (track.times <= min(end, until))
    near = within & (np.hypot(track.x - x, track.y - y) <= NEAR_M)
    edges = np.diff(np.concatenate([[0], near.astype(np.int8), [0]]))
    for low, high in zip(
        np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True
    ):
        if _span(track.times[low:high]) >= needed:
            return float(track.times[low])
    return float("nan")


def _between(
    track: Track, place: tuple[float, float], needed: float, shift: tuple[float, float]
) -> bool:
    """True if a truck may have stood near a place for long enough between two positions."""
    pause = np.diff(track.times) - needed
    far = np.maximum(np.hypot(track.x - place[0], track.y - place[1]) - NEAR_M, 0.0)
    within = (track.times[1:] >= shift[0]) & (track.times[:-1] <= shift[1])
    return bool((within & (pause > 0) & (far[:-1] + far[1:] <= TOWN_M_S * pause)).any())


def _span(times: FloatArray) -> float:
    """Time that positions cover; a gap counts for nothing."""
    steps = np.diff(times)
    return float(steps[steps <= GAP_S].sum())


def _whole(network: Network, truck: int, track: Track, start: float, end: float) -> bool:
    """True if the truck was followed from its depot back to it, without a gap."""
    within = np.flatnonzero((track.times >= start - GAP_S) & (track.times <= end + GAP_S))
    if len(within) < 2 or np.diff(track.times[within]).max() > GAP_S:
        return False
    depot, ends = network.trucks.depot[truck], within[[0, -1]]
    plants = network.facilities
    far = np.hypot(track.x[ends] - plants.x[depot], track.y[ends] - plants.y[depot])
    return bool((far <= HOME_M).all())


def answer(
    network: Network, complaints: Sequence[Complaint], services: Sequence[Service], day: int
) -> list[Answered]:
    """What is known of complaints.

    Parameters
    ----------
    network
        The containers.
    complaints
        What residents say.
    services
        What `prove` gave for the day.
    day
        Days since 1970-01-01.
    """
    of = {one.container: one for one in services}
    return [_answered(network, one, of, day) for one in complaints]


def _answered(
    network: Network, complaint: Complaint, of: Mapping[int, Service], day: int
) -> Answered:
    container = complaint.container
    if container < 0:
        container = _nearest(network, complaint, of)
    if container < 0:
        return Answered(complaint, -1, "no container")
    known = of.get(container)
    since = complaint.time - day * DAY_S
    if known is None or not 0 <= since <= DAYS * DAY_S:
        return Answered(complaint, container, "not planned")
    if known.verdict == "missed":
        return Answered(complaint, container, "right")
    if known.verdict in ("served", "seen"):
        early = complaint.time < known.time
        return Answered(complaint, container, "right" if early else "wrong", known.time)
    return Answered(complaint, container, "unknown")


def _nearest(network: Network, complaint: Complaint, of: Mapping[int, Service]) -> int:
    """The nearest container of the stream; of several at one place, one that was not served."""
    some = network.containers
    far = np.hypot(some.x - complaint.x, some.y - complaint.y)
    if complaint.stream:
        far[np.array(some.streams) != complaint.stream] = np.inf
    least = float(far.min(initial=np.inf))
    if not least <= RESIDENT_M:
        return -1
    rows = np.flatnonzero(far <= least + 1.0).tolist()
    bad = [row for row in rows if row in of and of[row].verdict in ("missed", "unknown")]
    due = [row for row in rows if row in of]
    return int((bad or due or rows)[0])
