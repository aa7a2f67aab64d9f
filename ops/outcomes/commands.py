"""Commands that bring in what others reported."""

from pathlib import Path

import click

from ops import db
from ops.errors import Invalid
from ops.outcomes import published as published_sets
from ops.outcomes import published_file

VERBS = ("added", "changed", "already there", "withdrawn")


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def published(file: Path) -> None:
    """Load result sets as they were published, with qualifier, source and as-at.

    All of the file or nothing; the same file again adds nothing, and what has
    changed in it is told and kept in the ledger.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text.") from error
    sets = published_file.read(text)
    with db.transaction():
        db.give_reason(f"Import of {file.name}")
        tally = published_sets.load(sets)
    for noun, counts in (("set", tally.sets), ("figure", tally.figures)):
        total = sum(count for verb, count in counts.items() if verb != "withdrawn")
        told = ", ".join(f"{counts[verb]} {verb}" for verb in VERBS if counts[verb])
        click.echo(f"{total} {noun}{'s' * (total != 1)} read: {told or 'nothing to do'}.")
    for line in tally.changed:
        click.echo(f"Changed: {line}")
    for line in tally.doubts:
        click.echo(f"A check does not hold: {line}", err=True)
