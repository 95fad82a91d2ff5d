"""``kopa heat``: documents held against their schemas, exit codes, words for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from schemas import valid

from kopa.cli.main import main

from .nets import changed, ring, write


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """The engine: a command runs in a fork, which would load it again each time."""
    import pandapipes  # noqa: F401


@pytest.fixture
def net(tmp_path: Path) -> str:
    return str(write(tmp_path))


def document(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert main(["heat", *words, "--json"]) == code
    return valid(f"heat-{words[0]}", capfd.readouterr().out)


def test_run(capfd: pytest.CaptureFixture[str], net: str) -> None:
    found = document(capfd, "run", net)
    heat = found["balance"]
    assert heat["delivered_kw"] == pytest.approx(300)
    assert heat["produced_kw"] == pytest.approx(300 + heat["losses_kw"], rel=1e-3)
    assert [row["id"] for row in found["consumers"]] == ["h1", "h2", "h3"]
    assert sum(row["losses_kw"] for row in found["pipes"]) == pytest.approx(heat["losses_kw"])
    mild = document(capfd, "run", net, "--outdoor", "5")
    assert mild["balance"]["delivered_kw"] == pytest.approx(300 * (0.1 + 0.9 * 15 / 35))


def test_screen(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    net = str(write(tmp_path, ring()))
    found = document(capfd, "screen", net)
    assert found["solved"] == {"graph": 4, "engine": 3}
    assert document(capfd, "screen", net, "--graph")["solved"] == {"graph": 7, "engine": 0}
    plants = document(capfd, "screen", net, "--elements", "plant")["outages"]
    assert [row["id"] for row in plants] == ["PLANT"]


def test_outage(capfd: pytest.CaptureFixture[str], net: str) -> None:
    found = document(capfd, "outage", net, "--fault", "P2", "--outdoor", "-15")
    assert [row["id"] for row in found["hit"]] == ["h2", "h3"]
    assert found["hit"][0]["cold_after_h"] == pytest.approx(50 * np.log(35 / 33))
    assert found["hit"][0]["indoor_c"][9] == pytest.approx(-15 + 35 * np.exp(-10 / 50), abs=1e-3)
    assert found["totals"]["heat_not_supplied"] == pytest.approx(200 * 48)
    short = document(capfd, "outage", net, "--fault", "PLANT out 02:00-05:00", "--hours", "12")
    assert len(short["hit"]) == 3
    assert short["totals"]["heat_not_supplied"] == pytest.approx(300 * 3)


def test_supply(capfd: pytest.CaptureFixture[str], net: str) -> None:
    found = document(
        capfd, "supply", net, "--fuel-price", "0.05", "--electricity-price", "0.5",
        "--low", "80", "--high", "100",
    )  # fmt: skip
    assert found["status"] == "ok"
    assert found["monotone"]
    assert found["gap"] < 2e-3
    assert 80 <= found["best"]["supply_c"] <= 100


def test_a_supply_that_nobody_can_choose(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    net = str(write(tmp_path, changed("h3", least_supply_c=140)))
    found = document(capfd, "supply", net, "--fuel-price", "0.05", code=1)
    assert (found["status"], found["best"]) == ("infeasible", None)
    assert found["findings"][-1]["code"] == "heat.no-supply"


def test_words_for_people(capfd: pytest.CaptureFixture[str], net: str) -> None:
    for words in (
        ["run", net],
        ["screen", net],
        ["outage", net, "--fault", "PLANT"],
        ["supply", net, "--fuel-price", "0.05", "--low", "85", "--high", "95"],
    ):
        assert main(["heat", *words]) == 0
        assert "°C" in (text := capfd.readouterr().out) or "kW" in text


def test_wrong_usage_and_wrong_files(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    net = str(write(tmp_path))
    assert main(["heat", "outage", net, "--fault", "P77"]) == 2
    assert main(["heat", "run", net, "--outdoor", "-99"]) == 2
    assert main(["heat", "supply", net, "--fuel-price", "-1"]) == 2
    assert main(["heat", "run", str(tmp_path / "none.json")]) == 1
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err


def test_a_network_without_an_answer_is_unknown(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kopa.domains.heat import engine_pandapipes

    monkeypatch.setattr(engine_pandapipes, "OPTIONS", {"mode": "bidirectional", "use_numba": False,
                                                       "max_iter_bidirect": 1})  # fmt: skip
    monkeypatch.setattr(engine_pandapipes, "CAREFUL", {})
    found = document(capfd, "run", str(write(tmp_path)), code=1)
    assert found["status"] == "unknown"
    assert found["findings"][-1]["code"] == "heat.no-answer"
