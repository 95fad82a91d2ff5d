"""What an exchange comes to, as one document."""

from __future__ import annotations

from typing import Any

from kopa.errors import Finding, stopping

from .case import Case
from .exchange import LEAST_TONNES, Exchange


def document(found: Exchange) -> dict[str, Any]:
    """Flows, what they are worth, and what happens without them.

    `value_eur` and `kgco2e` are what the exchange saves against the baseline; `kgco2e` is None
    where the case does not tell what a flow that is chosen avoids.
    """
    case = found.case
    flows, value = [], 0.0
    carbon: float | None = 0.0
    for way, tonnes in zip(found.ways, found.tonnes.tolist(), strict=True):
        if tonnes <= LEAST_TONNES:
            continue
        offer, want = case.offers[way.offer], case.wants[way.want]
        carries = way.kilometres * case.transport_eur_tkm
        gains = want.replaces * want.virgin_eur_t - want.treatment_eur_t - carries
        value += tonnes * way.saves_eur
        saved = None if way.saves_kgco2e is None else tonnes * way.saves_kgco2e
        carbon = None if carbon is None or saved is None else carbon + saved
        flows.append(
            {
                "offer": offer.id, "from": offer.firm, "want": want.id, "to": want.firm,
                "ewc": offer.entry.marked, "waste": offer.entry.name, "t": tonnes,
                "km": way.kilometres, "value_eur": tonnes * way.saves_eur, "kgco2e": saved,
                "price_from_eur_t": -offer.disposal_eur_t,
                "price_to_eur_t": gains,
            }
        )  # fmt: skip
    known = not stopping(found.findings)
    return {
        "status": "ok" if known else "unknown",
        "case": case.name,
        "period": case.period,
        "flows": flows if known else [],
        "value_eur": value if known else None,
        "kgco2e": carbon if known else None,
        "baseline": baseline(case),
        "left": _left(found) if known else [],
    }


def baseline(case: Case) -> dict[str, Any]:
    """What happens without an exchange: all is disposed of, all material is virgin."""
    disposal = [(one.tonnes, one.disposal_eur_t, one.disposal_kgco2e_t) for one in case.offers]
    virgin = [
        (one.most * one.replaces, one.virgin_eur_t, one.virgin_kgco2e_t) for one in case.wants
    ]
    both = [*disposal, *virgin]
    known = [emitted for _, _, emitted in both if emitted is not None]
    return {
        "disposal_t": sum(tonnes for tonnes, _, _ in disposal),
        "disposal_eur": sum(tonnes * cost for tonnes, cost, _ in disposal),
        "virgin_t": sum(tonnes for tonnes, _, _ in virgin),
        "virgin_eur": sum(tonnes * cost for tonnes, cost, _ in virgin),
        "eur": sum(tonnes * cost for tonnes, cost, _ in both),
        "kgco2e": (
            sum(tonnes * (emitted or 0.0) for tonnes, _, emitted in both)
            if len(known) == len(both)
            else None
        ),
    }


def _left(found: Exchange) -> list[dict[str, Any]]:
    """What is disposed of all the same."""
    case = found.case
    gone = [0.0] * len(case.offers)
    for way, tonnes in zip(found.ways, found.tonnes.tolist(), strict=True):
        gone[way.offer] += tonnes
    return [
        {"offer": one.id, "from": one.firm, "ewc": one.entry.marked, "t": one.tonnes - taken}
        for one, taken in zip(case.offers, gone, strict=True)
        if one.tonnes - taken > LEAST_TONNES
    ]


def unknown_carbon(case: Case) -> list[Finding]:
    """What the case does not tell about emissions."""
    names = [f"offer {one.id}" for one in case.offers if one.disposal_kgco2e_t is None]
    names += [f"want {one.id}" for one in case.wants if one.virgin_kgco2e_t is None]
    if not names:
        return []
    what = f"kgCO2e is unknown for {', '.join(names)}."
    do = "Give disposal_kgco2e_t, disposal_factor or virgin_kgco2e_t with a source."
    return [Finding("ebusiness.carbon-untold", what, do, "warning")]
