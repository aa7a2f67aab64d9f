"""Make an operation from another one: its plan on other days, and nothing of what happened."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db, wording
from ops.access import guard
from ops.errors import Refused
from ops.ledger.consultation import saw
from ops.operations import planning, rules
from ops.operations.models import Operation
from ops.plans import copy_queries, copy_rules
from ops.plans.copy_deployed import Deployed
from ops.plans.copy_models import OperationCopy
from ops.plans.copy_planned import Planned


def make(
    source_id: uuid.UUID, content: Mapping[str, Any], *, dry: bool
) -> tuple[dict[str, Any], bool]:
    """Copy an operation to other days, or try it; give the account, and whether it is new.

    The same under the same id again is the same copy.
    """
    who = guard.actor()
    source = db.find(Operation, source_id, "operation")
    if db.session.scalar(copy_queries.is_erased(source_id)):
        raise Refused("This operation was erased; there is nothing left to copy.")
    sent = rules.hash_of({**content, "copy of": source_id})
    said: dict[str, Any] = {}
    is_new = False
    with db.transaction():
        plan, organisation_id = _plan(source, content)
        operation_id, is_new = planning.begin(plan, organisation_id, who.id, sent)
        if is_new:
            made = db.find(Operation, operation_id, "operation")
            _fill(source, made, who.id)
        said = account(operation_id)
        if dry:
            said["operation"] = None
            raise db.Undone
    return said, is_new and not dry


def account(operation_id: uuid.UUID) -> dict[str, Any]:
    """Tell what of an operation was copied from where, and what was left off."""
    copy = db.find(OperationCopy, operation_id, "copy of an operation")
    made = db.find(Operation, operation_id, "operation")
    source = db.session.get(Operation, copy.source_id)
    saw("operation_copy", [operation_id], operation_id)
    return {
        "operation": operation_id,
        # Whoever does not see what it is a copy of learns that it is one, and no more.
        "source": source and {"id": source.id, "name": source.name, "reference": source.reference},
        "organisation": made.organisation.code,
        **{
            name: getattr(made, name)
            for name in ("name", "kind", "starts_at", "ends_at", "visibility", "marking")
        },
        "copied": copy.account["copied"],
        "left_off": copy.account["left_off"],
        "changed": copy.account["changed"],
    }


def _plan(source: Operation, content: Mapping[str, Any]) -> tuple[dict[str, Any], uuid.UUID]:
    """Give what the new operation is, and who leads it: as before, or the asker's organisation."""
    who = guard.actor()
    stays = bool(
        db.session.scalar(copy_queries.is_of(source.organisation_id, who.organisation_code))
    )
    days = (content["starts_on"] - wording.local(source.starts_at).date()).days
    starts_at, ends_at = _period(source, days)
    plan = {
        **{name: content[name] for name in ("id", "name", "reference") if name in content},
        **{name: getattr(source, name) for name in ("kind", "theme", "aim", "marking")},
        "starts_at": starts_at,
        "ends_at": ends_at,
        "predecessor": source.id,
        "visibility": copy_rules.visibility(
            source.visibility, content.get("visibility"), stays=stays
        ),
    }
    return plan, source.organisation_id if stays else who.organisation_id


def _period(source: Operation, days: int) -> tuple[dt.datetime, dt.datetime | None]:
    if source.ends_at is None:
        return copy_rules.moved(source.starts_at, days), None
    return copy_rules.moved_window(source.starts_at, source.ends_at, days)


def _fill(source: Operation, made: Operation, by: uuid.UUID) -> None:
    """Fill the new operation from the old one, and write down what was done."""
    first, last = (wording.local(each.starts_at).date() for each in (source, made))
    days = (last - first).days
    planned = Planned(source, made, days, by)
    planned.copy()
    deployed = Deployed(source, made, days, by, areas=planned.areas)
    deployed.copy()
    parts = (planned, deployed)
    account = {
        "copied": {k: v for part in parts for k, v in part.copied.items()},
        "left_off": [said for part in parts for said in part.left_off],
        "changed": [said for part in parts for said in part.changed],
    }
    db.session.add(
        OperationCopy(operation_id=made.id, source_id=source.id, account=account, made_by=by)
    )
    db.session.flush()
