"""The pages about other people's languages tell every name a person may meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tocsin.standards.aml import _KNOWN_1, _KNOWN_2
from tocsin.standards.emergency import _GROUPS
from tocsin.standards.flaws import FLAW_NAMES, UNUSABLE_NAMES
from tocsin.standards.held import ERROR_CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "standards"
SOURCE = ROOT / "src" / "tocsin" / "standards"


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def rows(text: str) -> list[str]:
    return re.findall(r"^\| `([a-z_]+)` \| \S.*\|$", text, re.MULTILINE)


def test_every_flaw_and_every_refusal_is_explained():
    flaws, refusals = page("flaws").split("## Refusals")
    assert rows(flaws) == sorted(FLAW_NAMES)
    assert rows(refusals) == sorted(UNUSABLE_NAMES)


@pytest.mark.parametrize("name", [*FLAW_NAMES, *UNUSABLE_NAMES])
def test_every_name_is_one_that_code_says(name):
    said = "".join(p.read_text(encoding="utf-8") for p in SOURCE.glob("*.py") if p.name != "flaws.py")
    assert f'"{name}"' in said


@pytest.mark.parametrize(
    ("name", "words"), [("aml", _KNOWN_1 | _KNOWN_2 - {"ml"}), ("held", set(ERROR_CODES)), ("service-urns", {"sos"})]
)
def test_every_word_of_a_language_stands_on_its_page(name, words):
    text = page(name)
    assert [word for word in words if f"`{word}`" not in text] == []


def test_every_grouped_service_stands_on_its_page():
    text = page("service-urns")
    assert [name for name in _GROUPS if f"`{name}" not in text] == []


def test_pages_link_to_each_other():
    for path in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
