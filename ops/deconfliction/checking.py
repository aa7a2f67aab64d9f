"""Looking at a place before anything is planned: counted, kept, and of what is seen alone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access import guard
from ops.deconfliction import queries, rules
from ops.deconfliction.models import ConflictCheck
from ops.errors import Invalid
from ops.geo.models import Site
from ops.ledger.consultation import saw, saw_each

HOUR = dt.timedelta(hours=1)


def look(asked: Mapping[str, Any]) -> list[Any]:
    """List what the asker sees in the way, and keep that they asked."""
    me = guard.actor().id
    during = Range(asked["starts_at"], asked["ends_at"])
    shape = asked.get("point") or asked.get("shape")
    check_id = db.new_id()
    with db.transaction():
        if asked.get("site"):
            site = db.session.get(Site, asked["site"])
            if site is None:
                raise Invalid("There is no such site.", {"site": ["There is no such site."]})
            shape = site.point
        # Of many at once each counts those before it.
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(str(me)))))
        made = db.session.scalar(queries.checks_since(me, sa.func.now() - HOUR)) or 0
        rules.check_often(made + 1)
        key = queries.address_key(asked.get("address"), asked.get("postcode"))
        found = db.session.execute(
            queries.seen_near(shape, during, asked.get("site"), key, asked["kind"])
        ).all()
        db.session.add(
            ConflictCheck(
                id=check_id,
                person_id=me,
                kind=asked["kind"],
                during=during,
                shape=shape,
                found=len(found),
            )
        )
    saw("conflict_check", [check_id])
    saw_each("deployment", [(row.operation_id, row.deployment_id) for row in found])
    return [row._mapping for row in found]
