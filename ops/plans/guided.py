"""Reads and writes guided plans: what the kind asks, what is missing, what follows."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access import guard
from ops.errors import Invalid, Missing
from ops.geo.models import Boundary, Site
from ops.operations import planning
from ops.operations.models import KINDS, Operation
from ops.plans import queries, rules
from ops.plans.models import GuidedPlan, NationalWeek

FIELDS = (
    "is_national",
    "priorities",
    "districts",
    "sites_by_day",
    "contacts",
    "establishments",
    "search_areas",
    "teams_asked",
    "dogs_asked",
    "lists",
    "intelligence_logs",
    "meetings",
)
ALONE = {"is_national", "teams_asked", "dogs_asked"}


def shown(operation_id: uuid.UUID) -> dict[str, Any]:
    """Give a guided plan and the tasks of its kind; to a partner, the 4P plan alone."""
    operation = db.find(Operation, operation_id, "operation")
    plan = db.session.get(GuidedPlan, operation_id)
    said = {name: getattr(plan, name) if plan else None if name in ALONE else [] for name in FIELDS}
    chosen = plan.national_week_id if plan else None
    week = db.session.get(NationalWeek, chosen) if chosen else None
    is_whole = guard.roles_in(operation_id) != {"partner"}
    facts = _facts(operation, said, week)
    return {
        "operation": str(operation_id),
        "kind": operation.kind,
        **said,
        "national_week": week and _week(week),
        "version": plan.version if plan else 0,
        "tasks": [
            {
                "name": task.name,
                "title": task.title,
                "is_optional": task.is_optional,
                "is_done": not (missing := task.missing(facts)),
                "missing": missing,
            }
            for task in rules.tasks_of(operation.kind)
            if is_whole or task.name == "four-p"
        ],
    }


def change(
    operation_id: uuid.UUID, plan: GuidedPlan | None, content: Mapping[str, Any]
) -> GuidedPlan:
    """Say something of a guided plan, as part of the caller's transaction."""
    operation = planning.to_change(operation_id)
    _check_asked(operation.kind, content)
    if plan is None:
        plan = GuidedPlan(operation_id=operation_id, changed_by=guard.actor().id)
        for name in FIELDS:
            setattr(plan, name, None if name in ALONE else [])
    for name, value in content.items():
        if name in FIELDS:
            setattr(plan, name, plain(value))
    plan.sites_by_day = [row for row in plan.sites_by_day if "sites" in row]
    if "national_week" in content:
        _follow(operation, plan, content["national_week"])
    elif content.get("is_national") is not True and "is_national" in content:
        plan.national_week_id = None
    plan.changed_by = guard.actor().id
    _check(operation, plan, content)
    db.session.add(plan)
    db.session.flush()
    return plan


def plain(value: Any) -> Any:
    """Write a value as it is kept in a list: days, moments and ids as text."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, (uuid.UUID, dt.date)):
        return str(value)
    return value


def _follow(operation: Operation, plan: GuidedPlan, week_id: uuid.UUID | None) -> None:
    """Move the operation's period to that of the national week."""
    plan.national_week_id = week_id
    if week_id is None:
        return
    week = db.session.get(NationalWeek, week_id)
    if week is None:
        said = "There is no such national week."
        raise Invalid(said, {"national_week": [said]})
    plan.is_national = True
    period = {
        "starts_at": wording.first_moment(week.starts_on),
        "ends_at": wording.first_moment(week.ends_on + dt.timedelta(days=1)),
    }
    if (operation.starts_at, operation.ends_at) != (period["starts_at"], period["ends_at"]):
        try:
            planning.change(operation, period)
        except Invalid as error:
            raise Invalid(error.sentence, {"national_week": [error.sentence]}) from error


def _check_asked(kind: str, content: Mapping[str, Any]) -> None:
    others = content.keys() - rules.fields_of(kind)
    if others:
        said = f"A plan of this kind ({KINDS[kind].lower()}) does not ask this."
        raise Invalid(said, {name: [said] for name in sorted(others)})


def _check(operation: Operation, plan: GuidedPlan, content: Mapping[str, Any]) -> None:
    """Refuse what the plan can't say, each by the field it stands in."""
    wrong: dict[str, str] = {}
    if "districts" in content:
        unknown = _unknown(plan.districts, sa.select(Boundary.code))
        if unknown:
            wrong["districts"] = f"There is no boundary with the code {unknown[0]}."
    if "sites_by_day" in content:
        wrong |= _check_days(plan, *days(operation))
    if {"establishments", "search_areas", "contacts"} & content.keys():
        wrong |= _check_prisons(plan, content)
    if wrong:
        raise Invalid(next(iter(wrong.values())), {field: [said] for field, said in wrong.items()})


def _check_days(plan: GuidedPlan, first: dt.date, last: dt.date | None) -> dict[str, str]:
    days = [row["on"] for row in plan.sites_by_day]
    if len(set(days)) < len(days):
        return {"sites_by_day": "Give each day once."}
    if any(day < str(first) or (last and day > str(last)) for day in days):
        return {"sites_by_day": "A day lies outside the operation’s period."}
    return {}


def _check_prisons(plan: GuidedPlan, content: Mapping[str, Any]) -> dict[str, str]:
    prisons = sa.select(sa.cast(Site.id, sa.Text)).where(Site.kind == "prison")
    if _unknown(plan.establishments, prisons):
        return {"establishments": "Choose prisons of the list."}
    for name, what in (("search_areas", "a part to search"), ("contacts", "a contact")):
        named = {row["site"] for row in getattr(plan, name) if row.get("site")}
        if named - set(plan.establishments):
            field = name if name in content else "establishments"
            return {field: f"There is {what} in a prison that is not chosen."}
    return {}


def _unknown(asked: Iterable[str], known: sa.Select[Any]) -> list[str]:
    """Give what is asked for and not there."""
    [column] = known.selected_columns
    names = list(asked)
    found = set(db.session.scalars(known.where(column.in_(names))))
    return [name for name in names if name not in found]


def _facts(operation: Operation, said: Mapping[str, Any], week: NationalWeek | None) -> rules.Facts:
    counted = db.session.execute(queries.counts(operation.id)).one()
    first, last = days(operation)
    aimed = db.session.execute(queries.targets(operation.id)).all()
    names = db.session.execute(
        sa.select(sa.cast(Site.id, sa.Text), Site.name).where(
            sa.cast(Site.id, sa.Text).in_(said["establishments"])
        )
    )
    return rules.Facts(
        kind=operation.kind,
        days=(first, last),
        plan=said,
        national_week=(week.starts_on, week.ends_on) if week else None,
        is_whole_aimed=any(
            row.starts_on <= first and (last is None or row.ends_on >= last) for row in aimed
        ),
        aimed_days={row.starts_on for row in aimed if row.starts_on == row.ends_on},
        trainings=counted.trainings,
        four_ps=counted.four_ps or (),
        phases=[dict(row._mapping) for row in db.session.execute(queries.phases(operation.id))],
        site_names={row[0]: row[1] for row in names},
        comparisons=counted.comparisons,
        now=dt.datetime.now(dt.UTC),
    )


def days(operation: Operation) -> tuple[dt.date, dt.date | None]:
    """Give the first and the last day; an end at midnight belongs to the day before."""
    first = wording.local(operation.starts_at).date()
    if operation.ends_at is None:
        return first, None
    return first, (wording.local(operation.ends_at) - dt.timedelta(microseconds=1)).date()


def _week(week: NationalWeek) -> dict[str, Any]:
    return {
        "id": str(week.id),
        "name": week.name,
        "starts_on": str(week.starts_on),
        "ends_on": str(week.ends_on),
    }


def find(operation_id: uuid.UUID) -> GuidedPlan | None:
    """Find a guided plan that was begun."""
    if db.session.get(Operation, operation_id) is None:
        raise Missing("There is no such operation.")
    return db.session.get(GuidedPlan, operation_id)
