"""The page of a report: whole, well-formed, safe, with the numbers of the story."""

from __future__ import annotations

import itertools
import json
import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from small_city import TOML, write_city
from small_map import town

from kopa.city.load import City, load_city
from kopa.city.new import new_city
from kopa.city.places import Places
from kopa.city.story import story
from kopa.city.survey import Wishes
from kopa.city.whatif import what_if
from kopa.city.words import words_of
from kopa.errors import EngineError, UsageError
from kopa.model import Window
from kopa.report.gather import gather
from kopa.report.page import page
from kopa.report.pdf_weasyprint import pdf
from kopa.report.report import Report
from kopa.report.voice import Voice

DAY = Window(0, 3600, 24)
OUT = "energy:line:1 out 06:00-12:00"
"""Load 1 hangs on line 1: a home of 40 people, and a hospital of 10 with 3 h of its own."""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def city(tmp_path: Path) -> City:
    return load_city(write_city(tmp_path))


def written(city: City, *asked: str, lang: str = "en") -> tuple[Report, str]:
    report = gather(city, DAY, [[text] for text in asked], lang, "kopa report …")
    return report, page(report, Voice(city, words_of(lang, tuple(city.domains))))


def parsed(html: str) -> ET.Element:
    return ET.fromstring(html.removeprefix("<!doctype html>\n"))


def said(element: ET.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def part(root: ET.Element, name: str) -> ET.Element:
    (found,) = [one for one in root.iter("section") if one.get("id") == name]
    return found


def cells(root: ET.Element, caption: str) -> list[list[str]]:
    (table,) = [one for one in root.iter("table") if said(one[0]) == caption]
    return [[said(cell) for cell in row] for row in table.iter("tr")]


@pytest.mark.parametrize("lang", ["en", "lv"])
@pytest.mark.parametrize("asked", [(), (OUT,), (OUT, "water:U off 06:00-20:00")])
def test_a_page_is_whole_and_can_be_read_by_all(
    city: City, lang: str, asked: tuple[str, ...]
) -> None:
    _, html = written(city, *asked, lang=lang)
    root = parsed(html)
    assert root.get("lang") == lang
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(one.tag[1]) for one in root.iter() if re.fullmatch(r"h\d", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    for picture in root.iter(f"{SVG}svg"):
        if picture.get("aria-hidden") == "true":
            continue
        assert picture.get("role") == "img"
        assert [picture[n].get("id") for n in (0, 1)] == picture.get("aria-labelledby", "").split()
        assert all(said(picture[n]) for n in (0, 1))
    for table in root.iter("table"):
        assert table[0].tag == "caption"
        assert all(head.get("scope") in ("col", "row") for head in table.iter("th"))
    for one in root.iter("figure"):
        assert one.find("figcaption") is not None
    text = said(root)
    assert "report-" not in text  # no key without words
    assert not re.search(r"\{ ?\$", text)
    assert len(
        [one for one in root.iter("section") if "scenario-" in (one.get("id") or "")]
    ) >= len(asked)


def test_nothing_of_it_lies_elsewhere(city: City) -> None:
    _, html = written(city, OUT)
    root = parsed(html)
    for one in root.iter():
        assert one.tag not in ("script", "link", "iframe", "img", "object", "embed", "base")
        for name, value in one.attrib.items():
            assert not name.startswith("on"), name
            assert name not in ("src", "srcset", "action", "style"), name
            if name.endswith("href"):
                assert value.startswith("#")
            if "url(" in value:
                assert value.startswith("url(#")
    for style in root.iter("style"):
        assert "@import" not in said(style)
        assert "url(" not in said(style)


def test_its_numbers_are_those_of_the_story(city: City) -> None:
    report, html = written(city, OUT)
    root = parsed(html)
    answer = story(city, what_if(city, city.solver(DAY), [city.change(OUT)]), Places(city))
    headline = report.scenarios[0].headline
    assert (headline.people, headline.person_hours) == (50, 40 * 6 + 10 * 3)
    assert cells(root, "People without each service")[1:] == [
        ["00:00–06:00", "0"], ["06:00–09:00", "40"], ["09:00–12:00", "50"], ["12:00–24:00", "0"],
    ]  # fmt: skip
    assert "50 people at 2 places without electricity, 06:00–12:00: 270 person-hours" in said(root)
    ledger = {row[0]: row[1:] for row in cells(root, "All totals")}
    assert ledger["Person-hours without: electricity"] == ["people", "person-hours", *["270"] * 3]
    (cost,) = [t for t in answer["totals"] if t["quantity"] == "social_cost"]
    voice = Voice(city, words_of("en", ()))
    told = [voice.rounded(cost[name]) for name in ("low", "mid", "high")]
    assert ledger["Social value: electricity"] == ["money", "EUR", *told]
    money = headline.sums["social_cost"]
    assert (money.low, money.mid, money.high) == pytest.approx(
        (cost["low"], cost["mid"], cost["high"])
    )
    steps = [said(one) for one in part(root, "scenario-a-why").iter("li")]
    assert (
        steps[0] == "1 Line l (line:1): out of service 06:00–12:00" or "out of service" in steps[0]
    )


def test_a_measure_avoids_what_a_what_if_says_and_its_cost_is_unknown(city: City) -> None:
    report, html = written(city, OUT)
    options = {one["id"]: one for one in report.scenarios[0].options}
    sooner = options["sooner-1"]
    assert sooner["person_hours_avoided"]["mid"] == 40 * 3 + 10 * 3
    whole = report.scenarios[0].headline.sums["social_cost"].mid
    # the power of the loads is the same at all hours, and one event is not discounted
    assert sooner["money_avoided"]["mid"] == pytest.approx(whole / 2, rel=0.02)
    rows = cells(parsed(html), "Proposed measures, and what they avoid of one such event")
    assert all(row[-1] == "unknown" for row in rows[1:])
    assert [row[1] for row in rows if row[0].startswith("Repaired 3 h sooner")] == ["150"]


def test_a_supply_of_its_own_is_not_worth_nothing(city: City) -> None:
    """The value of lost load is counted at the grid's load, which stays out: not at the place."""
    report, html = written(city, OUT)
    own = next(one for one in report.scenarios[0].options if "hospital" in str(one["text"]))
    assert own["person_hours_avoided"]["mid"] == 10 * 3
    assert own["services_without_value"] == ["electricity"]
    rows = cells(parsed(html), "Proposed measures, and what they avoid of one such event")
    assert [row[2] for row in rows if "hospital" in row[0]] == ["unknown"]


def test_a_service_without_a_value_is_not_counted_as_nothing(city: City) -> None:
    report, html = written(city, "water:P2 closed 06:00-12:00")
    text = said(parsed(html))
    assert report.unknown_factors == ("value_of_lost_water",)
    assert "The cost to society leaves out water: nobody has given a value for that yet." in text
    sooner = next(one for one in report.scenarios[0].options if one["kind"] == "sooner")
    assert sooner["services_without_value"] == ["water"]
    rows = cells(parsed(html), "Proposed measures, and what they avoid of one such event")
    assert rows[1][2] == "unknown"
    unknown = cells(parsed(html), "Factors without a value, and what stays unknown for that")
    assert unknown[1][1] == "Social value: water"
    assert unknown[1][0].replace(" ", "") == "value_of_lost_water"  # it may break between words


def test_what_data_say_does_no_harm(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>\"'&\x00\x1b"
    folder = write_city(tmp_path)
    toml = TOML.replace('name = "Small"', f"name = {json.dumps(bad)}\nattribution = '<b>© me</b>'")
    (folder / "city.toml").write_text(toml, encoding="utf-8")
    file = folder / "places.geojson"
    places = json.loads(file.read_text(encoding="utf-8"))
    places["features"][0]["properties"]["name"] = '"><img src=x onerror=alert(2)>'
    file.write_text(json.dumps(places), encoding="utf-8")
    _, html = written(load_city(folder), OUT)
    root = parsed(html)
    assert not {one.tag for one in root.iter()} & {"script", "img", "b"}
    assert "<script>alert(1)</script>\"'&" in said(root.find("body/header/h1") or root)
    assert "<script" not in html
    assert '"><img src=x onerror=alert(2)> (h1)' in said(root)


def test_an_answer_that_is_unknown_shows_no_effect(city: City) -> None:
    report, _ = written(city, OUT)
    (one,) = report.scenarios
    unknown = replace(report, scenarios=(replace(one, story={**one.story, "status": "unknown"}),))
    assert unknown.status == "unknown"
    root = parsed(page(unknown, Voice(city, words_of("en", tuple(city.domains)))))
    told = said(part(root, "scenario-a"))
    assert "There is no answer that can be trusted" in told
    assert "270" not in told
    assert "270" not in said(part(root, "summary"))
    assert "Scenario A has no answer that can be trusted." in said(part(root, "unknown"))


def test_latvian_writes_as_latvians_do(city: City) -> None:
    _, html = written(city, OUT, lang="lv")
    text = said(parsed(html))
    assert "50 cilvēkiem 2 vietās zūd elektrība, 06:00–12:00: 270 personstundas" in text
    assert "Kādu pakalpojumu zaudē 50 cilvēki (elektrība – 50 smagākajā brīdī)" in text
    assert re.search(r"\d,\d", text)


def test_a_city_on_earth_has_scale_credit_and_ground(tmp_path: Path) -> None:
    new_city(Wishes(town().write(tmp_path / "town.osm")), tmp_path / "city")
    city = load_city(tmp_path / "city")
    report, html = written(city)
    assert report.drawing is not None
    assert report.drawing.ground
    root = parsed(html)
    (whole,) = [
        one for one in root.iter(f"{SVG}svg") if said(one[0]) == "The city and its networks"
    ]
    told = [said(one) for one in whole.iter(f"{SVG}text")]
    assert any(re.fullmatch(r"\d+ k?m", one) for one in told)
    assert any("OpenStreetMap" in one for one in told)
    assert "The networks are synthetic." in said(root)
    assert len(html) < 1_000_000
    assert len({text.partition(":")[0] for text in report.examples}) == 4  # of as many domains
    assert all(f"--scenario '{text}'" in said(root) for text in report.examples)


def test_more_scenarios_than_fit_are_refused(city: City) -> None:
    with pytest.raises(UsageError, match="12 scenarios"):
        gather(city, DAY, [[OUT]] * 13, "en")


def test_it_prints(city: City) -> None:
    _, html = written(city, OUT)
    try:
        printed = pdf(html)
    except EngineError as error:
        if error.code != "report.no-pango":
            raise
        pytest.skip("Pango is not installed")
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000


def test_printing_fetches_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        pdf("<p>x</p>")
    except EngineError:
        pytest.skip("Pango is not installed")
    opened: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda self, at: opened.append(at))
    pdf('<p style="background:url(http://127.0.0.1:1/a)">x<img src="file:///etc/passwd"/></p>')
    assert opened == []


def test_without_pango_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(EngineError, match="apt install libpango"):
        pdf("<p>x</p>")
