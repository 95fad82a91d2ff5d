"""Forecasts with ranges, held against pvlib's model chain, hand calculation and known noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.test_screen import job
from schemas import valid

from kopa.domains.energy.engine_statsforecast import seasons
from kopa.domains.energy.forecast import load_forecast, weather_forecast, wind_power
from kopa.errors import EngineError
from kopa.model import FloatArray

FIRST = np.datetime64("2026-06-01T00:00", "m")


def write(file: Path, columns: dict[str, Any], zone: str = "Z", minutes: int = 60) -> str:
    """A file of columns over time."""
    size = len(next(iter(columns.values())))
    times = FIRST + np.timedelta64(minutes, "m") * np.arange(size)
    rows = [
        ",".join([f"{time}{zone}", *(f"{one}" for one in row)])
        for time, row in zip(times, zip(*columns.values(), strict=True), strict=True)
    ]
    file.write_text("\n".join([",".join(["time", *columns]), *rows]), encoding="utf-8")
    return str(file)


def load(days: int, noise: float, seed: int = 0) -> FloatArray:
    """A synthetic load: days, weekends, a slow rise and noise."""
    hours = np.arange(days * 24)
    random = np.random.default_rng(seed)
    weekend = (hours // 24 % 7 >= 5).astype(float)
    shape = 100 + 30 * np.sin((hours - 8) / 24 * 2 * np.pi) - 20 * weekend
    return np.asarray(shape + 0.02 * hours + noise * random.normal(size=len(hours)))


def test_load_range_holds_four_of_five(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Noise of 4: best possible mean error 3.2, four of five within ±5.1."""
    series = load(72, 4.0)
    past, truth = series[:-48], series[-48:]
    file = write(tmp_path / "past.csv", {"town": past}, zone="")
    assert job("forecast", "load", file, "--json") == 0
    answer = valid("energy-forecast", capsys.readouterr().out)
    (row,) = answer["series"]
    low, mid, high = (np.array(row[name]) for name in ("low", "mid", "high"))
    assert answer["times"][0] == "2026-08-10T00:00:00"
    assert np.abs(mid - truth).mean() < 4.5
    assert 0.65 <= ((truth >= low) & (truth <= high)).mean() <= 0.95
    assert 8 < (high - low).mean() < 14
    assert row["tried"]["mean_absolute_error"] < row["tried"]["of_the_week_before"]
    assert 0.7 <= row["tried"]["share_inside"] <= 0.85


def test_load_that_only_repeats_is_repeated() -> None:
    """A model that knows nothing gets no weight: the week before is exact."""
    series = np.tile(np.arange(168.0), 8)

    def nothing(values: FloatArray, ahead: int, seasons: list[int]) -> FloatArray:
        return np.full(ahead, 1000.0)

    found, tried = load_forecast(series, 24, 24, nothing)
    assert found.mid == pytest.approx(np.arange(24.0))
    assert (tried.error, tried.naive) == (0, 0)
    np.testing.assert_allclose(found.high - found.low, 0, atol=1e-9)


def test_gaps_and_short_pasts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = load(40, 1.0)
    gaps = [("" if hour in (500, 501) else value) for hour, value in enumerate(full)]
    most = [("" if hour % 9 == 0 else value) for hour, value in enumerate(full)]
    file = write(tmp_path / "past.csv", {"some": gaps, "many": most})
    assert job("forecast", "load", file, "--hours", "24", "--json") == 0
    answer = valid("energy-forecast", capsys.readouterr().out)
    assert answer["status"] == "partial"
    assert [row["name"] for row in answer["series"]] == ["some"]
    codes = [finding["code"] for finding in answer["findings"]]
    assert codes == ["energy.forecast-filled", "energy.forecast-gaps"]
    file = write(tmp_path / "short.csv", {"town": full[:200]})
    assert job("forecast", "load", file, "--json") == 1
    answer = valid("energy-forecast", capsys.readouterr().out)
    assert "8 days are too few" in answer["findings"][0]["what"]


def sunny(days: int) -> dict[str, FloatArray]:
    """Weather of clear days at 57° north, roughly."""
    hours = np.arange(days * 24) % 24
    height = np.clip(np.sin((hours + 0.5 - 2.5) / 17 * np.pi), 0, 1) * (hours > 2) * (hours < 20)
    return {
        "ghi": 850 * height,
        "temp_air": 15 + 8 * height,
        "wind_speed": np.full(len(hours), 3.0),
    }


FIELD = ("--latitude", "56.95", "--longitude", "24.1", "--kwp", "10", "--tilt", "35")


def test_sun_as_pvlibs_model_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pandas
    import pvlib

    weather = sunny(2)
    file = write(tmp_path / "weather.csv", weather)
    assert job("forecast", "pv", file, *FIELD, "--azimuth", "200", "--json") == 0
    answer = valid("energy-forecast", capsys.readouterr().out)
    ours = np.array(answer["series"][0]["mid"])
    assert answer["series"][0]["low"] == [None] * 48
    assert [one["code"] for one in answer["findings"]] == ["energy.forecast-no-range"]

    place = pvlib.location.Location(56.95, 24.1)
    system = pvlib.pvsystem.PVSystem(
        surface_tilt=35,
        surface_azimuth=200,
        module_parameters={"pdc0": 10, "gamma_pdc": -0.0037},
        inverter_parameters={"pdc0": 10 / 0.96},
        temperature_model_parameters={"u0": 25.0, "u1": 6.84},
        losses_parameters={},
    )
    chain = pvlib.modelchain.ModelChain(
        system,
        place,
        aoi_model="no_loss",
        spectral_model="no_loss",
        temperature_model="faiman",
        transposition_model="haydavies",
        losses_model="pvwatts",
        dc_model="pvwatts",
        ac_model="pvwatts",
    )
    times = pandas.date_range("2026-06-01T00:30", periods=48, freq="1h", tz="UTC")
    table = pandas.DataFrame(weather, index=times)
    split = pvlib.irradiance.erbs(table.ghi, place.get_solarposition(times).zenith, times)
    chain.run_model(table.assign(dni=split["dni"], dhi=split["dhi"]))
    np.testing.assert_allclose(ours, chain.results.ac.fillna(0), atol=0.02)
    assert ours.max() > 6
    assert ours[[0, 23]].tolist() == [0, 0]


def test_sun_learns_from_what_was_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of the modules are shaded, give or take a tenth."""
    file = write(tmp_path / "weather.csv", sunny(12))
    assert job("forecast", "pv", file, *FIELD, "--azimuth", "180", "--json") == 0
    free = np.array(valid("energy-forecast", capsys.readouterr().out)["series"][0]["mid"])
    noise = np.random.default_rng(1).uniform(0.9, 1.1, 240)
    past = write(tmp_path / "past.csv", {"kw": 0.5 * free[:240] * noise})
    words = (*FIELD, "--azimuth", "180", "--measured", past, "--json")
    assert job("forecast", "pv", file, *words) == 0
    answer = valid("energy-forecast", capsys.readouterr().out)
    assert answer["times"][0] == "2026-06-11T00:00:00Z"
    row = answer["series"][0]
    np.testing.assert_allclose(row["mid"], 0.5 * free[240:], rtol=0.04, atol=0.01)
    np.testing.assert_allclose(row["low"], 0.46 * free[240:], rtol=0.04, atol=0.01)
    np.testing.assert_allclose(row["high"], 0.54 * free[240:], rtol=0.04, atol=0.01)


def test_range_is_that_of_the_same_kind_of_weather() -> None:
    """Little sun is off by half, much sun by a hundredth."""
    modelled = np.tile(np.linspace(1, 100, 100), 2)
    off = np.where(np.arange(100) % 2, 1, -1) * np.where(modelled[:100] < 41, 0.5, 0.01)
    measured = np.concatenate([modelled[:100] * (1 + off), np.full(100, np.nan)])
    found, _ = weather_forecast(modelled, measured, 1000.0)
    assert found.high[120] - found.low[120] == pytest.approx(modelled[120], rel=0.01)
    assert found.high[190] - found.low[190] == pytest.approx(0.02 * modelled[190], rel=0.01)


def test_range_stays_within_the_rating() -> None:
    modelled = np.linspace(1, 100, 100)
    measured = modelled * np.where(np.arange(100) % 2, 1.5, 0.5)
    found, count = weather_forecast(modelled, measured, 100.0)
    assert count == 100
    assert found.high.max() == 100
    assert found.low.min() > 0


def test_wind_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10 m/s at 10 m are 10 · 10^0.2 = 15.85 m/s at 100 m; 4 m/s are 6.34; 20 stop it."""
    curve = np.array([[3, 0], [12, 2000], [25, 2000]], dtype=float)
    speed = np.array([10.0, 4.0, 20.0, 1.0])
    found = wind_power(speed, curve, 100.0, 10.0, 0.2)
    assert found == pytest.approx([2000, 2000 * (6.3396 - 3) / 9, 0, 0], rel=1e-4)
    (tmp_path / "curve.csv").write_text("speed_m_s,kw\n3,0\n12,2000\n25,2000\n", encoding="utf-8")
    file = write(tmp_path / "weather.csv", {"wind_speed": speed}, zone="")
    words = ("--curve", str(tmp_path / "curve.csv"), "--hub-m", "100", "--at-m", "10")
    assert job("forecast", "wind", file, *words, "--json") == 0
    answer = valid("energy-forecast", capsys.readouterr().out)
    assert answer["series"][0]["mid"] == pytest.approx(found.tolist())
    assert job("forecast", "wind", file, *words) == 0
    assert "mean" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("speed,kw\n1,2\n2,3", ["curve"]),
        ("speed_m_s,kw\n5,2\n4,x\n3,1", ["curve", "curve"]),
        ("speed_m_s,kw\n5,2", ["curve"]),
    ],
)
def test_broken_curve(
    tmp_path: Path, text: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "curve.csv").write_text(text, encoding="utf-8")
    file = write(tmp_path / "weather.csv", {"wind_speed": [1.0, 2.0]})
    words = ("--curve", str(tmp_path / "curve.csv"), "--hub-m", "9", "--at-m", "9", "--json")
    assert job("forecast", "wind", file, *words) == 1
    answer = valid("energy-forecast", capsys.readouterr().out)
    assert [one["code"] for one in answer["findings"]] == [f"energy.{code}" for code in told]


def test_missing_columns_and_zone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "weather.csv", {"ghi": [1.0, 2.0]})
    assert job("forecast", "pv", file, *FIELD, "--azimuth", "180", "--json") == 1
    (finding,) = valid("energy-forecast", capsys.readouterr().out)["findings"]
    assert "temp_air, wind_speed" in finding["what"]
    file = write(tmp_path / "local.csv", sunny(1), zone="")
    assert job("forecast", "pv", file, *FIELD, "--azimuth", "180", "--json") == 1
    (finding,) = valid("energy-forecast", capsys.readouterr().out)["findings"]
    assert finding["code"] == "energy.forecast-zone"


def test_weather_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--latitude", "57", "--longitude", "24", "--kwp", "10", "--tilt", "35")
    words = ("forecast", "pv", str(tmp_path / "w.csv"), *place, "--azimuth", "180", "--json")
    night = sunny(2)
    night["ghi"] = night["ghi"] - 3.0  # as instruments read
    write(tmp_path / "w.csv", night)
    assert job(*words) == 0
    assert min(valid("energy-forecast", capsys.readouterr().out)["series"][0]["mid"]) == 0
    write(tmp_path / "w.csv", {**sunny(2), "temp_air": 288 + np.zeros(48)})
    assert job(*words) == 1
    (finding,) = valid("energy-forecast", capsys.readouterr().out)["findings"]
    assert finding["what"].startswith("temp_air is 288")
    with pytest.raises(SystemExit):
        job(*(word.replace("57", "99") for word in words))
    for zone, minutes in (("", 60), ("Z", 15)):
        write(tmp_path / "w.csv", sunny(2))
        file = write(tmp_path / "m.csv", {"kw": np.ones(48)}, zone, minutes)
        assert job(*words, "--measured", file) == 1
        (finding,) = valid("energy-forecast", capsys.readouterr().out)["findings"]
        assert finding["code"] == "energy.measured-step"


def test_load_that_no_model_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> FloatArray:
        raise EngineError("it has no model")

    monkeypatch.setattr("kopa.domains.energy.cli_forecast.seasons", none)
    file = write(tmp_path / "past.csv", {"town": load(35, 4.0)})
    assert job("forecast", "load", file, "--json") == 1
    (finding,) = valid("energy-forecast", capsys.readouterr().out)["findings"]
    assert finding["what"] == "town has no forecast: it has no model."
    with pytest.raises(EngineError, match="statsforecast"):
        seasons(np.full(400, 1e300) * np.arange(400), 1, [24, 168])
    file = write(tmp_path / "past.csv", {"town": np.ones(60)}, minutes=1440)
    assert job("forecast", "load", file, "--json") == 1
    assert (
        "Steps of 24 h" in valid("energy-forecast", capsys.readouterr().out)["findings"][0]["what"]
    )
