"""Links of a city whose files change: kept, left out, proposed, confirmed, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from schemas import valid
from small_city import PLACES, write_city

from kopa.city.load import load_city
from kopa.city.read_links import read_links
from kopa.city.relink import repaired, save, undo
from kopa.city.write_links import write_links
from kopa.cli import main
from kopa.errors import InputError, UsageError


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    city = load_city(write_city(tmp_path))
    write_links(tmp_path / "again.csv", city.links)
    assert read_links(tmp_path / "again.csv", city.domains)[0] == city.links


def replace_junction(folder: Path) -> None:
    """The city's own network calls junction C by another name."""
    file = folder / "network.inp"
    text = file.read_text(encoding="utf-8")
    text = (
        text.replace("\nC 15", "\nC2 15")
        .replace("B C 300", "B C2 300")
        .replace("\nC 30", "\nC2 30")
    )
    file.write_text(text, encoding="utf-8")


def test_only_broken_links_are_proposed_again(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    before = load_city(folder).links
    lost = [link for link in before if link.source.asset == "C" and link.source.domain == "water"]
    assert lost
    replace_junction(folder)
    with pytest.raises(InputError, match="no asset 'C'"):
        load_city(folder)
    answer = repaired(folder)
    assert len(answer.broken) == len(lost)
    kept = [link for link in before if link not in lost]
    assert list(answer.links[: len(kept)]) == kept
    again = {str(link.target) for link in answer.proposed}
    assert {str(link.target) for link in lost} <= again
    save(folder, answer.links)
    assert load_city(folder).links == answer.links


def test_undo_takes_back_and_back_again(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    file = folder / "links.csv"
    before = file.read_bytes()
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(folder)
    save(folder, load_city(folder).links[:2])
    after = file.read_bytes()
    assert after != before
    undo(folder)
    assert file.read_bytes() == before
    undo(folder)
    assert file.read_bytes() == after


def answer_of(capfd: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(list(words)) == 0
    return valid("links", capfd.readouterr().out)


def test_the_command_lists_and_confirms(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = str(write_city(tmp_path))
    place = f"places:{PLACES[0]['id']}"
    document = answer_of(capfd, "links", folder, "--of", place, "--json")
    links = document["links"]
    assert isinstance(links, list)
    assert links
    assert all(place in (row["source"], row["target"]) for row in links)
    assert main(["links", folder, "--of", place, "--confirm"]) == 0
    capfd.readouterr()
    again = answer_of(capfd, "links", folder, "--of", place, "--json")["links"]
    assert isinstance(again, list)
    assert {row["confidence"] for row in again} == {1.0}
    assert main(["links", folder, "--undo"]) == 0
    assert main(["links", folder]) == 0


def test_a_dry_run_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = write_city(tmp_path)
    replace_junction(folder)
    before = (folder / "links.csv").read_bytes()
    document = answer_of(capfd, "links", str(folder), "--repair", "--dry-run", "--json")
    assert document["links"]
    assert (folder / "links.csv").read_bytes() == before


def test_a_file_in_another_crs_is_told(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    file = folder / "places.geojson"
    document = json.loads(file.read_text(encoding="utf-8"))
    for feature in document["features"]:
        x, y = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [x + 5e5, y + 6e6]
    file.write_text(json.dumps(document), encoding="utf-8")
    codes = [finding.code for finding in load_city(folder).findings]
    assert "city.extent" in codes
