"""Small geometry on a local plane: metres around a latitude. Refuses to know anything but numbers.

Equirectangular projection about the given latitude; within a region of 100 km the error stays under half a per cent.
"""

from math import cos, radians

import numpy as np
from numpy.typing import NDArray

METRES_A_DEGREE = 111_195.0
Floats = NDArray[np.float64]


def metres(lats: Floats, lons: Floats, about_lat: float) -> Floats:
    """Points in metres, shape (n, 2), x to the east and y to the north."""
    x = np.asarray(lons) * (METRES_A_DEGREE * cos(radians(about_lat)))
    return np.column_stack([x, np.asarray(lats) * METRES_A_DEGREE])


def apart_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance in metres between two points in degrees."""
    x = (lon2 - lon1) * cos(radians((lat1 + lat2) / 2))
    return float(METRES_A_DEGREE * ((lat2 - lat1) ** 2 + x**2) ** 0.5)


def feet(segments: Floats, lat: float, lon: float) -> tuple[Floats, Floats]:
    """The nearest point (latitude, longitude) on each segment of shape (n, 4) (lat, lon, lat, lon), and metres away."""
    scale = np.array([METRES_A_DEGREE, METRES_A_DEGREE * cos(radians(lat))])
    start = (segments[:, :2] - (lat, lon)) * scale
    along = (segments[:, 2:] - segments[:, :2]) * scale
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    part = np.clip(-(start * along).sum(axis=1) / length, 0, 1)
    foot = start + along * part[:, None]
    return foot / scale + (lat, lon), np.sqrt((foot**2).sum(axis=1))


def onto(segments: Floats, lat: float, lon: float) -> tuple[int, float, float, float]:
    """Nearest point on segments of shape (n, 4) (lat, lon, lat, lon): segment, latitude, longitude, metres away."""
    spots, away = feet(segments, lat, lon)
    best = int(away.argmin())
    return best, float(spots[best, 0]), float(spots[best, 1]), float(away[best])


def length_m(segments: Floats) -> float:
    """Total length of the segments in metres."""
    if not len(segments):
        return 0.0
    scale = np.array([METRES_A_DEGREE, METRES_A_DEGREE * cos(radians(float(segments[0, 0])))])
    return float(np.sqrt((((segments[:, 2:] - segments[:, :2]) * scale) ** 2).sum(axis=1)).sum())
