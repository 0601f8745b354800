"""Every bench, one after the other; JSON lines on standard output, progress on standard error.

`python bench/all.py [NAME …]`: names as the files have them, without `.py`; all of them when none is given.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHARED_PARTS = {"all", "common", "server", "utrecht_ground"}


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.stem not in SHARED_PARTS)
    failed = []
    for name in names:
        print(f"--- {name}", file=sys.stderr, flush=True)
        if subprocess.call([sys.executable, str(HERE / f"{name}.py")]):
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
