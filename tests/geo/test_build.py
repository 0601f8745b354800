"""A region is built whole or not at all, and says in one line why not."""

import os
import signal
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tocsin.cli.region import region as command
from tocsin.geo import build as build_module
from tocsin.geo.build import build_region
from tocsin.geo.errors import RegionError
from tocsin.geo.manifest import FILE, read_manifest
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region

from .maps import Map, cross, place


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small whole map."""
    made = cross()
    made.node_tags[5] = {"amenity": "hospital", "name": "North General", "emergency": "yes"}
    return made.write(tmp_path / "town.osm.pbf")


def refused(source: Path, out: Path, **options: bool) -> str:
    """The one line a refused build says; checks that nothing was left behind."""
    before = sorted(p.name for p in out.parent.iterdir()) if out.parent.is_dir() else None
    with pytest.raises(RegionError) as told:
        build_region(source, out, Quiet(), **options)
    after = sorted(p.name for p in out.parent.iterdir()) if out.parent.is_dir() else None
    assert before == after
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_region_is_built_opened_and_asked(source: Path, tmp_path: Path) -> None:
    manifest = build_region(source, tmp_path / "region", Quiet())
    opened = Region.open(tmp_path / "region")
    assert opened.manifest == manifest
    assert manifest.counts["ways"] == 4
    assert manifest.resources == {"hospital": 1}
    assert manifest.road_km == {"residential": 0.4}
    assert opened.resources[0].name == "North General"
    assert opened.roads.route(place(-50, 0), place(0, 50), siren=True) is not None
    assert opened.places.search("North General")
    assert opened.basemap.is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["region", "town.osm.pbf"]


def test_edges_keep_their_numbers_from_one_opening_to_the_next(source: Path, tmp_path: Path) -> None:
    build_region(source, tmp_path / "region", Quiet())
    first, second = (Region.open(tmp_path / "region").roads for _ in range(2))
    shut = first.closed_edges([(*place(50, 0), 0.0)]).tolist()
    assert shut == second.closed_edges([(*place(50, 0), 0.0)]).tolist()
    assert [first.edge_midpoint(e) for e in shut] == [second.edge_midpoint(e) for e in shut]


def test_bad_files_are_refused_in_one_line(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "region"
    assert "no such file" in refused(tmp_path / "absent.osm.pbf", out)
    assert "is not a file" in refused(tmp_path, out)
    empty = tmp_path / "empty.osm.pbf"
    empty.write_bytes(b"")
    assert "the file is empty" in refused(empty, out)
    junk = tmp_path / "junk.osm.pbf"
    junk.write_bytes(b"this was never a map " * 100)
    assert "not a readable OpenStreetMap file" in refused(junk, out)
    (tmp_path / "notes.txt").write_text("milk, bread")
    assert "not a readable OpenStreetMap file" in refused(tmp_path / "notes.txt", out)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(source.read_bytes()[:-40])
    assert "ends too early" in refused(cut, out)


def test_every_cut_of_a_file_is_refused_in_one_line(source: Path, tmp_path: Path) -> None:
    whole = source.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for share in (0.05, 0.2, 0.4, 0.6, 0.8, 0.95):
        cut.write_bytes(whole[: int(len(whole) * share)])
        assert str(cut) in refused(cut, tmp_path / "region")


def test_a_map_without_roads_is_refused(tmp_path: Path) -> None:
    made = Map({1: (0, 0), 2: (10, 0), 3: (10, 10)})
    made.way(1, 2, 3, highway="footway")
    assert "no roads that can be driven" in refused(made.write(tmp_path / "park.osm.pbf"), tmp_path / "region")


@pytest.mark.parametrize("nodes", [(1,), (1, 1), (1, 1, 1)])
def test_a_map_whose_roads_lead_nowhere_is_refused(tmp_path: Path, nodes: tuple[int, ...]) -> None:
    made = Map({1: (0, 0), 2: (100, 0)})
    made.way(*nodes)
    assert "no roads that can be driven" in refused(made.write(tmp_path / "dots.osm.pbf"), tmp_path / "region")


def test_a_map_on_both_sides_of_the_180th_meridian_is_built(tmp_path: Path) -> None:
    def east(lon_deg: float, north_m: float) -> tuple[float, float]:
        return (lon_deg - place(0, 0)[1]) / (place(1, 0)[1] - place(0, 0)[1]), north_m

    made = Map({1: east(179.99, 0), 2: east(179.98, 9), 3: east(-179.99, 0), 4: east(-179.98, 9)})
    made.way(1, 2, name="West Side")
    made.way(3, 4, name="East Side")
    build_region(made.write(tmp_path / "isles.osm.pbf"), tmp_path / "region", Quiet())
    roads = Region.open(tmp_path / "region").roads
    assert [roads.snap(45.0, lon).street for lon in (179.985, -179.985)] == ["West Side", "East Side"]


def test_a_map_of_broken_roads_is_refused(tmp_path: Path) -> None:
    made = cross()
    made.absent = {2, 3, 4, 5}
    said = refused(made.write(tmp_path / "broken.osm.pbf"), tmp_path / "region")
    assert "4 of 4 roads point at nodes the file does not hold" in said


def test_a_few_broken_roads_are_left_out_and_told(tmp_path: Path) -> None:
    made = cross()
    made.nodes |= {6: (300, 0), 7: (0, 300)}
    made.absent = {2}
    made.way(3, 6, 2, name="Cut short")
    manifest = build_region(made.write(tmp_path / "m.osm.pbf"), tmp_path / "region", Quiet())
    assert manifest.left_out == {
        "roads left out: their nodes are missing": 1,
        "roads cut short: some of their nodes are missing": 1,
    }


def test_what_is_there_already_is_not_touched(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "region"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    assert "is not a region" in refused(source, out, force=True)
    assert (out / "letter.txt").read_text() == "dear"
    (out / "letter.txt").unlink()
    build_region(source, out, Quiet())
    assert "--force" in refused(source, out)
    built_at = (out / FILE).stat().st_mtime_ns
    build_region(source, out, Quiet(), force=True)
    assert (out / FILE).stat().st_mtime_ns > built_at
    assert sorted(p.name for p in tmp_path.iterdir()) == ["region", "town.osm.pbf"]


def test_a_failure_half_way_leaves_the_old_region(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "region"
    build_region(source, out, Quiet())
    before = (out / FILE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_module, "save_resources", full)
    assert "No space left on device" in refused(source, out, force=True)
    assert (out / FILE).read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(source: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    assert "cannot be written" in refused(source, locked / "region")


def test_a_file_in_the_way_of_the_folder(source: Path, tmp_path: Path) -> None:
    assert "cannot be written" in refused(source, source / "region")


def test_regions_that_cannot_be_opened(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "region"
    with pytest.raises(RegionError, match="no such region folder"):
        Region.open(out)
    with pytest.raises(RegionError, match=r"manifest\.json is missing"):
        Region.open(tmp_path)
    build_region(source, out, Quiet())
    (out / "basemap.pmtiles").unlink()
    with pytest.raises(RegionError, match=r"basemap\.pmtiles missing"):
        Region.open(out)
    manifest = read_manifest(out)
    (out / FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, version=99)))
    with pytest.raises(RegionError, match="format version 99"):
        Region.open(out)
    (out / FILE).write_text("{")
    with pytest.raises(RegionError, match="cannot be read"):
        Region.open(out)


def test_damaged_roads_are_told(source: Path, tmp_path: Path) -> None:
    build_region(source, tmp_path / "region", Quiet())
    (tmp_path / "region" / "roads" / "out_arc.npy").write_bytes(b"rust")
    with pytest.raises(RegionError, match="roads cannot be read"):
        _ = Region.open(tmp_path / "region").roads


def test_the_command_builds_shows_and_refuses(source: Path, tmp_path: Path) -> None:
    run = CliRunner()
    out = str(tmp_path / "region")
    built = run.invoke(command, ["build", str(source), "-o", out])
    assert built.exit_code == 0, built.output
    assert "peak memory" in built.output
    shown = run.invoke(command, ["show", out])
    assert "hospital" in shown.output
    assert "residential" in shown.output
    told = run.invoke(command, ["show", out, "--json"])
    assert msgspec.json.decode(told.output)["counts"]["ways"] == 4
    again = run.invoke(command, ["build", str(source), "-o", out])
    assert again.exit_code == 1
    assert again.output.splitlines()[-1].startswith("Error: ")
    assert run.invoke(command, ["build", str(source), "-o", out, "--force"]).exit_code == 0
    absent = run.invoke(command, ["show", str(tmp_path / "absent")])
    assert absent.exit_code == 1
    assert "no such region folder" in absent.output


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_a_build_finds_nothing_half_built(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: signal.Signals
) -> None:
    before = sorted(tmp_path.iterdir())
    seen: list[Path] = []

    def ended(_source: Path, folder: Path, *_: object) -> None:
        seen.append(folder)
        os.kill(os.getpid(), told)

    monkeypatch.setattr(build_module, "_fill", ended)
    handler = signal.signal(told, signal.default_int_handler)  # so that without ours the test fails, and is not killed
    try:
        end = CliRunner().invoke(command, ["build", str(source), "-o", str(tmp_path / "region")])
    finally:
        signal.signal(told, handler)
    assert end.exit_code == (1 if told == signal.SIGINT else 128 + told)
    assert seen, "the build never began"
    assert sorted(tmp_path.iterdir()) == before
