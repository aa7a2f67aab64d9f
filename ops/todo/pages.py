"""The page of what waits for somebody: each list with its number, and the way there."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import flask
import sqlalchemy as sa

from ops import db, wording
from ops.access import guard, rules
from ops.access.member_models import MEMBER_ROLES
from ops.access.models import ROLES
from ops.config import Settings
from ops.ledger.consultation import saw
from ops.operations.progress import Patience
from ops.todo import queries
from ops.todo.lists import Waiting, lists

blp = flask.Blueprint("todo_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue


@blp.get("/to-do")
def index() -> Page:
    """Show what waits for whoever asks, list by list"""
    me = guard.actor()
    settings: Settings = flask.current_app.config["SETTINGS"]
    looks, patience = settings.check_back_days(), Patience(*settings.overdue())
    now, is_desk = dt.datetime.now(dt.UTC), guard.may("deconflict")
    known = lists(now, wording.today(), me.id, looks, patience, is_desk=is_desk)
    roles = {name: _who_may(each.action) for name, each in known.items()}
    found = {row.name: row for row in db.session.execute(queries.counts(known, roles))}
    # Of which operations there was something to count.
    saw("operation", {each for row in found.values() for of in row.seen or () for each in of})
    every = [_entry(each, found[name]) for name, each in known.items()]
    return flask.render_template(
        "todo/index.html",
        waiting=[each for each in every if each["mine"]],
        others=[each for each in every if not each["mine"]],
    )


def _who_may(action: str | None) -> Collection[str]:
    """Give the roles that may shorten a list; all of them what waits for the asker alone."""
    if action is None:
        return ROLES | MEMBER_ROLES
    return rules.MAY[action] if guard.in_scope(action) else ()


def _entry(each: Waiting, row: sa.Row[Any]) -> dict[str, Any]:
    one, several = each.words
    return {
        "title": each.title,
        "href": each.href,
        "mine": row.mine,
        "words": one if row.mine == 1 else several,
        "overdue": row.overdue,
        "first": row.first and f"{each.said} {wording.short_day(row.first)}",
        "for_others": row.number - row.mine,
    }
