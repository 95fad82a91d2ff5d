"""What lifts and tracks prove of a round whose course is known to the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from domains.transport.small_streets import place
from domains.waste.small import write_waste

from kopa.domains.waste import DOMAIN
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.network import Network
from kopa.domains.waste.proof import answer, prove
from kopa.domains.waste.read_service import (
    Complaint,
    Lift,
    Track,
    read_complaints,
    read_lifts,
    read_tracks,
)
from kopa.errors import InputError
from kopa.geo.project import Projection

DAY = (date(2024, 10, 30) - date(1970, 1, 1)).days
"""A Wednesday."""
SIX = DAY * 86_400 + 6 * 3600.0


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Network:
    found, _ = DOMAIN.load(write_waste(tmp_path), tmp_path)
    assert isinstance(found, WasteDomain)
    return found.network


def track(town: Network, nodes: Sequence[int], stand: Sequence[int] = (2, 3, 9)) -> Track:
    """A truck at 8 m/s, told every ten seconds, that stands for 50 s at some nodes."""
    lon, lat = np.array([place(node) for node in nodes]).T
    x, y = Projection(town.streets.crs).metres(lon, lat)
    times, xs, ys, now = [], [], [], SIX
    for at, node in enumerate(nodes):
        for _ in range(5 if node in stand else 0):
            times.append(now)
            xs.append(x[at])
            ys.append(y[at])
            now += 10
        if at + 1 < len(nodes):
            far = np.hypot(x[at + 1] - x[at], y[at + 1] - y[at])
            for step in np.arange(0, far, 80):
                times.append(now)
                xs.append(x[at] + (x[at + 1] - x[at]) * step / far)
                ys.append(y[at] + (y[at + 1] - y[at]) * step / far)
                now += 10
    return Track(np.array([*times, now]), np.array([*xs, x[-1]]), np.array([*ys, y[-1]]))


ROUND = (1, 2, 3, 4, 9, 4, 8, 7, 6, 5, 1)


def verdicts(town: Network, tracks: dict[int, Track], lifts: list[Lift], **more: float) -> str:
    return " ".join(one.verdict for one in prove(town, DAY, tracks, lifts, **more))


def test_what_a_round_proves(town: Network) -> None:
    """T2, which collects paper, has no track."""
    lifts = [Lift(0, 0, SIX + 40, 70.0)]
    assert verdicts(town, {0: track(town, ROUND)}, lifts) == "served seen seen unknown"
    first, second, *_ = prove(town, DAY, {0: track(town, ROUND)}, lifts)
    assert (first.time, first.kg) == (SIX + 40, 70)
    assert second.time == pytest.approx(SIX + 40 + 50 + 30, abs=20)


def test_a_stop_that_was_passed_or_left_out_is_missed(town: Network) -> None:
    """At b it drove by; to c it did not go."""
    seen = track(town, (1, 2, 3, 7, 6, 5, 1), stand=(2,))
    assert verdicts(town, {0: seen}, []) == "seen missed missed unknown"


def test_a_gap_proves_nothing(town: Network) -> None:
    whole = track(town, ROUND)
    gap = (whole.times < SIX + 100) | (whole.times > SIX + 450)
    holed = Track(whole.times[gap], whole.x[gap], whole.y[gap])
    assert verdicts(town, {0: holed}, []) == "seen unknown unknown unknown"
    # a receiver that died on the way says nothing of what came after
    dead = whole.times < SIX + 100
    died = Track(whole.times[dead], whole.x[dead], whole.y[dead])
    assert verdicts(town, {0: died}, []) == "seen unknown unknown unknown"


def test_within_the_shift_the_rest_is_pending(town: Network) -> None:
    found = verdicts(town, {0: track(town, ROUND)}, [], until=SIX + 100)
    assert found == "seen pending pending pending"


def test_another_truck_may_have_come(town: Network) -> None:
    found = prove(town, DAY, {1: track(town, ROUND)}, [Lift(1, 3, SIX, 5.0)])
    assert [one.verdict for one in found] == ["seen"] * 3 + ["served"]
    assert {one.by for one in found} == {1}


def at(town: Network, node: int, hours: float, container: int = -1, stream: str = "") -> Complaint:
    lon, lat = place(node)
    x, y = Projection(town.streets.crs).metres(np.array([lon]), np.array([lat + 0.0003]))
    return Complaint("7", SIX + hours * 3600, container, float(x[0]), float(y[0]), stream)


def test_complaints(town: Network) -> None:
    seen = track(town, (1, 2, 3, 7, 6, 5, 1), stand=(2,))
    services = prove(town, DAY, {0: seen}, [])
    cases = [
        (at(town, 9, 10), "c", "right"),
        (at(town, 2, 10), "a", "wrong"),
        (at(town, 2, 0), "a", "right"),  # it came half a minute later
        (at(town, 7, 10), "paper", "unknown"),
        (at(town, 2, 10, stream="paper"), "", "no container"),
        (at(town, 5, 10), "", "no container"),
        (at(town, 9, -40), "c", "not planned"),
        (at(town, 9, 24 * 5), "c", "not planned"),
        (at(town, 2, 10, container=2), "c", "right"),
    ]
    for one, container, word in cases:
        (found,) = answer(town, [one], services, DAY)
        ids = town.containers.ids
        assert (ids[found.container] if found.container >= 0 else "") == container
        assert found.answer == word


def clock(second: float) -> str:
    return (datetime(1970, 1, 1) + timedelta(seconds=second)).isoformat()


def test_positions_that_jump_are_left_out(town: Network, tmp_path: Path) -> None:
    whole = track(town, ROUND)
    lon, lat = Projection(town.streets.crs).degrees(whole.x, whole.y)
    lon[0], lat[40], lon[41] = 25.0, 58.0, 0.0
    lines = [
        f"T1,{clock(t)},{a},{b}\n" for t, a, b in zip(whole.times.tolist(), lon, lat, strict=True)
    ]
    file = tmp_path / "tracks.csv"
    file.write_text("truck,time,lon,lat\n" + "".join(reversed(lines)))
    tracks, told = read_tracks(file, town.trucks, Projection(town.streets.crs))
    assert [one.code for one in told] == ["waste.jump"]
    assert told[0].what.startswith("3 of ")
    assert len(tracks[0].times) == len(whole.times) - 3
    assert verdicts(town, tracks, []).startswith("seen seen seen")


def test_broken_files(town: Network, tmp_path: Path) -> None:
    file, projection = tmp_path / "f.csv", Projection(town.streets.crs)
    file.write_text("truck,time,lon,lat\nT9,noon,200,56\nT1,2024-10-30T06:00:00,24.1,\n")
    with pytest.raises(InputError) as caught:
        read_tracks(file, town.trucks, projection)
    codes = [one.code.removeprefix("waste.") for one in caught.value.findings]
    assert sorted(codes) == ["missing", "time", "truck", "value"]
    file.write_text("truck,time,container,kg\nT1,2024-10-30T06:00:00,x,5\n")
    lifts, told = read_lifts(file, town.trucks, town.containers)
    assert (lifts, [one.code for one in told]) == ([], ["waste.strange"])
    file.write_text("time,container,lon,lat\n2024-10-30T12:00,x,,\n2024-10-30T12:00,,,\n")
    with pytest.raises(InputError) as caught:
        read_complaints(file, town.containers, projection)
    assert [one.code for one in caught.value.findings] == ["waste.complaint"] * 2


def test_what_happens_between_two_positions_is_not_missed(town: Network) -> None:
    """Told every two minutes, a truck may have emptied a where no position lies."""
    whole = track(town, [1, 2, 3, 4, 9, 4, 3, 2, 1], stand=())
    far = Track(np.append(whole.times, whole.times[-1] + 30), *(
        np.append(at, at[-1]) for at in (whole.x, whole.y)))  # fmt: skip
    assert {one.verdict for one in prove(town, DAY, {0: far}, []) if one.truck == 0} == {"missed"}
    some = [*range(0, len(far.times), 12), len(far.times) - 1]
    sparse = Track(far.times[some], far.x[some], far.y[some])
    assert {one.verdict for one in prove(town, DAY, {0: sparse}, []) if one.truck == 0} == {
        "unknown"
    }
