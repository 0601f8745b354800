"""The plan file in force as a page, and the file on the disk checked again, so that a mistake is seen before a restart.

Reads the file each time it is asked; changes nothing. The edition in force is the one that was read at start.
"""

from __future__ import annotations

import hashlib
import pathlib

from tocsin.domain.plans import Plans
from tocsin.domain.types import Catalogue
from tocsin.plans.lines import Path, line_of, lines_of
from tocsin.plans.read import bytes_of, read_plans
from tocsin.settings import SettingsError
from tocsin.views.rules import (
    AgencyView,
    CardView,
    LineView,
    MistakeView,
    NamedLine,
    PlansPage,
    RestView,
    TermsView,
)


class PlanPages:
    """The plans of one centre. `path`: its file, None for the packaged one; `own`: it has a catalogue of its own."""

    def __init__(self, plans: Plans, catalogue: Catalogue, path: pathlib.Path | None, *, own: bool = False) -> None:
        self._plans, self._catalogue, self._path = plans, catalogue, path
        self._none = path is None and own
        raw = b"" if self._none else bytes_of(path)
        self._lines = lines_of(raw.decode().replace("\r\n", "\n"))

    def page(self) -> PlansPage:
        """As it is now. Blocks for a small file."""
        plans = self._plans
        version, mistakes = self._on_disk()
        return PlansPage(
            "none" if self._none else "file" if self._path else "packaged",
            self._path.name if self._path else "",
            plans.version,
            version,
            mistakes,
            tuple(self._card(i) for i in range(len(plans.plans))),
            tuple(
                AgencyView(one.name, self._at("agencies", i), one.types, one.groups, one.areas, one.neighbour)
                for i, one in enumerate(plans.agencies)
            ),
            tuple(NamedLine(self._at("areas", i), (one.name,)) for i, one in enumerate(plans.areas)),
            tuple(NamedLine(self._at("crews", i), one) for i, one in enumerate(plans.crews)),
            tuple(
                TermsView(n, one.target_s, one.late, one.lost, one.minute, one.neighbour, n in self._catalogue.siren)
                for n, one in enumerate(plans.terms, 1)
            ),
            RestView(plans.rest.after_incident_s, plans.rest.duty_longest_s, plans.rest.priorities),
        )

    def _at(self, *path: str | int) -> int:
        here: Path = tuple(path)
        return line_of(self._lines, here)

    def _card(self, i: int) -> CardView:
        plan = self._plans.plans[i]
        single = ("plans", i, "needs") in self._lines
        levels = tuple(
            tuple(
                LineView(
                    self._at("plans", i, "needs", n) if single else self._at("plans", i, "levels", at, n), need.text
                )
                for n, need in enumerate(needs)
            )
            for at, needs in enumerate(plan.levels)
        )
        return CardView(
            plan.code, self._at("plans", i), plan.name, plan.types, plan.groups, plan.priorities, plan.areas,
            plan.target_s, levels,
        )  # fmt: skip

    def _on_disk(self) -> tuple[str, tuple[MistakeView, ...]]:
        """Edition and mistakes of the file as it lies there now."""
        if self._none or self._path is None:
            return self._plans.version, ()
        try:
            raw = bytes_of(self._path)
            read = read_plans(raw, self._path.parent, self._path.name, self._catalogue)
        except SettingsError as error:
            return "", (MistakeView(1, "", str(error)),)
        found = tuple(MistakeView(fault.line, fault.field, fault.text) for fault in read.faults)
        return hashlib.sha256(raw).hexdigest()[:12], found
