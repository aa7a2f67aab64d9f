"""Write a briefing, take the plan into it, issue it, withdraw it; whoever calls commits."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.briefings import queries, rules, sections
from ops.briefings.composing import Plan, plan_of, sent_out
from ops.briefings.models import SECTIONS, Briefing, BriefingCopy
from ops.operations import planning

FORMAT = 1
# Copies of one version take their numbers in turn.
_NUMBERING = 7_065_122


def draft(operation_id: uuid.UUID) -> Briefing:
    """Begin the next version: from the plan, and from what was written in the version before."""
    planning.to_change(operation_id)
    plan = plan_of(operation_id)
    now = sections.filled(plan)
    before = db.session.scalar(queries.last(operation_id))
    texts = now if before is None else _texts_after(before, now)
    me = guard.actor().id
    made = Briefing(
        id=db.new_id(),
        operation_id=operation_id,
        version=1 if before is None else before.version + 1,
        state="draft",
        marking=plan["operation"]["marking"],
        is_shared=False,
        plan=plan,
        filled=now,
        made_by=me,
        changed_by=me,
        **texts,
    )
    db.session.add(made)
    return made


def _texts_after(before: Briefing, now: Mapping[str, str]) -> dict[str, str]:
    return {
        name: rules.merged(getattr(before, name), before.filled[name], text)
        for name, text in now.items()
    }


def change(briefing: Briefing, sent: Mapping[str, Any]) -> None:
    """Change what is written in a draft."""
    rules.check_written(briefing)
    if "marking" in sent:
        rules.check_marking(sent["marking"], briefing.plan["operation"]["marking"])
        briefing.marking = sent["marking"]
    for name in SECTIONS.keys() & sent.keys():
        setattr(briefing, name, (sent[name] or "").replace("\r\n", "\n"))
    _sign(briefing)


def take_plan(briefing: Briefing, names: Sequence[str]) -> None:
    """Take the plan as it is into a draft; what somebody wrote stays."""
    rules.check_written(briefing)
    plan = plan_of(briefing.operation_id)
    now = sections.filled(plan)
    for name in names:
        setattr(
            briefing, name, rules.merged(getattr(briefing, name), briefing.filled[name], now[name])
        )
    briefing.filled = briefing.filled | {name: now[name] for name in names}
    briefing.plan = plan
    rules.check_marking(briefing.marking, plan["operation"]["marking"])
    _sign(briefing)


def issue(briefing: Briefing, now: dt.datetime, *, is_shared: bool) -> None:
    """Freeze a draft: from now on those deployed are briefed by it."""
    rules.check_issue(briefing)
    rules.check_marking(briefing.marking, briefing.plan["operation"]["marking"])
    actor = guard.actor()
    briefing.content = frozen(briefing, now, actor.name)
    briefing.hash = hashlib.sha256(briefing.content).digest()
    briefing.state, briefing.issued_at, briefing.issued_by = "issued", now, actor.id
    briefing.is_shared = is_shared
    _sign(briefing)


def frozen(briefing: Briefing, now: dt.datetime, issued_by: str) -> bytes:
    """Write what is issued as bytes: the same content gives the same."""
    content = {
        "format": FORMAT,
        "operation": str(briefing.operation_id),
        "version": briefing.version,
        "marking": briefing.marking,
        "issued_at": now,
        "issued_by": issued_by,
        "sections": {name: getattr(briefing, name) for name in SECTIONS},
        "plan": briefing.plan,
        "copies": planned_copies(briefing.plan),
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def planned_copies(plan: Plan) -> int:
    """Count those who are to have a copy: each person deployed."""
    return max(1, len({each["id"] for row in sent_out(plan) for each in row["people"]}))


def withdraw(briefing: Briefing, reason: str, now: dt.datetime) -> None:
    """Take back what was issued; it stays to be read, and says so first."""
    rules.check_withdrawal(briefing)
    briefing.state, briefing.withdrawn_at = "withdrawn", now
    briefing.withdrawn_by, briefing.withdrawn_why = guard.actor().id, reason


def copy(briefing: Mapping[str, Any], form: str, recipient: str) -> BriefingCopy:
    """Number the next copy of a version, and say for whom it is."""
    db.session.execute(
        sa.select(sa.func.pg_advisory_xact_lock(_NUMBERING, sa.func.hashtext(str(briefing["id"]))))
    )
    taken = db.session.scalar(
        sa.select(sa.func.max(BriefingCopy.number)).where(
            BriefingCopy.briefing_id == briefing["id"]
        )
    )
    made = BriefingCopy(
        briefing_id=briefing["id"],
        operation_id=briefing["operation"],
        number=(taken or 0) + 1,
        form=form,
        recipient=recipient,
        made_by=guard.actor().id,
    )
    db.session.add(made)
    return made


def _sign(briefing: Briefing) -> None:
    briefing.changed_by = guard.actor().id
    briefing.changed_at = dt.datetime.now(dt.UTC)
