"""The European List of Waste, held against what Decision 2014/955/EU says of it."""

from __future__ import annotations

from collections import Counter

import pytest

from kopa.domains.waste import ewc
from kopa.errors import Finding


def test_the_list_is_whole() -> None:
    # 842 entries in 20 chapters, 408 with an asterisk: the count of the consolidated decision
    assert len(ewc.entries()) == 842
    assert sum(entry.hazardous for entry in ewc.entries().values()) == 408
    assert list(ewc.chapters()) == [f"{chapter:02}" for chapter in range(1, 21)]
    assert all(entry.name and entry.chapter for entry in ewc.entries().values())
    count = Counter(code[:2] for code in ewc.entries())
    assert (count["14"], count["15"], count["20"]) == (5, 12, 40)
    # the three entries that Decision 2014/955/EU adds
    assert {"01 03 10", "16 03 07", "19 03 08"} <= ewc.entries().keys()


def test_a_mirror_entry_names_one_that_is_there() -> None:
    import re

    for entry in ewc.entries().values():
        for code in re.findall(r"\d\d \d\d \d\d", entry.name):
            assert code in ewc.entries(), f"{entry.code} names {code}"


def test_latvian_names_of_what_towns_collect() -> None:
    assert all(e.latvian for e in ewc.entries().values() if e.code[:2] in ("15", "20"))
    assert all(ewc.chapters("lv").values())
    found = ewc.find("20 03 01")
    assert isinstance(found, ewc.Entry)
    assert found.named("lv") == "nešķiroti sadzīves atkritumi"
    assert found.named() == "mixed municipal waste"


@pytest.mark.parametrize("text", ["20 01 21", "200121", "20 01 21*", "20.01.21", " 20  01 21 * "])
def test_a_code_is_found_as_people_write_it(text: str) -> None:
    found = ewc.find(text)
    assert isinstance(found, ewc.Entry)
    assert found.marked == "20 01 21*"
    assert found.hazardous


@pytest.mark.parametrize("text", ["20 03 99 1", "", "residual", "20 03 11", "999999", "2003"])
def test_an_unknown_code_is_a_finding(text: str) -> None:
    found = ewc.find(text, "in.csv", "line 3")
    assert isinstance(found, Finding)
    assert (found.code, found.file, found.place) == ("waste.unknown-ewc", "in.csv", "line 3")
    assert found.do


def test_near_codes_are_told() -> None:
    found = ewc.find("20 03 11")
    assert isinstance(found, Finding)
    assert "20 03 01 (mixed municipal waste)" in found.do


def test_a_wrong_asterisk_is_a_finding() -> None:
    found = ewc.find("20 03 01*")
    assert isinstance(found, Finding)
    assert found.code == "waste.ewc-not-hazardous"


def test_codes_of_streams_are_in_the_list() -> None:
    assert all(isinstance(ewc.find(code), ewc.Entry) for code in ewc.STREAMS.values())
