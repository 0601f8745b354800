"""Coordinates as people write them: decimal degrees, degrees-minutes-seconds with hemisphere, grids, Plus Codes.

Refuses to know any map; a short Plus Code is completed around the point it is given. ISO 6709 Annex D for the human
forms, the Open Location Code specification for Plus Codes.
"""

import re
from math import floor

from tocsin.geo.places.grids import grid_reference

_D = r"([+-]?\d{1,3}(?:[.,]\d+)?)"
_PLAIN = re.compile(
    r"^\s*(?:geo:)?\(?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*\)?(?:;.*)?\s*$"
)
_COMMAS = re.compile(r"^\s*([+-]?\d{1,3},\d+)\s*[;\s]\s*([+-]?\d{1,3},\d+)\s*$")
_PART = (
    r"(\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|deg|d)?\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’]|min|m)?\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|''|sec|s)?)?)?"
)
_AFTER = re.compile(rf"^\s*{_PART}\s*([NSns])\s*[,;/]?\s*{_PART}\s*([EWOewo])\s*$")
_BEFORE = re.compile(rf"^\s*([NSns])\s*{_PART}\s*[,;/]?\s*([EWOewo])\s*{_PART}\s*$")
_CODE = re.compile(r"^\s*([23456789CFGHJMPQRVWX]{2,8})\+([23456789CFGHJMPQRVWX]{2,7})?\b", re.IGNORECASE)
_CODE_ALONE = re.compile(r"^\s*[^\s]+\s*$")
_FIGURE = r"([+-]?\d{1,3}\.\d+)"
_SAID = re.compile(
    rf"^\s*lat(?:itude|itud)?[\s.:=]*{_D}[\s,;&/]*(?:and|e|y)?\s*(?:long|lon|lng)(?:itude|itud)?[\s.:=]*{_D}\s*$",
    re.IGNORECASE,
)
_LINKS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"!3d{_FIGURE}!4d{_FIGURE}",
        rf"[?&]mlat={_FIGURE}&(?:amp;)?mlon={_FIGURE}",
        rf"[?&](?:q|ll|query|daddr|destination|center|saddr|cp|at)=(?:loc:)?{_FIGURE}(?:,|%2c|~)(?:\+|%20)?{_FIGURE}",
        rf"/(?:place|search|dir)/(?:[^/]*/)?{_FIGURE},\+?{_FIGURE}",
        rf"@{_FIGURE},{_FIGURE}",
        rf"#map=[\d.]+/{_FIGURE}/{_FIGURE}",
    )
)
"""Links that map applications share: a pin first, the middle of what was on their screen last."""
_ROUGH_M = 10_000.0
"""Numbers without decimals are more often something else."""
_DIGITS = "23456789CFGHJMPQRVWX"
Found = tuple[float, float, float]


def coordinates(text: str, about: tuple[float, float] | None = None) -> Found | None:
    """Latitude, longitude (degrees) and half the size of what was written (metres), or None when it is not one."""
    found = _linked(text[:600])
    text = text[:120]
    found = found or _plain(text) or _sexagesimal(text) or grid_reference(text)
    if found is None:
        return _plus_code(text, about)
    lat, lon, size_m = found
    if 90 < abs(lat) <= 180 and abs(lon) <= 90 and size_m < _ROUGH_M:
        lat, lon = lon, lat  # no latitude is so large: it was typed the other way round
    return (lat, lon, size_m) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _plain(text: str) -> Found | None:
    match = _COMMAS.match(text) or _PLAIN.match(text) or _SAID.match(text)
    if not match:
        return None
    lat, lon = match.group(1).replace(",", "."), match.group(2).replace(",", ".")
    if "." not in lat and "." not in lon and not re.search("[,;-]", text):
        return None
    return float(lat), float(lon), _size_m(min(len(lat.partition(".")[2]), len(lon.partition(".")[2])))


def _linked(text: str) -> Found | None:
    if "://" not in text and not text.lstrip().lower().startswith(("maps.", "www.", "goo")):
        return None
    match = next((found for form in _LINKS if (found := form.search(text))), None)
    return (float(match.group(1)), float(match.group(2)), 5.0) if match else None


def other_ways(lat: float, lon: float) -> list[tuple[float, float, str]]:
    """What else may have been meant by coordinates that lie nowhere near: a sign forgotten, the two exchanged."""
    signs = [(lat, -lon), (-lat, lon), (-lat, -lon)]
    ways = [(*each, "coordinates with another sign than typed") for each in signs]
    turned = "coordinates with latitude and longitude exchanged"
    return ways + [(a, b, turned) for b, a in ((lat, lon), *signs) if abs(a) <= 90]


def _size_m(decimals: int) -> float:
    return float(max(5.0, 111_195.0 / 2 * 10.0**-decimals))


def _sexagesimal(text: str) -> Found | None:
    after, before = _AFTER.match(text), _BEFORE.match(text)
    if after:
        g = after.groups()
        parts = (g[0:3], g[3], g[4:7], g[7])
    elif before:
        g = before.groups()
        parts = (g[1:4], g[0], g[5:8], g[4])
    else:
        return None
    lat, lon = _degrees(parts[0]), _degrees(parts[2])
    finest = 1 if parts[0][2] else 60 if parts[0][1] else 3600
    decimals = max((len(re.split("[.,]", p)[1]) for p in parts[0] if p and re.search("[.,]", p)), default=0)
    size_m = max(5.0, 31 * finest / 2 * 10.0**-decimals)
    return (-lat if parts[1] in "Ss" else lat), (-lon if parts[3] in "WwOo" else lon), size_m


def _degrees(parts: tuple[str | None, ...]) -> float:
    d, m, s = (float(p.replace(",", ".")) if p else 0.0 for p in parts)
    return d + m / 60 + s / 3600


def _plus_code(text: str, about: tuple[float, float] | None) -> Found | None:
    match = _CODE.match(text)
    if not match or len(match.group(1)) % 2 or not match.group(2):
        return None
    code = (match.group(1) + match.group(2)).upper()
    missing = 8 - len(match.group(1))
    if missing and (about is None or not _CODE_ALONE.match(text)):
        return None
    if missing and about:
        code = _encode(*about)[:missing] + code
    lat, lon, height, width = _decode(code)
    if missing and about:
        step = 400.0 / 20 ** (missing // 2)
        lat, lon = lat + step * _turn(about[0] - lat, step), lon + step * _turn(about[1] - lon, step)
    return lat, lon, max(5.0, 111_195.0 * max(height, width) / 2)


def split_code(text: str) -> tuple[str, str] | None:
    """A short Plus Code and the words after it, or None."""
    match = _CODE.match(text[:120])
    rest = text[match.end() : 120].strip(" ,") if match else ""
    return (match.group(0).strip(), rest) if match and rest and len(match.group(1)) < 8 else None


def _turn(gap: float, step: float) -> int:
    return floor(gap / step + 0.5)


def _encode(lat: float, lon: float) -> str:
    lat, lon, step, out = min(lat + 90, 179.999999), (lon + 180) % 360, 20.0, ""
    for _ in range(4):
        out += _DIGITS[int(lat / step)] + _DIGITS[int(lon / step)]
        lat, lon, step = lat % step, lon % step, step / 20
    return out


def _decode(code: str) -> tuple[float, float, float, float]:
    lat, lon, step = -90.0, -180.0, 400.0
    pairs = code[:10]
    for i in range(0, len(pairs) - 1, 2):
        step /= 20
        lat, lon = lat + _DIGITS.index(pairs[i]) * step, lon + _DIGITS.index(pairs[i + 1]) * step
    height = width = step
    for char in code[10:15]:
        height, width = height / 5, width / 4
        row, column = divmod(_DIGITS.index(char), 4)
        lat, lon = lat + row * height, lon + column * width
    return lat + height / 2, lon + width / 2, height, width
