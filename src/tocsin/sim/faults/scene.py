"""Where the accidents happen: a small centre in a hurry, whose alarms and retention run in seconds. Knows no dice."""

from __future__ import annotations

from tocsin.domain.plan_words import read_requirement
from tocsin.domain.plans import Agency, Plan, Plans
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Limits, Need, Retention
from tocsin.facts.values import Place

T0 = 1_790_000_000.0
DAY_S = 86_400.0
HERE = Place(38.70, -9.14, "Rua do Ouro 12", "address")
THERE = Place(38.75, -9.20, "Avenida da Liberdade 1", "address")
HOME = Place(38.72, -9.15, "Station 1", "registered")
UNITS = ("E1", "E2", "A1", "1")
"""One is named like calls and incidents are, as in many a real centre. Few, so that they are fought for."""

CATALOGUE = Catalogue(
    (
        IncidentType("FIRE", "fire", 1, {"en": "Fire"}, (Need("engine", 2),)),
        IncidentType("SICK", "medical", 2, {"en": "Sick"}, (Need("ambulance", 1),)),
    ),
    (Disposition("DONE", {"en": "Done"}), Disposition("FALSE", {"en": "False alarm"})),
    Limits(call_unanswered_s=4, not_acknowledged_s=5, long_on_scene_s=8, location_waits_s=6),
    first_incident=1,
    retention=Retention(8 / DAY_S, 12 / DAY_S, 4 / DAY_S, 9 / DAY_S, 15 / DAY_S),
)
AGENCIES: dict[str, tuple[str, ...]] = {"fire": ("FIRE",), "ems": ("SICK",), "aid": ()}
"""Agency -> types of incident that are its own. The last sees what is shared with it and where it was sent."""
WHOSE = {"E1": "fire", "E2": "fire", "A1": "ems", "1": "aid"}
PLANS = Plans(
    (Plan("fire", ((read_requirement("2 engine"),), (read_requirement("1 ambulance"),)), types=("FIRE",)),),
    agencies=tuple(Agency(name, types=types) for name, types in AGENCIES.items() if types),
)
