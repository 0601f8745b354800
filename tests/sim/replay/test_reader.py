"""Calls from a CSV: every way a row or a file can be wrong, and what is said of it."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from tocsin.sim.replay.mapping import FIELDS, ReplayError, load_mapping
from tocsin.sim.replay.reader import BadRow, read_calls

HEADER = "id,received,lat,lon,address,type,unit,dispatched,en_route,on_scene,available"
GOOD = "7,2017-01-03T08:00:00-08:00,37.78,-122.41,1 MAIN ST,Alarms,E1,2017-01-03T08:01:00-08:00,,,"


def _file(tmp_path: Path, *rows: str, header: str = HEADER, name: str = "calls.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_plain_file_whose_columns_are_our_own_words_needs_no_mapping(tmp_path: Path) -> None:
    row = read_calls(_file(tmp_path, GOOD)).rows[0]
    assert (row.id, row.unit, row.type, row.date, row.row) == ("7", "E1", "Alarms", "2017-01-03", 2)
    assert row.received == datetime.fromisoformat("2017-01-03T16:00:00+00:00").timestamp()
    assert row.since_midnight_s == 8 * 3600
    assert row.dispatched == row.received + 60
    assert row.en_route is None
    assert row.in_map is None


@pytest.mark.parametrize(
    ("row", "field", "why"),
    [
        (GOOD.replace("7,", ",", 1), "id", "is empty"),
        (GOOD.replace("2017-01-03T08:00:00-08:00", ""), "received", "is empty"),
        (GOOD.replace("2017-01-03T08:00:00-08:00", "yesterday"), "received", "not a time"),
        (GOOD.replace("2017-01-03T08:01:00-08:00", "8:01"), "dispatched", "not a time"),
        (GOOD.replace("37.78", "north"), "lat", "not a number"),
        (GOOD.replace("37.78", "137.78"), "lat", "not between"),
        (GOOD.replace("37.78", "nan"), "lat", "not between"),
        (GOOD.replace("-122.41", "-222.41"), "lon", "not between"),
        (GOOD.replace("37.78,-122.41,1 MAIN ST", ",,"), "lat", "no address"),
        (GOOD + ",more", "the row", "has 12 cells, the header 11"),
        ("7,2017-01-03T08:00:00-08:00", "the row", "has 2 cells"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path, row: str, field: str, why: str) -> None:
    read = read_calls(_file(tmp_path, GOOD, row, GOOD))
    assert len(read.rows) == 2
    assert len(read.bad) == 1
    bad = read.bad[0]
    assert (bad.row, bad.field) == (3, field)
    assert why in bad.why


def test_a_row_in_another_encoding_is_one_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(f"{HEADER}\n{GOOD}\n".encode() + GOOD.replace("MAIN", "SÃO").encode("latin-1") + b"\n")
    assert read_calls(path).bad == [BadRow(3, "address", "is not UTF-8 text")]


def test_quoted_cells_semicolons_byte_order_mark_and_gzip(tmp_path: Path) -> None:
    text = "\ufeff" + f"{HEADER}\n{GOOD}\n".replace(",", ";").replace("1 MAIN ST", '"1; MAIN\nST"')
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert read_calls(path).rows[0].address == "1; MAIN\nST"


def test_stages_out_of_order_are_seen_without_being_told(tmp_path: Path) -> None:
    late = GOOD.replace("08:01:00-08:00,,,", "08:01:00-08:00,2017-01-03T08:00:30-08:00,,")
    assert [row.order_issue for row in read_calls(_file(tmp_path, GOOD, late)).rows] == ["", "en_route"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("id", "cannot be read"),
        ("id=", "'id=' is not field=column"),
        ("colour=red", "there is no field 'colour'"),
        ("received=when", "has no column 'when' for received"),
    ],
)
def test_a_wrong_mapping_is_one_clear_line(tmp_path: Path, columns: str, words: str) -> None:
    with pytest.raises(ReplayError) as problem:
        read_calls(_file(tmp_path, GOOD), columns)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_columns_by_pairs_and_by_file(tmp_path: Path) -> None:
    renamed = _file(tmp_path, GOOD, header=HEADER.replace("id,", "ref,", 1).replace("type", "kind"))
    assert read_calls(renamed, "id=ref,type=kind").rows[0].type == "Alarms"
    (tmp_path / "m.toml").write_text(
        'zone = "Europe/Lisbon"\n[columns]\nid = "ref"\nreceived = "received"\naddress = "address"\n'
        '[call_types]\n"Alarms" = "FIRE-ALARM"\n',
        encoding="utf-8",
    )
    read = read_calls(renamed, str(tmp_path / "m.toml"))
    assert read.mapping.call_types == {"Alarms": "FIRE-ALARM"}
    assert read.rows[0].lat is None
    assert read.rows[0].type == ""


def test_times_without_an_offset_are_of_the_mappings_zone(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'zone = "America/Los_Angeles"\n[columns]\nid = "id"\nreceived = "received"\naddress = "address"\n', "utf-8"
    )
    local = GOOD.replace("2017-01-03T08:00:00-08:00", "2017-07-03 08:00:00")
    row = read_calls(_file(tmp_path, local), str(tmp_path / "m.toml")).rows[0]
    assert row.received == datetime.fromisoformat("2017-07-03T15:00:00+00:00").timestamp()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column for id"),
        ("id,received\n1,2017-01-03T08:00:00Z\n", "no columns for lat and lon, nor for address"),
        ("id,id,received,address\n", "two columns are called 'id'"),
        (f"{HEADER}\nx,y,z\n", "no row could be read: row 2, the row: has 3 cells"),
    ],
)
def test_a_file_without_calls_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReplayError) as problem:
        read_calls(path)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_missing_and_a_cut_off_file(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="No such file"):
        read_calls(tmp_path / "none.csv")
    whole = gzip.compress(("\n".join([HEADER, *[GOOD] * 500])).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) - 20])
    with pytest.raises(ReplayError, match="damaged or cut off"):
        read_calls(tmp_path / "cut.csv.gz")


def test_the_packaged_mapping_names_only_fields_there_are() -> None:
    mapping = load_mapping(None, {"call_number", "received", "lat", "lon"})
    assert mapping.columns.keys() <= FIELDS.keys()
    assert mapping.unit_type("MEDIC").capabilities == ("ambulance", "als")
    assert mapping.unit_type("BALLOON").kind == "balloon"
