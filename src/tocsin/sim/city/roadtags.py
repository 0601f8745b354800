"""OSM tags for a piece of road. Knows OSM's words for roads and nothing else."""

from __future__ import annotations

from tocsin.sim.city.model import Edge, Street

HIGHWAY = {"perimeter": "tertiary", "close": "residential"}
SPEED_KMH = {
    "motorway": 110,
    "motorway_link": 50,
    "trunk": 80,
    "primary": 60,
    "secondary": 50,
    "tertiary": 50,
    "perimeter": 60,
    "unclassified": 50,
    "residential": 30,
    "close": 20,
    "living_street": 20,
    "service": 20,
}
LANES = {"motorway": 2, "motorway_link": 1, "trunk": 2, "primary": 4, "secondary": 2, "tertiary": 2}


def road_tags(edge: Edge, street: Street) -> dict[str, str]:
    """All tags of an edge of a street."""
    tags = {"highway": HIGHWAY.get(edge.kind, edge.kind)}
    if street.name:
        tags["name"] = street.name
    if edge.kind in SPEED_KMH:
        tags["maxspeed"] = str(SPEED_KMH[edge.kind])
    if edge.kind in LANES:
        tags["lanes"] = str(LANES[edge.kind])
    tags["surface"] = "gravel" if edge.kind == "path" else "asphalt"
    if edge.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    if edge.oneway:
        tags["oneway"] = "yes"
    return {**tags, **street.tags, **edge.tags}
