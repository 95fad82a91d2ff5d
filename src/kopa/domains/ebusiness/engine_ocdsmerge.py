"""Releases of OCDS merged into records: the only importer of the library.

Left to itself it fetches the schema from the web; the rules of merging stand here as data.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from kopa.errors import EngineError


@cache
def merge_rules() -> Mapping[tuple[str, ...], str]:
    """Rule by path: ``omitWhenMerged`` or ``wholeListMerge``, of OCDS 1.1."""
    folder = files("kopa.domains.ebusiness").joinpath("tenders")
    text = folder.joinpath("merge_rules.csv").read_text(encoding="utf-8")
    return {tuple(r["path"].split("/")): r["rule"] for r in csv.DictReader(text.splitlines())}


def compiled(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The compiled release of one contracting process.

    Parameters
    ----------
    releases
        All of one ocid, in any order; each with its date.

    Raises
    ------
    EngineError
        If they contradict the standard so that they cannot be merged.
    """
    import ocdsmerge
    from ocdsmerge.exceptions import OCDSMergeError

    merger = ocdsmerge.Merger(merge_rules=dict(merge_rules()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # ids that stand twice: what counts is a guess
            merged: dict[str, Any] = merger.create_compiled_release([dict(one) for one in releases])
    except (OCDSMergeError, UserWarning, TypeError, KeyError) as error:
        raise EngineError(f"its releases cannot be merged: {str(error)[:200]}") from None
    return merged
