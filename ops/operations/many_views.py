"""The API of many deployments at once: from a list of addresses, or by repeating one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.fields import Code, Lines, Text
from ops.ledger.consultation import saw
from ops.operations import address_lists, many, repeating
from ops.operations.models import Deployment, Team

blp = Blueprint("many", __name__, description="Many deployments at once")

# What a column may be for every line that has none of its own.
DEFAULTS = ("kind", "start", "end", "team")


class TrialSchema(ma.Schema):
    """Whether only to try it, and whether good lines are kept beside bad ones"""

    dry_run = ma.fields.Boolean(load_default=False)
    good_rows = ma.fields.Boolean(load_default=False)


class AddressListSchema(TrialSchema):
    """A list as it was pasted: plain lines, or CSV with the names of its columns first"""

    text = Lines(500_000, required=True)
    kind = Text(metadata={"description": "Of every line that has no kind"})
    start = Text(metadata={"description": "By the clock in Europe/London"})
    end = Text(metadata={"description": "By the clock in Europe/London"})
    team = Text(metadata={"description": "The name of a team"})


class RepeatSchema(TrialSchema):
    """Every second Tuesday; times are kept by the clock in Europe/London"""

    frequency = Code(repeating.FREQUENCIES, required=True)
    interval = ma.fields.Integer(validate=ma.validate.Range(1, 12))
    weekdays = ma.fields.List(Code(repeating.WEEKDAYS), validate=ma.validate.Length(max=7))
    nth = ma.fields.Integer(
        validate=ma.validate.OneOf([1, 2, 3, 4, -1]),
        metadata={"description": "Of a month: the first to the fourth, or -1, the last"},
    )
    count = ma.fields.Integer(validate=ma.validate.Range(1, repeating.MOST))
    until = ma.fields.Date()
    team = ma.fields.UUID()

    @ma.validates_schema
    def ends_one_way(self, rule: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse what never ends, and what ends in two ways."""
        if ("count" in rule) == ("until" in rule):
            raise ma.ValidationError("Say how often or until when, one of the two.", "count")
        if "nth" in rule and (rule["frequency"] != "monthly" or not rule.get("weekdays")):
            raise ma.ValidationError("Choose monthly and a day of the week for this.", "nth")


class DraftSchema(ma.Schema):
    """A line and what became of it; what is wrong with it, by column"""

    line = ma.fields.Integer()
    id = ma.fields.UUID(allow_none=True)
    name = ma.fields.String(allow_none=True)
    starts_at = ma.fields.AwareDateTime(allow_none=True)
    ends_at = ma.fields.AwareDateTime(allow_none=True)
    found = ma.fields.String(allow_none=True)
    outcome = ma.fields.String(metadata={"enum": ["added", "there", "refused"]})
    errors = ma.fields.Dict(ma.fields.String(), ma.fields.String())


class DraftsSchema(ma.Schema):
    """What became of a list; nothing is stored of one that was tried, or of one with bad lines"""

    stored = ma.fields.Boolean()
    added = ma.fields.Integer()
    there = ma.fields.Integer()
    refused = ma.fields.Integer()
    rows = ma.fields.List(ma.fields.Nested(DraftSchema))


@blp.route("/operations/<uuid:operation_id>/deployments/list")
class DeploymentList(MethodView):
    @blp.arguments(AddressListSchema)
    @blp.response(200, DraftsSchema)
    def post(self, sent, operation_id):
        """Add the deployments of a list, or try it: the same list again adds nothing again"""
        guard.require("plan", operation_id)
        defaults = {name: sent[name] for name in DEFAULTS if sent.get(name)}
        drafts = address_lists.read(sent["text"], defaults, operation_id)
        return _add(operation_id, drafts, sent)


@blp.route("/deployments/<uuid:deployment_id>/repeat")
class Repeat(MethodView):
    @blp.arguments(RepeatSchema)
    @blp.response(200, DraftsSchema)
    def post(self, sent, deployment_id):
        """Repeat a deployment, or try it; each clash is named beside its time"""
        deployment = db.find(Deployment, deployment_id, "deployment")
        guard.require("plan", deployment.operation_id)
        team = sent.get("team")
        if team and db.find(Team, team, "team").operation_id != deployment.operation_id:
            raise Missing("There is no such team.")
        return _add(deployment.operation_id, repeating.drafts(deployment_id, sent, team), sent)


def _add(operation_id, drafts, sent):
    dry, good_rows = sent["dry_run"], sent["good_rows"]
    many.add(operation_id, drafts, guard.actor().id, good_rows=good_rows, dry=dry)
    counts = Counter(draft.outcome for draft in drafts)
    stored = not dry and (good_rows or not counts["refused"])
    saw("deployment", [each.id for each in drafts if each.outcome == "there"], operation_id)
    return {
        "stored": stored,
        **{name: counts[name] for name in ("added", "there", "refused")},
        "rows": [many.told(draft) for draft in drafts],
    }
