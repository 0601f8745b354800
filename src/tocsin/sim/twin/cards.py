"""The centre's own files in a scenario: incident types, response plans, rules of coverage. Reads them; decides nothing.

The same files that `tocsin serve` is started with, read by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from tocsin.desk.cover_file import load_cover_rules
from tocsin.domain.cover_rules import CoverRules
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.types import Catalogue
from tocsin.plans.read import read_plans
from tocsin.settings import SettingsError, load_catalogue
from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.model import TwinCall, TwinUnit
from tocsin.sim.twin.record import CATALOGUE
from tocsin.sim.twin.scenario import Loaded


class Cards(msgspec.Struct, frozen=True):
    """What the centre's files say. Without them: one type that needs one ambulance, no run cards, no move-ups."""

    catalogue: Catalogue = CATALOGUE
    plans: Plans = NO_PLANS
    cover: CoverRules | None = None


def read_cards(loaded: Loaded) -> Cards:
    """The files that [policy] names. Raises ScenarioError: file, line, field and what would be right."""
    policy = loaded.scenario.policy
    catalogue = CATALOGUE
    try:
        if policy.catalogue or policy.plans:
            named = loaded.named("policy.catalogue", policy.catalogue) if policy.catalogue else None
            catalogue = load_catalogue(named)
        plans = _plans(loaded, policy.plans, catalogue) if policy.plans else NO_PLANS
        cover = load_cover_rules(loaded.named("policy.coverage", policy.coverage)) if policy.coverage else None
    except SettingsError as error:
        raise ScenarioError(loaded.file, None, "policy", str(error).splitlines()[0]) from None
    if policy.plans and policy.dispatch != "brain":
        raise loaded.wrong("policy.plans", f"run cards mean nothing to '{policy.dispatch}'", 'write dispatch = "brain"')
    if policy.relocate == "live" and cover is None:
        raise loaded.wrong("policy.relocate", "'live' needs the rules of move-ups", 'write coverage = "coverage.toml"')
    return Cards(catalogue, plans, cover)


def _plans(loaded: Loaded, name: str, catalogue: Catalogue) -> Plans:
    file = loaded.named("policy.plans", name)
    read = read_plans(file.read_bytes(), file.parent, str(file), catalogue)
    for fault in read.faults:
        raise ScenarioError(file, fault.line, fault.field, fault.text, f"see: tocsin plans check {file.name}")
    return read.plans


def typed(loaded: Loaded, calls: Sequence[TwinCall], catalogue: Catalogue, seed: int) -> list[TwinCall]:
    """The calls with their types drawn by `calls.types`; as they are where none are named. Raises ScenarioError."""
    shares = loaded.scenario.calls.types
    if shares:
        dice = np.random.default_rng(np.random.SeedSequence(seed).spawn(7)[6])
        drawn = dice.choice(len(shares), len(calls), p=np.array(list(shares.values())) / sum(shares.values()))
        codes = list(shares)
        calls = [msgspec.structs.replace(call, type=codes[i]) for call, i in zip(calls, drawn.tolist(), strict=True)]
    known = [kind.code for kind in catalogue.types]
    for code in dict.fromkeys(call.type for call in calls):
        if code not in known:
            raise loaded.wrong("calls.types", f"there is no type {code}", f"name some of {', '.join(known[:8])} …")
    return list(calls)


def kinds_of(loaded: Loaded, fleet: Sequence[TwinUnit]) -> tuple[TwinUnit, ...]:
    """The fleet with what its units are, by [[fleet.kind]]. Raises ScenarioError."""
    said: Mapping[str, TwinUnit] = {unit.id: unit for unit in fleet}
    out = dict(said)
    for nth, part in enumerate(loaded.scenario.fleet.kind):
        for id_ in part.units:
            if id_ not in out:
                ids = f"{fleet[0].id} to {fleet[-1].id}"
                raise loaded.wrong(f"fleet.kind[{nth}].units", f"there is no unit {id_}", f"the units are {ids}")
            capabilities = part.capabilities or (part.kind,)
            out[id_] = TwinUnit(id_, out[id_].base, capabilities, part.kind, part.crew, part.agency)
    return tuple(out.values())
