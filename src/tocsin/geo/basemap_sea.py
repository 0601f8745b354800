"""The sea: coastlines to polygons inside a frame. Refuses to know tiles, and refuses to flood land by guessing.

OSM draws natural=coastline with the land on the left and the water on the right. The frame and the lines part the
frame into faces; a face is sea when the lines that bound it have it on their right. Where an extract cuts a
coastline, a face touches both sides of one line: that face is left as land and the line is drawn.
"""

from typing import Any

import numpy as np
import shapely
from shapely.ops import linemerge

Frame = tuple[float, float, float, float]
_MOST_ROADS = 40
_SURE = 0.98


def sea(coast: list[Any], frame: Frame, road_points: Any) -> tuple[list[Any], list[Any]]:
    """Sea polygons and the coastlines that bound none, in degrees.

    `coast` are shapely lines, `frame` is (west, south, east, north), and `road_points` an array of shapely points on
    roads (not bridges): a face with many of them is not sea, whatever the lines say.
    """
    if not coast:
        return [], []
    box = shapely.box(*frame)
    merged = linemerge(coast) if len(coast) > 1 else coast[0]
    lines = [line for line in shapely.get_parts(shapely.intersection(merged, box)) if line.geom_type == "LineString"]
    if not lines:
        return [], []
    edges = shapely.union_all([*lines, box.exterior])
    faces = [face for face in shapely.get_parts(shapely.polygonize([edges])) if face.area > 0]
    roads = shapely.STRtree(road_points)
    wet = [
        face for face in faces if _is_sea(face, lines) and len(roads.query(face, predicate="contains")) < _MOST_ROADS
    ]
    return wet, ([] if wet else lines)


def _is_sea(face: Any, lines: list[Any]) -> bool:
    """Whether the lines along the face's edge have it on their right, by length."""
    reach = max(face.length, 1e-6) * 1e-7
    near = [line for line in lines if shapely.dwithin(line, face, reach)]
    right = left = 0.0
    for line in near:
        points = shapely.get_coordinates(line)
        along = np.diff(points, axis=0)
        size = np.hypot(*along.T)
        keep = size > 0
        along, size, middle = along[keep], size[keep], ((points[1:] + points[:-1]) / 2)[keep]
        step = np.column_stack([along[:, 1], -along[:, 0]]) / size[:, None] * np.minimum(size[:, None] / 4, 1e-5)
        right += float(size[shapely.contains_xy(face, *(middle + step).T)].sum())
        left += float(size[shapely.contains_xy(face, *(middle - step).T)].sum())
    return right > 0 and right / (right + left) >= _SURE
