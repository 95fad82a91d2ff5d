"""A circular exchange: who has what to give, who can use it, what both do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kopa.ewc import Entry

UNKNOWN = None
"""A number that the case does not tell."""


@dataclass(frozen=True)
class Offer:
    """A by-product or waste, t in the case's period.

    Parameters
    ----------
    id, firm
        Which, and who has it.
    entry
        Its code in the European List of Waste.
    tonnes
        How much there is.
    disposal_eur_t, disposal_kgco2e_t
        What a tonne costs and emits where nobody takes it; the emission None where unknown.
    quality
        What its samples say, by name.
    """

    id: str
    firm: str
    entry: Entry
    tonnes: float
    disposal_eur_t: float
    disposal_kgco2e_t: float | None
    quality: Mapping[str, float]


@dataclass(frozen=True)
class Want:
    """A process that can use such material in place of virgin material.

    Parameters
    ----------
    id, firm
        Which, and whose.
    accepts
        Codes, chapters or groups: ``15 01 02``, ``15 01``, ``15``.
    hazardous
        True where its permit covers hazardous waste.
    most, least
        t that it can take, and that it must get.
    replaces
        t of virgin material that a tonne stands for.
    virgin_eur_t, virgin_kgco2e_t
        What a tonne of virgin material costs and emits; the emission None where unknown.
    treatment_eur_t, treatment_kgco2e_t
        What preparing a tonne costs and emits.
    limits
        Most of each quality in the mix of all that it takes.
    within_km
        How far it fetches.
    """

    id: str
    firm: str
    accepts: tuple[str, ...]
    hazardous: bool
    most: float
    least: float
    replaces: float
    virgin_eur_t: float
    virgin_kgco2e_t: float | None
    treatment_eur_t: float
    treatment_kgco2e_t: float
    limits: Mapping[str, float]
    within_km: float

    def takes(self, entry: Entry) -> bool:
        """True where a code, and its danger, are accepted."""
        fits = any(f"{entry.code} ".startswith(f"{one} ") for one in self.accepts)
        return fits and (self.hazardous or not entry.hazardous)


@dataclass(frozen=True)
class Case:
    """An exchange.

    Parameters
    ----------
    name, period
        Of what, and in what time: ``year``.
    offers, wants
        Who gives and who takes.
    kilometres
        Way between two firms, by their ids.
    transport_eur_tkm, transport_kgco2e_tkm
        What carrying costs and emits a t·km.
    carbon_eur_t
        What a tonne of CO2e is worth in the choice; it is not part of `value_eur`.
    """

    name: str
    period: str
    offers: tuple[Offer, ...]
    wants: tuple[Want, ...]
    kilometres: Mapping[tuple[str, str], float]
    transport_eur_tkm: float
    transport_kgco2e_tkm: float
    carbon_eur_t: float
