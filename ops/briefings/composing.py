"""The plan as a briefing takes it: plain values in a fixed order, so that two can be compared."""

import collections
import uuid
from typing import Any

import orjson

from ops import db
from ops.briefings import queries
from ops.errors import Missing
from ops.ledger.consultation import saw
from ops.operations import deployment_queries

Plan = dict[str, Any]
# What was looked at is noted by the kind of each.
_SEEN = {"areas": "area", "deployments": "deployment", "teams": "team", "warrants": "result"}


def plan_of(operation_id: uuid.UUID) -> Plan:
    """Take an operation's plan, and note what was looked at."""
    plan = read(operation_id)
    for name, kind in _SEEN.items():
        saw(kind, [each["id"] for each in plan[name]], operation_id)
    return plan


def read(operation_id: uuid.UUID) -> Plan:
    """Take an operation's plan, as far as it is seen."""
    operation = db.session.execute(queries.operation(operation_id)).mappings().one_or_none()
    if operation is None:
        raise Missing("There is no such operation.")
    parts: dict[str, Any] = {
        name: [dict(row) for row in db.session.execute(query).mappings()]
        for name, query in (
            ("phases", queries.phases(operation_id)),
            ("areas", queries.areas(operation_id)),
            ("deployments", deployment_queries.deployments(operation_id, {})),
            ("teams", deployment_queries.teams(operation_id)),
            ("warrants", queries.warrants(operation_id)),
            ("certificates", queries.certificates(operation_id)),
        )
    }
    lines = set(db.session.scalars(queries.lines(operation_id)))
    people = _by_deployment(queries.people(operation_id))
    assets = _by_deployment(queries.assets(operation_id))
    for each in parts["deployments"]:
        # How often it was written says nothing to those who go there.
        del each["version"]
        each["people"], each["assets"] = people[each["id"]], assets[each["id"]]
        if each["line"] and uuid.UUID(each["line"]["id"]) not in lines:
            each["line"] = None
    # As it is once it was stored: text for ids, days and times.
    plan: Plan = orjson.loads(orjson.dumps({"operation": dict(operation), **parts}))
    return plan


def _by_deployment(query: db.Query) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found = collections.defaultdict(list)
    for row in db.session.execute(query).mappings():
        told = dict(row)
        found[told.pop("deployment_id")].append(told)
    return found


def sent_out(plan: Plan) -> list[dict[str, Any]]:
    """Give the deployments that take place, in order, each with its number in the briefing."""
    going = [each for each in plan["deployments"] if each["status"] != "cancelled"]
    return [
        each | {"number": number, "certificates": _held(each, plan)}
        for number, each in enumerate(going, 1)
    ]


def _held(each: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
    on_it = {person["id"] for person in each["people"]}
    return [one for one in plan["certificates"] if one["person"] in on_it]
