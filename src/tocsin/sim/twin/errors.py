"""What is wrong with a scenario or a file of it, in one line: file, line, field, and what would be right."""

from __future__ import annotations

from pathlib import Path


class ScenarioError(Exception):
    """The scenario cannot be run; the message is one line for the person who wrote it."""

    def __init__(self, file: Path | str, line: int | None, field: str, wrong: str, right: str = "") -> None:
        where = f"{file}, line {line}" if line else f"{file}"
        told = f"{where}: {field}: {wrong}" if field else f"{where}: {wrong}"
        super().__init__(f"{told}; {right}" if right else told)
        self.file, self.line, self.field = str(file), line, field
