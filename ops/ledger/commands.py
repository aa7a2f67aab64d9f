"""Commands that seal the ledger, check it, and take its seals to safety."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import flask
import sqlalchemy as sa

from ops import db
from ops.errors import Refused
from ops.ledger import checking, sealing
from ops.ledger.models import Seal


@click.group()
def ledger() -> None:
    """Seal the ledger, check it, and take its seals to safety."""


@ledger.command
def seal() -> None:
    """Chain what was written since the last seal, each row to all before it."""
    count = sealing.seal(_engine())
    click.echo(f"Sealed {count} rows." if count else "There is nothing new to seal.")


@ledger.command
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Seals that `export` wrote, kept elsewhere: finds out who rewrote the whole chain.",
)
def verify(against: Path | None) -> None:
    """Walk the whole ledger; name the first row that was changed, removed or inserted."""
    exported = _seals(against) if against else None
    verdict = checking.verify(_engine(), exported)
    if verdict.fault is not None:
        raise click.ClickException(f"The ledger is not whole. {verdict.fault}")
    click.echo(
        f"The ledger is whole: {verdict.sealed} rows under {verdict.seals} seals,"
        f" {verdict.waiting} waiting for the next."
    )


@ledger.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the seals, one a line, to keep where nobody who runs this can change them."""
    with db.session.connection() as connection:
        seals = connection.execute(sa.select(Seal.__table__).order_by(Seal.first_position)).all()
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{file} is there already; seals are kept, never written over.") from None
    with os.fdopen(number, "w") as out:
        for each in seals:
            out.write(json.dumps(checking.told(each)) + "\n")
        out.flush()
        os.fsync(out.fileno())
    click.echo(f"Wrote {len(seals)} seals.")


def _seals(file: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(file.read_text().splitlines(), 1):
        try:
            seal = json.loads(line)
            seal["id"], seal["first_position"], seal["last_position"]
        except (ValueError, TypeError, KeyError):
            raise Refused(f"Line {number} of {file} is no seal.") from None
        yield seal


def _engine() -> sa.Engine:
    engine: sa.Engine = flask.current_app.extensions["engine"]
    return engine
