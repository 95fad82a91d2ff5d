"""Thresholds: values of law and guidelines, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of ``thresholds.csv``.

    Parameters
    ----------
    id
        Its name; a city's row of the same id replaces Kopa's.
    kind
        ``limit``, ``limit-2030``, ``target``, ``information``, ``alert``, ``guideline``,
        ``report``, ``class``, ``index``.
    subject
        What it holds for: a kind of station, ``river``, ``inland`` or ``coastal`` bathing
        water, or a source of noise.
    quantity, unit
        What is held against it.
    values
        One value; for ``index`` the upper ends of all bands but the last.
    averaging
        ``1h``, ``8h``, ``24h``, ``1y``; ``1h×3`` for three hours in a row; ``sample``.
    allowed
        Exceedances that a year may have.
    legal_source
        Law or guideline.
    """

    id: str
    kind: str
    subject: str
    quantity: str
    values: tuple[float, ...]
    unit: str
    averaging: str
    allowed: int
    legal_source: str

    @property
    def value(self) -> float:
        """The value, the first of an index."""
        return self.values[0]

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit} ({self.averaging}; {self.legal_source})"


def chosen(
    thresholds: Mapping[str, Threshold], subjects: Iterable[str], kinds: Iterable[str] = ()
) -> list[Threshold]:
    """Thresholds of some subjects, of all kinds or some.

    Parameters
    ----------
    thresholds
        By id.
    subjects, kinds
        Which; no kinds for all.
    """
    of, wanted = set(subjects), set(kinds)
    return [
        one
        for one in thresholds.values()
        if one.subject in of and (not wanted or one.kind in wanted)
    ]
