"""The two inner loops, compiled: shortest times over states, and the nearest road to a point.

`search` is Dijkstra's algorithm on a ring of buckets (Dial 1969), label-correcting inside a bucket, so it is exact for
any bucket width. Refuses to know direction (it is handed the arcs), files or names.
"""

# Numba compiles these without Python objects; small helpers would cost calls in the innermost loop.
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, boundscheck=False)
def search(  # noqa: PLR0912, PLR0915
    ptr: Any,
    neighbour: Any,
    cost_s: Any,
    time_s: Any,
    length_m: Any,
    closed: Any,
    seed_state: Any,
    seed_s: Any,
    seed_m: Any,
    cand_state: Any,
    cand_point: Any,
    cand_s: Any,
    cand_m: Any,
    eta_s: Any,
    metres: Any,
    best: Any,
    limit_s: float,
    width_s: float,
    dist: Any,
    walked: Any,
    parent: Any,
    stamp: Any,
    mark: Any,
    slot: Any,
    before: Any,
    after: Any,
    heads: Any,
    cand_head: Any,
    cand_next: Any,
) -> int:
    """Spread from the seeds until every point's time is final, the limit is passed or nothing is left.

    A seed is a state whose neighbours are reached with its offset; a candidate is a state at whose label a point may be
    reached with its own offset. `eta_s`, `metres`, `best` (index of the winning candidate) come in filled with what is
    known already and are lowered in place. A closed state gets a label but passes none on. Returns states labelled.
    """
    n_buckets = heads.shape[0]
    heads[:] = -1
    queued = labelled = 0
    for i in range(cand_state.shape[0]):
        s = cand_state[i]
        if stamp[s] != mark:
            stamp[s] = mark
            dist[s] = np.inf
            slot[s] = -1
            cand_head[s] = -1
        cand_next[i] = cand_head[s]
        cand_head[s] = i
    open_points = 0
    for p in range(eta_s.shape[0]):
        if eta_s[p] == np.inf:
            open_points += 1

    low = np.inf
    for i in range(seed_state.shape[0]):
        s = seed_state[i]
        for a in range(ptr[s], ptr[s + 1]):
            n = neighbour[a]
            d = seed_s[i] + cost_s[a]
            if stamp[n] != mark:
                stamp[n] = mark
                dist[n] = np.inf
                slot[n] = -1
                cand_head[n] = -1
            if d < dist[n]:
                labelled += dist[n] == np.inf
                if slot[n] >= 0:
                    if before[n] >= 0:
                        after[before[n]] = after[n]
                    else:
                        heads[slot[n]] = after[n]
                    if after[n] >= 0:
                        before[after[n]] = before[n]
                    queued -= 1
                dist[n] = d
                walked[n] = seed_m[i]
                parent[n] = -1 - i
                b = int(d / width_s) % n_buckets
                slot[n] = b
                before[n] = -1
                after[n] = heads[b]
                if heads[b] >= 0:
                    before[heads[b]] = n
                heads[b] = n
                queued += 1
                low = min(low, d)
    if queued == 0:
        return labelled

    bucket = int(low / width_s)
    while queued > 0:
        at = bucket % n_buckets
        while heads[at] >= 0:
            s = heads[at]
            heads[at] = after[s]
            if after[s] >= 0:
                before[after[s]] = -1
            slot[s] = -1
            queued -= 1
            d = dist[s]
            c = cand_head[s]
            while c >= 0:
                p = cand_point[c]
                total = d + cand_s[c]
                if total < eta_s[p]:
                    open_points -= eta_s[p] == np.inf
                    eta_s[p] = total
                    metres[p] = walked[s] + cand_m[c]
                    best[p] = c
                c = cand_next[c]
            if closed[s]:
                continue
            d += time_s[s]
            m = walked[s] + length_m[s]
            for a in range(ptr[s], ptr[s + 1]):
                n = neighbour[a]
                t = d + cost_s[a]
                if stamp[n] != mark:
                    stamp[n] = mark
                    dist[n] = np.inf
                    slot[n] = -1
                    cand_head[n] = -1
                if t < dist[n]:
                    labelled += dist[n] == np.inf
                    if slot[n] >= 0:
                        if before[n] >= 0:
                            after[before[n]] = after[n]
                        else:
                            heads[slot[n]] = after[n]
                        if after[n] >= 0:
                            before[after[n]] = before[n]
                        queued -= 1
                    dist[n] = t
                    walked[n] = m
                    parent[n] = s
                    b = int(t / width_s) % n_buckets
                    slot[n] = b
                    before[n] = -1
                    after[n] = heads[b]
                    if heads[b] >= 0:
                        before[heads[b]] = n
                    heads[b] = n
                    queued += 1
        bucket += 1
        edge_s = bucket * width_s
        if edge_s > limit_s:
            break
        if open_points == 0:
            worst = 0.0
            for p in range(eta_s.shape[0]):
                worst = max(worst, eta_s[p])
            if worst <= edge_s:
                break
    return labelled


@njit(cache=True, nogil=True, boundscheck=False)
def nearest(  # noqa: PLR0912, PLR0915
    lat_e7: Any,
    lon_e7: Any,
    grid: Any,
    cell_ptr: Any,
    cell_point: Any,
    point_lat: Any,
    point_lon: Any,
    point_cum_m: Any,
    point_piece: Any,
    piece_main: Any,
    metres_per_unit: float,
    slack_m: float,
    piece: Any,
    along_m: Any,
    away_m: Any,
    at_lat: Any,
    at_lon: Any,
) -> None:
    """For each point find the nearest piece, preferring the main ones unless a stray is nearer by `slack_m`.

    `grid` is (south, west, cell_lat, cell_lon, rows, cols) in 1e-7 degree. Distances on the plane tangent at the point.
    Fills `piece` (-1 when there is none), metres along it, metres away, and the foot of the perpendicular (1e-7 degree).
    """
    south, west, cell_lat, cell_lon, rows, cols = grid[0], grid[1], grid[2], grid[3], grid[4], grid[5]
    for i in range(lat_e7.shape[0]):
        lat, lon = lat_e7[i], lon_e7[i]
        my = metres_per_unit
        mx = metres_per_unit * max(0.01, np.cos(lat * 1e-7 * np.pi / 180.0))
        row = min(rows - 1, max(0, int((lat - south) // cell_lat)))
        col = min(cols - 1, max(0, int((lon - west) // cell_lon)))
        cell_m = min(cell_lat * my, cell_lon * mx)
        found = np.array([np.inf, np.inf])  # stray, main
        piece[i] = -1
        kept_p = np.array([-1, -1])
        kept = np.zeros((2, 3))
        for ring in range(max(rows, cols) + 1):
            near_m = (ring - 1) * cell_m
            if found[1] <= near_m or found[0] + slack_m <= near_m:
                break
            for r in range(row - ring, row + ring + 1):
                if r < 0 or r >= rows:
                    continue
                step = 1 if abs(r - row) == ring or ring == 0 else 2 * ring
                for c in range(col - ring, col + ring + 1, step):
                    if c < 0 or c >= cols:
                        continue
                    cell = r * cols + c
                    for k in range(cell_ptr[cell], cell_ptr[cell + 1]):
                        g = cell_point[k]
                        ay, ax = (point_lat[g] - lat) * my, (point_lon[g] - lon) * mx
                        vy, vx = (point_lat[g + 1] - lat) * my - ay, (point_lon[g + 1] - lon) * mx - ax
                        square = vx * vx + vy * vy
                        t = 0.0
                        if square > 0.0:
                            t = min(1.0, max(0.0, -(ax * vx + ay * vy) / square))
                        away = np.hypot(ax + t * vx, ay + t * vy)
                        p = point_piece[g]
                        kind = piece_main[p]
                        if away < found[kind]:
                            found[kind] = away
                            kept_p[kind] = p
                            kept[kind, 0] = point_cum_m[g] + t * (point_cum_m[g + 1] - point_cum_m[g])
                            kept[kind, 1] = point_lat[g] + t * (point_lat[g + 1] - point_lat[g])
                            kept[kind, 2] = point_lon[g] + t * (point_lon[g + 1] - point_lon[g])
        kind = 1 if found[1] <= found[0] + slack_m else 0
        if kept_p[kind] >= 0:
            piece[i] = kept_p[kind]
            away_m[i] = found[kind]
            along_m[i], at_lat[i], at_lon[i] = kept[kind, 0], kept[kind, 1], kept[kind, 2]


@njit(cache=True, nogil=True, boundscheck=False)
def pieces_within(
    lat_e7: float,
    lon_e7: float,
    radius_m: float,
    grid: Any,
    cell_ptr: Any,
    cell_point: Any,
    point_lat: Any,
    point_lon: Any,
    point_piece: Any,
    metres_per_unit: float,
) -> Any:
    """Pieces (with repeats) that pass within the radius of a point."""
    south, west, cell_lat, cell_lon, rows, cols = grid[0], grid[1], grid[2], grid[3], grid[4], grid[5]
    my = metres_per_unit
    mx = metres_per_unit * max(0.01, np.cos(lat_e7 * 1e-7 * np.pi / 180.0))
    row0 = max(0, int((lat_e7 - radius_m / my - south) // cell_lat))
    row1 = min(rows - 1, int((lat_e7 + radius_m / my - south) // cell_lat))
    col0 = max(0, int((lon_e7 - radius_m / mx - west) // cell_lon))
    col1 = min(cols - 1, int((lon_e7 + radius_m / mx - west) // cell_lon))
    result = [point_piece[0] for _ in range(0)]
    if col0 > col1:
        row1 = row0 - 1
    for r in range(row0, row1 + 1):
        for k in range(cell_ptr[r * cols + col0], cell_ptr[r * cols + col1 + 1]):
            g = cell_point[k]
            ay, ax = (point_lat[g] - lat_e7) * my, (point_lon[g] - lon_e7) * mx
            vy, vx = (point_lat[g + 1] - lat_e7) * my - ay, (point_lon[g + 1] - lon_e7) * mx - ax
            square = vx * vx + vy * vy
            t = 0.0
            if square > 0.0:
                t = min(1.0, max(0.0, -(ax * vx + ay * vy) / square))
            if np.hypot(ax + t * vx, ay + t * vy) <= radius_m:
                result.append(point_piece[g])
    return np.array(result, np.int64)
