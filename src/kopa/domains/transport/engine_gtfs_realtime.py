"""Writes GTFS-Realtime messages as protobuf, by the bindings of MobilityData."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def protobuf(message: Mapping[str, Any]) -> bytes:
    """A feed message from its JSON form, as bytes.

    Parameters
    ----------
    message
        As `alert.feed_message` makes it.
    """
    from google.protobuf.json_format import ParseDict
    from google.transit import gtfs_realtime_pb2

    feed = ParseDict(dict(message), gtfs_realtime_pb2.FeedMessage())
    content: bytes = feed.SerializeToString()
    return content
