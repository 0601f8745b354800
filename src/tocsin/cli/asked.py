"""What options of commands must be before work begins: numbers in a range, files that can be written. Writes none."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click


class Within(click.FloatRange):
    """A number in a range. `nan` is in none, although it is neither below nor above."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises BadParameter."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return float(number)


def writable(_context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """`value`, when a file can be written there. A report that cannot be kept is told before the years are lived."""
    if value is None:
        return None
    wrong = ""
    if value.is_dir():
        wrong = "is a folder; name a file in it"
    elif not value.parent.is_dir():
        wrong = f"there is no folder {value.parent}; make it first"
    elif not os.access(value if value.exists() else value.parent, os.W_OK):
        wrong = "cannot be written; name a file elsewhere"
    if wrong:
        raise click.ClickException(f"{parameter.opts[0]}: {value}: {wrong}")
    return value
