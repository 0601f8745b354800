"""The pace in force as a screen shows it: which factors, since when, and who agreed. Reads what `pacing` holds."""

from __future__ import annotations

from tocsin.desk.ground import Ground
from tocsin.geo.pace import GROUPS, HOURS
from tocsin.views.rules import PaceRow, PaceView


def pace_view(ground: Ground | None) -> PaceView:
    """As drives are reckoned now."""
    if ground is None:
        return PaceView("none")
    pacing = ground.pacing
    file = pacing.file
    if file is None:
        return PaceView("map", problem=pacing.problem)
    rows = [
        PaceRow(group, siren, side.factor[group])
        for siren, side in ((True, file.siren), (False, file.normal))
        for group in GROUPS
    ]
    yes, learned, proof = file.applied, file.learned, file.held_out
    return PaceView(
        "learned", file.name, yes.by if yes else "", yes.at if yes else "", learned.since, learned.until,
        learned.drives, HOURS, tuple(rows), proof.median_error_s, proof.held, pacing.problem,
    )  # fmt: skip
