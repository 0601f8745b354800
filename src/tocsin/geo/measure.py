"""Distances and bearings on the ground, vectorised. Refuses to know roads. All angles in degrees, lengths in metres."""

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180.0
E7 = 1e-7

Floats = NDArray[np.float64]


def degrees(e7: NDArray[np.int32]) -> Floats:
    """Stored coordinates as degrees."""
    return e7.astype(np.float64) * E7


def distance_m(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle distance (haversine), elementwise."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half = np.sin((phi_b - phi_a) / 2) ** 2
    half += np.cos(phi_a) * np.cos(phi_b) * np.sin(np.radians(np.subtract(lon_b, lon_a)) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    return result


def bearing_deg(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Bearing of b seen from a over short distances (flat ground), clockwise from north."""
    east = (lon_b - lon_a) * np.cos(np.radians((lat_a + lat_b) / 2))
    result: Floats = np.degrees(np.arctan2(east, lat_b - lat_a))
    return result


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Concatenate `arange(starts[i], starts[i] + counts[i])` for all i."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    result: NDArray[np.int64] = np.arange(total, dtype=np.int64) + np.repeat(starts - before, counts)
    return result
