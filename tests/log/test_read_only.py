"""A log on a disk that may not be written to: read, proven and taken out like any other, and left as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tocsin.log.sqlite import SqliteLog

from .entries import entries, receipts_of

NOBODY = 65_534


@pytest.fixture
def kept():
    """A folder with a log as a server that was killed leaves it: the last entries stand in the journal alone."""
    with TemporaryDirectory() as outside:
        # Not below pytest's own folder, into which nobody else may look.
        Path(outside).chmod(0o755)
        folder = Path(outside) / "kept"
        folder.mkdir()
        log = SqliteLog.open(folder / "decisions.db", "north")
        log.append(entries(1, 20), 0, receipts_of(*entries(1, 20)))
        for file in list(folder.iterdir()):
            shutil.copyfile(file, folder.parent / file.name)
        log.close()
        yield folder
        folder.chmod(0o700)


def as_left(folder: Path, *names: str) -> None:
    """The folder with these files alone, none of them to be written to by anybody who is not root."""
    for file in folder.iterdir():
        file.unlink()
    for name in names:
        shutil.copyfile(folder.parent / name, folder / name)
        (folder / name).chmod(0o444)
    folder.chmod(0o555)


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """`tocsin log verify`, as somebody whom the folder's rights bind: root is bound by none."""
    code = (
        "import os\n"
        "from tocsin.cli.log import log\n"
        f"os.geteuid() or os.setuid({NOBODY})\n"
        f"log(['verify', {str(folder)!r}])\n"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")


def test_a_log_that_was_closed_is_proven_where_nothing_may_be_written(kept):
    shutil.copyfile(kept / "decisions.db", kept.parent / "decisions.db")
    as_left(kept, "decisions.db")
    told = verify(kept)
    assert (told.returncode, told.stderr) == (0, "")
    assert "clean, 20 entries" in told.stdout
    assert [file.name for file in kept.iterdir()] == ["decisions.db"]


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without its index"])
def test_what_only_the_journal_holds_is_read_too(kept, index):
    as_left(kept, "decisions.db", "decisions.db-wal", *(["decisions.db-shm"] if index else []))
    assert (kept / "decisions.db-wal").stat().st_size > 0
    told = verify(kept)
    assert (told.returncode, told.stderr) == (0, "")
    assert "clean, 20 entries" in told.stdout
    assert len(list(kept.iterdir())) == 2 + index
