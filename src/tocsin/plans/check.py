"""What only shows when a plan file is read as a whole: names that name nothing, plans that can never apply."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.domain.plans import Plan, Plans
from tocsin.domain.types import Catalogue
from tocsin.plans.faults import Faults, meant
from tocsin.plans.lines import Path


def cross_check(plans: Plans, at: Sequence[Path], faults: Faults, catalogue: Catalogue | None) -> None:
    """Everything that one part of the file says of another, or of the catalogue. `at[i]`: path of plan i."""
    faults.repeated([((*path, "code"), plan.code) for path, plan in zip(at, plans.plans, strict=True)], "plan")
    faults.repeated([(("areas", i, "name"), area.name) for i, area in enumerate(plans.areas)], "area")
    faults.repeated([(("agencies", i, "name"), one.name) for i, one in enumerate(plans.agencies)], "agency")
    _crews(plans, faults)
    areas = [area.name for area in plans.areas]
    for path, plan in zip(at, plans.plans, strict=True):
        _areas(plan.areas, areas, path, faults)
        _words(plan.name, path, faults)
        if catalogue:
            _of_catalogue(plan.types, plan.groups, path, catalogue, faults)
            _capabilities(plan, path, catalogue, faults)
    for i, agency in enumerate(plans.agencies):
        _areas(agency.areas, areas, ("agencies", i), faults)
        if catalogue:
            _of_catalogue(agency.types, agency.groups, ("agencies", i), catalogue, faults)
    _shadowed(plans.plans, at, faults)
    if catalogue:
        _uncovered(plans, catalogue, faults)


def _crews(plans: Plans, faults: Faults) -> None:
    seen: dict[str, int] = {}
    for i, crew in enumerate(plans.crews):
        if len(set(crew)) < 2:
            faults.add(("crews", i, "units"), "a crew shared by fewer than two vehicles is not shared; name both")
        for n, unit in enumerate(crew):
            if unit in seen:
                faults.add(("crews", i, "units", n), f"{unit} stands in two crews; one crew, its vehicles, never both")
            seen[unit] = i


def _areas(named: Sequence[str], areas: Sequence[str], path: Path, faults: Faults) -> None:
    for n, name in enumerate(named):
        if name not in areas:
            faults.unknown((*path, "areas", n), "area", name, areas)


def _words(name: dict[str, str], path: Path, faults: Faults) -> None:
    if name and not name.get("en", "").strip():
        faults.add((*path, "name"), 'an English name is needed: name = { en = "…" }')


def _of_catalogue(
    types: Sequence[str], groups: Sequence[str], path: Path, catalogue: Catalogue, faults: Faults
) -> None:
    codes = [kind.code for kind in catalogue.types]
    known = {kind.group for kind in catalogue.types}
    for n, code in enumerate(types):
        if code not in codes:
            faults.unknown((*path, "types", n), "incident type", code, codes)
    for n, group in enumerate(groups):
        if group not in known:
            faults.unknown((*path, "groups", n), "group", group, known)


def _capabilities(plan: Plan, path: Path, catalogue: Catalogue, faults: Faults) -> None:
    """A capability is free text, so an unusual one is only pointed at."""
    known = {need.capability for kind in catalogue.types for need in kind.needs}
    for level, needs in enumerate(plan.levels):
        for n, need in enumerate(needs):
            for part in (part for option in need.options for part in option):
                near = meant(part.capability, known) if part.capability not in known else ""
                if "mean" in near:
                    where = (*path, "levels", level, n) if len(plan.levels) > 1 else (*path, "needs", n)
                    faults.note(where, f"no type of the catalogue asks for '{part.capability}'{near}")


def _shadowed(plans: Sequence[Plan], at: Sequence[Path], faults: Faults) -> None:
    """A plan for exactly what one before it is for never applies."""
    seen: dict[tuple[frozenset[str] | frozenset[int], ...], Plan] = {}
    for path, plan in zip(at, plans, strict=True):
        scope = (
            frozenset(plan.types), frozenset(plan.groups), frozenset(plan.areas), frozenset(plan.priorities)
        )  # fmt: skip
        if scope in seen and seen[scope].code != plan.code:
            faults.add(path, f"never applies: plan '{seen[scope].code}', written before it, is for exactly the same")
        seen.setdefault(scope, plan)


def _uncovered(plans: Plans, catalogue: Catalogue, faults: Faults) -> None:
    if any(not plan.types and not plan.groups for plan in plans.plans):
        return
    types = {code for plan in plans.plans for code in plan.types}
    groups = {group for plan in plans.plans for group in plan.groups}
    left = [kind.code for kind in catalogue.types if kind.code not in types and kind.group not in groups]
    if left:
        faults.note(("plans",), f"no plan is for {', '.join(left)}: there the needs of the catalogue stand")
