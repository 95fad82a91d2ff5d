"""Every domain has the same anatomy and keeps the contract."""

from __future__ import annotations

import importlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from small_city import write_whole_city

from kopa.city.domains import domain_names, domain_type
from kopa.city.load import City, load_city
from kopa.coupling.screen import outages
from kopa.domain import Change, Domain, LiveState, Readings, Screens, Watches, shapes_of
from kopa.domain.attributes import attributes
from kopa.domain.change import checked
from kopa.domain.page import page_of
from kopa.model import Window

ROOT = Path(__file__).parents[2]
NAMES = domain_names()
CLAIMS = ("reads", "runs", "compares", "screens", "watches", "advises", "documents", "translated")
WINDOW = Window(0, 3600, 6)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return load_city(write_whole_city(tmp_path_factory.mktemp("city")))


def test_the_domains_are_installed() -> None:
    assert set(NAMES) >= {"water", "energy", "places", "transport"}


@pytest.mark.parametrize("name", NAMES)
def test_anatomy(name: str) -> None:
    kind = domain_type(name)
    folder = files(kind.package)
    assert kind.name == name
    for part in ("__init__.py", "domain.py", "attributes.csv", "network.py", "effects.py"):
        assert folder.joinpath(part).is_file(), part
    for part in ("page.json", "scorecard.toml", "text/en.ftl", "text/lv.ftl"):
        assert folder.joinpath(part).is_file(), part
    parts = [file.name for file in folder.iterdir()]
    assert any(part.startswith("read_") for part in parts)
    # its own engine, or one that rooms below share
    texts = [folder.joinpath(part).read_text("utf-8") for part in parts if part.endswith(".py")]
    shared = any(re.search(r"^from kopa\.\S*engine_\w+ import", one, re.M) for one in texts)
    assert shared or any(part.startswith("engine_") for part in parts)
    package = importlib.import_module(kind.package)
    assert package.__all__ == ["DOMAIN"]


@pytest.mark.parametrize("name", NAMES)
def test_the_scorecard_is_true(name: str) -> None:
    """Each claim is false, or names a test file that is there."""
    text = files(domain_type(name).package).joinpath("scorecard.toml").read_text(encoding="utf-8")
    card = tomllib.loads(text)
    assert tuple(card) == CLAIMS
    for claim, test in card.items():
        assert test is False or (ROOT / test).is_file(), (claim, test)


@pytest.mark.parametrize("name", NAMES)
def test_attributes_are_described(name: str) -> None:
    rows = attributes(domain_type(name).package)
    assert any(row.table == "setting" for row in rows)
    keys = [(row.table, row.name) for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        assert len(row.description) > 3, row
        assert row.low <= row.high, row
        assert row.required in ("yes", "expected", "no"), row
        assert not (row.must and row.default), row


@pytest.mark.parametrize("name", NAMES)
def test_it_fulfils_the_contract(city: City, name: str) -> None:
    domain = city.domains[name]
    assert isinstance(domain, Domain)
    assets = domain.assets()
    assert len(set(assets.ids)) == len(assets)
    assert not any("\n" in native for native in assets.ids)
    kinds = {kind for change in domain.kinds() for kind in change.assets}
    assert "*" in kinds or kinds - {"zone", "network"}
    for port in domain.ports():
        assert port.direction in ("in", "out")
        assert len(set(port.rows.tolist())) == len(port.rows)
        assert len(port.rows) == 0 or port.rows.max() < len(assets)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_draws_is_what_has_a_place(city: City, name: str) -> None:
    """Every asset with a place is drawn, by its page as a point, or as a line."""
    domain = city.domains[name]
    assets, shapes, page = domain.assets(), shapes_of(domain), page_of(domain_type(name).package)
    assert np.isfinite(shapes.x).all()
    assert np.isfinite(shapes.y).all()
    assert ((shapes.weight >= 0) & (shapes.weight <= 1)).all()
    rows = set(shapes.rows.tolist())
    placed = set(np.flatnonzero(np.isfinite(assets.x) & np.isfinite(assets.y)).tolist())
    assert placed <= rows
    lines = set(shapes.rows[shapes.many > 1].tolist())
    for row, kind in enumerate(assets.kinds):
        layer = page.layer_of(kind)
        if row in rows and layer is not None and layer.draw == "line":
            assert row in lines, assets.ids[row]


@pytest.mark.parametrize("name", NAMES)
def test_a_run_keeps_its_shapes(city: City, name: str) -> None:
    domain = city.domains[name]
    result = domain.run(WINDOW, (), {})
    assert result.status == "ok"
    for port in domain.ports():
        if port.direction == "out":
            assert result.outputs[port.name].shape == (WINDOW.steps, len(port.rows))
            assert np.isfinite(result.outputs[port.name]).all()
            assert result.origins[port.name].shape == (len(port.rows),)
            assert result.origins[port.name].max(initial=-1) < len(result.events)
    for account in result.accounts:
        assert account.values.shape == (len(domain.assets()),)
        assert np.isfinite(account.values).all()
    assert len({account.quantity for account in result.accounts if account.own}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_outage_can_be_run_and_is_explained(city: City, name: str) -> None:
    domain = city.domains[name]
    for change in outages({name: domain}):
        known = checked(change, domain.assets(), domain.kinds())
        result = domain.run(WINDOW, (known,), {})
        assert result.status == "ok", change
        for number, event in enumerate(result.events):
            assert event.parents, (change, event.what)
            assert all(p.kind != "event" or p.index < number for p in event.parents)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_is_pure(city: City, name: str) -> None:
    """The same again is the same, whatever ran in between."""
    domain = city.domains[name]
    first = domain.run(WINDOW, (), {})
    for change in outages({name: domain})[:4]:
        domain.run(WINDOW, (change,), {})
    again = domain.run(Window(0, 3600, 6), (), {})
    for port, series in first.outputs.items():
        assert np.array_equal(series, again.outputs[port])


@pytest.mark.parametrize("name", NAMES)
def test_a_change_outside_the_window_changes_nothing(city: City, name: str) -> None:
    domain = city.domains[name]
    usual = domain.run(WINDOW, (), {})
    for change in outages({name: domain})[:4]:
        late = Change(change.domain, change.asset, change.kind, None, "", 90_000, 99_000)
        result = domain.run(WINDOW, (late,), {})
        for port, series in usual.outputs.items():
            assert np.array_equal(series, result.outputs[port]), (change, port)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_screen_calls_exact_is_exact(city: City, name: str) -> None:
    domain = city.domains[name]
    text = files(domain_type(name).package).joinpath("scorecard.toml").read_text(encoding="utf-8")
    assert isinstance(domain, Screens) == bool(tomllib.loads(text)["screens"])
    if not isinstance(domain, Screens):
        return
    changes = [checked(c, domain.assets(), domain.kinds()) for c in outages({name: domain})]
    usual = domain.run(WINDOW, (), {})
    for change, bound in zip(changes, domain.screen(WINDOW, changes), strict=True):
        if bound is not None and bound.method == "exact":
            result = domain.run(WINDOW, (change,), {})
            for port, series in usual.outputs.items():
                assert np.array_equal(series, result.outputs[port]), change


@pytest.mark.parametrize("name", NAMES)
def test_live_meters_of_a_usual_day_are_no_news(city: City, name: str) -> None:
    """Meters have a value a step and asset; read back as measured, they are a usual day."""
    domain = city.domains[name]
    text = files(domain_type(name).package).joinpath("scorecard.toml").read_text(encoding="utf-8")
    assert isinstance(domain, Watches) == bool(tomllib.loads(text)["watches"])
    if not isinstance(domain, Watches):
        return
    solver = city.solver(WINDOW)
    meters = domain.meters(WINDOW, (), solver.baseline.inputs[name])
    for meter in meters:
        assert meter.values.shape == (WINDOW.steps, len(meter.rows)), meter.quantity
        assert len(set(meter.rows.tolist())) == len(meter.rows)
    usual = {meter.quantity: meter for meter in meters}
    ones = {quantity: np.ones(len(meter.rows)) for quantity, meter in usual.items()}
    readings = {
        quantity: Readings(
            meter.rows, meter.values[0], 0 * one, 1e4 * one, meter.values[0], 0 * one, 0 * one,
            60.0, one > 0,
        )
        for quantity, meter in usual.items()
        for one in [ones[quantity]]
    }  # fmt: skip
    now = LiveState(WINDOW, readings, usual)
    found = [checked(change, domain.assets(), domain.kinds()) for change in domain.state(now)]
    assert {change.kind for change in found} <= {"level"}
    assert not domain.watch(LiveState(WINDOW, readings, usual, found, usual))


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_sent_to_another_machine(city: City, name: str) -> None:
    import pickle

    domain = city.domains[name]
    domain.run(WINDOW, (), {})
    copy = pickle.loads(pickle.dumps(domain))
    one, other = domain.run(WINDOW, (), {}), copy.run(WINDOW, (), {})
    for port, series in one.outputs.items():
        assert np.array_equal(series, other.outputs[port])
