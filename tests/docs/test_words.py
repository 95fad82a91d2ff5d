"""English and Latvian have the same words, and every word that the code says."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message
from small_city import write_whole_city

from kopa.city.domains import domain_names, domain_type
from kopa.city.load import load_city
from kopa.city.words import words_of
from kopa.coupling.screen import outages
from kopa.model import Window

LANGUAGES = ("en", "lv")
PACKAGES = ["kopa.city", *(domain_type(name).package for name in domain_names())]


def messages(package: str, language: str) -> dict[str, set[str]]:
    """Keys of a file, each with the variables that it takes."""
    text = files(package).joinpath("text", f"{language}.ftl").read_text(encoding="utf-8")
    found = {}
    for entry in FluentParser().parse(text).body:
        assert not isinstance(entry, Junk), (package, language, entry.content)
        if isinstance(entry, Message):
            source = text[entry.span.start : entry.span.end] if entry.span else ""
            found[entry.id.name] = set(re.findall(r"\{ \$(\w+) \}", source))
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_say_the_same(package: str) -> None:
    english, latvian = (messages(package, language) for language in LANGUAGES)
    assert english == latvian


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_kind_and_quantity_has_a_word(language: str, tmp_path: Path) -> None:
    city = load_city(write_whole_city(tmp_path))
    words = words_of(language, tuple(city.domains))
    missing = set()
    for name, domain in city.domains.items():
        known = messages(domain_type(name).package, language)
        wanted = {f"kind-{kind}" for kind in domain.assets().kinds}
        wanted |= {f"event-{kind.name}" for kind in domain.kinds() if name != "places"}
        for change in outages({name: domain}):
            result = domain.run(Window(0, 3600, 6), (change,), {})
            wanted |= {f"event-{event.what}" for event in result.events}
            wanted |= {f"quantity-{account.quantity}" for account in result.accounts}
        missing |= {(name, key) for key in wanted if key not in known}
    assert missing == set()
    assert words.say("head-domain") in ("domain", "joma")


def test_numbers_are_written_as_the_language_does() -> None:
    assert words_of("en", ()).number(12345.678, 7) == "12,345.68"
    assert words_of("lv", ()).number(12345.678, 7).replace("\u00a0", " ") == "12 345,68"
    assert words_of("en", ()).number(0.000123) == "0.000123"
    assert words_of("lv", ()).number(float("nan")) == "nav zināms"


def test_every_key_that_the_command_line_says_is_there() -> None:
    known = messages("kopa.city", "en")
    folder = Path(str(files("kopa.cli")))
    said = set()
    for file in folder.glob("*.py"):
        said |= set(
            re.findall(r"""words\.say\(\s*"([a-z-]+)\"""", file.read_text(encoding="utf-8"))
        )
    assert said
    assert said - {"domain"} <= known.keys()  # each domain says what it is itself


def test_the_report_says_every_word_of_its_own_and_no_other() -> None:
    known = {key for key in messages("kopa.city", "en") if key.startswith("report-")}
    text = "".join(
        file.read_text(encoding="utf-8")
        for file in (*Path(str(files("kopa.report"))).glob("*.py"), *_command_line("report"))
    )
    said = set(re.findall(r"""say\(\s*["'](report-[a-z-]+)["']""", text))
    said |= set(re.findall(r"""["'](report-[a-z-]+)["'] if""", text))
    said |= set(re.findall(r"""else ["'](report-[a-z-]+)["']""", text))
    assert said
    assert said <= known
    made = tuple(set(re.findall(r"""f"(report-[a-z-]+-)\{""", text)))  # what data choose
    assert {key for key in known - said if not key.startswith(made)} == set()


def _command_line(name: str) -> list[Path]:
    return [Path(str(files("kopa.cli").joinpath(f"{name}.py")))]
