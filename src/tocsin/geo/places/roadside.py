"""Roadside: kilometre posts and numbered exits, hung on the roads they stand beside.

Refuses to know names and searching words. A distance between two posts lies between them, one beyond the last post is
only as near as the gap allows.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from tocsin.geo.places import plane
from tocsin.geo.places.columns import Texts, pack, unpack
from tocsin.geo.places.houses import Spot
from tocsin.geo.places.posts import Post
from tocsin.geo.places.streets import Street

_REACH_M = 150.0
_ROADS_RANK = 0.6
_FURTHEST_KM = 5.0
_MILESTONE, _EXIT = 0, 1


def hang(streets: list[Street], posts: list[Post]) -> dict[str, NDArray[Any]]:
    """The columns of all posts that stand on or near a road."""
    rows = sorted(
        ((street, _MILESTONE if post.km >= 0 else _EXIT, post.km, post) for street, post in _owners(streets, posts)),
        key=lambda row: row[:3],
    )
    return {
        "post.street": np.array([r[0] for r in rows], dtype=np.int32),
        "post.kind": np.array([r[1] for r in rows], dtype=np.uint8),
        "post.km": np.array([r[2] for r in rows], dtype=np.float64),
        "post.spot": np.array([(r[3].lat, r[3].lon) for r in rows]).reshape(-1, 2),
        **pack("post", [r[3].text for r in rows]),
    }


def _owners(streets: list[Street], posts: list[Post]) -> list[tuple[int, Post]]:
    if not posts or not streets:
        return []
    wanted = {p.node for p in posts}
    through: dict[int, list[int]] = defaultdict(list)
    for row, street in enumerate(streets):
        for ref in wanted.intersection(street.refs.tolist()):
            through[ref].append(row)
    roads = [i for i, s in enumerate(streets) if s.rank >= _ROADS_RANK and len(s.refs)]
    owner = np.repeat(roads, [len(streets[i].segments) for i in roads]) if roads else np.zeros(0, dtype=np.int64)
    lines = np.concatenate([streets[i].segments for i in roads]) if roads else np.zeros((0, 4))
    tree = shapely.STRtree(shapely.linestrings(lines.reshape(-1, 2, 2)[:, :, ::-1]))
    found = []
    for post in posts:
        near = tree.query(shapely.box(post.lon - 0.004, post.lat - 0.002, post.lon + 0.004, post.lat + 0.002))
        there = through.get(post.node) or _nearest(lines, owner, near, post)
        found += [(street, post) for street in there]
    return found


def _nearest(lines: NDArray[np.float64], owner: NDArray[np.int64], near: NDArray[np.int64], post: Post) -> list[int]:
    if not len(near):
        return []
    best, _, _, away = plane.onto(lines[near], post.lat, post.lon)
    return [int(owner[near[best]])] if away <= _REACH_M else []


class _Posted(NamedTuple):
    km: float
    row: int


class Roadside:
    """The posts and exits of all roads."""

    def __init__(self, columns: dict[str, NDArray[Any]]):
        self._street: NDArray[np.int32] = columns["post.street"]
        self._kind: NDArray[np.uint8] = columns["post.kind"]
        self._km: NDArray[np.float64] = columns["post.km"]
        self._spot: NDArray[np.float64] = columns["post.spot"]
        self._text: Texts = unpack(columns, "post")

    def _of(self, streets: Sequence[int], kind: int) -> list[int]:
        rows: list[int] = []
        for street in streets:
            low, high = np.searchsorted(self._street, [street, street + 1])
            rows += [i for i in range(int(low), int(high)) if self._kind[i] == kind]
        return rows

    def at_km(self, streets: Sequence[int], km: float) -> tuple[int, Spot] | None:
        """The street and the spot at this distance on any of the streets (pieces of one road), or None."""
        posts = sorted(_Posted(float(self._km[i]), i) for i in self._of(streets, _MILESTONE))
        if not posts:
            return None
        before = [p for p in posts if p.km <= km + 1e-9][-1:]
        after = [p for p in posts if p.km >= km - 1e-9][:1]
        known = min(before + after, key=lambda p: abs(p.km - km))
        street, (lat, lon) = int(self._street[known.row]), self._spot[known.row].tolist()
        gap = abs(known.km - km)
        if gap < 0.005:
            return street, Spot(lat, lon, 50.0, f"km {km:g}", "kilometre post on the map", True)
        if before and after and after[0].km - before[0].km <= _FURTHEST_KM:
            share = (km - before[0].km) / (after[0].km - before[0].km)
            start, end = self._spot[before[0].row], self._spot[after[0].row]
            lat, lon = (start + (end - start) * share).tolist()
            how = f"between the posts km {before[0].km:g} and {after[0].km:g}"
            return street, Spot(lat, lon, 60.0 + 250.0 * gap, f"km {km:g}", how, False)
        if gap > _FURTHEST_KM:
            return None
        return street, Spot(lat, lon, 100.0 + 1000.0 * gap, f"km {km:g}", f"nearest known post, km {known.km:g}", False)

    def exit(self, streets: Sequence[int], text: str) -> list[tuple[int, Spot]]:
        """Every exit of this number on the streets, those of the two directions together as one."""
        wanted = _plain(text)
        found: list[tuple[int, Spot]] = []
        for row in self._of(streets, _EXIT):
            if _plain(self._text[row]) != wanted:
                continue
            lat, lon = self._spot[row].tolist()
            if all(plane.apart_m(lat, lon, s.lat, s.lon) > 3000 for _, s in found):
                spot = Spot(lat, lon, 150.0, f"exit {self._text[row]}", "motorway exit on the map", True)
                found.append((int(self._street[row]), spot))
        return found


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())
