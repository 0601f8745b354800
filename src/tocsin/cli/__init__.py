"""The command line: one door, `tocsin`, with a room for each job."""

import click

from tocsin.cli.region import region


@click.group()
def main() -> None:
    """Tocsin: the call, the place, the nearest help, and a record that can be trusted."""


main.add_command(region)
