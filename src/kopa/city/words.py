"""Words and numbers in the language of the answer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from kopa.city.domains import domain_type
from kopa.errors import UsageError

FALLBACK = "en"


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


class Words:
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
        from fluent.runtime import FluentBundle, FluentResource

        self.language = language
        self._bundles = {}
        for name in ("", *domains):
            for tongue in dict.fromkeys((language, FALLBACK)):
                text = text_of(tongue, name)
                if text:
                    bundle = FluentBundle([tongue], use_isolating=False)
                    bundle.add_resource(FluentResource(text))
                    self._bundles[name, tongue] = bundle

    def say(self, key: str, domain: str = "", **values: str | float) -> str:
        """A message of a domain, or of Kopa and then of any domain.

        Where neither the language nor English has it, the key says what it can.
        """
        for tongue in dict.fromkeys((self.language, FALLBACK)):
            for (name, spoken), bundle in self._bundles.items():
                if spoken != tongue or (domain and name != domain) or not bundle.has_message(key):
                    continue
                pattern = bundle.get_message(key).value
                if pattern is not None:
                    return str(bundle.format_pattern(pattern, values)[0])
        return key.partition("-")[2].replace("_", " ") or key

    def number(self, value: float, digits: int = 3) -> str:
        """A number with so many significant digits, written as the language does."""
        import math

        from babel.numbers import format_decimal

        if not math.isfinite(value):
            return self.say("unknown")
        if value == 0:
            return "0"
        places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        places = min(places, 6)
        pattern = "#,##0" + ("." + "#" * places if places else "")
        return str(format_decimal(round(value, places), format=pattern, locale=self.language))


@cache
def words_of(language: str, domains: tuple[str, ...]) -> Words:
    """Words in a language, for some domains."""
    return Words(language, domains)
