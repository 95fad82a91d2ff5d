"""Density, lights and safe ways by hand; what is hidden stays hidden."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.safety.jobs import runner
from domains.safety.small import write_town
from domains.transport.small_streets import place

from kopa.domains.safety.density import suppressed
from kopa.geo.read_osm import read_streets
from kopa.geo.walking import Walks, traffic


def incidents(file: Path, many: dict[int, int], more: str = "") -> Path:
    """So many incidents at each node of the small town."""
    rows = ["lon,lat,kind,zone" + (more and f",{more}")]
    for node, count in many.items():
        lon, lat = place(node)
        rows += [f"{lon},{lat},theft,z{node}" + (more and ",Anna Ozola")] * count
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_small_counts_are_hidden_and_one_more(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """9, 7, 6 and 3 in zones: 3 is hidden, and another, or the total would give it away."""
    job = runner(capfd, "density")
    file = incidents(tmp_path / "i.csv", {1: 9, 2: 7, 3: 6, 4: 3})
    code, told = job(file, "--by-zone", "--json")
    assert code == 0
    counts = {one["id"]: one["count"] for one in told["cells"]}
    assert counts["z4"] is None
    told_ = {name: many for name, many in counts.items() if many is not None}
    assert told_.items() < {"z1": 9, "z2": 7, "z3": 6}.items()
    assert len(told_) == 2
    assert (told["total"], told["hidden"]) == (25, 2)
    told = job(incidents(tmp_path / "j.csv", {1: 9, 2: 7}), "--by-zone", "--json")[1]
    assert [one["count"] for one in told["cells"]] == [9, 7]
    told = job(incidents(tmp_path / "k.csv", {1: 3}), "--by-zone", "--json")[1]
    assert (told["total"], told["cells"][0]["count"]) == (None, None)


@pytest.mark.parametrize("least", [3, 5])
def test_no_total_gives_a_hidden_count_away(least: int) -> None:
    """All counts that are as told leave each hidden cell two values at least.

    So it is for who knows the total alone, and, where one cell is hidden beside, for who knows the
    rule and its order too and takes only counts that it would hide in the same way.
    """
    rng = np.random.default_rng(4)
    checked = 0
    for _ in range(60):
        count = rng.poisson(rng.choice([1.0, 3.0, 8.0]), 5)
        hidden, summed = suppressed(count, least)
        small = (count > 0) & (count < least)
        assert hidden[small].all()
        if not summed or not hidden.any():
            continue
        left, cells = int(count[hidden].sum()), int(hidden.sum())
        values = itertools.product(range(1, left + 1), repeat=cells - 1)
        possible = [(*some, left - sum(some)) for some in values if sum(some) < left]
        assert (np.ptp(np.array(possible), axis=0) >= 1).all(), (count, hidden)
        if cells == small.sum() + 1:
            checked += 1
            alike = [
                row
                for row in possible
                if np.array_equal(suppressed(_with(count, hidden, np.array(row)), least)[0], hidden)
            ]
            assert (np.ptp(np.array(alike), axis=0) >= 1).all(), (count, hidden)
    assert checked > 10


def _with(count: np.ndarray, hidden: np.ndarray, values: np.ndarray) -> np.ndarray:
    found = count.copy()
    found[hidden] = values
    return found


def test_rates_of_squares(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Squares of 100 km hold the whole town: 12 incidents of 200 people are 60 per 1,000."""
    town = write_town(tmp_path)
    file, out = incidents(tmp_path / "i.csv", {2: 6, 8: 6}), tmp_path / "o.geojson"
    job = runner(capfd, "density")
    told = job(file, "--city", town, "--cell", 100_000, "--json", "-o", out)[1]
    assert [(one["count"], one["people"], one["per_1000"]) for one in told["cells"]] == [
        (12, 200, 60)
    ]
    shape = json.loads(out.read_text(encoding="utf-8"))["features"][0]
    assert shape["properties"]["count"] == 12
    # 50 m around c live 40 people: too few for a rate
    told = job(file, "--city", town, "--cell", 50, "--json")[1]
    rates = {one["people"]: one["per_1000"] for one in told["cells"]}
    assert rates == {100: 60, 60: 0, 40: None}
    assert "12 incidents" in job(file)[1]


def test_nothing_of_anybody_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    job = runner(capfd, "density")
    file = incidents(tmp_path / "i.csv", {1: 9}, "victim_name")
    code, told = job(file, "--json")
    assert code == 0
    assert "Anna" not in json.dumps(told)
    assert {one["code"] for one in told["findings"]} == {"safety.personal", "safety.unknown"}
    assert "Anna" not in job(file)[1]


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("lon,lat\n", (), 1),
        ("lon\n24\n", (), 1),
        ("lon,lat\n24,99\n", (), 1),
        ("lon,lat\n24,x\n", (), 1),
        ("lon,lat\n24,57\n", ("--by-zone",), 1),
        ("lon,lat,kind\n24,57,fire\n", ("--kind", "theft"), 1),
        ("lon,lat\n24,57\n", ("--least", "2"), 2),
        ("lon,lat\n24,57\n", ("--cell", "1"), 2),
    ],
)
def test_incidents_that_cannot_be_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, words: tuple[str, ...], code: int
) -> None:
    file = tmp_path / "i.csv"
    file.write_text(text, encoding="utf-8")
    assert runner(capfd, "density")(file, *words, "--json")[0] == code


# street lights


def test_which_lights_to_repair_first(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Main Street has more people; a night of 1 December in Riga is 16.8 h."""
    town, out = write_town(tmp_path), tmp_path / "o.geojson"
    job = runner(capfd, "lights")
    words = (town, "--dead", "N", "safety:M", "--date", "2026-12-01", "--json", "-o", out)
    code, told = job(*words)
    assert code == 0
    assert [one["id"] for one in told["repair"]] == ["M", "N"]
    assert told["length_km"] == pytest.approx(2 * 0.729, rel=0.01)
    assert told["people"] == 200
    assert told["night_h"] == pytest.approx(16.8, abs=0.15)
    assert told["dark_person_hours"] == pytest.approx(200 * told["night_h"])
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert [(f["properties"]["id"], f["properties"]["repair"]) for f in features] == [
        ("M", 1), ("N", 2),
    ]  # fmt: skip
    assert features[0]["geometry"]["coordinates"][0] == pytest.approx(place(1), abs=1e-5)
    assert job(town, "--json", "--date", "2026-12-01")[1]["dark"] == 0
    assert job(town, "--dead", "fire")[0] == 2
    assert job(town, "--dead", "X")[0] == 2
    assert job(town, "--date", "soon")[0] == 2


# ways on foot


def test_the_safest_way_by_hand(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """From 1 to 4 Main Street is 729 m; North Street is 446 m more, and lit where Main is not."""
    town = write_town(tmp_path, {"M": {"dead": True}})
    job, out = runner(capfd, "route"), tmp_path / "o.geojson"
    ends = [f"--from={place(1)[0]},{place(1)[1]}", f"--to={place(4)[0]},{place(4)[1]}"]
    words = (town, *ends, "--json", "--traffic-weight", 0)
    told = job(*words, "--detour", 0.7, "-o", out)[1]
    assert told["shortest"]["metres"] == pytest.approx(729, rel=0.01)
    assert told["shortest"]["streets"] == ["Main Street"]
    # 729 m in the dark count double; the other way has 446 m of dark side streets
    assert told["shortest"]["risk"] == pytest.approx(2 * 729, rel=0.01)
    assert told["safest"]["metres"] == pytest.approx(729, rel=0.01)
    told = job(*words, "--detour", 0.7, "--light-weight", 3, "-o", out)[1]
    assert told["safest"]["streets"] == ["First", "North Street", "Fourth"]
    assert told["safest"]["risk"] == pytest.approx(729 + 4 * 446, rel=0.01)
    assert told["shortest"]["risk"] == pytest.approx(4 * 729, rel=0.01)
    assert told["safest"]["dark_m"] == pytest.approx(446, rel=0.01)
    names = [f["properties"]["way"] for f in json.loads(out.read_text("utf-8"))["features"]]
    assert names == ["shortest", "safest"]
    # too long a way, and daylight: the shortest it is
    assert job(*words, "--detour", 0.3, "--light-weight", 3)[1]["safest"] == told["shortest"]
    by_day = job(*words, "--detour", 0.7, "--light-weight", 3, "--at", "2026-12-01T12:00")[1]
    assert by_day["safest"]["streets"] == ["Main Street"]
    assert by_day["shortest"]["dark_m"] == 0
    # incidents along Main Street
    lon, lat = (np.array(place(2)) + np.array(place(3))) / 2
    seen = tmp_path / "i.csv"
    seen.write_text(f"lon,lat\n{lon},{lat}\n", encoding="utf-8")
    noon = (*words, "--at", "2026-12-01T12:00", "--detour", 0.7, "--incidents", seen)
    assert job(*noon)[1]["safest"]["streets"] == ["Main Street"]
    # two ways round the middle of Main Street are as long
    round_it = job(*noon, "--incident-weight", 9)[1]["safest"]
    assert round_it["metres"] == pytest.approx(729 + 446, rel=0.01)
    assert round_it["risk"] == pytest.approx(round_it["metres"])


def test_ways_that_cannot_be(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    town, job = write_town(tmp_path), runner(capfd, "route")
    here = f"--from={place(1)[0]},{place(1)[1]}"
    assert job(town, here, "--to=10,10")[0] == 2
    there = f"--to={place(10)[0]},{place(10)[1]}"
    assert job(town, here, there, "--at", "noon")[0] == 2
    assert job(town, here, there, "--dead", "fire")[0] == 2
    assert job(town, here, there, "--detour", 9)[0] == 2
    code, told = job(town, here, there, "--json")
    assert (code, told["safest"]["streets"][-1]) == (0, "Path")
    with pytest.raises(SystemExit):
        job(town, here, "--to=north")


def test_the_search_is_exact(tmp_path: Path) -> None:
    """Against all ways without a circle, tried one by one."""
    streets = read_streets(write_town(tmp_path) / "streets.osm.pbf")[0]
    rng = np.random.default_rng(2)
    near: dict[int, list[tuple[int, int]]] = {}
    for edge, (a, b) in enumerate(zip(streets.a.tolist(), streets.b.tolist(), strict=True)):
        near.setdefault(a, []).append((b, edge))
        near.setdefault(b, []).append((a, edge))
    for _ in range(300):
        # long streets may be safe and short ones risky: then a node has several labels
        streets = replace(streets, length=rng.uniform(1, 9, streets.edges))
        risk = rng.uniform(1, 50, streets.edges) / streets.length
        start, end = rng.choice(streets.nodes, 2, replace=False).tolist()
        ways = list(every(near, [start], [], end))
        shortest = min(streets.length[way].sum() for way in ways)
        most = shortest * rng.uniform(1, 2.5)
        best = min(risk[way].sum() for way in ways if streets.length[way].sum() <= most + 1e-9)
        found, proven = Walks(streets, risk).safest(start, end, float(most))
        assert proven
        assert found is not None
        assert found.risk == pytest.approx(best)
        assert found.metres <= most + 1e-6


def every(
    near: dict[int, list[tuple[int, int]]], nodes: list[int], edges: list[int], end: int
) -> itertools.chain[list[int]]:
    if nodes[-1] == end:
        return itertools.chain([edges])
    more = [(other, edge) for other, edge in near[nodes[-1]] if other not in nodes]
    return itertools.chain.from_iterable(
        every(near, [*nodes, other], [*edges, edge], end) for other, edge in more
    )


def test_cars_of_50_count_as_one() -> None:
    """Rosén and Sander: 8.3 % of those hit at 50 km/h die, 1.5 % at 30, 35 % at 70."""
    assert traffic(np.array([50.0, 30.0, 70.0])) * 0.0832 == pytest.approx(
        [0.0832, 0.0148, 0.354], rel=0.02
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_sun_is_told_beyond_its_years(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], day: str
) -> None:
    write_town(tmp_path)
    assert runner(capfd, "lights")(tmp_path, "--date", day, "--json")[0] == 2
