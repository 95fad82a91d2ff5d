"""The command ``kopa``."""

from kopa.cli.main import main

__all__ = ["main"]
