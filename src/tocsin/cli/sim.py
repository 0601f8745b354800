"""`tocsin sim`: invented things to practise and measure with."""

from __future__ import annotations

import click

from tocsin.cli.sim_city import city


@click.group()
def sim() -> None:
    """Invented cities, written as ordinary maps."""


sim.add_command(city)
