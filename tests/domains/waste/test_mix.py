"""The cheapest mix against a hand calculation, and against scipy with a formulation of its own."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.waste.jobs import runner
from scipy.optimize import linprog

from kopa.domains.waste import cli_mix
from kopa.domains.waste.processing.mix import ConflictError, cheapest
from kopa.domains.waste.processing.read_mix import read_mix
from kopa.errors import EngineError, InputError

TOWN: dict[str, Any] = {
    "streams": [
        {"name": "residual", "tonnes": 1000, "collected": "mixed"},
        {"name": "paper", "tonnes": 500, "collected": "separate"},
    ],
    "facilities": [
        {
            "name": "sorting",
            "kind": "sorting",
            "accepts": ["residual"],
            "capacity": 600,
            "cost": 40,
            "kgco2e": 10,
            "outputs": [
                {"stream": "sorted paper", "share": 0.1},
                {"stream": "rejects", "share": 0.9},
            ],
        },
        {
            "name": "dump",
            "kind": "landfill",
            "accepts": ["residual", "rejects"],
            "cost": 80,
            "kgco2e": [300, 500, 700],
            "management": "managed_anaerobic",
            "cover": "covered",
        },
        {
            "name": "mill",
            "kind": "recycling",
            "accepts": ["paper", "sorted paper"],
            "cost": -20,
            "kgco2e": 100,
            "avoided-kgco2e": [200, 400, 600],
        },
    ],
}


def town(**more: Any) -> dict[str, Any]:
    given = deepcopy(TOWN)
    del given["facilities"][1]["management"], given["facilities"][1]["cover"]
    return {**given, **more}


def written(tmp_path: Path, given: dict[str, Any]) -> Path:
    file = tmp_path / "mix.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    return file


def solved(tmp_path: Path, **more: Any) -> Any:
    return cheapest(read_mix(written(tmp_path, town(**more))))


def test_without_limits_by_hand(tmp_path: Path) -> None:
    # sorting a t costs 40 - 0.1 × 20 + 0.9 × 80 = 110 EUR, laying it down 80 EUR
    mix = solved(tmp_path)
    assert mix.cost == pytest.approx(1000 * 80 - 500 * 20)
    assert mix.into("sorting") == pytest.approx(0)
    assert mix.recycled == pytest.approx(500)
    assert mix.emission == pytest.approx((1000 * 0.3 + 50, 1000 * 0.5 + 50, 1000 * 0.7 + 50))
    assert mix.avoided == pytest.approx((100, 200, 300))
    assert {one.limit: one.eur for one in mix.prices} == pytest.approx(
        {"residual": 80, "paper": -20}
    )


def test_a_quota_by_hand(tmp_path: Path) -> None:
    # 36 % of 1,500 t are 540 t: 40 t more than the paper, from 400 t sorted at 30 EUR more each
    mix = solved(tmp_path, limits={"recycling-quota": 0.36})
    assert mix.cost == pytest.approx(70_000 + 400 * 30)
    assert mix.into("sorting") == pytest.approx(400)
    prices = {(one.limit, one.unit): one.eur for one in mix.prices}
    assert prices["recycling quota of 36.0%", "EUR per t"] == pytest.approx(300)
    assert prices["recycling-quota", "EUR per percentage point"] == pytest.approx(300 * 15)
    # a t more of residual waste: 80 EUR, and 0.36 t more to recycle
    assert prices["residual", "EUR per t"] == pytest.approx(80 + 0.36 * 300)


def test_a_landfill_limit_by_hand(tmp_path: Path) -> None:
    # 64 % of 1,500 t are 960 t: 40 t less laid down need 400 t sorted
    mix = solved(tmp_path, limits={"landfill-share": 0.64})
    assert mix.landfilled == pytest.approx(960)
    assert mix.cost == pytest.approx(70_000 + 400 * 30)


def test_a_co2_limit_and_a_co2_price_by_hand(tmp_path: Path) -> None:
    # a t sorted emits 10 + 0.1 × 100 + 0.9 × 500 = 470 kg, laid down 500 kg: 30 kg less for 30 EUR
    mix = solved(tmp_path, limits={"co2e-t": 541})
    assert mix.into("sorting") == pytest.approx(300)
    price = next(one for one in mix.prices if one.unit == "EUR per t CO2e")
    assert price.eur == pytest.approx(1000)
    # avoided burdens are not counted against the limit: 550 t emitted, 200 t avoided
    assert mix.emission[1] == pytest.approx(541)
    assert solved(tmp_path, **{"co2-price": 999}).into("sorting") == pytest.approx(0)
    assert solved(tmp_path, **{"co2-price": 1001}).into("sorting") == pytest.approx(600)


def test_limits_in_conflict_are_named(tmp_path: Path) -> None:
    # 40 % need 1,000 t sorted, the line takes 600 t; the CO2e limit has nothing to do with it
    with pytest.raises(ConflictError) as caught:
        solved(tmp_path, limits={"recycling-quota": 0.4, "co2e-t": 1e6})
    assert sorted(caught.value.names) == ["capacity of sorting, 600 t", "recycling quota of 40.0%"]


def test_a_least_input_by_hand(tmp_path: Path) -> None:
    given = town()
    given["facilities"][0]["least"] = 250
    mix = cheapest(read_mix(written(tmp_path, given)))
    assert mix.cost == pytest.approx(70_000 + 250 * 30)
    price = next(one for one in mix.prices if one.limit.startswith("least input of sorting"))
    assert price.eur == pytest.approx(30)


def test_routes_cost_and_close_ways(tmp_path: Path) -> None:
    routes = [
        {"from": "residual", "to": "sorting", "km": 5},
        {"from": "sorting", "to": "mill", "km": 10},
        {"from": "sorting", "to": "dump", "km": 20},
        {"from": "paper", "to": "mill", "km": 10},
    ]
    given = town(routes=routes, transport={"eur-per-tkm": 0.2, "kgco2e-per-tkm": 0.1})
    given["facilities"][0]["capacity"] = 2000
    mix = cheapest(read_mix(written(tmp_path, given)))
    tkm = 1000 * 5 + 100 * 10 + 900 * 20 + 500 * 10
    assert mix.transport == pytest.approx(tkm * 0.2)
    assert mix.emission[1] == pytest.approx(10 + 60 + 450 + tkm * 0.1 / 1000)


def test_ash_of_recovery_is_no_landfilled_waste(tmp_path: Path) -> None:
    given = town()
    given["facilities"].append(
        {
            "name": "burner",
            "kind": "incineration",
            "operation": "R1",
            "accepts": ["residual"],
            "cost": 10,
            "outputs": [{"stream": "ash", "share": 0.25}],
        }
    )
    given["facilities"][1]["accepts"].append("ash")
    mix = cheapest(read_mix(written(tmp_path, given)))
    assert mix.into("dump") == pytest.approx(250)
    assert mix.landfilled == pytest.approx(0)
    # by the factors of the ledger: fossil CO2 of residual waste 208.0 and N2O 13.65 kgCO2e a t
    assert mix.emission[1] == pytest.approx((208.0 + 13.65) + 0.25 * 500 + 50)
    given["facilities"][-1]["operation"] = "D10"
    assert cheapest(read_mix(written(tmp_path, given))).landfilled == pytest.approx(250)


def test_composted_mixed_waste_does_not_count_as_recycled(tmp_path: Path) -> None:
    given = town()
    given["streams"].append({"name": "bio", "tonnes": 100, "collected": "separate"})
    given["facilities"].append(
        {"name": "heap", "kind": "composting", "accepts": ["bio", "residual"], "cost": 1}
    )
    mix = cheapest(read_mix(written(tmp_path, given)))
    assert mix.into("heap") == pytest.approx(1100)
    assert mix.recycled == pytest.approx(600)
    # IPCC: 4 kg CH4 × 27.0 and 0.24 kg N2O × 273 a t
    assert mix.emission[1] == pytest.approx(1100 * (108 + 65.52) / 1000 + 50)


def test_landfill_emission_by_material(tmp_path: Path) -> None:
    given = town()
    del given["facilities"][1]["kgco2e"]
    given["facilities"][1] |= {"management": "managed_anaerobic", "cover": "covered"}
    given["facilities"][1] |= {"recovered-share": 0.5, "accepts": ["residual"]}
    given["facilities"][0]["outputs"] = []
    given["streams"][0]["material"] = "food"
    given["facilities"][2]["accepts"] = ["paper"]
    mix = cheapest(read_mix(written(tmp_path, given)))
    # sorting without outputs is cheaper than the landfill: 600 t go there
    landfilled = 0.15 * 0.7 * 0.5 * 16 / 12 * 0.5 * 0.9 * 1000 * 27.0
    assert mix.emission[1] == pytest.approx(400 * landfilled / 1000 + 600 * 10 / 1000 + 50)


def test_what_avoids_an_unknown_amount_is_no_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = town()
    del given["facilities"][2]["avoided-kgco2e"]
    file = written(tmp_path, given)
    run = runner(capsys, cli_mix, "mix")
    told = run(file, "--json")[1]["avoided_tco2e"]
    assert told == {"low": None, "mid": None, "high": None, "unknown": ["mill"]}
    assert "not taken off: unknown" in run(file)[1]


def test_a_loop_that_earns_is_told(tmp_path: Path) -> None:
    given = town()
    given["facilities"][0] |= {"cost": -200, "capacity": 1e9}
    given["facilities"][0]["outputs"] = [{"stream": "rejects", "share": 1.0}]
    given["facilities"].append(
        {
            "name": "press",
            "kind": "transfer",
            "accepts": ["rejects"],
            "cost": 1,
            "kgco2e": 0,
            "outputs": [{"stream": "bales", "share": 1.0}],
        }
    )
    given["facilities"][0]["accepts"].append("bales")
    given["facilities"][2]["accepts"] = ["paper"]
    del given["facilities"][0]["capacity"]
    with pytest.raises(EngineError, match="earns without end"):
        cheapest(read_mix(written(tmp_path, given)))


def test_a_loop_without_end_is_told(tmp_path: Path) -> None:
    one = {"kind": "transfer", "cost": 1, "kgco2e": 0}
    there = one | {"name": "a", "accepts": ["w", "y"], "outputs": [{"stream": "x", "share": 1}]}
    back = one | {"name": "b", "accepts": ["x"], "outputs": [{"stream": "y", "share": 1}]}
    streams = [{"name": "w", "tonnes": 5, "collected": "mixed"}]
    given = {"streams": streams, "facilities": [there, back]}
    with pytest.raises(EngineError, match="loop"):
        cheapest(read_mix(written(tmp_path, given)))


def random_town(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    streams = [
        {"name": f"s{n}", "tonnes": int(random.integers(50, 500)), "collected": "separate"}
        for n in range(random.integers(2, 5))
    ]
    names = [one["name"] for one in streams]
    sorters, outputs = [], []
    for n in range(random.integers(1, 4)):
        shares = random.dirichlet([2, 2, 1])[:2]
        given = [{"stream": f"o{n}{m}", "share": float(s)} for m, s in enumerate(shares)]
        some = [name for name in [*names, *outputs] if random.random() < 0.7] or [names[0]]
        outputs += [one["stream"] for one in given]
        sorters.append({"kind": "sorting", "accepts": some, "outputs": given})
    everything = [*names, *outputs]
    mills = [
        {
            "kind": "recycling",
            "accepts": [name for name in everything if random.random() < 0.5] or [everything[-1]],
            "outputs": [],
        }
        for _ in range(2)
    ]
    dumps = [{"kind": "landfill", "accepts": everything, "outputs": []}]
    facilities = [
        {
            "name": f"f{n}",
            "cost": int(random.integers(-30, 120)) if one["kind"] != "sorting" else 30,
            "kgco2e": int(random.integers(0, 800)),
            **one,
        }
        for n, one in enumerate([*sorters, *mills, *dumps])
    ]
    for one in facilities[:-1]:
        if random.random() < 0.7:
            one["capacity"] = int(random.integers(50, 900))
    limits: dict[str, float] = {}
    if random.random() < 0.6:
        limits["recycling-quota"] = float(random.uniform(0.1, 0.6))
    if random.random() < 0.5:
        limits["landfill-share"] = float(random.uniform(0.2, 0.9))
    if random.random() < 0.4:
        limits["co2e-t"] = float(random.uniform(100, 800))
    price = int(random.integers(0, 200)) if random.random() < 0.5 else 0
    return {"streams": streams, "facilities": facilities, "limits": limits, "co2-price": price}


def by_scipy(given: dict[str, Any]) -> float | None:
    """The least cost: lots of each stream of each origin, one variable for each place it can go."""
    lots = [(one["name"], one["name"]) for one in given["streams"]]
    lots += [(f["name"], o["stream"]) for f in given["facilities"] for o in f["outputs"]]
    moves = [
        (lot, f)
        for lot in lots
        for f in given["facilities"]
        if lot[1] in f["accepts"] and lot[0] != f["name"]
    ]
    supply = {one["name"]: one["tonnes"] for one in given["streams"]}
    equal, right = [], []
    for lot in lots:
        line = [1.0 if move[0] == lot else 0.0 for move in moves]
        if lot[0] not in supply:
            maker = next(f for f in given["facilities"] if f["name"] == lot[0])
            share = sum(o["share"] for o in maker["outputs"] if o["stream"] == lot[1])
            line = [v - share * (m[1] is maker) for v, m in zip(line, moves, strict=True)]
        equal.append(line)
        right.append(supply.get(lot[0], 0.0))
    less, most = [], []
    for f in given["facilities"]:
        if "capacity" in f:
            less.append([float(m[1] is f) for m in moves])
            most.append(f["capacity"])
    total = sum(supply.values())
    limits = given["limits"]
    if "recycling-quota" in limits:
        less.append([-float(m[1]["kind"] == "recycling") for m in moves])
        most.append(-limits["recycling-quota"] * total)
    if "landfill-share" in limits:
        less.append([float(m[1]["kind"] == "landfill") for m in moves])
        most.append(limits["landfill-share"] * total)
    if "co2e-t" in limits:
        less.append([m[1]["kgco2e"] / 1000 for m in moves])
        most.append(limits["co2e-t"])
    cost = [m[1]["cost"] + m[1]["kgco2e"] / 1000 * given["co2-price"] for m in moves]
    found = linprog(cost, less or None, most or None, equal, right, method="highs-ipm")
    return float(found.fun) if found.status == 0 else None


@pytest.mark.parametrize("seed", range(60))
def test_random_towns_cost_what_scipy_says(seed: int, tmp_path: Path) -> None:
    given = random_town(seed)
    told = by_scipy(given)
    problem = read_mix(written(tmp_path, given))
    if told is None:
        with pytest.raises(ConflictError) as caught:
            cheapest(problem)
        _is_least(given, caught.value.names)
        return
    mix = cheapest(problem)
    assert mix.cost == pytest.approx(told, rel=1e-6, abs=1e-3)
    assert sum(mix.stays(problem).values()) == pytest.approx(problem.tonnes)
    _has_right_prices(given, mix, told)


def _is_least(given: dict[str, Any], names: tuple[str, ...]) -> None:
    """The named limits alone clash, and without any one of them they do not."""
    assert names
    for left_out in (None, *names):
        kept = deepcopy(given)
        holding = [name for name in names if name != left_out]
        for one in kept["facilities"]:
            if not any(name.startswith(f"capacity of {one['name']},") for name in holding):
                one.pop("capacity", None)
        for key, word in (("recycling-quota", "rec"), ("landfill-share", "lan"), ("co2e-t", "CO2")):
            if not any(name.startswith(word) for name in holding):
                kept["limits"].pop(key, None)
        assert (by_scipy(kept) is None) == (left_out is None)


def _has_right_prices(given: dict[str, Any], mix: Any, cost: float) -> None:
    """A little more capacity saves what its price says."""
    prices = {one.limit: one.eur for one in mix.prices}
    for one in given["facilities"]:
        told = [
            eur for name, eur in prices.items() if name.startswith(f"capacity of {one['name']},")
        ]
        if told:
            more = deepcopy(given)
            next(f for f in more["facilities"] if f["name"] == one["name"])["capacity"] += 0.01
            assert (cost - (by_scipy(more) or np.nan)) / 0.01 <= told[0] * (1 + 1e-3) + 1e-2


def test_the_job_prints_its_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = runner(capsys, cli_mix, "mix")
    file = written(tmp_path, town(limits={"recycling-quota": 0.36}))
    code, told = run(file, "--json")
    assert code == 0
    assert told["cost_eur"]["total"] == pytest.approx(82_000)
    assert told["recycling_rate"] == pytest.approx(0.36)
    assert told["avoided_tco2e"] == {"low": 108, "mid": 216, "high": 324, "unknown": []}
    code, text = run(file)
    assert code == 0
    assert "300.00 EUR" in text
    code, told = run(written(tmp_path, town(limits={"recycling-quota": 0.4})), "--json")
    assert (code, told["status"]) == (1, "infeasible")
    assert len(told["conflict"]) == 2


def test_the_job_reads_toml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mix.toml"
    file.write_text(
        '[[streams]]\nname = "all"\ntonnes = 10\ncollected = "mixed"\n[[facilities]]\n'
        'name = "dump"\nkind = "landfill"\naccepts = ["all"]\ncost = 5\nkgco2e = 1\n',
        encoding="utf-8",
    )
    code, told = runner(capsys, cli_mix, "mix")(file, "--json")
    assert (code, told["cost_eur"]["total"]) == (0, 50)


def _set(given: dict[str, Any], facility: int, **more: Any) -> dict[str, Any]:
    given["facilities"][facility] |= more
    return given


REJECTS = {"stream": "rejects"}
BROKEN: list[tuple[dict[str, Any], str]] = [
    (town(streams=[]), "streams"),
    (town(streams=[{"name": "a", "tonnes": -1, "collected": "mixed"}]), "streams[0].tonnes"),
    (town(streams=[{"name": "a", "tonnes": 1}]), "streams[0].collected"),
    (_set(town(), 0, kind="magic"), "facilities[0].kind"),
    (_set(town(), 0, accepts=["gold"]), "facilities[0].accepts"),
    (_set(town(), 0, accepts=5), "facilities[0].accepts"),
    (_set(town(), 0, cost=None), "facilities[0].cost"),
    (_set(town(), 0, cost={"paper": 3}), "facilities[0].cost.residual"),
    (_set(town(), 0, kgco2e=-1), "facilities[0].kgco2e"),
    (_set(town(), 0, least=700), "facilities[0].least"),
    (_set(town(), 0, name="dump"), ""),
    (_set(town(), 2, accepts=["paper"]), "facilities"),
    (
        _set(town(), 0, outputs=[{"stream": "rejects", "share": 1.2}]),
        "facilities[0].outputs[0].share",
    ),
    (_set(town(), 0, outputs=[{"stream": "rejects", "share": 0.6}] * 2), "facilities[0].outputs"),
    (_set(town(), 0, counts=2), "facilities[0].counts"),
    (town(limits={"recycling-quota": 55}), "limits.recycling-quota"),
    (town(routes=[{"from": "moon", "to": "dump", "cost": 1, "kgco2e": 0}]), "routes[0].from"),
]


@pytest.mark.parametrize(("given", "place"), BROKEN, ids=[place for _, place in BROKEN])
def test_what_is_wrong_is_told(tmp_path: Path, given: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_mix(written(tmp_path, given))
    assert place in [finding.place for finding in caught.value.findings]
