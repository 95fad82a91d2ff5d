"""Where tests find the published networks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]


def data(*parts: str) -> Path:
    """A file of the test data; the test is skipped where it is not there."""
    folder = Path(os.environ.get("KOPA_TEST_DATA") or _ROOT.parent / "shared" / "data")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no test data at {path}; set KOPA_TEST_DATA to the folder that holds it")
    return path
