"""A door to the HiGHS solver (Huangfu & Hall 2018): a sparse program in, the best point out. Knows no stations."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
INF = highspy.kHighsInf


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
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(worth), len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.asarray(worth, float)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(worth)), np.asarray(upper, float)
    lp.row_lower_ = np.array([row.lower for row in rows], float)
    lp.row_upper_ = np.array([row.upper for row in rows], float)
    lp.integrality_ = [highspy.HighsVarType.kInteger if w else highspy.HighsVarType.kContinuous for w in whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(row.columns) for row in rows])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([np.asarray(row.columns, np.int32) for row in rows])
    lp.a_matrix_.value_ = np.concatenate([np.asarray(row.values, float) for row in rows])
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, value in (
        ("threads", 1),
        ("time_limit", limit_s),
        ("mip_rel_gap", 1e-9),
        ("mip_abs_gap", 1e-9),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverError(f"no plan was found: {solver.modelStatusToString(status).lower()}")
    return float(solver.getInfo().objective_function_value), np.array(solver.getSolution().col_value)
