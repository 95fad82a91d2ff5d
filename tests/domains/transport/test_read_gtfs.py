"""A feed is read whole, and every broken one is told with file and line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest
from domains.transport.small_streets import GTFS, write_gtfs
from shared_data import data

from kopa.domains.transport.read_gtfs import read_gtfs
from kopa.errors import InputError

WEDNESDAY = datetime.date(2026, 11, 25)


def changed(name: str, old: str, new: str) -> dict[str, str | None]:
    assert old in GTFS[name], (name, old)
    return {name: GTFS[name].replace(old, new)}


BROKEN: dict[str, tuple[Mapping[str, str | None], str, str, str]] = {
    "no stops": ({"stops.txt": None}, "stops.txt", "", "is missing"),
    "no agency": ({"agency.txt": None}, "agency.txt", "", "is missing"),
    "no calendar": (
        {"calendar.txt": None, "calendar_dates.txt": None},
        "calendar.txt",
        "",
        "neither",
    ),
    "unknown route": (changed("trips.txt", "B,D,noon", "Q,D,noon"), "trips.txt", "line 3", "'Q'"),
    "unknown service": (changed("trips.txt", "B,D,noon", "B,Q,noon"), "trips.txt", "line 3", "'Q'"),
    "unknown shape": (changed("trips.txt", "noon,main", "noon,Q"), "trips.txt", "line 3", "'Q'"),
    "unknown stop": (
        changed("stop_times.txt", "08:03:30,M,2", "08:03:30,Q,2"),
        "stop_times.txt",
        "line 3",
        "'Q'",
    ),
    "unknown trip": (
        changed("stop_times.txt", "noon,12:03:00", "Q,12:03:00"),
        "stop_times.txt",
        "line 6",
        "'Q'",
    ),
    "no time": (
        changed("stop_times.txt", "12:00:00,12:00:00,S1", "12 o'clock,12:00:00,S1"),
        "stop_times.txt",
        "line 5",
        "12 o'clock",
    ),
    "no first time": (
        changed("stop_times.txt", "back,09:00:00,09:00:00", "back,,"),
        "stop_times.txt",
        "line 14",
        "no time",
    ),
    "back in time": (
        changed("stop_times.txt", "12:06:00,12:06:00", "11:06:00,11:06:00"),
        "stop_times.txt",
        "line 7",
        "back in time",
    ),
    "twice in sequence": (
        changed("stop_times.txt", "12:06:00,S4,3", "12:06:00,S4,2"),
        "stop_times.txt",
        "line 7",
        "twice",
    ),
    "same id": (changed("trips.txt", "B,D,noon", "B,D,morning"), "trips.txt", "line 3", "already"),
    "latitude": (
        changed("stops.txt", "S1,Stop 1,56", "S1,Stop 1,156"),
        "stops.txt",
        "line 2",
        "lat",
    ),
    "no place": (
        changed("stops.txt", "M,Middle,56.950030,24.106000", "M,Middle,,"),
        "stops.txt",
        "line 7",
        "no place",
    ),
    "time zone": (
        changed("agency.txt", "Europe/Riga", "Europe/Riika"),
        "agency.txt",
        "line 2",
        "Riika",
    ),
    "date": (changed("calendar.txt", "20261130", "2026-11-30"), "calendar.txt", "line 2", "-11-"),
    "column": (changed("trips.txt", "route_id,", "route,"), "trips.txt", "line 1", "'route_id'"),
    "cells": (
        changed("trips.txt", "noon,main", "noon,main,extra"),
        "trips.txt",
        "line 3",
        "5 cells",
    ),
    "empty file": ({"stop_times.txt": ""}, "stop_times.txt", "line 1", "missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_feeds(tmp_path: Path, name: str) -> None:
    change, file, place, words = BROKEN[name]
    feed = write_gtfs(tmp_path / "gtfs.zip", change)
    with pytest.raises(InputError) as caught:
        read_gtfs(feed)
    told = caught.value.findings
    assert any(
        f.file.endswith(f"/{file}") and f.place == place and words in f.what and f.do for f in told
    ), [str(f) for f in told]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    change = {**changed("trips.txt", "B,D,noon", "Q,D,noon"), "agency.txt": None}
    with pytest.raises(InputError) as caught:
        read_gtfs(write_gtfs(tmp_path / "gtfs.zip", {**change, "calendar.txt": ""}))
    assert {"transport.gtfs-missing-file", "transport.gtfs-column"} <= {
        f.code for f in caught.value.findings
    }


def test_many_faults_of_a_kind_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"gone{n},08:00:00,08:00:00,S1,1,\n" for n in range(50))
    change = {"stop_times.txt": GTFS["stop_times.txt"] + rows}
    with pytest.raises(InputError) as caught:
        read_gtfs(write_gtfs(tmp_path / "gtfs.zip", change))
    own = [f for f in caught.value.findings if f.code == "transport.gtfs-reference"]
    assert len(own) == 21
    assert "30 more" in own[-1].what


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_zip(tmp_path: Path, share: float) -> None:
    whole = write_gtfs(tmp_path / "gtfs.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match="zip"):
        read_gtfs(tmp_path / "cut.zip")


def test_a_damaged_zip(tmp_path: Path) -> None:
    content = bytearray(write_gtfs(tmp_path / "gtfs.zip").read_bytes())
    at = content.index(b"stop_times.txt") + 60
    content[at : at + 40] = bytes(40)
    (tmp_path / "damaged.zip").write_bytes(bytes(content))
    with pytest.raises(InputError, match="unpacked"):
        read_gtfs(tmp_path / "damaged.zip")


def test_no_feed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_gtfs(tmp_path / "none.zip")


def test_what_the_feed_says(tmp_path: Path) -> None:
    timetable, findings = read_gtfs(write_gtfs(tmp_path / "gtfs.zip"))
    assert not [f for f in findings if f.severity == "error"]
    trip = timetable.trip_ids.index
    part = slice(*timetable.first[[trip("back"), trip("back") + 1]].tolist())
    # the time left out, by distance: 0.0061 of 0.0120 degrees
    assert timetable.arrival[part].tolist() == [32_400, 32_583, 32_760]
    wednesday = timetable.runs(WEDNESDAY, 0, 86_400)
    running = {
        (timetable.trip_ids[t], o) for t, o in zip(wednesday.trip, wednesday.offset, strict=True)
    }
    # the late trip of Tuesday is still on its way; special runs by calendar_dates alone
    assert ("late", -86_400) in running
    assert ("special", 0) in running
    assert ("morning", 0) in running
    off = timetable.runs(datetime.date(2026, 11, 18), 0, 86_400)  # taken out by an exception
    assert {timetable.trip_ids[t] for t in off.trip} == {"late"}
    sunday = timetable.runs(datetime.date(2026, 11, 22), 0, 86_400)
    assert len(sunday) == 0
    assert timetable.usual_day() == datetime.date(2026, 11, 25)


def test_headways_are_written_out(tmp_path: Path) -> None:
    text = "trip_id,start_time,end_time,headway_secs\nmorning,06:00:00,07:00:00,1200\n"
    timetable, _ = read_gtfs(write_gtfs(tmp_path / "gtfs.zip", {"frequencies.txt": text}))
    made = [i for i, name in enumerate(timetable.trip_source) if name == "morning"]
    assert [timetable.trip_ids[i] for i in made] == [
        "morning@06:00:00",
        "morning@06:20:00",
        "morning@06:40:00",
    ]
    assert timetable.begins[made].tolist() == [21_600, 22_800, 24_000]
    assert timetable.ends[made].tolist() == [21_990, 23_190, 24_390]


def test_a_feed_without_shapes_is_read_and_told(tmp_path: Path) -> None:
    trips = GTFS["trips.txt"].replace(",main", ",").replace(",north", ",")
    feed = write_gtfs(tmp_path / "gtfs.zip", {"shapes.txt": None, "trips.txt": trips})
    timetable, findings = read_gtfs(feed)
    assert set(timetable.trip_shape.tolist()) == {-1}
    assert "transport.gtfs-no-shapes" in {f.code for f in findings}


@pytest.mark.parametrize(
    ("feed", "stops", "trips"),
    [("laquila/laquila_gtfs_2022.zip", 1059, 1608), ("portoalegre/poa_eptc.zip", 3986, 2374)],
)
def test_real_feeds_pass_the_gate(feed: str, stops: int, trips: int) -> None:
    """gtfs-guru's errors in them (equal distances, colours) are told as warnings."""
    timetable, findings = read_gtfs(data("city", *feed.split("/")))
    assert (len(timetable.stop_ids), len(timetable.trip_ids)) == (stops, trips)
    assert any(f.code.startswith("transport.gtfs-guru.") for f in findings)
    assert {f.severity for f in findings} == {"warning"}
