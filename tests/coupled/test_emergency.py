"""A burst main: who loses water, the alert that follows, its second person, its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemas
import shapely
from cap_keys import person
from small_city import write_city

from kopa.cap.feed import read_feed
from kopa.cap.read_cap import read_cap
from kopa.city.affected import asked
from kopa.cli.main import main
from kopa.geo.project import Projection

BURST = "water:P1 closed"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    write_city(folder)
    file = folder / "city.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'crs = "EPSG:3059"\n{text}', encoding="utf-8")
    return folder


def told(capfd: pytest.CaptureFixture[str], job: str, *words: str, code: int = 0) -> Any:
    capfd.readouterr()
    assert main(["emergency", job, *words, "--json"]) == code
    text = capfd.readouterr().out
    if code == 0:
        schemas.valid(f"emergency-{job}", text)
    return json.loads(text)


def test_the_area_holds_all_who_lose_water(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = told(capfd, "area", str(city), "--change", BURST)
    lost = asked(city, [BURST])
    water = [cut for cut in lost.cuts if cut.service == "water"]
    assert found["people"] == lost.most_people() > 0
    assert {row["service"] for row in found["services"]} == {cut.service for cut in lost.cuts}
    steps = found["causes"][0]["steps"]
    assert steps[0].startswith("water:P1: closed")
    shapes = [shapely.Polygon(ring) for ring in found["polygons"]]
    x, y = np.concatenate([c.x for c in water]), np.concatenate([c.y for c in water])
    lon, lat = Projection(lost.crs).degrees(x, y)
    assert all(
        any(s.covers(shapely.Point(a, b)) for s in shapes) for a, b in zip(lat, lon, strict=True)
    )


def test_nobody_is_cut_off_by_what_changes_nothing(
    city: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = told(capfd, "area", str(city), "--change", "places:h1 people 1.5")
    assert (found["people"], found["polygons"]) == (0, [])
    words = ["--change", "places:h1 people 1.5", "--sender", "a@b.lv"]
    refused = told(capfd, "alert", str(city), *words, code=1)
    assert "nobody is cut off" in refused["findings"][0]["what"]


def test_alert_second_person_update_and_end(
    city: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    duty, head = person(tmp_path, "duty"), person(tmp_path, "head")
    trust = tmp_path / "trust.pem"
    trust.write_bytes(duty[1].read_bytes() + head[1].read_bytes())
    files = {name: str(tmp_path / f"{name}.xml") for name in ("draft", "sent", "next", "end")}

    def by(who: tuple[Path, Path]) -> list[str]:
        return ["--key", str(who[0]), "--certificate", str(who[1])]

    words = [str(city), "--change", BURST, "--sender", "alerts@city.lv"]
    made = told(capfd, "alert", *words, *by(duty), "--output", files["draft"])
    assert (made["alert_status"], made["languages"]) == ("Draft", ["lv", "en", "ru"])
    assert "nav ūdens" in made["headline"]["lv"].lower()
    assert "нет воды" in made["headline"]["ru"].lower()

    publish = [files["draft"], "--trust", str(trust), "--output", files["sent"]]
    told(capfd, "publish", *publish, *by(head))
    sent = read_cap(Path(files["sent"]).read_bytes(), "sent")
    assert (sent.status, sent.kind, sent.identifier) == ("Actual", "Alert", made["identifier"])
    verdict = told(capfd, "verify", files["sent"], "--trust", str(trust))
    assert verdict["verdict"] == "trusted"

    # one person is not two, whatever the name; a changed draft is not published
    assert main(["emergency", "publish", *publish, *by(duty)]) == 2
    text = Path(files["draft"]).read_text(encoding="utf-8")
    Path(files["draft"]).write_text(text.replace("Likely", "Observed"), encoding="utf-8")
    assert main(["emergency", "publish", *publish, *by(head)]) == 1

    # everybody hears of what holds, and of nothing else
    folder, feed = tmp_path / "public", tmp_path / "public" / "feed.xml"
    folder.mkdir()
    (folder / "a.xml").write_bytes(Path(files["sent"]).read_bytes())
    (folder / "draft.xml").write_bytes(Path(files["draft"]).read_bytes())
    public = [str(folder), "--trust", str(trust), "--address", "https://city.example/cap"]
    heard = told(capfd, "feed", *public, "--output", str(feed))
    assert heard["alerts"] == [made["identifier"]]
    assert [Path(one["file"]).name for one in heard["findings"]] == ["draft.xml"]
    (entry,) = read_feed(feed.read_bytes(), "feed.xml")
    assert entry.link == "https://city.example/cap/a.xml"

    after = told(capfd, "alert", *words, "--updates", files["sent"], "--output", files["next"])
    assert (after["kind"], after["references"]) == ("Update", [sent.reference])
    end = ["--sender", "alerts@city.lv", "--cancels", files["next"], "--output", files["end"]]
    over = told(capfd, "alert", str(city), *end)
    assert over["kind"] == "Cancel"
    assert over["references"] == [
        sent.reference,
        read_cap(Path(files["next"]).read_bytes(), "n").reference,
    ]
    assert over["headline"]["en"].startswith("Over")
    assert main(["emergency", "alert", str(city), *end[:2], "--cancels", files["end"]]) == 2
    assert main(["emergency", "alert", str(city), "--sender", "x@y", *end[2:4]]) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["area", "CITY"], 2),
        (["area", "CITY", "--change", "water:P1 closed", "--service", "tea"], 2),
        (["area", "CITY", "--change", "water:none closed"], 2),
        (["area", "nowhere", "--change", "water:P1 closed"], 1),
        (["alert", "CITY", "--sender", "a@b", "--change", "water:P1 closed", "--key", "x"], 2),
        (["verify", "nowhere.xml"], 1),
    ],
)
def test_what_cannot_be_asked(
    city: Path, words: list[str], code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["emergency", *(str(city) if one == "CITY" else one for one in words)]) == code
    assert "Traceback" not in capfd.readouterr().err
