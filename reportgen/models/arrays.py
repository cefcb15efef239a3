"""Array types the models share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]
CountArray = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.int16]
BoolArray = npt.NDArray[np.bool_]
