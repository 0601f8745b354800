"""The plan file in force as a page: each rule with its line, and the file on the disk checked before it is needed."""

from __future__ import annotations

from pathlib import Path

from tests.world import CATALOGUE

from tocsin.plans.page import PlanPages
from tocsin.plans.read import load_plans

TEXT = """\
# A small centre.
[terms]
lost = 2.0
[terms.p1]
target_s = 300

[rest]
after_incident_min = 20
priorities = [4, 5]

[[areas]]
name = "harbour"
ring = [[38.0, -9.0], [39.0, -9.0], [39.0, -8.0]]

[[agencies]]
name = "next door"
neighbour = true

[[crews]]
units = ["E1", "L1"]

[[plans]]
code = "FIRE"
types = ["FIRE"]
areas = ["harbour"]
levels = [
  ["2 engine", "1 ladder"],
  ["1 engine or 1 ladder"],
]

[[plans]]
code = "SICK"
types = ["SICK"]
needs = ["1 als"]
"""


def pages(folder: Path, text: str = TEXT) -> tuple[PlanPages, Path]:
    file = folder / "plans.toml"
    file.write_text(text)
    return PlanPages(load_plans(file, CATALOGUE), CATALOGUE, file), file


def test_every_rule_stands_with_its_line(tmp_path):
    page = pages(tmp_path)[0].page()
    assert (page.source, page.file, page.mistakes, page.on_disk) == ("file", "plans.toml", (), page.version)
    fire, sick = page.plans
    lines = TEXT.splitlines()
    for card in page.plans:
        assert lines[card.line - 1] == "[[plans]]"
        for need in (need for level in card.levels for need in level):
            assert f'"{need.text}"' in lines[need.line - 1]
    assert [[need.text for need in level] for level in fire.levels] == [
        ["2 engine", "1 ladder"],
        ["1 engine or 1 ladder"],
    ]
    assert (fire.areas, sick.levels[0][0].line) == (("harbour",), 34)
    assert [(one.name, one.neighbour, lines[one.line - 1]) for one in page.agencies] == [
        ("next door", True, "[[agencies]]")
    ]
    assert [one.names for one in (*page.crews, *page.areas)] == [("E1", "L1"), ("harbour",)]
    assert (page.rest.after_incident_s, page.rest.priorities) == (1_200.0, (4, 5))
    assert [(one.target_s, one.lost) for one in page.terms[:2]] == [(300.0, 2.0), (480.0, 2.0)]


def test_a_mistake_on_the_disk_is_shown_by_line_while_the_old_edition_holds(tmp_path):
    told, file = pages(tmp_path)
    before = told.page()
    file.write_text(TEXT.replace("2 engine", "two engine").replace('"SICK"]', '"SICKK"]'))
    page = told.page()
    assert [(one.line, one.field) for one in page.mistakes] == [
        (27, "plans[0].levels[0][0]"),
        (33, "plans[1].types[0]"),
    ]
    assert "SICK" in page.mistakes[1].text
    assert (page.version, page.plans) == (before.version, before.plans)
    assert page.on_disk not in ("", page.version)


def test_another_edition_and_a_file_that_is_gone_are_told_apart(tmp_path):
    told, file = pages(tmp_path)
    file.write_text(TEXT + "# a word more\n")
    page = told.page()
    assert (page.mistakes, page.on_disk == page.version) == ((), False)
    file.write_text("[[plans]\n")
    assert (told.page().on_disk, len(told.page().mistakes)) == ("", 1)
    file.unlink()
    assert "cannot be read" in told.page().mistakes[0].text


def test_without_a_file_it_is_the_packaged_one_or_none(tmp_path):
    from tocsin.domain.plans import NO_PLANS
    from tocsin.settings import load_catalogue

    packaged = load_catalogue()
    page = PlanPages(load_plans(None, packaged), packaged, None).page()
    assert (page.source, page.mistakes) == ("packaged", ())
    assert len(page.plans) > 5
    assert all(card.line > 1 for card in page.plans)
    assert [one.siren for one in page.terms] == [True, True, True, False, False]
    none = PlanPages(NO_PLANS, CATALOGUE, None, own=True).page()
    assert (none.source, none.plans) == ("none", ())
