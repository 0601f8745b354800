"""How good and how quick address search is, on San Francisco's real call addresses and on left-out house numbers.

Run from the checkout: `python bench/places.py`; it reads ../shared/regions in place, and says so where that is absent.
Positions of the calls are known to block or corner. Where Nominatim is installed (see `nominatim.py`) it imports the
same map and answers the same queries in the same run, in the wording it knows best.
"""

import csv
import gzip
import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import osmium

from common import SHARED, note, say
from nominatim import Nominatim, nominatim
from tocsin.geo.places import Places
from tocsin.geo.places.build import build_places
from tocsin.geo.places.plane import apart_m
from tocsin.geo.places.words import key, tokens, words
from tocsin.geo.progress import Quiet

REGION = SHARED / "regions" / "san_francisco"
MAPS = SHARED / "regions" / "maps"
Spots = list[tuple[float, float]]
BLOCK = re.compile(r"(\d+) Block of (?:BLK )?(.*)")
LINES = {"corners": 50, "blocks with a number in or on both sides": 150, "other blocks": 300, "other": 300}


class Answer(NamedTuple):
    """The first answer: its point, its stated radius (0: none stated) and the streets that it names."""

    lat: float
    lon: float
    radius_m: float
    streets: tuple[str, ...]


Searcher = Callable[[str], Answer | None]


def calls(path: Path) -> dict[str, Spots]:
    """Distinct addresses inside the core map with every position recorded for them."""
    found: dict[str, Spots] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["in_core_map"] == "True":
                found.setdefault(row["address"], []).append((float(row["lat"]), float(row["lon"])))
    return {address: sorted(set(spots)) for address, spots in found.items()}


def numbers_by_street(source: Path) -> dict[str, list[int]]:
    """House numbers of each street as the map has them, read apart from the index that is measured."""
    found: dict[str, list[int]] = {}
    for thing in osmium.FileProcessor(str(source)).with_filter(osmium.filter.KeyFilter("addr:street", "highway")):
        if "addr:street" in thing.tags and "addr:housenumber" in thing.tags:
            row = found.setdefault(key(thing.tags["addr:street"]), [])
            row += [int(n) for n in re.findall(r"\d+", thing.tags["addr:housenumber"])[:1]]
        elif thing.is_way() and "name" in thing.tags and "highway" in thing.tags:
            found.setdefault(key(thing.tags["name"]), [])
    return found


def line_of(address: str, known: dict[str, list[int]]) -> str:
    """Which of the lines of the goal an address belongs to."""
    block = BLOCK.match(address)
    if not block:
        return "corners" if "/" in address else "other"
    first, numbers = int(block[1]), sorted(known.get(key(block[2]), ()))
    inside = any(first <= n < first + 100 for n in numbers)
    between = bool(numbers) and numbers[0] < first and numbers[-1] >= first + 100
    return "blocks with a number in or on both sides" if inside or between else "other blocks"


def streets_of(address: str) -> set[str]:
    """The streets that the caller named."""
    block = BLOCK.match(address)
    parts = [block[2]] if block else re.split(r"/", address.rsplit(": ", maxsplit=1)[-1])
    return {key(part) for part in parts}


def is_wrong(asked: str, answer: Answer | None, away: float) -> bool:
    """Whether the first answer is too far away and on a street that nobody named; its kind is not held against it."""
    if answer is None or not answer.streets or away <= LINES["other"]:
        return False
    wanted = {bare(name) for name in streets_of(asked)}
    return not any(bare(name) in wanted for name in answer.streets)


def bare(name: str) -> str:
    """What tells a street from another: its words without kind, in any order and without gaps."""
    return "".join(sorted("".join(t for t in tokens(name) if words().weight(t) >= 0.4) or name))


def slipped(text: str, dice: random.Random) -> str:
    """The text with one typing mistake in a letter of a street's name: swapped, dropped, doubled or another letter."""
    skip = BLOCK.match(text)
    low = skip.start(2) if skip else 0
    places = [i for i in range(low, len(text)) if text[i].isalpha()]
    at = dice.choice(places)
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    kinds = [text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :]]
    if at + 1 < len(text) and text[at + 1].isalpha():
        kinds.append(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    return dice.choice(kinds)


def measured(who: str, search: Searcher, asked: dict[str, str], truth: dict[str, Spots], known: dict, how: str) -> None:
    """One JSON line for each line of the goal. `asked` maps the address as recorded to the text as typed."""
    rows: dict[str, list[tuple[float, bool, bool]]] = {}
    took: list[float] = []
    for address, text in asked.items():
        start = time.perf_counter()
        answer = search(text)
        took.append((time.perf_counter() - start) * 1e3)
        away = min((apart_m(answer.lat, answer.lon, *s) for s in truth[address]), default=1e9) if answer else 1e9
        held = answer is not None and away <= answer.radius_m
        rows.setdefault(line_of(address, known), []).append((away, held, is_wrong(address, answer, away)))
    for line, reach_m in LINES.items():
        away, held, _ = map(np.array, zip(*rows[line], strict=True))
        say(f"places, {line}{how}", who=who, n=len(away),
            **{f"within_{reach_m}_m": round(float((away <= reach_m).mean()), 4)},
            median_m=round(float(np.median(away)), 1), uncertainty_holds=round(float(held.mean()), 4))  # fmt: skip
    every = [row for line in rows.values() for row in line]
    answered = [row for row in every if row[0] < 1e9]
    say(f"places, all{how}", who=who, n=len(every), answered=len(answered),
        uncertainty_holds=round(float(np.mean([h for _, h, _ in answered])), 4),
        wrong_street_first=round(float(np.mean([w for *_, w in every])), 4),
        p50_ms=round(float(np.percentile(took, 50)), 2), p95_ms=round(float(np.percentile(took, 95)), 2),
        p99_ms=round(float(np.percentile(took, 99)), 2))  # fmt: skip


def ours(places: Places) -> Searcher:
    def search(text: str) -> Answer | None:
        first = next(iter(places.search(text)), None)
        if first is None:
            return None
        name = first.text.split(" block of ")[-1]
        streets = tuple(re.sub(r"^\d+\w?\s|\s\d+\w?$", "", part) for part in name.split(" / "))
        return Answer(first.lat, first.lon, first.radius_m, streets)

    return search


def theirs(rival: Nominatim) -> Searcher:
    """Nominatim is asked in the wording it knows best: house number first, corners as two names."""

    def search(text: str) -> Answer | None:
        block = BLOCK.match(text)
        found, _ = rival.ask(f"{int(block[1]) + 50} {block[2]}" if block else text.replace("/", " & "))
        if block and found is None:
            found, _ = rival.ask(block[2])
        if found is None:
            return None
        streets = (found["road"],) if found["road"] else ()
        return Answer(found["lat"], found["lon"], 0.0, streets)

    return search


def keystrokes(places: Places, texts: list[str], where: str) -> None:
    took, worked = [], []
    for text in texts:
        for end in range(1, len(text) + 1):
            start, work = time.perf_counter(), time.thread_time()
            places.search(text[:end])
            worked.append((time.thread_time() - work) * 1000)
            took.append((time.perf_counter() - start) * 1000)
    p50, p95, p99 = np.percentile(took, [50, 95, 99]).round(2).tolist()
    say(f"places, every keystroke, {where}", n=len(took), p50_ms=p50, p95_ms=p95, p99_ms=p99,
        max_ms=round(max(took), 2), cpu_p95_ms=round(float(np.percentile(worked, 95)), 2))  # fmt: skip


def opened(source: Path) -> Places:
    """Build, say how large the index is and how quickly it opens."""
    with tempfile.TemporaryDirectory() as folder:
        build_places(source, Path(folder), Quiet())
        start = time.perf_counter()
        places = Places.open(Path(folder))
        took = time.perf_counter() - start
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
    say(f"places, opening, {source.stem}", ms=round(took * 1e3, 1), megabytes=round(size / 1e6, 2),
        of_the_map=round(size / source.stat().st_size, 2))  # fmt: skip
    return places


def left_out(source: Path) -> None:
    """Every fifth house number is left out of the map, and then asked for."""
    dice = random.Random(4)
    with tempfile.TemporaryDirectory() as folder:
        thinned = Path(folder) / "thinned.osm.pbf"
        asked = _without_some(source, Path(folder) / "unsorted.osm.pbf", dice)
        sorting = osmium.MergeInputReader()
        sorting.add_file(str(Path(folder) / "unsorted.osm.pbf"))
        with osmium.SimpleWriter(str(thinned)) as writer:
            sorting.apply(writer)
        build_places(thinned, Path(folder) / "index", Quiet())
        places = Places.open(Path(folder) / "index")
    away, held, kinds = [], [], []
    for street, number, lat, lon in asked:
        first = next(iter(places.search(f"{number} {street}", near=(lat, lon))), None)
        away.append(apart_m(first.lat, first.lon, lat, lon) if first else 1e9)
        held.append(bool(first) and away[-1] <= first.radius_m)
        kinds.append(first.kind if first else "nothing")
    by_interpolation = [a for a, kind in zip(away, kinds, strict=True) if kind == "interpolated"]
    say(f"places, house numbers left out, {source.stem}", n=len(away), median_m=round(float(np.median(away)), 1),
        interpolated=len(by_interpolation), median_interpolated_m=round(float(np.median(by_interpolation)), 1),
        within_100_m=round(float(np.mean(np.array(away) <= 100)), 4),
        uncertainty_holds=round(float(np.mean(held)), 4))  # fmt: skip


def _without_some(source: Path, out: Path, dice: random.Random) -> list[tuple[str, str, float, float]]:
    asked = []
    with osmium.SimpleWriter(str(out)) as writer:
        for thing in osmium.FileProcessor(str(source)).with_locations("sparse_mem_array"):
            tags = dict(thing.tags) if len(thing.tags) else {}
            if "addr:housenumber" in tags and "addr:street" in tags and dice.random() < 0.2:
                spot = _spot(thing)
                if spot:
                    asked.append((tags["addr:street"], tags["addr:housenumber"], *spot))
                    thing = thing.replace(tags={k: v for k, v in tags.items() if not k.startswith("addr:")})  # noqa: PLW2901
            writer.add(thing)
    return asked


def _spot(thing: object) -> tuple[float, float] | None:
    if thing.is_node():
        return thing.location.lat, thing.location.lon
    if thing.is_way():
        known = [(n.lat, n.lon) for n in thing.nodes if n.location.valid()]
        return tuple(((np.min(known, axis=0) + np.max(known, axis=0)) / 2).tolist()) if known else None
    return None


def san_francisco() -> None:
    source = REGION / "san_francisco_core.osm.pbf"
    truth = calls(REGION / "calls_unit_responses.csv.gz")
    known = numbers_by_street(source)
    dice = random.Random(1)
    plain = {address: address for address in truth}
    mistaken = {address: slipped(address, dice) for address in truth if any(c.isalpha() for c in address)}
    places = opened(source)
    for asked, how in ((plain, ""), (mistaken, ", one typing mistake each")):
        measured("tocsin", ours(places), asked, truth, known, how)
    keystrokes(places, [address.lower() for address in list(truth)[::12]], "San Francisco")
    with nominatim(source) as rival:
        if isinstance(rival, str):
            say("places, nominatim", skipped=rival)
            return
        for asked, how in ((plain, ""), (mistaken, ", one typing mistake each")):
            measured("nominatim", theirs(rival), asked, truth, known, how)


def main() -> None:
    if not REGION.exists():
        say("places", skipped=f"{REGION} is absent")
        return
    san_francisco()
    typed = [
        "via torino 12", "corso buenos aires / via vitruvio", "piazza duomo", "stazione centrale", "ospedale maggiore",
        "viale monza 110", "v. roma cesano", "niguarda", "angolo via dante e via rovello", "45.4642, 9.19",
        "dietro la stazione centrale", "200 m past the duomo toward cadorna",
    ]  # fmt: skip
    keystrokes(opened(MAPS / "milan_2015.osm.pbf"), typed * 3, "Milan")
    for name in ("reisterstown_baltimore_county", "liechtenstein_2021", "lauf_pegnitz_2020"):
        note(f"leaving house numbers out of {name}")
        left_out(MAPS / f"{name}.osm.pbf")


if __name__ == "__main__":
    main()
