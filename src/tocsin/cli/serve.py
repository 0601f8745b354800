"""`tocsin serve`: the server of one centre. Only options and words live here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.settings import PORT, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from tocsin.app import App

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


_STORE = (
    "Keep record and accounts in this PostgreSQL database (postgresql://user@host/name; several hosts with commas) "
    "instead of files. Any number of nodes may share it, each with a data folder of its own. [$TOCSIN_STORE]"
)


@click.command()
@click.option("--config", type=_FILE, help="Settings in a TOML file; options here go before it.")
@click.option("--data", type=_FOLDER, help="Folder of the record and the accounts; made when absent. [data]")
@click.option("--store", metavar="ADDRESS", envvar="TOCSIN_STORE", help=_STORE)
@click.option(
    "--region", type=_FOLDER, help="A region made by `tocsin region build`. Without one: no map, no road times."
)
@click.option("--catalogue", type=_FILE, help="The centre's incident types (TOML). Without it: the packaged ones.")
@click.option("--attributes", type=_FILE, help="What callers' words stand for (TOML). Without it: the packaged ones.")
@click.option("--aliases", type=_FILE, help="The centre's own names for places (TOML or CSV), found like the map's.")
@click.option("--plans", type=_FILE, help="The centre's response plans (TOML). Without it: the packaged ones.")
@click.option("--hospitals", type=_FILE, help="What the centre knows of hospitals (TOML). Without it: the map's.")
@click.option("--coverage", type=_FILE, help="Rules of coverage and move-ups (TOML). Without it: the packaged ones.")
@click.option(
    "--master-key",
    type=_FILE,
    help="File of the key that wraps the keys of personal data; see `tocsin keys --help`. [data/master.key]",
)
@click.option("--host", help="Address to listen on; 0.0.0.0 for every network. [127.0.0.1]")
@click.option("--port", type=int, help=f"Port to listen on; 0 takes any free one. [{PORT}]")
@click.option("--centre", "centre_id", help="Short id of the centre: small letters, digits, hyphens.")
@click.option("--name", "centre_name", help="The centre's name, as screens show it.")
@click.option("--mode", "centre_mode", type=click.Choice(["live", "exercise"]), help="Whether calls are real. [live]")
@click.option("--allow-host", "allowed_hosts", multiple=True, help="A name under which browsers reach this server.")
@click.option("--secure-cookies", is_flag=True, default=None, help="Browsers come by https (through a proxy).")
def serve(config: Path | None, **given: Any) -> None:
    """Run the server of one centre.

    It keeps everything it must remember in one data folder, which only one server at a time may use. Stop it with
    Ctrl-C: what was ordered is recorded before it ends. With --store any number of machines serve one centre together:
    each takes orders and shows every screen the same picture.

    \b
    A first evening:
      tocsin region build city.osm.pbf -o region
      tocsin account add ana --role supervisor --role dispatcher
      tocsin serve --region region
    """
    _run(_settings(config, given))


def _settings(config: Path | None, given: dict[str, Any]) -> Settings:
    given["allowed_hosts"] = given["allowed_hosts"] or None
    try:
        return load_settings(config, **given)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _run(settings: Settings) -> None:
    import logging

    import uvloop

    from tocsin.app import AppError, build
    from tocsin.app import serve as serve_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        app = build(settings)
        uvloop.run(serve_app(app, ready=lambda address: _greet(app, address)))
    except (AppError, SettingsError) as error:
        raise click.ClickException(str(error)) from None


def _pace(app: App) -> str:
    """Which travel times are in force, or why the file that should be is not."""
    from tocsin.desk.pacing import describe

    pacing = app.desk.ground.pacing if app.desk.ground else None
    if pacing and pacing.problem:
        return f"the map's own speeds, because {pacing.problem}"
    return describe(pacing.file if pacing else None)


def _greet(app: App, address: str) -> None:
    """What the person who started it needs to know, and no more."""
    centre = app.settings.centre
    exercise = " — EXERCISE" if centre.mode == "exercise" else ""
    click.echo(f"{centre.name}{exercise}: {address}")
    click.echo(f"Record and accounts: {app.where}")
    if app.region is None:
        click.echo("No region: there is no map, and travel times are straight lines. See: tocsin region build --help")
    else:
        click.echo(f"Travel times: {_pace(app)}")
    if not app.access.accounts():
        place = f"--store … --centre {centre.id}" if app.settings.store else f"--data {app.settings.data}"
        click.echo("Nobody can sign in yet. In another terminal:")
        click.echo(f"  tocsin account add NAME --role administrator --role supervisor {place}")
    click.echo("Stop with Ctrl-C.")
