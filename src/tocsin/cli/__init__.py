"""The command line: one door, `tocsin`, with a room for each job. Rooms are opened only when asked for."""

from __future__ import annotations

import importlib
from typing import ClassVar

import click


class Rooms(click.Group):
    """A group whose commands are imported when used, so that `tocsin --help` answers at once."""

    rooms: ClassVar[dict[str, tuple[str, str]]] = {
        "demo": ("tocsin.cli.demo:demo", "A living control room: an invented city, or a real map with real calls."),
        "serve": ("tocsin.cli.serve:serve", "The desk itself, for the screens of a centre."),
        "plans": ("tocsin.cli.plans:plans", "Response plans: check a file line by line, and see what would go."),
        "region": ("tocsin.cli.region:region", "Make a real map ready, and see what is in it."),
        "account": ("tocsin.cli.account:account", "Who may sign in, and as what."),
        "log": ("tocsin.cli.log:log", "Prove the record whole; take it out as text."),
        "keys": ("tocsin.cli.keys:keys", "Keys of personal data, and the master key that wraps them."),
        "privacy": ("tocsin.cli.privacy:privacy", "What is known of people: due, erased, held."),
        "backup": ("tocsin.cli.backup:backup", "Copies of one moment, sealed; put back; and the drill."),
        "sim": ("tocsin.cli.sim:sim", "Invented cities, written as ordinary maps; and the proof by accident."),
        "twin": ("tocsin.cli.twin:twin", "Plan ahead: years of calls through the desk's own decisions."),
        "learn": ("tocsin.cli.learn:learn", "Travel times from the units' own drives; in force only with your yes."),
        "openapi": ("tocsin.cli.openapi:openapi", "The API as an OpenAPI 3.1 document."),
    }

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order a newcomer needs them."""
        return list(self.rooms)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None for a word we do not know."""
        if cmd_name not in self.rooms:
            return None
        module, name = self.rooms[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in self.rooms.items()])


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tocsin", message="%(prog)s %(version)s")
def main() -> None:
    """Tocsin: the call, the place, the nearest help, and a record that can be trusted.

    \b
    tocsin demo                          a living control room in an invented city
    tocsin region build MAP.osm.pbf -o r make a real map ready
    tocsin serve --region r --data d     the desk itself

    Every command explains itself: tocsin COMMAND --help
    """
