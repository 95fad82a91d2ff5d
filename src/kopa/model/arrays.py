"""Names for the arrays that everything is made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

PortSeries = Mapping[str, FloatArray]
"""Values at the ports of one domain: port name -> array of shape (step, asset of the port).

A value holds over its whole step: it is the mean of the step."""
