"""Grid references: UTM ("33S 455000 3970000") and MGRS ("33S VV 55000 70000") as rangers and pilots read them.

Refuses to know any map. Transverse Mercator by Krüger's series to the fourth order (Karney 2011, eq. 15, 36; under a
millimetre within a zone); lettering by NGA.STND.0037 (MGRS), WGS 84 throughout.
"""

import re
from math import atan, atan2, atanh, cos, cosh, degrees, sin, sinh, sqrt

_A_M, _F, _K0 = 6_378_137.0, 1 / 298.257223563, 0.9996
_N = _F / (2 - _F)
_E = sqrt(_F * (2 - _F))
_RADIUS_M = _A_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_BETA = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_UTM = re.compile(
    rf"^\s*(?:utm\s*)?(\d{{1,2}})\s*([{_BANDS}]|north|south|norte|sul|sur)\s*"
    r"(?:e\s*)?(\d{6,7}(?:\.\d+)?)\s*m?\s*e?\s*[,;/ ]\s*(?:n\s*)?(\d{1,8}(?:\.\d+)?)\s*m?\s*n?\s*$",
    re.IGNORECASE,
)
_MGRS = re.compile(
    rf"^\s*(?:mgrs\s*)?(\d{{1,2}})\s*([{_BANDS}])\s*([A-HJ-NP-Z])([A-HJ-NP-V])\s*(\d{{2,5}}\s+\d{{2,5}}|\d{{4,10}})\s*$",
    re.IGNORECASE,
)
Found = tuple[float, float, float]


def grid_reference(text: str) -> Found | None:
    """Latitude, longitude (degrees) and half the size of the square (metres), or None when it is no grid reference."""
    utm, mgrs = _UTM.match(text[:120]), _MGRS.match(text[:120])
    if utm:
        band = utm.group(2).upper()
        south = band in ("SOUTH", "SUL", "SUR") or (len(band) == 1 and band < "N")
        return _checked(int(utm.group(1)), float(utm.group(3)), float(utm.group(4)), south=south, size_m=5.0)
    return _mgrs(mgrs) if mgrs else None


def _mgrs(found: re.Match[str]) -> Found | None:
    zone, (band, column, row) = int(found.group(1)), (found.group(i).upper() for i in (2, 3, 4))
    halves = found.group(5).split()
    digits = "".join(halves)
    if len(digits) % 2 or (len(halves) == 2 and len(halves[0]) != len(halves[1])):
        return None
    half = len(digits) // 2
    step_m = 10.0 ** (5 - half)
    letters = _COLUMNS[(zone - 1) % 3]
    if column not in letters:
        return None
    east = (letters.index(column) + 1) * 100_000.0 + int(digits[:half] or 0) * step_m + step_m / 2
    row_at = (_ROWS.index(row) - (5 if zone % 2 == 0 else 0)) % 20
    north = row_at * 100_000.0 + int(digits[half:] or 0) * step_m + step_m / 2
    south = band < "N"
    middle = -80.0 + 8.0 * _BANDS.index(band) + 4.0
    near = _northing_m(middle) + (10_000_000.0 if south else 0.0)
    north += round((near - north) / 2_000_000.0) * 2_000_000.0
    spot = _checked(zone, east, north, south=south, size_m=max(5.0, step_m / 2))
    low = -80.0 + 8.0 * _BANDS.index(band)
    high = low + (12.0 if band == "X" else 8.0)
    return spot if spot and low - 1 <= spot[0] <= high + 1 else None


def _northing_m(lat: float) -> float:
    """Metres along the central meridian from the equator, near enough to choose among rows 2,000 km apart."""
    return lat * 110_570.0


def _checked(zone: int, east: float, north: float, *, south: bool, size_m: float) -> Found | None:
    if not (1 <= zone <= 60 and 100_000 <= east < 1_000_000 and 0 <= north <= 10_000_000):
        return None
    lat, lon = _degrees(zone, east, north - (10_000_000.0 if south else 0.0))
    return (lat, lon, size_m) if -80.5 <= lat <= 84.5 else None


def _degrees(zone: int, east: float, north: float) -> tuple[float, float]:
    xi, eta = north / (_K0 * _RADIUS_M), (east - 500_000.0) / (_K0 * _RADIUS_M)
    xi_, eta_ = xi, eta
    for j, beta in enumerate(_BETA, 1):
        xi_ -= beta * sin(2 * j * xi) * cosh(2 * j * eta)
        eta_ -= beta * cos(2 * j * xi) * sinh(2 * j * eta)
    tau_ = sin(xi_) / sqrt(sinh(eta_) ** 2 + cos(xi_) ** 2)
    lon = degrees(atan2(sinh(eta_), cos(xi_))) + 6.0 * zone - 183.0
    return degrees(atan(_tau(tau_))), lon


def _tau(goal: float) -> float:
    """The tangent of the latitude from that of the conformal latitude (Karney 2011, eq. 19 to 21)."""
    tau = goal
    for _ in range(5):
        sigma = sinh(_E * atanh(_E * tau / sqrt(1 + tau**2)))
        now = tau * sqrt(1 + sigma**2) - sigma * sqrt(1 + tau**2)
        slope = sqrt(1 + now**2) * sqrt(1 + tau**2) * (1 - _E**2) / (1 + (1 - _E**2) * tau**2)
        tau += (goal - now) / slope
    return tau
