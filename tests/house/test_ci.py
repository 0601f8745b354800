"""What CI installs on a bare machine is what the tests look for: nothing is skipped there for want of a program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.house.walk import ROOT


@pytest.fixture
def bare(tmp_path: Path):
    """A machine with bash and little more, whose apt-get and make only say what they were asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("apt-get", "make"):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/said"\n')
        (folder / name).chmod(0o755)
    (folder / "id").write_text("#!/bin/sh\necho 0\n")
    (folder / "id").chmod(0o755)
    for name in ("bash", "dirname", "sh"):
        (folder / name).symlink_to(Path("/bin") / name if (Path("/bin") / name).exists() else Path("/usr/bin") / name)
    return folder


def run(bare: Path, script: str) -> str:
    copy = bare.parent / "ci" / "run"
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(script)
    subprocess.run(["/bin/bash", copy], check=True, env={"PATH": str(bare)}, capture_output=True)
    said = bare.parent / "said"
    return said.read_text()


def test_what_is_missing_is_installed_before_anything_is_checked(bare: Path):
    script = (ROOT / ".ci" / "run").read_text().replace("/usr/lib/postgresql", str(bare.parent / "nowhere"))
    said = run(bare, script).splitlines()
    assert said[0].startswith("apt-get update")
    assert all(package in said[1] for package in ("chromium", "fonts-noto-core", "postgresql-15"))
    assert said[2:] == ["make check", "make faults", "make test"]


def test_a_machine_that_has_it_all_is_left_alone(bare: Path):
    server = bare.parent / "postgresql" / "16" / "bin" / "postgres"
    server.parent.mkdir(parents=True)
    server.touch()
    (bare / "chromium").symlink_to("/bin/sh")
    script = (ROOT / ".ci" / "run").read_text().replace("/usr/lib/postgresql", str(bare.parent / "postgresql"))
    assert run(bare, script).splitlines() == ["make check", "make faults", "make test"]


def test_it_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
