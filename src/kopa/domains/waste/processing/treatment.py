"""What treatment of waste emits, a t of each stream, by the factors of the ledger.

References
----------
IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 5: ch. 3 (landfill), ch. 4
(composting, digestion), ch. 5 (incineration, equation 5.2). The factors name their tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from kopa.ledger.factors import Factor, shipped_factors

from .landfill import CARBON_TO_METHANE, Span, defaults

BIOLOGICAL = {
    "composting": ("methane_composting", "nitrous_oxide_composting"),
    "digestion": ("methane_digestion",),
}


def factor(name: str) -> Factor:
    """A factor that Kopa brings, by its id."""
    return next(one for one in shipped_factors() if one.id == name)


def added(names: Sequence[str]) -> Span:
    """Sum of factors; ends add up, for nobody knows how they hang together."""
    parts = [factor(name) for name in names]
    low, mid, high = (sum(getattr(one, end) for one in parts) for end in ("low", "mid", "high"))
    return low, mid, high


def biological(kind: str) -> Span:
    """Of composting or digestion, kgCO2e a t of wet waste."""
    return added(BIOLOGICAL[kind])


def incineration(stream: str) -> Span | None:
    """Fossil CO2 and N2O of incineration, kgCO2e a t; None where the stream's carbon is unknown.

    CO2 of biomass is biogenic and not counted.
    """
    name = f"fossil_co2_incineration_{stream}"
    if all(one.id != name for one in shipped_factors()):
        return None
    return added((name, "nitrous_oxide_incineration"))


def landfilled(
    material: str, management: str, oxidation: float, recovered: float
) -> tuple[float, float, float]:
    """Methane that a t makes in all years to come, kgCO2e a t.

    Parameters
    ----------
    material
        As in ``landfill.csv``.
    management
        Kind of landfill, as there.
    oxidation, recovered
        Share that oxidises in the cover, and share that is collected.
    """
    values, gwp = defaults(), factor("methane_landfill")
    carbon, share = values["doc", material], values["methane_share", "gas"]
    decays = values.get(("docf", material), (0.0, 0.0, 0.0))
    left = (1 - recovered) * (1 - oxidation) * CARBON_TO_METHANE * 1000
    low, mid, high = (
        carbon[end] * decays[end] * values["mcf", management][end] * share[end] * left * price
        for end, price in enumerate((gwp.low, gwp.mid, gwp.high))
    )
    return low, mid, high
