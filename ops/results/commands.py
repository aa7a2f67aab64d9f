"""Commands that bring results in."""

from pathlib import Path

import click
import flask
import sqlalchemy as sa

from ops import db
from ops.access import rules
from ops.access.models import Person
from ops.errors import Missing, Refused
from ops.operations.models import Operation
from ops.results import importing, rollup, sheets
from ops.results.kinds import KINDS


@click.group()
def figures() -> None:
    """Look after the figures of the whole force."""


@figures.command
def refresh() -> None:
    """Bring the kept figures up to date; they are right without it, and slower."""
    days = rollup.refresh(flask.current_app.extensions["engine"])
    if days is None:
        click.echo("Somebody else is at it.")
    else:
        click.echo(f"Added up {days} days." if days else "They are up to date.")


@click.command("results")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--operation", "reference", required=True, help="The operation's reference.")
@click.option("--as", "email", help="Who records them; needed where several people may.")
@click.option("--good-rows", is_flag=True, help="Import what is right, in spite of bad rows.")
def import_results(file: Path, reference: str, email: str | None, good_rows: bool) -> None:
    """Log results from a CSV or XLSX file: all of them, or nothing.

    The same file again adds nothing.
    """
    operation = db.session.scalar(sa.select(Operation).where(Operation.reference == reference))
    if operation is None:
        raise Missing(f"There is no operation with the reference {reference!r}.")
    person = _recorder(email)
    db.act_as(person.id)
    report = importing.load(file, operation, person.id, good_rows=good_rows)
    for line in report.refused:
        click.echo(f"Refused: {line}")
    click.echo(
        f"Read {report.read}, added {report.added}, already there {report.there},"
        f" refused {report.bad_rows}."
    )
    if report.bad_rows and not good_rows:
        raise click.ClickException(
            "Nothing was imported. Mend the file, or import the rest with --good-rows."
        )


@click.command("template")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--xlsx", is_flag=True, help="Make a workbook KIND.xlsx here, with its codes.")
def template(kind: str, xlsx: bool) -> None:
    """Give the empty file for results of a kind."""
    if not xlsx:
        click.echo(sheets.csv_template(KINDS[kind]), nl=False)
        return
    file = Path(f"{kind}.xlsx")
    if file.exists():
        raise Refused(f"{file} is there already; move it away first.")
    sheets.xlsx_template(KINDS[kind]).save(file)
    click.echo(f"Made {file}.")


def _recorder(email: str | None) -> Person:
    """Find who records what is imported; guess only where there is no choice."""
    people = sa.select(Person).where(Person.disabled_at.is_(None)).order_by(Person.email)
    if email is not None:
        person = db.session.scalar(people.where(Person.email == email.strip().lower()))
        if person is None:
            raise Missing(f"There is nobody with the address {email}.")
        if not rules.may(person.role, "log"):
            raise Refused(f"The role of {person.name} does not allow logging results.")
        return person
    may_log = Person.role.in_(rules.MAY["log"])
    found = db.session.scalars(people.where(may_log).limit(2)).all()
    if len(found) != 1:
        raise Refused("Say who records these results: --as EMAIL.")
    return found[0]
