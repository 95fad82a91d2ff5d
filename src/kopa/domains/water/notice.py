"""What the people at a shutdown are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kopa.model.window import DAY, clock


class Texts(NamedTuple):
    """The sentences of a notice in one language."""

    title: str
    span: str
    none: str
    low: str
    store: str
    after: str
    day: str


WORDS: Mapping[str, Texts] = {
    "en": Texts(
        "Water supply interrupted for work on main {pipe}",
        "From {start} to {end} there is no water at:",
        "From {start} to {end} nobody is expected to be without water.",
        "Water may run low, or stop, while it is supplied from a tank only, at:",
        "Please keep drinking water ready and leave taps closed.",
        "Let cold water run until it is clear before you use it again.",
        "{time} (day {day})",
    ),
    "lv": Texts(
        "Ūdens padeves pārtraukums: darbi cauruļvadā {pipe}",
        "No plkst. {start} līdz plkst. {end} ūdens nebūs šādās adresēs:",
        "No plkst. {start} līdz plkst. {end} ūdens padeves pārtraukums nav gaidāms nevienā adresē.",
        "Ūdeni piegādās tikai no rezervuāra, tāpēc spiediens var kristies vai padeve apstāties, "
        "šādās adresēs:",
        "Lūdzam sagatavot dzeramā ūdens krājumu un turēt krānus aizgrieztus.",
        "Pēc padeves atjaunošanas teciniet auksto ūdeni, līdz tas kļūst dzidrs.",
        "{time} ({day}. diena)",
    ),
}
"""By language."""


def notice(
    language: str, pipe: str, span: tuple[int, int], out: Sequence[str], low: Sequence[str]
) -> str:
    """The text of a notice.

    Parameters
    ----------
    language
        One of `WORDS`.
    pipe
        The main that is worked on.
    span
        First second of the shutdown and first second after it, since midnight of the first day.
    out
        Addresses without water.
    low
        Addresses that a tank alone supplies.
    """
    words = WORDS[language]
    times = {"start": _time(words, span[0]), "end": _time(words, span[1])}
    lines = [words.title.format(pipe=pipe), ""]
    if out:
        lines += [words.span.format(**times), *(f"- {address}" for address in out), ""]
    else:
        lines += [words.none.format(**times), ""]
    if low:
        lines += [words.low, *(f"- {address}" for address in low), ""]
    if out or low:
        lines += [words.store, words.after]
    return "\n".join(lines).rstrip() + "\n"


def _time(words: Texts, seconds: int) -> str:
    time = clock(seconds % DAY)
    day = seconds // DAY
    return words.day.format(time=time, day=day + 1) if day else time
