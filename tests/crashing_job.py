"""A job of making tiles that ends its process; it must be importable there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CrashingJob:
    """Crashes as an engine in C does."""

    name: str = "city"
    digest: str = "crash"

    def make(self, target: Path) -> None:
        """Never writes the file."""
        os.abort()


@dataclass(frozen=True)
class FaultyJob:
    """Raises what nobody expects."""

    name: str = "city"
    digest: str = "fault"

    def make(self, target: Path) -> None:
        """Never writes the file."""
        raise ZeroDivisionError("by zero")
