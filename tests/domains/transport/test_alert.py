"""The alert that passengers get, as JSON and as protobuf."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
from domains.transport.small_streets import write_gtfs
from google.transit import gtfs_realtime_pb2

from kopa.domains.transport.alert import Notice, feed_message, posix
from kopa.domains.transport.engine_gtfs_realtime import protobuf
from kopa.domains.transport.read_gtfs import read_gtfs

DAY = datetime.date(2026, 11, 25)


def test_an_alert(tmp_path: Path) -> None:
    text = "trip_id,start_time,end_time,headway_secs\nnoon,12:00:00,12:30:00,1200\n"
    timetable, _ = read_gtfs(write_gtfs(tmp_path / "gtfs.zip", {"frequencies.txt": text}))
    runs = timetable.runs(DAY, 0, 13 * 3600)
    notice = Notice("Main Street", DAY, 0, 13 * 3600, runs, np.array([5]))
    message = feed_message(timetable, notice, 1_700_000_000)
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.ParseFromString(protobuf(message))
    assert feed.header.gtfs_realtime_version == "2.0"
    assert feed.header.timestamp == 1_700_000_000
    (entity,) = feed.entity
    alert = entity.alert
    assert alert.cause == gtfs_realtime_pb2.Alert.CONSTRUCTION
    assert alert.effect == gtfs_realtime_pb2.Alert.DETOUR
    (period,) = alert.active_period
    assert period.start == 1_795_557_600  # 2026-11-25 00:00 in Riga, UTC+2
    assert period.end - period.start == 13 * 3600
    trips = {(e.trip.trip_id, e.trip.start_date, e.trip.start_time) for e in alert.informed_entity}
    assert ("late", "20261124", "") in trips  # still on its way from the day before
    assert ("morning", "20261125", "") in trips
    assert ("noon", "20261125", "12:20:00") in trips
    assert "B" in {e.route_id for e in alert.informed_entity}
    assert "M" in {e.stop_id for e in alert.informed_entity}
    texts = {t.language: t.text for t in alert.header_text.translation}
    assert texts == {"en": "Street closed: Main Street", "lv": "Slēgta iela: Main Street"}
    assert all("Middle" in t.text for t in alert.description_text.translation)


def test_clock_time_keeps_to_the_clock_when_it_changes() -> None:
    """On 2026-10-25 Riga puts the clock back: that day has 25 hours."""
    day = datetime.date(2026, 10, 25)
    assert posix(day, 86_400, "Europe/Riga") - posix(day, 0, "Europe/Riga") == 25 * 3600
