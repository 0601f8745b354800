"""Reading road matter out of an OSM file: ways that can be driven, their nodes, turn restrictions.

Everything leaves as plain arrays. Any id up to 64 bits is fine: nothing is indexed by id. Order in the file does not
matter. Refuses to know topology, seconds or files on disk other than the source.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from tocsin.geo.errors import RegionError
from tocsin.geo.progress import Progress
from tocsin.geo.rules import WayRule, read_way

NODE_NONE, NODE_SIGNAL, NODE_STOP, NODE_GIVE_WAY, NODE_GATE, NODE_BOLLARD, NODE_WALL = range(7)

_BARRIERS = {
    **dict.fromkeys(("gate", "lift_gate", "swing_gate", "sliding_gate", "toll_booth", "barrier", "yes"), NODE_GATE),
    **dict.fromkeys(("bollard", "chain", "hampshire_gate", "bump_gate", "sally_port", "rope"), NODE_BOLLARD),
    **dict.fromkeys(("block", "jersey_barrier", "wall", "fence", "debris", "log", "hedge", "ditch"), NODE_WALL),
    **dict.fromkeys(("kissing_gate", "stile", "turnstile", "full-height_turnstile"), NODE_WALL),
}
_SIGNS = {"traffic_signals": NODE_SIGNAL, "stop": NODE_STOP, "give_way": NODE_GIVE_WAY}
_OPEN_VALUES = frozenset({"yes", "designated", "permissive", "official"})


@dataclass(slots=True)
class Ways:
    """Drivable ways: `refs[ptr[i]:ptr[i + 1]]` are the node ids of way i."""

    way_id: NDArray[np.int64]
    rules: list[WayRule]
    names: list[str]
    ptr: NDArray[np.int64]
    refs: NDArray[np.int64]
    seen: int = 0  # ways with a highway or ferry tag, drivable or not
    reversible: int = 0


@dataclass(slots=True)
class Nodes:
    """Nodes of the drivable ways, sorted by id; coordinates in 1e-7 degree; `kind` is one of NODE_*."""

    node_id: NDArray[np.int64]
    lat_e7: NDArray[np.int32]
    lon_e7: NDArray[np.int32]
    kind: NDArray[np.uint8]
    found: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Restriction:
    """One turn restriction: from way, via (one node, or ways in order), to way; `only` makes it mandatory."""

    from_way: int
    via_node: int | None
    via_ways: tuple[int, ...]
    to_way: int
    only: bool
    turn: str = ""  # what the sign shows: u_turn, left_turn, right_turn, straight_on


@dataclass(slots=True)
class Restrictions:
    """Restrictions that bind us, and why others were left out."""

    kept: list[Restriction] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def skip(self, why: str) -> None:
        """Count one restriction left out."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


@contextmanager
def osm_errors(source: Path) -> Iterator[None]:
    """Turn what the OSM reader says of a bad file into one clear line."""
    try:
        yield
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as error:
        raise RegionError(_plain_words(source, str(error))) from error


def _plain_words(source: Path, said: str) -> str:
    low = said.lower()
    if any(word in low for word in ("unexpected eof", "truncated", "early end", "no data or unknown compression")):
        return f"{source}: the file ends too early (cut off while copying or downloading?): {said}"
    if "blob" in low or "detect file format" in low or "parse" in low or "xml" in low or "pbf" in low:
        return f"{source}: this is not a readable OpenStreetMap file: {said}"
    return f"{source}: cannot be read: {said}"


def check_source(source: Path) -> None:
    """Refuse a path that is missing, a folder, empty or without read permission."""
    if not source.exists():
        raise RegionError(f"{source}: no such file")
    if not source.is_file():
        raise RegionError(f"{source}: is not a file")
    try:
        with source.open("rb") as file:
            if not file.read(1):
                raise RegionError(f"{source}: the file is empty")
    except OSError as error:
        raise RegionError(f"{source}: cannot be read: {error.strerror}") from error


def read_ways(source: Path, progress: Progress) -> Ways:
    """Read all drivable ways of the file."""
    ids: list[int] = []
    rules: list[WayRule] = []
    names: list[str] = []
    refs: list[int] = []
    ptr: list[int] = [0]
    seen = reversible = 0
    for way in _objects(source, osmium.osm.WAY, osmium.filter.KeyFilter("highway", "route")):
        tags = dict(way.tags)
        seen += 1
        reversible += tags.get("oneway") == "reversible"
        if (rule := read_way(tags)) is None:
            continue
        ids.append(way.id)
        rules.append(rule)
        names.append(tags.get("name") or tags.get("ref") or "")
        refs.extend(node.ref for node in way.nodes)
        ptr.append(len(refs))
        progress.advance(1)
    return Ways(
        np.array(ids, np.int64), rules, names, np.array(ptr, np.int64), np.array(refs, np.int64), seen, reversible
    )


def _objects(source: Path, entities: Any, *filters: Any) -> Iterator[Any]:
    processor = osmium.FileProcessor(str(source), entities)
    for one in filters:
        processor = processor.with_filter(one)
    return iter(processor)


def read_nodes(source: Path, ways: Ways) -> Nodes:
    """Read place and kind of every node the ways use; `found` is False for nodes the file does not hold."""
    node_id = np.unique(ways.refs)
    seen_id: list[int] = []
    lat: list[int] = []
    lon: list[int] = []
    kinds: list[int] = []
    for node in _objects(source, osmium.osm.NODE, osmium.filter.IdFilter(node_id.tolist())):
        if not node.location.valid():
            continue
        seen_id.append(node.id)
        lat.append(node.location.y)
        lon.append(node.location.x)
        kinds.append(node_kind(dict(node.tags)) if len(node.tags) else NODE_NONE)
    nodes = Nodes(
        node_id,
        np.zeros(len(node_id), np.int32),
        np.zeros(len(node_id), np.int32),
        np.zeros(len(node_id), np.uint8),
        np.zeros(len(node_id), np.bool_),
    )
    at = np.searchsorted(node_id, np.array(seen_id, np.int64))
    nodes.lat_e7[at], nodes.lon_e7[at], nodes.kind[at], nodes.found[at] = lat, lon, kinds, True
    return nodes


def node_kind(tags: Mapping[str, str]) -> int:
    """What a node does to a vehicle passing it: nothing, a signal, a sign, a gate, a bollard or a wall."""
    barrier = tags.get("barrier")
    if barrier is not None:
        if any(tags.get(key) in _OPEN_VALUES for key in ("emergency", "motor_vehicle", "vehicle", "motorcar")):
            return NODE_GATE if barrier in _BARRIERS else NODE_NONE
        return _BARRIERS.get(barrier, NODE_NONE)
    return _SIGNS.get(tags.get("highway", ""), NODE_NONE)


def read_restrictions(source: Path) -> Restrictions:
    """Read the turn restrictions; those that exempt emergency vehicles, and conditional ones, are left out, counted."""
    found = Restrictions()
    keys = osmium.filter.KeyFilter("restriction", "restriction:conditional", "restriction:motorcar")
    for relation in _objects(source, osmium.osm.RELATION, keys):
        tags = dict(relation.tags)
        if tags.get("type") not in (None, "restriction"):
            continue
        _keep(found, tags, [(m.role, m.type, m.ref) for m in relation.members])
    return found


def _keep(found: Restrictions, tags: dict[str, str], members: list[tuple[str, str, int]]) -> None:
    """Keep one restriction relation, or count why not. Several from (or to) members are several restrictions."""
    kind = tags.get("restriction") or tags.get("restriction:motorcar")
    if kind is None:
        return found.skip("conditional on time or vehicle")
    if {"emergency", "motor_vehicle"} & set(tags.get("except", "").replace(" ", "").split(";")):
        return found.skip("emergency vehicles exempt")
    only = kind.startswith("only_")
    if not only and not kind.startswith("no_"):
        return found.skip("of a kind not known")
    starts = [ref for role, type_, ref in members if role == "from" and type_ == "w"]
    ends = [ref for role, type_, ref in members if role == "to" and type_ == "w"]
    via_nodes = [ref for role, type_, ref in members if role == "via" and type_ == "n"]
    via_ways = tuple(ref for role, type_, ref in members if role == "via" and type_ == "w")
    if not starts or not ends or (len(via_nodes) != 1 and not via_ways) or (only and len(ends) != 1):
        return found.skip("with members missing")
    via_node = via_nodes[0] if not via_ways else None
    turn = kind.partition("_")[2]
    found.kept += [Restriction(a, via_node, via_ways, b, only, turn) for a in starts for b in ends]
    return None
