"""Commands that bring places in."""

from pathlib import Path

import click

from ops.geo import boundaries, gazetteer

# More than anybody reads; the count says how many there are.
_SHOWN = 20


@click.command("boundaries")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layer", required=True, help="Which layer they belong to, such as district.")
@click.option("--code-field", help="Which field of the file tells them apart.")
@click.option("--name-field", help="Which field of the file names them.")
@click.option("--from", "source_layer", help="Which layer of the file, where it has several.")
@click.option("--good-rows", is_flag=True, help="Import what is right, in spite of bad rows.")
def import_boundaries(
    file: Path,
    layer: str,
    code_field: str | None,
    name_field: str | None,
    source_layer: str | None,
    good_rows: bool,
) -> None:
    """Import outlines from GeoJSON, GeoPackage or a zipped Shapefile."""
    report = boundaries.load(
        file, layer, code_field, name_field, source_layer=source_layer, good_rows=good_rows
    )
    click.echo(f"Codes from {report.code_field}, names from {report.name_field}.")
    _list("Repaired", report.repaired)
    _list("Refused", report.refused)
    click.echo(
        f"Read {report.read}, added {report.added}, changed {report.changed},"
        f" already there {report.there}, refused {len(report.refused)}."
    )
    if report.results:
        click.echo(f"Results placed in another {layer}: {report.results}.")
    if report.refused and not good_rows:
        raise click.ClickException(
            "Nothing was imported. Mend the file, or import the rest with --good-rows."
        )


@click.command("places")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layer", required=True, help="Which gazetteer it is, such as os_names.")
@click.option("--source", help="What to call it where a place is shown; the file's name without.")
@click.option("--good-rows", is_flag=True, help="Import what is right, in spite of bad rows.")
def import_places(file: Path, layer: str, source: str | None, good_rows: bool) -> None:
    """Import the places of a gazetteer from CSV or GeoPackage, to be found by name or postcode."""
    report = gazetteer.load(file, layer, source or file.name, good_rows=good_rows)
    _list("Refused", report.refused)
    click.echo(
        f"Read {report.read}, added {report.added}, changed {report.changed},"
        f" already there {report.there}, refused {report.bad_rows}."
    )
    if report.bad_rows and not good_rows:
        raise click.ClickException(
            "Nothing was imported. Mend the file, or import the rest with --good-rows."
        )


def _list(heading: str, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        click.echo(f"{heading}: {line}")
    if len(lines) > _SHOWN:
        click.echo(f"{heading}: and {len(lines) - _SHOWN} more.")
