"""Commands of whoever looks after the house: what is due, and how long each group is kept."""

import datetime as dt

import click
import sqlalchemy as sa

from ops import db, wording
from ops.errors import Invalid, Refused
from ops.operations.models import THEMES
from ops.retention import queries
from ops.retention.models import RetentionGroup

_DAY = click.DateTime(["%Y-%m-%d"])
MOST = 500


@click.group()
def retention() -> None:
    """List what is due for review, and say how long each group is kept."""


@retention.command
@click.option("--before", type=_DAY, help="Due on this day or earlier; without it, by today.")
def due(before: dt.datetime | None) -> None:
    """List what is due for review, the longest due first: ids and dates, no content."""
    day = before.date() if before else wording.today()
    found = db.session.execute(queries.due({"before": day}).limit(MOST + 1)).all()
    for row in found[:MOST]:
        state = " held" if row.is_held else ""
        click.echo(f"{row.review_on} group {row.group} {row.object} {row.id}{state}")
    if len(found) > MOST:
        click.echo(f"These are the first {MOST}.", err=True)
    elif not found:
        click.echo("Nothing is due.", err=True)


@retention.command
@click.argument("code")
@click.option("--label", help="What it is called.")
@click.option("--rule", help="How long it is kept, in words.")
@click.option("--years", type=click.IntRange(1, 100), help="From the end to the first review.")
@click.option("--theme", "themes", multiple=True, help="Operations of this theme fall to it.")
@click.option("--from", "starts_on", type=_DAY, help="From which day on; without it, today.")
def group(
    code: str,
    label: str | None,
    rule: str | None,
    years: int | None,
    themes: tuple[str, ...],
    starts_on: dt.datetime | None,
) -> None:
    """Change a review group from a day on, or add one; dates that are set already stay."""
    if unknown := set(themes) - THEMES.keys():
        raise Invalid(f"There is no theme {min(unknown)!r}; choose of {', '.join(THEMES)}.")
    day = starts_on.date() if starts_on else wording.today()
    with db.transaction():
        last = db.session.scalars(
            sa.select(RetentionGroup)
            .where(RetentionGroup.code == code)
            .order_by(RetentionGroup.valid_from.desc())
            .limit(1)
            .with_for_update()
        ).first()
        if last is not None and last.valid_from >= day:
            raise Refused(f"This group is set from {last.valid_from} on; name a later day.")
        values = {"label": label, "rule": rule, "years": years}
        if last is not None:
            last.valid_to = day
            values = {name: value or getattr(last, name) for name, value in values.items()}
        missing = [name for name, value in values.items() if value is None]
        if missing:
            raise Invalid(f"A new group needs --{' --'.join(missing)}.")
        new = [*themes] or (last.themes if last is not None else [])
        db.session.add(RetentionGroup(code=code, valid_from=day, themes=new, **values))
    click.echo(f"Group {code} is kept {values['years']} years from {day} on.")
