"""Debian's Chromium for tests, driven by Playwright; `needed` skips where it is absent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
needed = pytest.mark.skipif(not PROGRAM.exists(), reason=f"no {PROGRAM}: apt install chromium")


@contextmanager
def browser() -> Iterator[Any]:
    """A browser with a fresh profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(PROGRAM), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()
