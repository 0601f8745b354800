"""Building Malta into a region: seconds and peak memory, in a process of its own, as a user would.

Run: python bench/region_build.py [FILE.osm.pbf]. Prints one JSON object a line.
"""

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MALTA = Path(__file__).parents[2] / "shared" / "regions" / "maps" / "malta_2016.osm.pbf"


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else MALTA
    if not source.is_file():
        sys.exit(f"skipped: no map at {source}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "region"
        command = [sys.executable, "-c", "from tocsin.cli import main; main()"]
        began = time.perf_counter()
        subprocess.run([*command, "region", "build", str(source), "-o", str(out)], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    told = {
        "name": "region.build",
        "map": source.name,
        "n": 1,
        "seconds": round(seconds, 1),
        "peak_mib": round(peak_kib / 1024),
        "region_mib": round(size / 2**20, 1),
        "machine": f"{platform.machine()} {platform.system()}, python {platform.python_version()}",
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
