"""What the house rules read: our Python files as trees, and every file that is committed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "tocsin"
GENERATED = "web/static"


def python_files(*folders: str) -> list[Path]:
    """Our own Python files, without what a build wrote."""
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*.py") if GENERATED not in p.as_posix())


@cache
def tree(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    """The file as a person names it."""
    return path.relative_to(ROOT).as_posix()


def imports(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module imported anywhere in it, also inside functions and by name at run time."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
            if node.module and node.module.startswith("tocsin"):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
            yield node.lineno, "__import__"


def committed() -> list[Path]:
    """Files under version control; where there is none (an unpacked archive), every file but what tools leave."""
    try:
        out = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=30).stdout
        found = [ROOT / name for name in out.decode().split("\0") if name]
    except (OSError, subprocess.SubprocessError):
        found = [
            p for p in ROOT.rglob("*") if not any(part.startswith(".") or part == "node_modules" for part in p.parts)
        ]
    return sorted(p for p in found if p.is_file())
