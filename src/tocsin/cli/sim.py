"""`tocsin sim`: invented things to practise and measure with."""

from __future__ import annotations

import click

from tocsin.cli.sim_city import city
from tocsin.cli.sim_faults import faults
from tocsin.cli.sim_together import calls_together


@click.group()
def sim() -> None:
    """Invented cities, written as ordinary maps; invented callers; and the proof by accident."""


sim.add_command(city)
sim.add_command(faults)
sim.add_command(calls_together)
