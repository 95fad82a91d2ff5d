"""A day of the town's sights, against what is counted by hand."""

from __future__ import annotations

import pickle
from datetime import date

import numpy as np
import pytest
from domains.tourism.small import write_tourism

from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.tourism import DOMAIN
from kopa.domains.tourism.domain import TourismDomain
from kopa.model import FloatArray, Window

DAY = Window()
MUSEUM, TOWER, PARK, STAGE, EVENT = range(5)


@pytest.fixture(name="town", scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> TourismDomain:
    folder = tmp_path_factory.mktemp("town")
    found, findings = DOMAIN.load(write_tourism(folder), folder)
    assert findings == ()
    assert isinstance(found, TourismDomain)
    return found


def changes(town: TourismDomain, *texts: str) -> tuple[Change, ...]:
    return tuple(
        checked(parse_change(f"tourism:{text}"), town.assets(), town.kinds()) for text in texts
    )


def run(town: TourismDomain, *texts: str, window: Window = DAY, **inputs: FloatArray) -> Result:
    return town.run(window, changes(town, *texts), inputs)


def lost(result: Result) -> list[float]:
    (found,) = (one for one in result.accounts if one.quantity == "visitor_hours_lost")
    return found.values.tolist()


def test_the_load_of_a_usual_day_by_hand(town: TourismDomain) -> None:
    """80 come in eight hours, ten an hour, each for an hour: ten are there once it has filled, in
    the first hour five on average (and half a part of five minutes more)."""
    here = run(town).outputs["visitors"]
    assert here[9, MUSEUM] == here[18, MUSEUM] == 0
    assert here[10, MUSEUM] == pytest.approx(5, abs=0.5)
    assert here[11:18, MUSEUM] == pytest.approx(10)
    # a triangle from 8 to 20 with 240 under it is 40 an hour high, and the mean of an hour's stay
    # at 14 to 15 lies over 13 to 15
    assert here[14, PARK] == pytest.approx(40 - 40 / 6 / 3, abs=0.1)
    assert here[:8, PARK].sum() == 0
    assert lost(run(town)) == [0, 0, 0, 0, 0]
    assert pickle.dumps(run(town)) == pickle.dumps(run(town))


def test_days_on_which_it_is_closed(town: TourismDomain) -> None:
    """18 November is a public holiday of Latvia, a Wednesday in 2026; Mondays are free."""
    for day, many in ((17, 80), (18, 0), (19, 80), (23, 0)):
        window = Window(date=date(2026, 11, day))
        assert run(town, window=window).outputs["visitors"][:, MUSEUM].sum() == pytest.approx(
            0 if not many else 75, abs=0.5
        )


def test_a_festival_draws_on_others_by_hand(town: TourismDomain) -> None:
    """1,000 visitors for four hours at 3.6 L and 0.1 kg an hour: 1 L/s and 100 kg/h; all come in
    the first hour, half of them by bus."""
    result = run(town, "stage festival 1000 18:00-22:00")
    assert result.outputs["visitors"][18:22, STAGE].tolist() == [1000] * 4
    assert result.outputs["added_water"][18:22, STAGE] == pytest.approx(1)
    assert result.outputs["added_waste"][:, STAGE].sum() == pytest.approx(400)
    assert result.outputs["added_riders"][:, STAGE].tolist() == [0] * 18 + [500] + [0] * 5
    assert result.outputs["added_waste"][:, :STAGE].sum() == 0
    assert [one.what for one in result.events] == ["festival"]
    assert result.origins["added_waste"].tolist() == [-1, -1, -1, 0, -1]


def test_an_event_of_the_calendar_counts_on_its_date(town: TourismDomain) -> None:
    """15:00 UTC is 18:00 in Riga in summer."""
    result = run(town, window=Window(date=date(2026, 6, 23)))
    assert np.flatnonzero(result.outputs["visitors"][:, EVENT]).tolist() == [*range(18, 24)]
    assert result.outputs["added_waste"][18, EVENT] == pytest.approx(50)
    assert run(town).outputs["visitors"][:, EVENT].sum() == 0


@pytest.mark.parametrize("need", ["water", "electricity", "road_access"])
def test_every_need_closes_and_is_named(town: TourismDomain, need: str) -> None:
    share = np.ones((24, 5))
    share[12:14, MUSEUM] = 0
    result = run(town, **{need: share})
    assert lost(result)[0] == pytest.approx(20)
    assert [one.what for one in result.events] == [f"no_{need}", "lost_visits"]
    assert result.outputs["visit"][11:15, MUSEUM].tolist() == [1, 0, 0, 1]


def test_without_buses_half_stay_away_and_a_full_museum_turns_away(town: TourismDomain) -> None:
    share = np.ones((24, 5))
    share[12, MUSEUM] = 0
    assert lost(run(town, transit=share))[0] == pytest.approx(5)
    # 30 want to be there, 25 have room, in two hours
    result = run(town, "museum factor 3 12:00-14:00")
    assert lost(result)[0] == pytest.approx(10)
    assert [one.what for one in result.events] == ["factor", "full", "lost_visits"]
    assert lost(run(town, "museum out 12:00-14:00"))[0] == pytest.approx(20)


def test_changes_at_other_times_are_settled(town: TourismDomain) -> None:
    found = town.screen(DAY, changes(town, "park out 25:00-26:00", "park out"))
    assert [one is not None for one in found] == [True, False]
