"""What a measure is worth over its years."""

from __future__ import annotations

import math


def annuity(rate: float, years: float) -> float:
    """What 1 a year, at each year's end, is worth today: ``(1 - (1 + r)^-n) / r``.

    Parameters
    ----------
    rate
        Discount rate a year, 0 or more.
    years
        Number of years.

    References
    ----------
    EN 17463:2021 (VALERI), valuation of energy related investments: net present value.
    """
    return years if rate == 0 else (1 - (1 + rate) ** -years) / rate


def net_present_value(investment: float, yearly: float, rate: float, years: float) -> float:
    """Yearly savings over the years at today's value, less the investment; NaN if one is unknown.

    Parameters
    ----------
    investment, yearly
        Money today, and at each year's end.
    rate, years
        As in `annuity`.
    """
    return yearly * annuity(rate, years) - investment


def payback(investment: float, yearly: float) -> float:
    """Years until savings have paid the investment, without interest; infinite for never."""
    if math.isnan(investment) or math.isnan(yearly):
        return math.nan
    return investment / yearly if yearly > 0 else math.inf
