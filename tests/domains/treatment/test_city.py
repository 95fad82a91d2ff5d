"""Treatment in a city: what a cut line does to a plant, and the words for it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from small_city import write_whole_city

from kopa.city.load import City, load_city
from kopa.domain import Change
from kopa.domain.page import page_of
from kopa.domains.treatment.tables import PACKAGE
from kopa.model import Window

DAY = Window(0, 3600, 24)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = write_whole_city(tmp_path_factory.mktemp("city"))
    rows = [
        f"energy,electricity,load:1,treatment,electricity,{one},all,,,,surveyed"
        for one in ("WWTP", "WW")
    ]
    with (folder / "links.csv").open("a", encoding="utf-8") as links:
        links.write("\n".join(rows) + "\n")
    return load_city(folder)


def test_a_cut_line_stops_the_air(city: City) -> None:
    solver = city.solver(DAY)
    cut = (Change("energy", "line:1", "out", None, "", 8 * 3600, 14 * 3600),)
    before = solver.baseline.results["treatment"]
    after = solver.solve(cut).results["treatment"]
    assert before.status == after.status == "ok"
    assert before.runs <= 1
    more = after.outputs["ammonia"][:, 0] / before.outputs["ammonia"][:, 0]
    assert more[:8] == pytest.approx(np.ones(8))
    assert more[8:].max() > 2
    assert (after.outputs["supply"][8:14] == 0).all()
    assert {event.what for event in after.events} == {"no_electricity", "above_permit"}


def test_the_baseline_is_the_plant_alone(city: City) -> None:
    alone = city.domains["treatment"].run(DAY, (), {})
    linked = city.solver(DAY).baseline.results["treatment"]
    assert np.array_equal(alone.outputs["ammonia"], linked.outputs["ammonia"])


@pytest.mark.parametrize("language", ["en", "lv"])
def test_all_that_is_said_has_a_word(city: City, language: str) -> None:
    domain = city.domains["treatment"]
    text = files(PACKAGE).joinpath("text", f"{language}.ftl").read_text("utf-8")
    known = {line.partition(" = ")[0] for line in text.splitlines()}
    result = domain.run(DAY, (), {})
    wanted = {f"quantity-{account.quantity}" for account in result.accounts}
    wanted |= {f"kind-{kind}" for kind in domain.assets().kinds}
    wanted |= {f"port-{port.name}" for port in domain.ports()}
    wanted |= {f"series-{name}" for name in page_of(PACKAGE).series}
    for kind in domain.kinds():
        wanted |= {f"event-{kind.name}", f"change-{kind.name}"}
    causes = Path(str(files(PACKAGE).joinpath("causes.py"))).read_text("utf-8")
    for event in ("no_electricity", "less_raw_water", "storm", "inflow", "overflow"):
        assert f'"{event}"' in causes
        wanted.add(f"event-{event}")
    assert wanted <= known
