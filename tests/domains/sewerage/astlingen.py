"""The equal-filling rule of the Astlingen benchmark network, as rules of SWMM.

Base settings of the throttles V2, V3, V4 and V6; the fullest of the four tanks is opened wholly,
the emptiest is throttled more (Schütze et al. 2018, Water Sci. Technol. 77(11); Sun et al. 2020,
the network's SWMM model with its base case and its equal-filling-degree control).
"""

from __future__ import annotations

BASE = {"V2": 0.2366, "V3": 0.6508, "V4": 0.3523, "V6": 0.4303}
LEAST = {"V2": 0.1075, "V3": 0.3159, "V4": 0.1894, "V6": 0.1687}


def equal_filling() -> list[str]:
    """Rows of [CONTROLS]."""
    rows = ["RULE NEARLY_EMPTY"]
    rows += [
        f"{'IF' if number == 0 else 'AND'} NODE T{gate[1]} DEPTH < 1"
        for number, gate in enumerate(BASE)
    ]
    rows += [
        f"{'THEN' if number == 0 else 'AND'} ORIFICE {gate} SETTING = {setting}"
        for number, (gate, setting) in enumerate(BASE.items())
    ]
    for word, sign, settings in (("FULLEST", ">", dict.fromkeys(BASE, 1.0)),
                                 ("EMPTIEST", "<", LEAST)):  # fmt: skip
        for gate, setting in settings.items():
            others = [f"T{other[1]}" for other in BASE if other != gate]
            tests = [f"NODE T{gate[1]} DEPTH {sign} NODE {other} DEPTH" for other in others]
            rows += [
                f"RULE {word}_{gate}",
                f"IF {tests[0]}",
                *(f"AND {test}" for test in tests[1:]),
            ]
            rows += [f"THEN ORIFICE {gate} SETTING = {setting}",
                     f"ELSE ORIFICE {gate} SETTING = {BASE[gate]}", "PRIORITY 5"]  # fmt: skip
    return rows
