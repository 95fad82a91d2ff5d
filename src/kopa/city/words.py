"""Words and numbers in the language of the answer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from kopa.city.domains import domain_type
from kopa.domain.speech import FALLBACK, Speech
from kopa.errors import UsageError


@cache
def languages() -> tuple[str, ...]:
    """Languages that Kopa speaks: those that it has a file of words in."""
    found = sorted(file.name[:-4] for file in files("kopa.city").joinpath("text").iterdir())
    return tuple(found)


@cache
def text_of(language: str, domain: str = "") -> str:
    """The Fluent text of Kopa, or of a domain; empty where that has none in the language.

    Raises
    ------
    UsageError
        If Kopa does not speak the language.
    """
    if language not in languages():
        raise UsageError(f"Kopa does not speak '{language}', but {', '.join(languages())}")
    package = domain_type(domain).package if domain else "kopa.city"
    file = files(package).joinpath("text", f"{language}.ftl")
    return file.read_text(encoding="utf-8") if file.is_file() else ""


class Words(Speech):
    """Messages of Kopa and of the domains.

    Parameters
    ----------
    language
        ISO 639-1 code.
    domains
        Whose words to load.

    Raises
    ------
    UsageError
        If Kopa does not speak the language.
    """

    def __init__(self, language: str, domains: tuple[str, ...]) -> None:
        tongues = dict.fromkeys((language, FALLBACK))
        texts = {(n, tongue): text_of(tongue, n) for n in ("", *domains) for tongue in tongues}
        super().__init__(language, texts)


@cache
def words_of(language: str, domains: tuple[str, ...]) -> Words:
    """Words in a language, for some domains."""
    return Words(language, domains)
