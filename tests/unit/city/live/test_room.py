"""The engines' own process: whole cities, crashes, time-outs, the end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from small_city import write_whole_city

from kopa.city.live.present import window_at
from kopa.city.live.room import EngineRoom
from kopa.errors import EngineError, KopaError, UsageError

WINDOW = window_at(1_795_348_800.0, "UTC")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_whole_city(tmp_path_factory.mktemp("whole"))


def test_a_city_with_all_its_domains_is_answered_for(city: Path) -> None:
    """Reading a timetable starts a process of its own, from within this one."""
    with EngineRoom(city) as room:
        now = room.now(WINDOW, {}, [])
        assert (now.status, now.found) == ("ok", ())
        water = {"water", "sewerage", "treatment", "groundwater", "environment", "heat"}
        others = {"energy", "places", "transport", "industry", "buildings", "waste"}
        others |= {"health", "safety", "emergency", "education", "egov", "ebusiness", "tourism"}
        assert set(now.expected) == water | others
        document = room.what_if(WINDOW, {}, ["energy:line:0 out"])
        assert document["status"] == "ok"
        with pytest.raises(UsageError, match="no asset"):
            room.what_if(WINDOW, {}, ["water:none off"])
        pid = room.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineError, match="crashed"):
            room.now(WINDOW, {}, [])
        assert room.now(WINDOW, {}, []).status == "ok"
        assert room.pid != pid
    with pytest.raises(EngineError, match="ending"):
        room.now(WINDOW, {}, [])


def test_an_answer_that_takes_too_long_is_none(city: Path) -> None:
    with EngineRoom(city, timeout_s=0.01) as room, pytest.raises(EngineError, match="no answer in"):
        room.now(WINDOW, {}, [])


def test_a_city_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with EngineRoom(tmp_path) as room, pytest.raises(KopaError, match=r"city\.toml"):
        room.now(WINDOW, {}, [])
