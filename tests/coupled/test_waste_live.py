"""A fill sensor on LoRaWAN, from its uplink to what the operator is told."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from domains.waste.small import TOML, write_waste
from small_city import extend, write_city
from watched_city import NOON, Room

from kopa.api.hub import Hub
from kopa.api.watch import Watch
from kopa.city.live.present import Present
from kopa.city.load import load_city
from kopa.ingest.convert import Converter
from kopa.ingest.read_devices import read_devices
from kopa.store import Batch, Observations, open_store

CODEC = "function decodeUplink(input) { return {data: {fill: input.bytes[0]}}; }"
DEVICES = """\
device,path,entity,attribute,unit,factor,low,high,codec
A84041,fill,urn:ngsi-ld:Container:waste:a,fill,,0.01,0,3,bin.js
"""


def uplink(percent: int) -> bytes:
    """A message of The Things Stack: one byte, in percent."""
    payload = base64.b64encode(bytes([percent])).decode()
    time = "2026-11-22T12:00:00Z"
    body = {"f_port": 1, "frm_payload": payload, "received_at": time}
    ids = {"device_id": "bin-a", "dev_eui": "A84041"}
    return json.dumps({"end_device_ids": ids, "uplink_message": body}).encode()


@pytest.mark.parametrize(("percent", "told"), [(110, {"waste.full"}), (40, set())])
def test_a_full_container_tells_the_operator(tmp_path: Path, percent: int, told: set[str]) -> None:
    write_city(tmp_path)
    write_waste(tmp_path)
    extend(tmp_path, TOML)
    (tmp_path / "bin.js").write_text(CODEC, encoding="utf-8")
    (tmp_path / "devices.csv").write_text(DEVICES, encoding="utf-8")
    city = load_city(tmp_path)
    now = round(NOON * 1e6)
    rows, findings = Converter(read_devices(tmp_path / "devices.csv")).convert(uplink(percent), now)
    assert findings == []
    assert [row.value for row in rows] == [percent / 100]
    with open_store(tmp_path / "store") as store:
        room: Any = Room(Present(city))
        watch = Watch(city, store, room, Hub(), clock=lambda: NOON)
        store.commit(Batch(observations=(Observations.of("", rows),)))
        watch.look()
        found = {one.code: one for one in watch.findings().values() if "waste" in one.code}
        assert set(found) == told
        if told:
            assert watch.summary()["changes"] == ["waste:a level 1.1"]
