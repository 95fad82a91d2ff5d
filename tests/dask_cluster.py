"""What tests on a Dask cluster share."""

from __future__ import annotations

import pytest

# the client of Dask leaves closing its sockets to the garbage collector
LOOSE = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


def lost_number(case: int, reason: str) -> int:
    """Answers a lost case; it stands here because workers find this module by its name."""
    return -1
