"""The command that brings monthly counts in."""

from pathlib import Path

import click
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid, Missing
from ops.evaluation import importing
from ops.evaluation.counts_file import TEMPLATE
from ops.evaluation.importing import Sent
from ops.operations.models import Operation


def _print_template(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(TEMPLATE)
        context.exit()


@click.command("counts")
@click.option(
    "--template",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_template,
    help="Print the first line that the file needs.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--operation", "reference", required=True, help="The operation's reference.")
@click.option("--source", required=True, help="What it is called; its next version the same.")
@click.option("--publisher", required=True, help="Who published it.")
@click.option(
    "--obtained-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When it was obtained."
)
@click.option("--good-rows", is_flag=True, help="Import what is right, in spite of bad rows.")
def import_counts(
    file: Path, reference: str, source: str, publisher: str, obtained_on: object, good_rows: bool
) -> None:
    """Import monthly counts of recorded crime from a CSV file, for before and after.

    The same file again adds nothing; a corrected one is the next version.
    """
    operation = db.session.scalar(sa.select(Operation).where(Operation.reference == reference))
    if operation is None:
        raise Missing(f"There is no operation with the reference {reference!r}.")
    try:
        content = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text.") from error
    sent = Sent(
        source=source,
        publisher=publisher,
        obtained_on=obtained_on.date(),  # type: ignore[attr-defined]
        file_name=file.name,
        content=content,
        good_rows=good_rows,
    )
    try:
        with db.transaction():
            kept, is_new = importing.load(operation.id, sent, None)
    except Invalid as error:
        for where, said in error.errors.items():
            click.echo(f"Refused: {where}: {' '.join(map(str, said))}")  # type: ignore[call-overload]
        raise
    told = importing.told(kept)
    if not is_new:
        click.echo(f"This file is here already, as version {kept.version}. Nothing was added.")
        return
    for each in told["refused"]:
        click.echo(f"Refused: {importing.place(each)}: {each['why']}")
    for each in told["changes"]:
        click.echo(
            f"Changed: {each['area']}, {each['category']}, {each['month']}:"
            f" {each['before']} is now {each['after']}"
        )
    click.echo(
        f"Version {kept.version}. Read {kept.rows_read}, added {kept.rows_added},"
        f" changed {kept.rows_changed}, already there {kept.rows_there},"
        f" refused {told['rows_refused']}."
    )
