"""Day-ahead plans, held against dynamic programming, hand calculation and pandapower."""

from __future__ import annotations

import csv
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import bus, document, ext_grid, line, load, written
from domains.energy.test_screen import job
from schemas import valid
from shared_data import data

START = np.datetime64("2026-11-23T00:00", "m")


def at(hour: float) -> str:
    """A moment of the day that is planned."""
    return f"{START + np.timedelta64(round(hour * 60), 'm')}:00+02:00"


def parts(values: Any, unit: str, hours: float = 1.0) -> list[dict[str, str]]:
    """A quantity step by step."""
    return [
        {"start": at(place * hours), "end": at((place + 1) * hours), "value": f"{value} {unit}"}
        for place, value in enumerate(values)
    ]


def battery(**more: Any) -> dict[str, Any]:
    return {
        "name": "battery",
        "soc-at-start": "0 kWh",
        "soc-min": "0 kWh",
        "soc-max": "10 kWh",
        "power-capacity": "4 kW",
        **more,
    }


def asked(
    steps: int, context: dict[str, Any], *devices: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """What a file says."""
    return {
        "start": at(0),
        "duration": f"PT{steps}H",
        "resolution": "PT1H",
        "flex-context": {"production-price": "0 EUR/MWh", **context},
        "flex-model": list(devices),
        **more,
    }


@pytest.fixture(name="plan")
def made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def plan(content: dict[str, Any], code: int = 0) -> dict[str, Any]:
        file = tmp_path / "input.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        assert job("plan", str(file), "--json") == code
        return valid("energy-plan", capsys.readouterr().out)

    return plan


def power(answer: dict[str, Any], name: str = "battery") -> np.ndarray:
    return np.array(next(one["power_kw"] for one in answer["devices"] if one["name"] == name))


@pytest.mark.parametrize("seed", range(5))
def test_tank_and_pumps_as_dynamic_programming(plan: Any, seed: int) -> None:
    """Two pumps of 40 kW that lift 100 m3 an hour each; stocks and usage are multiples of 50."""
    random = np.random.default_rng(seed)
    price, usage = random.integers(10, 200, 14), random.integers(0, 4, 14) * 50
    pump = {
        "name": "pump",
        "soc-unit": "m3",
        "soc-at-start": "200 m3",
        "soc-min": "50 m3",
        "soc-max": "400 m3",
        "soc-minima": [{"datetime": at(14), "value": "200 m3"}],
        "soc-usage": parts(usage, "m3/h"),
        "specific-energy": "0.4 kWh/m3",
        "consumption-capacity": "80 kW",
        "production-capacity": "0 kW",
        "power-levels": ["0 kW", "40 kW", "80 kW"],
    }
    context = {"consumption-price": parts(price, "EUR/MWh"), "site-consumption-capacity": "80 kW"}

    @functools.cache
    def least(step: int, stock: int) -> float:
        if step == 14:
            return 0.0 if stock >= 200 else np.inf
        after = (stock + 100 * pumps - usage[step] for pumps in range(3))
        return min(
            0.04 * pumps * price[step] + least(step + 1, int(then)) if 50 <= then <= 400 else np.inf
            for pumps, then in enumerate(after)
        )

    answer = plan(asked(14, context, pump))
    assert answer["totals"]["objective"] == pytest.approx(least(0, 200), abs=1e-6)
    assert set(np.round(power(answer, "pump"))) <= {0, 40, 80}


@pytest.mark.parametrize("day", ["2023-05-07", "2024-01-05", "2024-06-23"])
def test_battery_on_latvian_prices_as_dynamic_programming(plan: Any, day: str) -> None:
    """Whole kW and kWh without losses: the best plan is one of whole numbers."""
    file = data("energy", "lv_dayahead_2023_2024.csv")
    with file.open(encoding="utf-8") as lines:
        price = [float(row["eur_mwh"]) for row in csv.DictReader(lines) if row["date"] == day]
    assert len(price) == 24
    sell = [value - 20 for value in price]

    @functools.cache
    def least(step: int, stock: int) -> float:
        if step == 24:
            return 0.0
        return min(
            (power * price[step] if power > 0 else power * sell[step]) / 1e3
            + least(step + 1, stock + power)
            for power in range(max(-4, -stock), min(4, 10 - stock) + 1)
        )

    context = {
        "consumption-price": parts(price, "EUR/MWh"),
        "production-price": parts(sell, "EUR/MWh"),
    }
    answer = plan(asked(24, context, battery()))
    assert answer["totals"]["objective"] == pytest.approx(least(0, 0), abs=1e-9)


def test_negative_price_burns_nothing(plan: Any) -> None:
    """A full battery cannot earn by charging and discharging at once; an empty one fills."""
    context = {"consumption-price": "-100 EUR/MWh", "production-price": "-150 EUR/MWh"}
    full = battery(**{"soc-at-start": "10 kWh", "roundtrip-efficiency": "64%"})
    fixed = {"inflexible-devices": [{"name": "load", "power": "9 kW"}]}
    answer = plan(asked(3, {**context, **fixed}, full))
    # what is given away is paid back by charging later: -100 * (9 - 4 + 9 + 9 + ...) by hand
    assert (np.abs(power(answer)) <= 4 + 1e-6).all()
    stock = np.array(answer["devices"][0]["soc"])
    charged = np.diff([10.0, *stock])
    np.testing.assert_allclose(
        charged, np.where(power(answer) > 0, power(answer) * 0.8, power(answer) / 0.8), atol=1e-5
    )


def test_dearer_sale_than_purchase_earns_not_without_end(plan: Any) -> None:
    context = {"consumption-price": "100 EUR/MWh", "production-price": "200 EUR/MWh"}
    answer = plan(asked(2, context, battery(**{"soc-at-start": "5 kWh"})))
    assert answer["totals"]["objective"] == pytest.approx(-1.0)  # 5 kWh at 0.2 EUR
    site = answer["site"]
    assert not (np.array(site["consumption_kw"]) * np.array(site["production_kw"])).any()


def test_one_way_devices_never_discharge(plan: Any) -> None:
    car = battery(**{"production-capacity": "0 kW", "soc-at-start": "10 kWh"})
    context = {"consumption-price": "300 EUR/MWh", "production-price": "290 EUR/MWh"}
    assert (power(plan(asked(4, context, car))) == 0).all()


def test_co2_moves_the_plan(plan: Any) -> None:
    """One price, two intensities; charging is dear where the air is dirty."""
    target = {"soc-targets": [{"datetime": at(2), "value": "4 kWh"}]}
    context = {
        "consumption-price": "100 EUR/MWh",
        "co2-intensity": parts([500, 100], "g/kWh"),
        "co2-price": "80 EUR/t",
    }
    answer = plan(asked(2, context, battery(**target)))
    assert power(answer).tolist() == pytest.approx([0, 4])
    totals = answer["totals"]
    assert totals["co2_kg"] == pytest.approx(0.4)
    assert totals["objective"] == pytest.approx(0.4 + 0.4 * 0.08)
    assert totals["co2_counted"] == pytest.approx(0.032)


def test_peak_and_breach_have_a_price(plan: Any) -> None:
    """8 kWh in two hours: 4 kW twice rather than a peak, and a soft limit of 3 kW breaks."""
    target = {"soc-minima": [{"datetime": at(2), "value": "8 kWh"}], "power-capacity": "8 kW"}
    context = {
        "consumption-price": parts([100, 110], "EUR/MWh"),
        "site-peak-consumption": "2 kW",
        "site-peak-consumption-price": "1 EUR/kW",
        "site-consumption-capacity": "3 kW",
        "site-consumption-breach-price": "5 EUR/kW",
    }
    answer = plan(asked(2, context, battery(**target)))
    assert power(answer).tolist() == pytest.approx([4, 4])
    assert answer["totals"]["breaches_and_peak"] == pytest.approx((4 - 2) * 1 + (4 - 3) * 5)
    assert {one["wish"]: one["by"] for one in answer["missed"]} == pytest.approx(
        {"site-consumption-capacity": 1.0, "site-peak-consumption": 2.0}
    )


def test_soft_wish_is_missed_where_it_is_dear(plan: Any) -> None:
    wish = {"soc-minima": [{"datetime": at(1), "value": "4 kWh"}]}
    for price, charged in ((0.05, 0.0), (0.5, 4.0)):
        context = {
            "consumption-price": "100 EUR/MWh",
            "soc-minima-breach-price": f"{price} EUR/kWh",
        }
        answer = plan(asked(1, context, battery(**wish)))
        assert power(answer).tolist() == pytest.approx([charged])
        assert len(answer["missed"]) == (charged == 0)


def test_losses_of_a_stock_by_hand(plan: Any) -> None:
    """A basin of a pump turbine that loses a tenth each hour, and 40 m3 to its users."""
    basin = {
        "name": "basin",
        "soc-unit": "m3",
        "soc-at-start": "1000 m3",
        "soc-min": "0 m3",
        "soc-max": "1000 m3",
        "soc-targets": [{"datetime": at(2), "value": "774 m3"}],
        "soc-usage": "960 m3/d",
        "specific-energy": "0.5 kWh/m3",
        "storage-efficiency": "90%",
        "charging-efficiency": "80%",
        "discharging-efficiency": "50%",
        "power-capacity": "50 kW",
        "production-capacity": "50 kW",
    }
    context = {"consumption-price": parts([10, 10], "EUR/MWh"), "production-price": "1 EUR/MWh"}
    answer = plan(asked(2, context, basin))
    # 900 - 40 = 860 m3, 774 - 40 = 734 m3: 40 are short, at 0.8 / 0.5 m3 a kWh
    assert power(answer, "basin").tolist() == pytest.approx([0, 40 / 1.6])
    full = basin | {"soc-targets": [{"datetime": at(1), "value": "660 m3"}]}
    answer = plan(asked(1, {**context, "production-price": "9 EUR/MWh"}, full))
    assert power(answer, "basin").tolist() == pytest.approx([-50])  # 200 m3 at 0.5 kWh and 50 %


def test_conflict_where_more_could_be_earned_without_end(plan: Any) -> None:
    """12 kW carry no pump of 22.5 kW, and a battery that must end full cannot help for ever.

    Without some of the limits the battery could sell for ever: they are not to blame for that.
    """
    pump = {
        "name": "pump",
        "soc-unit": "m3",
        "soc-at-start": "200 m3",
        "soc-min": "100 m3",
        "soc-usage": "40 m3/h",
        "specific-energy": "0.4 kWh/m3",
        "consumption-capacity": "45 kW",
        "production-capacity": "0 kW",
        "power-levels": ["0 kW", "22.5 kW", "45 kW"],
    }
    store = battery(**{"soc-targets": [{"datetime": at(12), "value": "0 kWh"}]})
    context = {
        "consumption-price": "100 EUR/MWh",
        "production-price": "90 EUR/MWh",
        "site-consumption-capacity": "12 kW",
        "inflexible-devices": [{"name": "house", "power": "5 kW"}],
    }
    assert plan(asked(12, context, store, pump), 1)["conflict"] == [
        "site: site-consumption-capacity",
        "battery: soc-min",
        "pump: soc-min",
    ]


def test_processes(plan: Any) -> None:
    """Dear, cheap, dear, cheap, cheap, dearer: at a stretch it takes the last two cheap ones."""
    price = [90, 10, 90, 11, 12, 95]
    work = {"power": "2 kW", "duration": "PT2H"}
    devices = [
        {"name": "stretch", "process-type": "SHIFTABLE", **work},
        {"name": "parts", "process-type": "BREAKABLE", **work},
        {"name": "now", "process-type": "INFLEXIBLE", **work},
        {
            "name": "late",
            "process-type": "SHIFTABLE",
            **work,
            "time-restrictions": [{"start": at(0), "end": at(4)}],
        },
    ]
    answer = plan(asked(6, {"consumption-price": parts(price, "EUR/MWh")}, *devices))
    on = {
        one["name"]: np.flatnonzero(np.array(one["power_kw"]) > 1).tolist()
        for one in answer["devices"]
    }
    assert on == {"stretch": [3, 4], "parts": [1, 3], "now": [0, 1], "late": [4, 5]}


def test_conflict_names_what_cannot_hold_together(plan: Any) -> None:
    """4 kW cannot bring 10 kWh in two hours; a second, idle battery is not to blame."""
    wish = {"soc-targets": [{"datetime": at(2), "value": "10 kWh"}]}
    other = battery(name="other", **{"soc-minima": [{"datetime": at(1), "value": "1 kWh"}]})
    answer = plan(asked(3, {"consumption-price": "100 EUR/MWh"}, battery(**wish), other), 1)
    assert answer["status"] == "unknown"
    assert answer["conflict"] == [
        "battery: consumption-capacity",
        f"battery: soc-targets, 10 kWh at {at(2)}",
    ]
    assert "battery: consumption-capacity" in answer["findings"][0]["what"]


def test_conflict_of_whole_numbers(plan: Any) -> None:
    """Between 3 and 5 kWh after an hour, but the machine takes 0 or 6 kW and gives none back."""
    wish = [{"datetime": at(1), "value": "3 kWh"}]
    device = battery(**{"power-capacity": "6 kW", "production-capacity": "0 kW"})
    device |= {"power-levels": ["0 kW", "6 kW"], "soc-minima": wish, "soc-max": "5 kWh"}
    answer = plan(asked(1, {"consumption-price": "100 EUR/MWh"}, device), 1)
    assert answer["conflict"] == [
        "battery: production-capacity",
        "battery: soc-max",
        "battery: power-levels",
        f"battery: soc-minima, 3 kWh at {at(1)}",
    ]


def feeder(folder: Path) -> dict[str, Any]:
    """A line of 0.1 kA at 0.4 kV: 69 kVA; 40 kW hang on its end already."""
    line_ = line(0, 1, r=0.05, x=0.03)
    line_[6], line_[8] = 0.0, 0.1  # c_nf_per_km, max_i_ka
    rows = {"bus": [bus(0.4), bus(0.4)], "line": [line_], "ext_grid": [ext_grid()]}
    written(document({**rows, "load": [load(1, 0.04, 0.0)]}), folder)
    return {"file": "grid.json"}


def test_grid_holds_the_plan_back(plan: Any, tmp_path: Path) -> None:
    """Two chargers at the cheap hour would overload the line: pandapower agrees that it is full."""
    import pandapower

    grid = feeder(tmp_path)
    charger = {
        "soc-max": "60 kWh",
        "power-capacity": "30 kW",
        "production-capacity": "0 kW",
        "soc-targets": [{"datetime": at(3), "value": "30 kWh"}],
        "at": "bus:1",
    }
    devices = [battery(name=name, **charger) for name in ("one", "two")]
    context = {"consumption-price": parts([50, 100, 150], "EUR/MWh")}
    free = plan(asked(3, context, *devices))
    assert (power(free, "one") + power(free, "two")).tolist() == pytest.approx([60, 0, 0])
    held = plan(asked(3, context, *devices, grid={**grid, "min-voltage": 0.5}))
    total = power(held, "one") + power(held, "two")
    assert total.sum() == pytest.approx(60)
    net = pandapower.create_empty_network()
    near, far = (pandapower.create_bus(net, 0.4) for _ in range(2))
    pandapower.create_ext_grid(net, near)
    pandapower.create_load(net, far, 0.04)
    pandapower.create_line_from_parameters(net, near, far, 1.0, 0.05, 0.03, 0.0, 0.1)
    loadings = []
    for kw in total:
        net.load.loc[0, "p_mw"] = 0.04 + kw / 1e3
        pandapower.runpp(net)
        loadings.append(float(net.res_line.loading_percent[0]))
    assert loadings[:2] == pytest.approx([100, 100], abs=0.01)
    assert loadings[2] < 100


def test_voltage_and_production_in_a_grid(plan: Any, tmp_path: Path) -> None:
    """What is sold lifts the voltage, up to the limit and no further."""
    grid = {**feeder(tmp_path), "max-voltage": 1.002}
    device = battery(at="load:0", **{"power-capacity": "90 kW", "soc-max": "90 kWh"})
    device["soc-at-start"] = "90 kWh"
    context = {"consumption-price": "101 EUR/MWh", "production-price": "100 EUR/MWh"}
    answer = plan(asked(1, context, device, grid=grid))
    # 0.2 % of 0.4 kV is 0.8 V; R P / U with 50 mΩ: 6.4 kW go back, beside the 40 kW of the load
    assert power(answer)[0] == pytest.approx(-46.4, abs=0.1)


def test_what_is_broken_already_counts_where_it_gets_worse(plan: Any, tmp_path: Path) -> None:
    """The line carries 40 of 34 kW without the battery: it may not charge, and need not help."""
    grid = {**feeder(tmp_path), "max-loading": 50.0}
    context = {"consumption-price": parts([50, 100], "EUR/MWh")}
    device = battery(at="bus:1", **{"soc-minima": [{"datetime": at(2), "value": "0 kWh"}]})
    answer = plan(asked(2, context, device, grid=grid))
    assert power(answer).tolist() == pytest.approx([0, 0], abs=1e-3)


def test_impossible_grid_names_the_line(plan: Any, tmp_path: Path) -> None:
    charger = battery(at="bus:1", **{"power-capacity": "90 kW", "soc-max": "90 kWh"})
    charger["soc-targets"] = [{"datetime": at(1), "value": "90 kWh"}]
    grid = {**feeder(tmp_path), "min-voltage": 0.5}
    answer = plan(asked(1, {"consumption-price": "1 EUR/MWh"}, charger, grid=grid), 1)
    assert answer["conflict"] == [
        f"battery: soc-targets, 90 kWh at {at(1)}",
        f"grid: energy:line:0 at most 100 % at {at(0)}",
    ]


def test_broken_file_tells_all(plan: Any) -> None:
    content = asked(
        2,
        {"consumption-price": parts([1], "EUR/MWh"), "site-power-capacity": "9 horses", "x": 1},
        battery(**{"soc-at-start": "99 kWh", "roundtrip-efficiency": "120%"}),
        {"name": "battery", "soc-unit": "m3", "soc-at-start": "1 m3", "soc-min": "0 m3"},
        battery(name="late", **{"soc-targets": [{"datetime": at(9), "value": "1 kWh"}]}),
    )
    told = {(one["place"], one["what"][:20]) for one in plan(content, 1)["findings"]}
    places = {place for place, _ in told}
    assert places == {
        "flex-context.consumption-price",
        "flex-context.site-power-capacity",
        "flex-context.x",
        "flex-model[0]",
        "flex-model[0].roundtrip-efficiency",
        "flex-model[1].specific-energy",
        "flex-model[1].consumption-capacity",
        "flex-model[1].production-capacity",
        "flex-model[2].soc-targets[0]",
        "flex-model",
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"start": "2026-11-23T00:00:00"}, "start"),
        ({"duration": "one day"}, "duration"),
        ({"resolution": "PT7M"}, "resolution"),
        ({"flex-context": None}, "flex-context"),
        ({"flex-model": "x"}, "flex-model"),
        ({"grid": {"file": "none.json"}}, ""),
        ({"grid": []}, "grid.file"),
    ],
)
def test_broken_frame(plan: Any, change: dict[str, Any], place: str) -> None:
    content = asked(1, {"consumption-price": "1 EUR/MWh"}, battery()) | change
    assert place in {one["place"] for one in plan(content, 1)["findings"]}


def test_no_price_for_what_can_be_sold_is_an_error(plan: Any) -> None:
    content = asked(1, {"consumption-price": "1 EUR/MWh"}, battery())
    del content["flex-context"]["production-price"]
    (finding,) = plan(content, 1)["findings"]
    assert finding["place"] == "flex-context.production-price"


def test_prices_from_a_file(plan: Any, tmp_path: Path) -> None:
    rows = "\n".join(f"{at(hour)},{value}" for hour, value in enumerate([100, 50, 70]))
    (tmp_path / "prices.csv").write_text(f"moment,eur\n{rows}\n", encoding="utf-8")
    prices = {"file": "prices.csv", "time": "moment", "value": "eur", "unit": "EUR/MWh"}
    target = battery(**{"soc-targets": [{"datetime": at(3), "value": "4 kWh"}]})
    answer = plan(asked(3, {"consumption-price": prices}, target))
    assert power(answer).tolist() == pytest.approx([0, 4, 0])
    (finding,) = plan(asked(4, {"consumption-price": prices}, battery()), 1)["findings"]
    assert at(3) in finding["what"]


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "input.json"
    file.write_text(json.dumps(asked(4, {"consumption-price": "1 EUR/MWh"}, battery())))
    assert job("plan", str(file)) == 0
    assert "Bought 0 kWh" in capsys.readouterr().out


def test_what_a_battery_gives_away_is_bought(plan: Any) -> None:
    """2 kW for four hours from an empty battery: 8 kWh at 0.1 EUR."""
    answer = plan(asked(4, {"consumption-price": "100 EUR/MWh"}, battery(**{"soc-usage": "2 kW"})))
    assert answer["totals"]["objective"] == pytest.approx(0.8)


def test_dearer_sale_passes_a_capacity_that_has_a_price(plan: Any) -> None:
    """9 kW that must run through 5 kW, at 1 EUR a kW, while what is sold earns more."""
    context = {
        "consumption-price": "10 EUR/MWh",
        "production-price": "90 EUR/MWh",
        "site-consumption-capacity": "5 kW",
        "site-consumption-breach-price": "1 EUR/kW",
        "inflexible-devices": [{"name": "load", "power": "9 kW"}],
    }
    answer = plan(asked(1, context))
    assert answer["totals"]["objective"] == pytest.approx(0.09 + 4)
    assert [one["by"] for one in answer["missed"]] == pytest.approx([4])


def test_conflict_with_dearer_sale_and_equal_wishes(plan: Any) -> None:
    """What keeps the site from buying and selling at once is never to blame."""
    context = {"consumption-price": "10 EUR/MWh", "production-price": "90 EUR/MWh"}
    hard = {
        "site-consumption-capacity": "5 kW",
        "inflexible-devices": [{"name": "load", "power": "9 kW"}],
    }
    answer = plan(asked(1, {**context, **hard}), 1)
    assert answer["conflict"] == ["site: site-consumption-capacity"]
    twice = [{"datetime": at(1), "value": "9 kWh"}] * 2
    answer = plan(asked(1, context, battery(**{"soc-minima": twice})), 1)
    assert answer["conflict"] == [
        "battery: consumption-capacity",
        f"battery: soc-minima, 9 kWh at {at(1)}",
    ]


def test_soft_wishes_that_end_together_are_told_apart(plan: Any) -> None:
    """10 kWh from the first hour and from the second: each is short, and each is paid."""
    wishes = [{"start": at(hour), "end": at(2), "value": "10 kWh"} for hour in (1, 2)]
    wishes[1] = {"datetime": at(2), "value": "10 kWh"}
    context = {"consumption-price": "10 EUR/MWh", "soc-minima-breach-price": "1 EUR/kWh"}
    answer = plan(asked(2, context, battery(**{"soc-minima": wishes})))
    assert [one["by"] for one in answer["missed"]] == pytest.approx([6, 2])
    assert answer["totals"]["breaches_and_peak"] == pytest.approx(8)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"soc-unit": "m3", "specific-energy": "0 kWh/m3"}, "specific-energy"),
        ({"storage-efficiency": "150%"}, "storage-efficiency"),
        ({"storage-efficiency": 10**400}, "storage-efficiency"),
        ({"consumption-capacity": parts([1], "kW")}, "consumption-capacity"),
        ({"soc-usage": parts([1], "kW")}, "soc-usage"),
        ({"soc-usage": [{"datetime": at(1), "value": "1 kW"}]}, "soc-usage[0]"),
        ({"soc-minima": [{"start": at(0.2), "end": at(0.8), "value": "1 kWh"}]}, "soc-minima[0]"),
        ({"soc-max": "1e300 kWh"}, "soc-max"),
    ],
)
def test_what_cannot_be_is_told(plan: Any, more: dict[str, Any], place: str) -> None:
    content = asked(2, {"consumption-price": "1 EUR/MWh"}, battery(**more))
    assert f"flex-model[0].{place}" in {one["place"] for one in plan(content, 1)["findings"]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"currency": "[/red]"}, "currency"),
        ({"duration": f"PT{'9' * 400}H"}, "duration"),
        ({"start": "9999-12-31T23:00:00+00:00"}, "start"),
        ({"grid": {"file": "grid.json", "max-loading": 10**400}}, "grid.max-loading"),
        ({"grid": {"file": "grid.json", "min-voltage": 2}}, "grid.min-voltage"),
    ],
)
def test_frame_that_cannot_be(
    plan: Any, tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    feeder(tmp_path)
    content = asked(1, {"consumption-price": "1 EUR/MWh"}, battery(at="bus:1")) | change
    assert place in {one["place"] for one in plan(content, 1)["findings"]}


def test_conflict_where_only_both_ways_at_once_would_help(plan: Any) -> None:
    """A full battery gains 3 kW, and 1 kW may leave the site: burning the rest is no plan."""
    context = {"consumption-price": "10 EUR/MWh", "site-production-capacity": "1 kW"}
    full = {"soc-at-start": "10 kWh", "soc-gain": "3 kW", "roundtrip-efficiency": "25%"}
    answer = plan(asked(1, context, battery(**full)), 1)
    assert answer["conflict"] == ["site: site-production-capacity", "battery: soc-max"]


def test_equal_prices_buy_and_sell_nothing_at_once(plan: Any) -> None:
    """Both at once costs nothing here, and the engine's own answer buys and sells 1 kW."""
    price = parts([80, 80, 60], "EUR/MWh")
    context = {
        "consumption-price": price,
        "production-price": price,
        "site-consumption-capacity": "20 kW",
        "site-consumption-breach-price": "0.1 EUR/kW",
        "inflexible-devices": [{"name": "house", "power": parts([0, -5, -1], "kW")}],
    }
    work = {"name": "work", "process-type": "SHIFTABLE", "power": "3 kW", "duration": "PT2H"}
    answer = plan(asked(3, context, work))
    bought, sold = (np.array(answer["site"][f"{way}_kw"]) for way in ("consumption", "production"))
    assert np.minimum(bought, sold).max() < 1e-9
    assert bought - sold == pytest.approx(power(answer, "work") + [0, -5, -1])


def test_the_smaller_capacity_holds(plan: Any) -> None:
    """4 kW of the inverter, whatever each way could."""
    price = parts([10, 90], "EUR/MWh")
    context = {"consumption-price": price, "production-price": price}
    ways = {"consumption-capacity": "9 kW", "production-capacity": "9 kW"}
    assert power(plan(asked(2, context, battery(**ways)))).tolist() == pytest.approx([4, -4])
