"""Components of ASM1 in the order of bsm2-python, and what they hold.

References
----------
Alex et al. (2008), Benchmark Simulation Model no. 1, tables 2 and 3.
"""

from __future__ import annotations

import numpy as np

from kopa.model import FloatArray

COMPONENTS = 21
"""Thirteen of ASM1, solids, flow, temperature, and five that are not used."""
SI, SS, XI, XS, XBH, XBA, XP, SO, SNO, SNH, SND, XND, SALK, TSS, Q, TEMP = range(16)
SOLIDS = (XI, XS, XBH, XBA, XP, XND)
"""Components that settle."""
IN_BIOMASS, IN_INERT, TSS_OF_COD = 0.08, 0.06, 0.75
"""Nitrogen of biomass and of inert solids, and solids of particulate COD, g/g."""


def nitrogen(waters: FloatArray) -> FloatArray:
    """All nitrogen of waters, g/m³; the last axis holds the components."""
    solids = IN_BIOMASS * (waters[..., XBH] + waters[..., XBA])
    solids = solids + IN_INERT * (waters[..., XI] + waters[..., XP])
    return np.asarray(
        waters[..., SNH] + waters[..., SNO] + waters[..., SND] + waters[..., XND] + solids
    )
