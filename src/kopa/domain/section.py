"""Tables of a city's ``city.toml``, for jobs that read one domain of a city alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError


def tables(folder: Path) -> Mapping[str, Any]:
    """All tables of a city.

    Parameters
    ----------
    folder
        The city's folder.

    Raises
    ------
    InputError
        If there is no ``city.toml``, or it is no TOML.
    """
    file = folder / "city.toml"
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        what, do = f"it cannot be read: {error.strerror}.", "Give the folder of a city."
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what, do = f"it is no TOML: {error}.", "Correct it."
    raise InputError([Finding("city.toml", what, do, file=str(file))])


def section(folder: Path, name: str, hint: str) -> Mapping[str, Any]:
    """The table of a domain.

    Parameters
    ----------
    folder
        The city's folder.
    name
        The domain.
    hint
        What the table needs at least, for the finding.

    Raises
    ------
    InputError
        If it is not there.
    """
    found = tables(folder).get(name)
    if isinstance(found, dict):
        return found
    what, do = f"the city has no table [{name}].", f"Add it, with {hint}."
    raise InputError([Finding("city.toml", what, do, file=str(folder / "city.toml"))])
