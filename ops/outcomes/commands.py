"""Commands that bring in what others reported."""

from collections.abc import Mapping
from pathlib import Path

import click

from ops import db
from ops.errors import Invalid
from ops.outcomes import published as published_sets
from ops.outcomes import published_file, reported_file

VERBS = ("added", "changed", "already there", "withdrawn")


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def published(file: Path) -> None:
    """Load result sets as they were published, with qualifier, source and as-at.

    All of the file or nothing; the same file again adds nothing, and what has
    changed in it is told and kept in the ledger.
    """
    sets = published_file.read(_text(file))
    with db.transaction():
        db.give_reason(f"Import of {file.name}")
        tally = published_sets.load(sets)
    _tell("set", tally.sets)
    _tell("figure", tally.figures)
    for line in tally.changed:
        click.echo(f"Changed: {line}")
    for line in tally.doubts:
        click.echo(f"A check does not hold: {line}", err=True)


def _print_template(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(reported_file.TEMPLATE)
        context.exit()


@click.command
@click.option(
    "--template",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_template,
    help="Print the first line that the file needs.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reported(file: Path) -> None:
    """Load figures that others reported from a CSV file, one a row.

    All of the file or nothing; the same file again adds nothing.
    """
    figures = reported_file.read(_text(file))
    with db.transaction():
        db.give_reason(f"Import of {file.name}")
        _tell("figure", reported_file.load(figures))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text.") from error


def _tell(noun: str, did: Mapping[str, int]) -> None:
    total = sum(count for verb, count in did.items() if verb != "withdrawn")
    told = ", ".join(f"{did[verb]} {verb}" for verb in VERBS if did.get(verb))
    click.echo(f"{total} {noun}{'s' * (total != 1)} read: {told or 'nothing to do'}.")
