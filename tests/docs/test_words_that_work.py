"""What the documents tell people to type exists: commands, options, make targets, files they link to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tocsin.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def typed() -> Iterator[tuple[str, str]]:
    """(page, line) of every `tocsin …` and `make …` line inside a fence."""
    for page in PAGES:
        for block in FENCE.findall(page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                words = line.split(" #")[0].strip().removeprefix("ExecStart=").removeprefix("$ ")
                if re.match(r"(\S*/)?tocsin |make ", words):
                    yield str(page.relative_to(ROOT)), words


def wrong(words: list[str]) -> str:
    """What is wrong with a typed command, or nothing."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        if not words:
            return ""
        found = command.get_command(context, words[0])
        if found is None:
            return f"there is no command {words[0]}"
        command, words = found, words[1:]
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help", "-h"}
    unknown = [word for word in words if word.startswith("-") and word.split("=")[0] not in known]
    return f"{command.name} knows no {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize(("page", "line"), sorted(set(typed())))
def test_commands_exist(page: str, line: str):
    words = [word for word in shlex.split(line.replace("…", "")) if word not in ("[", "]")]
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
        assert [word for word in words[1:] if "=" not in word and word not in targets] == []
    else:
        assert wrong(words[1:]) == ""


def test_there_is_something_to_type():
    assert {"README.md", "docs/how-to/run-a-centre.md"} <= {page for page, _ in typed()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    lost = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert lost == []
