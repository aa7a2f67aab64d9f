"""Fills in a return: each column of an outside body from the measure that it is mapped to."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db, wording
from ops.access.models import Organisation, Person
from ops.errors import Invalid, Missing, Stale
from ops.exports import return_rules
from ops.exports.models import ReturnProfile
from ops.ledger.consultation import saw
from ops.operations.models import Operation
from ops.outcomes import summaries
from ops.outcomes.measured import Ask
from ops.results import counting, listing, measures, nil_returns
from ops.results.models import LikelyDouble, Result


def profiles() -> db.Query:
    """List the newest version of what each body asks for, with who made it."""
    newer = orm.aliased(ReturnProfile)
    return (
        sa.select(ReturnProfile, Person.name.label("maker"))
        .outerjoin(Person, Person.id == ReturnProfile.made_by)
        .where(
            ~sa.exists().where(
                newer.code == ReturnProfile.code, newer.version > ReturnProfile.version
            )
        )
        .order_by(ReturnProfile.code)
    )


def profile_of(code: str) -> tuple[ReturnProfile, str | None]:
    """Find what a body asks for, in the version that is sent by."""
    found = db.session.execute(profiles().where(ReturnProfile.code == code)).one_or_none()
    if found is None:
        raise Missing("There is no such return.")
    saw("return_profile", [found[0].id])
    return found[0], found[1]


def define(sent: Mapping[str, Any], made_by: uuid.UUID) -> ReturnProfile:
    """Keep what a body asks for; of what is there already, as a new version."""
    known = db.session.scalars(
        sa.select(ReturnProfile)
        .where(ReturnProfile.code == sent["code"])
        .order_by(ReturnProfile.version.desc())
    ).first()
    _check_measures(sent["columns"])
    if known is not None:
        if sent.get("replaces", known.version) != known.version:
            raise Stale("Somebody else changed this return first; read it again.")
        if not sent.get("reason"):
            said = "Say why it changes."
            raise Invalid(said, {"reason": [said]})
    if sent.get("reason"):
        db.give_reason(sent["reason"])
    content = {name: value for name, value in sent.items() if name != "replaces"}
    made = ReturnProfile(version=(known.version if known else 0) + 1, made_by=made_by, **content)
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made)
    return made


def fill_in(
    operation_id: uuid.UUID, code: str, period: Mapping[str, Any], now: dt.datetime
) -> dict[str, Any]:
    """Fill a return in, and say what is missing from it."""
    profile, _maker = profile_of(code)
    found = db.session.execute(
        sa.select(Operation, Organisation.name)
        .join(Organisation, Organisation.id == Operation.organisation_id)
        .where(Operation.id == operation_id)
    ).one_or_none()
    if found is None:
        raise Missing("There is no such operation.")
    operation, organisation = found
    summary = summaries.of_operation(operation_id, Ask(**period), now)
    figures = {each["code"]: each for each in summary["measures"]}
    facts = _facts(operation, organisation, period, summary["as_at"])
    rows = [
        _fact(column, facts) if "fact" in column else _figure(column, figures, operation, period)
        for column in profile.columns
    ]
    gaps = list(_missing(operation, now))
    return {
        "profile": profile.code,
        "version": profile.version,
        "name": profile.name,
        "recipient": profile.recipient,
        "operation": operation_id,
        "marking": operation.marking,
        "as_at": period.get("as_at") or now,
        "is_whole": not any(
            each["stops"] for row in [{"gaps": gaps}, *rows] for each in row["gaps"]
        ),
        "gaps": gaps,
        "rows": rows,
    }


def _check_measures(columns: Sequence[Mapping[str, Any]]) -> None:
    known = set(db.session.scalars(sa.select(measures.current().subquery().c.code)))
    for place, column in enumerate(columns):
        if (code := column.get("measure")) is not None and code not in known:
            said = "There is no such measure; see /api/v1/measures."
            raise Invalid(said, {f"columns.{place}.measure": [said]})
    names = [column["name"].casefold() for column in columns]
    if len(set(names)) < len(names):
        said = "Two columns have the same heading; each needs one of its own."
        raise Invalid(said, {"columns": [said]})


def _facts(
    operation: Operation, organisation: str, period: Mapping[str, Any], as_at: str
) -> dict[str, str | None]:
    starts_at = period.get("from_") or operation.starts_at
    ends_at = period.get("to") or operation.ends_at
    return {
        "organisation": organisation,
        "operation": operation.name,
        "reference": operation.reference,
        "from": wording.local(starts_at).date().isoformat(),
        # A day holds until the next one begins.
        "to": counting.last_day(ends_at).isoformat() if ends_at else None,
        "as_at": wording.local(as_at).isoformat(timespec="minutes"),
        "marking": operation.marking,
    }


def _fact(column: Mapping[str, Any], facts: Mapping[str, str | None]) -> dict[str, Any]:
    value = facts[column["fact"]]
    gaps = [] if value else [return_rules.gap("no_figure", "The operation does not say it yet.")]
    return _row(column["name"], value=value, gaps=gaps)


def _figure(
    column: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]],
    operation: Operation,
    period: Mapping[str, Any],
) -> dict[str, Any]:
    code = column["measure"]
    if (figure := figures.get(code)) is None:
        gone = return_rules.gap("no_measure", "This measure was withdrawn; choose another.")
        return _row(column["name"], measure=code, gaps=[gone])
    waiting = _unconfirmed(code, operation, period) if figure["records"] else 0
    return _row(
        column["name"],
        measure=code,
        value=figure["value"],
        unit=figure["unit"],
        provisional=figure["provisional"],
        records=figure["records"],
        gaps=list(return_rules.of_figure(figure, waiting)),
    )


def _row(name: str, **said: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("measure", "value", "unit", "provisional", "records"))
    return {"name": name, **nothing, **said}


def _unconfirmed(code: str, operation: Operation, period: Mapping[str, Any]) -> int:
    """Count the records of a figure that nobody confirmed, by the list that it leads to."""
    filters = {"operation": [operation.id], "measure": code, "status": ["recorded"], **period}
    query, _keys = listing.listed(filters)
    return db.session.scalar(query.with_only_columns(sa.func.count()).order_by(None)) or 0


def _missing(operation: Operation, now: dt.datetime) -> Iterator[return_rules.Gap]:
    unreported = nil_returns.missing({"operation": operation.id}, now).order_by(None).subquery()
    mine = sa.select(Result.id).where(Result.operation_id == operation.id)
    doubles = sa.select(sa.func.count()).where(
        LikelyDouble.decision.is_(None),
        sa.or_(LikelyDouble.result_id.in_(mine), LikelyDouble.other_id.in_(mine)),
    )
    yield from return_rules.of_operation(
        is_over=operation.ends_at is not None and operation.ends_at <= now,
        unreported=db.session.scalar(sa.select(sa.func.count()).select_from(unreported)) or 0,
        doubles=db.session.scalar(doubles) or 0,
        operation=operation.id,
    )
