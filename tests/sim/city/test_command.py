"""`tocsin sim city` says what it made, and refuses in one line."""

import json
from pathlib import Path

from click.testing import CliRunner

from tocsin.cli.sim_city import city


def test_the_summary_counts_what_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tiny.osm.pbf"
    done = CliRunner().invoke(city, ["--people", "1000", "--seed", "3", "-o", str(path), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["people"] == 1000
    assert found["file_bytes"] == path.stat().st_size
    assert found["hospitals"] == 1
    assert found["addresses"] > 60


def test_too_few_people_is_one_line_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "none.osm.pbf"
    refused = CliRunner().invoke(city, ["--people", "12", "-o", str(path)])
    assert refused.exit_code == 2
    assert refused.stderr.strip() == "error: people must be between 1,000 and 2,000,000, not 12"
    assert not path.exists()
