"""`tocsin openapi`: the HTTP interface as an OpenAPI 3.1 document. Words only; the document is made by `tocsin.web`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE, not to the screen."
)
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document of the HTTP interface.

    It is made from the routes the server has. docs/reference/openapi.json is its copy in the project.
    """
    from tocsin.web.openapi import encoded
    from tocsin.web.routes import ROUTES

    raw = encoded(ROUTES)
    if output is None:
        click.echo(raw, nl=False)
        return
    try:
        output.write_bytes(raw)
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror or error}") from None
    click.echo(f"{output}: {len(ROUTES)} routes", err=True)
