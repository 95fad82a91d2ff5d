"""Changes that certainly change nothing: those where no water is on a dry day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kopa.domain import Bound, Change
from kopa.model import BoolArray, Window

from .network import Network
from .plan import Plan, plan

_DEPTH_AT = {"JUNC": 3, "STOR": 3, "DIVI": 5}
_UNSEEN = ("RDII", "HYDROGRAPHS", "GROUNDWATER", "GWF", "FILE", "SNOWPACKS")
_STILL_OUTFALLS = ("FREE", "NORMAL")


def waterless(network: Network) -> BoolArray:
    """True for nodes in connected parts to which no water comes without rain, shape (node,).

    Such a part has no waste water or other inflow, none from the ground or a file, no depth or flow
    to begin with, no outfall against which water stands, and none that drains onto land.
    A part that rules name is not among them: they could act on others by what stands in it.
    """
    inp, part = network.inp, network.part
    row_of = {name.upper(): row for row, name in enumerate(network.node_ids)}
    link_of = {name.upper(): link for link, name in enumerate(network.link_ids)}
    outfalls = [row.words for row in inp.rows("OUTF")]
    onto_land = any(len(w) > (4 if w[2].upper() in _STILL_OUTFALLS else 5) for w in outfalls)
    if onto_land or inp.rows(*_UNSEEN) or inp.option("SKIP_STEADY_STATE").upper() == "YES":
        return np.zeros(len(part), dtype=bool)
    wet = {row.words[0].upper() for row in inp.rows("DWF", "INFLOW")}
    for section, at in _DEPTH_AT.items():
        wet |= {row.words[0].upper() for row in inp.rows(section) if not _nothing(row.words, at)}
    wet |= {words[0].upper() for words in outfalls if words[2].upper() not in _STILL_OUTFALLS}
    links = {row.words[0].upper() for row in inp.rows("COND") if not _nothing(row.words, 7)}
    named = {word.upper() for row in inp.rows("CONTROL") for word in row.words}
    nodes = [row for name, row in row_of.items() if name in wet | named]
    nodes += [int(network.ends[0, at]) for name, at in link_of.items() if name in links | named]
    return ~np.isin(part, part[np.array(nodes, dtype=np.int64)])


def _nothing(words: tuple[str, ...], at: int) -> bool:
    """True where a column is 0 or left out."""
    try:
        return len(words) <= at or float(words[at]) == 0
    except ValueError:
        return False


def idle(network: Network, dry: BoolArray, planned: Plan) -> bool:
    """Whether all that a plan does is done where there is no water.

    Parameters
    ----------
    network
        The network.
    dry
        Nodes as of `waterless`.
    planned
        What happens.
    """
    return all(
        d.rain is None and bool(dry[network.ends[:, list(d.links)]].all())
        for d in planned.disturbances
    )


def bounds(
    network: Network, dry: BoolArray, window: Window, changes: Sequence[Change]
) -> list[Bound | None]:
    """An exact bound for each change, alone, that is idle or outside the window; else None."""
    return [
        Bound("exact") if idle(network, dry, plan(network, window, [change], None)) else None
        for change in changes
    ]
