"""The examples run, and what the README says of them is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_make_run_shows_what_the_readme_tells(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "first_run.py"), str(tmp_path / "city")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert "The city can be used" in told
    assert "© OpenStreetMap contributors" in told
    for service in ("road access", "water", "electricity"):
        lost = re.search(rf"([\d,]+) people at \d+ places lose {service} 08:00", told)
        assert lost is not None, service
    assert "flooded 08:00-14:00" in told
    assert "closed 08:00-14:00" in told
    assert "added travel time: " in told
    assert "What only the whole city shows" in told
    assert told.count("wall time") == 4
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    water = re.search(r"([\d,]+) people at \d+ places lose water", told)
    assert water is not None
    assert f"{water[1]} people" in readme
