"""Reports and their notes, and what of operations, targets and reported figures stands in them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from ops import db
from ops.access.models import Organisation, Person
from ops.access.queries import below
from ops.geo.models import Boundary
from ops.geo.queries import DISTRICTS, coarse, in_force
from ops.operations.models import Operation
from ops.outcomes.models import FrameworkLine, ReportedFigure, Target
from ops.reports.models import Report, ReportNote
from ops.results import measures
from ops.results.listing import among
from ops.results.models import Credit, Result
from ops.wording import first_moment

# Less than a pixel of a map of all districts.
COARSE_M = 150
# As many as one chooses from.
MOST_CHOICES = 500


def reports(filters: Mapping[str, Any]) -> db.Query:
    """List reports, the newest first, each with the issue that took its place."""
    maker, changer, issuer, withdrawer = (orm.aliased(Person) for _ in range(4))
    later = orm.aliased(Report)
    newest = (
        sa.select(later.id)
        .where(later.series_id == Report.series_id, later.number > Report.number)
        .where(later.state == "issued")
        .order_by(later.number.desc(), later.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Report.id,
            Report.series_id.label("series"),
            Report.number,
            newest.label("superseded_by"),
            Report.title,
            Report.summary,
            Report.changes,
            Report.operations,
            Report.starts_on,
            Report.ends_on,
            Report.against,
            Report.is_of_organisation.label("of_organisation"),
            Report.chart_measure,
            Report.map_measure,
            Report.marking,
            Report.state,
            Report.organisation_id,
            Organisation.name.label("publisher"),
            Organisation.code.label("organisation_code"),
            Report.made_at,
            Report.made_by.label("made_by_id"),
            maker.name.label("made_by"),
            Report.changed_at,
            Report.changed_by.label("changed_by_id"),
            changer.name.label("changed_by"),
            Report.issued_at,
            issuer.name.label("issued_by"),
            Report.snapshot_id.label("snapshot"),
            sa.func.encode(Report.hash, "hex").label("hash"),
            Report.withdrawn_at,
            withdrawer.name.label("withdrawn_by"),
            Report.withdrawn_why,
            Report.version,
        )
        .join(Organisation, Organisation.id == Report.organisation_id)
        .join(maker, maker.id == Report.made_by)
        .join(changer, changer.id == Report.changed_by)
        .outerjoin(issuer, issuer.id == Report.issued_by)
        .outerjoin(withdrawer, withdrawer.id == Report.withdrawn_by)
        .order_by(Report.made_at.desc(), Report.id.desc())
    )
    if "state" in filters:
        query = query.where(Report.state == filters["state"])
    if "operation" in filters:
        query = query.where(Report.operations.contains([filters["operation"]]))
    return query


def report(report_id: uuid.UUID) -> db.Query:
    """Fetch a report, with the bytes that were issued."""
    return reports({}).add_columns(Report.content).where(Report.id == report_id)


def to_issue(person_id: uuid.UUID) -> db.Query:
    """List the drafts that wait for somebody other than their writers to issue them.

    One without a summary, or a later one that does not say what changed, is still being written.
    """
    is_written = sa.or_(Report.number == 1, Report.changes.is_not(None))
    return reports({"state": "draft"}).where(
        Report.made_by != person_id,
        Report.changed_by != person_id,
        Report.summary.is_not(None),
        is_written,
    )


def before(report: Mapping[str, Any]) -> db.Query:
    """Fetch the newest issue before this one that was given out."""
    return (
        sa.select(Report.id, Report.number, Report.operations, Report.content)
        .where(Report.series_id == report["series"], Report.number < report["number"])
        .where(Report.content.is_not(None))
        .order_by(Report.number.desc(), Report.id)
        .limit(1)
    )


def last_number(series_id: uuid.UUID) -> db.Query:
    """Give the number of the newest issue of a series."""
    return sa.select(sa.func.max(Report.number)).where(Report.series_id == series_id)


def notes(report_id: uuid.UUID) -> db.Query:
    """List the case notes of a report in their order."""
    writer, striker = orm.aliased(Person), orm.aliased(Person)
    return (
        sa.select(
            ReportNote.id,
            ReportNote.position,
            ReportNote.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Operation.theme,
            ReportNote.title,
            ReportNote.text,
            ReportNote.marking,
            ReportNote.changed_at,
            writer.name.label("changed_by"),
            ReportNote.struck_at,
            striker.name.label("struck_by"),
            ReportNote.struck_why,
            ReportNote.version,
        )
        .join(Operation, Operation.id == ReportNote.operation_id)
        .join(writer, writer.id == ReportNote.changed_by)
        .outerjoin(striker, striker.id == ReportNote.struck_by)
        .where(ReportNote.report_id == report_id)
        .order_by(ReportNote.position, ReportNote.id)
    )


def rows_of(report_id: uuid.UUID) -> sa.Select[ReportNote]:
    """List the case notes of a report to change them."""
    return (
        sa.select(ReportNote)
        .where(ReportNote.report_id == report_id)
        .order_by(ReportNote.position, ReportNote.id)
    )


def operations(ids: Sequence[uuid.UUID]) -> db.Query:
    """Describe these operations, as far as they are seen."""
    return (
        sa.select(
            Operation.id,
            Operation.name,
            Operation.theme,
            Operation.kind,
            Operation.marking,
            Operation.visibility,
            Operation.starts_at,
            Operation.ends_at,
        )
        .where(Operation.id == among(ids))
        .order_by(Operation.starts_at, Operation.name, Operation.id)
    )


def covert(ids: Sequence[uuid.UUID]) -> db.Query:
    """Name those of these operations that are covert."""
    return (
        sa.select(Operation.id)
        .where(Operation.id == among(ids), Operation.visibility == "covert")
        .order_by(Operation.id)
    )


def leading(ids: Sequence[uuid.UUID], starts_on: dt.date, ends_on: dt.date) -> db.Query:
    """Name the operations that led what is credited to these in a period."""
    return (
        sa.select(Result.operation_id)
        .join(Credit, Credit.result_id == Result.id)
        .where(
            Credit.operation_id == among(ids),
            Credit.withdrawn_at.is_(None),
            Result.status != "struck",
            Result.occurred_at >= first_moment(starts_on),
            Result.occurred_at < first_moment(ends_on + dt.timedelta(days=1)),
        )
        .distinct()
        .order_by(Result.operation_id)
    )


def choices(starts_on: dt.date | None, ends_on: dt.date | None) -> db.Query:
    """List the operations that take place in a period."""
    query = sa.select(Operation.id, Operation.name, Operation.theme, Operation.visibility)
    if ends_on is not None:
        query = query.where(Operation.starts_at < first_moment(ends_on + dt.timedelta(days=1)))
    if starts_on is not None:
        is_open = Operation.ends_at.is_(None)
        query = query.where(is_open | (Operation.ends_at > first_moment(starts_on)))
    return query.order_by(Operation.theme, Operation.starts_at, Operation.id).limit(MOST_CHOICES)


def targets(report: Mapping[str, Any]) -> db.Query:
    """List the targets of a report's operations and organisation whose days touch its own."""
    return (
        sa.select(
            Target.measure,
            Target.starts_on,
            Target.ends_on,
            Target.value,
            Target.operation_id,
            Operation.name.label("operation"),
        )
        .outerjoin(Operation, Operation.id == Target.operation_id)
        .where(_is_of(Target, report))
        .where(Target.starts_on <= report["ends_on"], Target.ends_on >= report["starts_on"])
        .order_by(Target.starts_on, Target.ends_on, Target.measure, Target.id)
    )


def reported(report: Mapping[str, Any]) -> db.Query:
    """List what others reported of a report's operations and organisation, but for what is revised.

    What we published ourselves comes of the same records, so it is left out.
    """
    newer = orm.aliased(ReportedFigure)
    revised = sa.exists().where(newer.supersedes_id == ReportedFigure.id)
    return (
        sa.select(
            ReportedFigure.id,
            ReportedFigure.measure,
            ReportedFigure.label,
            ReportedFigure.value,
            ReportedFigure.unit,
            ReportedFigure.qualifier,
            ReportedFigure.four_p,
            ReportedFigure.facets,
            ReportedFigure.starts_on,
            ReportedFigure.ends_on,
            ReportedFigure.as_at,
            ReportedFigure.source,
            ReportedFigure.note,
            ReportedFigure.operation_id,
            Operation.theme,
        )
        .outerjoin(Operation, Operation.id == ReportedFigure.operation_id)
        .where(_is_of(ReportedFigure, report), ReportedFigure.set_id.is_(None), ~revised)
        .order_by(
            ReportedFigure.starts_on.nulls_last(),
            ReportedFigure.measure,
            # The whole before its parts.
            ReportedFigure.facets != sa.cast({}, JSONB),
            ReportedFigure.label.nulls_last(),
            ReportedFigure.id,
        )
    )


def recorded_in(ids: Sequence[uuid.UUID], starts_on: dt.date, ends_on: dt.date) -> db.Query:
    """Name those of these operations to which something recorded in a period is credited."""
    counted = (
        Result.status != "struck",
        Result.occurred_at >= first_moment(starts_on),
        Result.occurred_at < first_moment(ends_on + dt.timedelta(days=1)),
    )
    led = sa.exists().where(Result.operation_id == Operation.id, *counted)
    supported = sa.exists().where(
        Credit.operation_id == Operation.id,
        Credit.withdrawn_at.is_(None),
        Credit.result_id == Result.id,
        *counted,
    )
    return (
        sa.select(Operation.id)
        .where(Operation.id == among(ids), led | supported)
        .order_by(Operation.id)
    )


def framework() -> db.Query:
    """List the measures that the strategy is held to, in its order."""
    return sa.select(FrameworkLine.measure, FrameworkLine.position).order_by(
        FrameworkLine.position, FrameworkLine.measure
    )


def measures_on(day: dt.date) -> db.Query:
    """Name the measures in force on a day."""
    found = measures.current(day).subquery()
    return sa.select(found.c.code, found.c.label, found.c.unit).order_by(
        found.c.label, found.c.code
    )


def all_of(organisation_code: str) -> db.Query:
    """List the open operations of an organisation and of those below it.

    Of any other it would be told to readers who do not see it that there is one.
    """
    return (
        sa.select(Operation.id)
        .where(Operation.organisation_id.in_(below(organisation_code)))
        .where(Operation.visibility == "open")
        .order_by(Operation.id)
    )


def districts(on: dt.date) -> db.Query:
    """List the districts in force on a day with their outlines, as coarse as a page shows."""
    shape = sa.cast(sa.func.ST_AsGeoJSON(coarse(Boundary.geom, COARSE_M), 6), sa.JSON)
    return (
        sa.select(Boundary.code, Boundary.name, shape.label("geometry"))
        .where(Boundary.layer == DISTRICTS, in_force(on))
        .order_by(Boundary.name, Boundary.code)
    )


def _is_of(
    model: type[Target] | type[ReportedFigure], report: Mapping[str, Any]
) -> sa.ColumnElement[bool]:
    of_operation = model.operation_id == among(report["operations"])
    if not report["of_organisation"]:
        return of_operation
    own = sa.and_(model.organisation_id == report["organisation_id"], model.operation_id.is_(None))
    return sa.or_(of_operation, own)
