"""A circular exchange that a hand can solve, and random ones for a second solver."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

Case = dict[str, Any]


def small_case() -> Case:
    """A brewery's draff and a sawmill's dust; a farm and a board maker. Metres, straight."""
    return {
        "name": "Parks",
        "transport": {"eur_tkm": 0.5, "kgco2e_tkm": 0.1, "detour": 1.0},
        "firms": [
            {"id": "brewery", "x": 0, "y": 0},
            {"id": "sawmill", "x": 0, "y": 10000},
            {"id": "farm", "x": 20000, "y": 0},
            {"id": "board", "x": 3000, "y": 14000},
        ],
        "offers": [
            {"id": "draff", "firm": "brewery", "ewc": "02 07 04", "t": 100, "disposal_eur_t": 40,
             "disposal_kgco2e_t": 50},
            {"id": "dust", "firm": "sawmill", "ewc": "03 01 05", "t": 60, "disposal_eur_t": 20,
             "disposal_kgco2e_t": 10, "quality": {"moisture": 20}},
        ],
        "wants": [
            {"id": "feed", "firm": "farm", "accepts": ["02 07"], "t": 80, "replaces": 0.25,
             "virgin_eur_t": 200, "virgin_kgco2e_t": 400, "treatment_eur_t": 5,
             "treatment_kgco2e_t": 0},
            {"id": "chips", "firm": "board", "accepts": ["03 01 05"], "t": 50, "replaces": 0.5,
             "virgin_eur_t": 60, "virgin_kgco2e_t": 80, "limits": {"moisture": 30}},
        ],
    }  # fmt: skip


def random_case(seed: int) -> Case:
    """Some offers of three codes, wants with limits of a mix, a want that must get something."""
    dice = random.Random(seed)
    codes = ["15 01 02", "15 01 01", "17 02 01"]
    firms = [{"id": f"f{n}", "lon": 24 + dice.random(), "lat": 56.5 + dice.random()}
             for n in range(14)]  # fmt: skip
    offers = [
        {"id": f"o{n}", "firm": f"f{n}", "ewc": dice.choice(codes), "t": dice.randint(10, 100),
         "disposal_eur_t": dice.randint(20, 90), "disposal_kgco2e_t": dice.randint(0, 900),
         "quality": {"moisture": dice.randint(5, 40), "chlorine": dice.random()}}
        for n in range(8)
    ]  # fmt: skip
    wants = [
        {"id": f"w{n}", "firm": f"f{8 + n}", "accepts": dice.choice([["15 01"], codes[1:]]),
         "t": dice.randint(20, 150), "replaces": 0.8, "virgin_eur_t": dice.randint(10, 60),
         "virgin_kgco2e_t": 300, "treatment_eur_t": dice.randint(0, 60),
         "limits": {"moisture": dice.randint(15, 35), "chlorine": 0.6}}
        for n in range(6)
    ]  # fmt: skip
    return {"transport": {"eur_tkm": 0.3, "detour": 1.3}, "firms": firms, "offers": offers,
            "wants": wants}  # fmt: skip


def write_case(folder: Path, case: Any) -> Path:
    """Write a case; gives the file."""
    file = folder / "case.json"
    file.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
    return file
