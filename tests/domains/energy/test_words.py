"""The tables of attributes and of words are complete."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from kopa.domains.energy.attributes import attributes
from kopa.domains.energy.domain import KINDS

PACKAGE = files("kopa.domains.energy")
ROOT = Path(__file__).parents[3]


def words(language: str) -> dict[str, str]:
    text = PACKAGE.joinpath("text", f"{language}.ftl").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        key, _, value = line.partition(" = ")
        if key:
            found[key] = value
    return found


def test_attributes_are_described() -> None:
    with PACKAGE.joinpath("attributes.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    for row in rows:
        assert row["description"]
        assert row["standard"]
        assert row["required"] in ("yes", "expected", "no")
        assert row["type"] in ("text", "float", "int", "bool", "bus")
        assert row["required"] != "expected" or row["default"]
    assert [attribute.column for attribute in attributes()["energy"]] == ["grid"]


@pytest.mark.parametrize("language", ["en", "lv"])
def test_every_word_is_there(language: str) -> None:
    known = words(language)
    needed = {"domain", "event-no_electricity", "port-electricity"}
    needed |= {f"event-{kind.name}" for kind in KINDS}
    needed |= {f"kind-{asset}" for kind in KINDS for asset in kind.assets} | {"kind-bus"}
    needed |= {
        f"quantity-{name}" for name in ("energy_not_supplied", "network_losses", "electricity")
    }
    assert set(known) == needed
    assert all(known.values())


def test_languages_differ() -> None:
    assert words("en")["domain"] != words("lv")["domain"]


def test_scorecard_names_tests_that_exist() -> None:
    card = tomllib.loads(PACKAGE.joinpath("scorecard.toml").read_text(encoding="utf-8"))
    can = {name for name, value in card.items() if value is True}
    assert can == set(card["tests"])
    assert all((ROOT / path).is_file() for path in card["tests"].values())
