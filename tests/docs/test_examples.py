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
    path = told[told.index("line line:186") :]
    steps = ["load:110", "pump 335: no electricity", "tank 1: empty", "tank 3: empty", "junction"]
    places = [path.index(step) for step in steps]
    assert places == sorted(places)
    surprising = told[told.index("What only the whole city shows") :]
    first = surprising.splitlines()[4]
    assert "energy:line:186" in first
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    place = re.search(r"(\d+) → \d+\s*$", first)
    assert place is not None
    assert f"place {place[1]}" in " ".join(readme.split())
    assert told.count("wall time") == 3
