"""``kopa sources``: an engineer sees what comes before anything is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from field_devices import HOST, modbus_in_a_thread
from schemas import valid
from small_city import write_city

from kopa.cli import main

DEVICES = """\
device,path,entity,attribute,unit,factor,low,high
plc,holding:40101:float32,water:T,level,MTR,2,0,10
plc,holding:40006,water:U,speed,,1,0,4
plc,holding:40091,water:U,flow,,,,
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    write_city(tmp_path)
    (tmp_path / "devices.csv").write_text(DEVICES, encoding="utf-8")
    return tmp_path


def name(city: Path, port: int) -> None:
    table = '[[source]]\ndevice = "{}"\nkind = "{}"\naddress = "{}"\ntimeout_s = 2\n'
    (city / "sources.toml").write_text(
        table.format("plc", "modbus", f"{HOST}:{port}")
        + table.format("buses", "gtfs_rt", "none.pb"),
        encoding="utf-8",
    )


def test_what_would_be_kept(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with modbus_in_a_thread() as port:
        name(city, port)
        assert main(["sources", str(city), "--device", "PLC", "--json"]) == 1
        found = valid("sources", capfd.readouterr().out)
        assert main(["sources", str(city)]) == 1
        told = capfd.readouterr().out
    (source,) = found["sources"]
    assert (source["device"], source["problem"]) == ("plc", "")
    level, speed, flow = sorted(source["values"], key=lambda row: row["attribute"] != "level")
    assert (level["came"], level["value"], level["unit"]) == (3.5, 7.0, "MTR")
    values = {row["attribute"]: row for row in (speed, flow)}
    assert (values["speed"]["came"], values["speed"]["value"]) == (5, None)
    assert "exception 2" in values["flow"]["problem"]
    codes = sorted(finding["code"] for finding in found["findings"])
    assert codes == ["ingest.impossible", "ingest.no-value"]
    assert "7.00000 MTR" in told
    assert "none.pb cannot be read" in " ".join(told.split())
    assert not (city / ".kopa").exists()


def test_a_city_without_sources(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", str(city)]) == 2
    assert "sources.toml is missing" in capfd.readouterr().err
    name(city, 502)
    assert main(["sources", str(city), "--device", "x"]) == 2
    assert "no source 'x'" in capfd.readouterr().err
    (city / "sources.toml").write_text("colour = 1", encoding="utf-8")
    assert main(["sources", str(city), "--json"]) == 1
    found = valid("sources", capfd.readouterr().out)
    assert found["findings"][0]["code"] == "sources.unknown-key"
