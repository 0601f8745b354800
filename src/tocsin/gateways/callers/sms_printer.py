"""A gateway that sends nothing: it shows the message where the server was started. For the demo and for trying out."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

_console = Console(stderr=True)


def _print(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)


class PrinterSms:
    """Shows messages. `show` is told each one."""

    name = "printer"

    def __init__(self, show: Callable[[str], None] = _print) -> None:
        self._show = show
        self._count = 0

    def send(self, number: str, text: str) -> str:
        """Show it; never fails."""
        self._count += 1
        self._show(f"SMS to {number}: {text}")
        return str(self._count)
