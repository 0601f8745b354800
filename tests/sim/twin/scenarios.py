"""A small town as files, and a scenario over it, for tests to run and to spoil."""

from __future__ import annotations

from pathlib import Path

NODES = 6
NAMES = [f"p{n}" for n in range(NODES)]
SCENARIO = """\
name = "Small town"
[ground]
nodes = "nodes.csv"
columns = { name = "name", x = "x", y = "y", weight = "people" }
drive_matrix = "drives.csv"
hospitals = ["p5"]
[fleet]
bases = ["p0", "p3"]
stations = ["p0", "p3", "p5"]
[calls]
kind = "model"
count = 300
per_hour = 1.5
to_hospital = 0.5
on_scene = { law = "exponential", mean = 15 }
hand_over = { law = "constant", mean = 10 }
[policy]
dispatch = "closest"
relocate = "home"
late_after_min = 8
"""


def write(folder: Path, scenario: str = SCENARIO, name: str = "town.toml") -> Path:
    """The files of the town and a scenario; answers the scenario's path."""
    rows = [f"{name},{300 * n},{100 * (n % 2)},{10 + n}" for n, name in enumerate(NAMES)]
    (folder / "nodes.csv").write_text("\n".join(["name,x,y,people", *rows]) + "\n", "utf-8")
    drives = [",".join([one, *(str(2.5 * abs(a - b)) for b in range(NODES))]) for a, one in enumerate(NAMES)]
    (folder / "drives.csv").write_text("\n".join([",".join(["from", *NAMES]), *drives]) + "\n", "utf-8")
    (folder / "calls.csv").write_text("at_min,place,scene_min\n1,p1,10\n5,p2,20\n2,p4,5\n", "utf-8")
    file = folder / name
    file.write_text(scenario, "utf-8")
    return file
