"""A door to the HiGHS solver (Huangfu & Hall 2018) that scipy carries: a sparse program in, the best point out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
SCALE = 1e4
"""The solver stops within 1e-6 of the best worth; worths are scaled so that this is 1e-10 of ours."""


class Row(msgspec.Struct, frozen=True):
    """lower <= sum of value · x[column] <= upper."""

    columns: Sequence[int]
    values: Sequence[float]
    lower: float
    upper: float


class SolverError(Exception):
    """There is no such plan, or it was not found in time; the message says which."""


def maximise(
    worth: Sequence[float], rows: Sequence[Row], upper: Sequence[float], whole: Sequence[bool], limit_s: float = 60.0
) -> tuple[float, Floats]:
    """The x with 0 <= x <= upper, whole where asked, that maximises worth · x: (its worth, x). Raises SolverError."""
    sizes = [len(row.columns) for row in rows]
    matrix = csr_array(
        (
            np.concatenate([np.asarray(row.values, float) for row in rows]),
            np.concatenate([np.asarray(row.columns, np.int64) for row in rows]),
            np.concatenate([[0], np.cumsum(sizes)]),
        ),
        shape=(len(rows), len(worth)),
    )
    found = milp(
        -SCALE * np.asarray(worth, float),
        integrality=np.asarray(whole, int),
        bounds=Bounds(np.zeros(len(worth)), np.asarray(upper, float)),
        constraints=LinearConstraint(matrix, [row.lower for row in rows], [row.upper for row in rows]),
        options={"mip_rel_gap": 0.0, "time_limit": limit_s},
    )
    if found.status != 0 or found.x is None:
        raise SolverError(f"no plan was found: {found.message}")
    return float(np.dot(worth, found.x)), np.asarray(found.x)
