"""`tocsin serve --aliases`: a centre's own name, typed by a dispatcher, is found by the server it was started with."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from tocsin.app import build
from tocsin.geo.region import Region
from tocsin.settings import Settings

PASSWORD = "correct horse battery"


def test_a_name_from_the_centres_file_is_found_by_the_running_server(
    tmp_path: Path, town: Path, region: Region
) -> None:
    west, south, east, north = region.manifest.bbox
    lat, lon = round((south + north) / 2, 5), round((west + east) / 2, 5)
    aliases, data = tmp_path / "aliases.csv", tmp_path / "data"
    aliases.write_text(f"name,also,lat,lon,at,note\nZqx Depot,البيت الأزرق,{lat},{lon},,gate 4\n", "utf-8")
    app = build(Settings(data=data, port=0))
    app.access.add_account("ana", PASSWORD, ("dispatcher",), time.time())
    app.close()
    words = ["serve", "--data", str(data), "--port", "0", "--region", str(town.parent / "region")]
    command = [sys.executable, "-c", "from tocsin.cli import main; main()", *words, "--aliases", str(aliases)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "http://" in line)
        address = f"http://{line.partition('http://')[2].strip().split()[0]}"
        with requests.Session() as client:
            client.post(f"{address}/api/session", json={"name": "ana", "password": PASSWORD}, timeout=30)
            for typed in ("zqx depot", "depot zqx", "البيت الأزرق"):
                found = client.get(f"{address}/api/places", params={"q": typed}, timeout=30).json()
                first = found[0]
                assert (first["place"]["text"], first["place"]["how"], first["detail"]) == (
                    "Zqx Depot",
                    "alias",
                    "gate 4",
                )
                assert (first["place"]["lat"], first["place"]["lon"]) == (lat, lon)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
