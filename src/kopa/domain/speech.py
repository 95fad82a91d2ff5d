"""Messages and numbers in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from kopa.errors import UsageError

FALLBACK = "en"


class Speech:
    """Messages of some sources.

    Parameters
    ----------
    language
        ISO 639-1 code.
    texts
        Fluent text by source and language; a source without a text is left out.
    """

    def __init__(self, language: str, texts: Mapping[tuple[str, str], str]) -> None:
        from fluent.runtime import FluentBundle, FluentResource

        self.language = language
        self._bundles = {}
        for (name, tongue), text in texts.items():
            if text:
                bundle = FluentBundle([tongue], use_isolating=False)
                bundle.add_resource(FluentResource(text))
                self._bundles[name, tongue] = bundle

    def say(self, key: str, domain: str = "", **values: str | float) -> str:
        """A message of a source, or of the first that has it.

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


def speech_of(package: str, language: str) -> Speech:
    """What a domain says in a language, for its jobs on files.

    Parameters
    ----------
    package
        The domain's package, with its folder ``text``.
    language
        ISO 639-1 code.

    Raises
    ------
    UsageError
        If the domain does not speak the language.
    """
    folder = files(package).joinpath("text")
    known = sorted(file.name[:-4] for file in folder.iterdir())
    if language not in known:
        raise UsageError(f"Kopa does not speak '{language}', but {', '.join(known)}")
    tongues = dict.fromkeys((language, FALLBACK))
    read = {one: folder.joinpath(f"{one}.ftl").read_text(encoding="utf-8") for one in tongues}
    return Speech(language, {("", one): text for one, text in read.items()})
