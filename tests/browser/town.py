"""A small town for the browser tests: six streets by six, house numbers, a hospital, a fire station; written as OSM."""

from __future__ import annotations

import sys
from pathlib import Path

import osmium
from osmium.osm import mutable

WEST, SOUTH, STEP = 14.50, 35.90, 0.0015
ACROSS = ("Harbour Road", "Mill Lane", "Rua das Flores", "شارع البحر", "Chapel Street", "Quay")
ALONG = ("First Avenue", "Second Avenue", "Third Avenue", "Fourth Avenue", "Fifth Avenue", "Sixth Avenue")


def write(file: Path) -> None:
    """Write the map."""
    writer = osmium.SimpleWriter(str(file), overwrite=True)
    tagged: dict[int, dict[str, str]] = {}
    spots = {1 + row * 6 + col: (WEST + col * STEP, SOUTH + row * STEP) for row in range(6) for col in range(6)}
    for row, street in enumerate(ACROSS):
        for n in range(1, 21):
            ref = 1000 + row * 100 + n
            spots[ref] = (WEST + n * STEP / 4.2, SOUTH + row * STEP + 0.00012)
            tagged[ref] = {"addr:street": street, "addr:housenumber": str(n)}
    spots[5001], tagged[5001] = (WEST + 4.5 * STEP, SOUTH + 0.5 * STEP), {"amenity": "hospital", "name": "St Anne"}
    spots[5002], tagged[5002] = (
        (WEST + 0.4 * STEP, SOUTH + 3.3 * STEP),
        {"amenity": "fire_station", "name": "Mill Fire"},
    )
    for ref in sorted(spots):
        writer.add_node(mutable.Node(id=ref, location=spots[ref], tags=tagged.get(ref, {}), version=1))
    for i, street in enumerate(ACROSS):
        nodes = [1 + i * 6 + col for col in range(6)]
        writer.add_way(mutable.Way(id=100 + i, nodes=nodes, tags={"highway": "residential", "name": street}, version=1))
    for i, street in enumerate(ALONG):
        nodes = [1 + row * 6 + i for row in range(6)]
        writer.add_way(mutable.Way(id=200 + i, nodes=nodes, tags={"highway": "tertiary", "name": street}, version=1))
    writer.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
