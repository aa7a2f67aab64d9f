"""The pages of one's own calendar: its private address, and what a calendar program reads."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard, limits
from ops.access.account_pages import HOME, confirm_first
from ops.access.models import Person
from ops.errors import Forbidden, Missing
from ops.ledger.consultation import hands_out, saw_each
from ops.operations import calendars

blp = flask.Blueprint("calendar_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FEED = "calendar_pages.feed"
# A calendar program has no session; what it knows is the address.
guard.open_to_all(FEED)
# Whoever tries addresses is slowed down like whoever tries passwords.
limits.signs_in(FEED)
limits.hands_out(FEED)


@blp.app_context_processor
def _own() -> dict[str, Any]:
    """Let the page of an account say whether there is a calendar."""
    return {"calendar_made_at": lambda: calendars.made_at(guard.actor().id)}


@blp.post("/account/calendar")
def make() -> Page:
    """Make a private address for one's calendar, and show it this once"""
    actor = _with_a_browser()
    if detour := confirm_first():
        return detour
    secret = calendars.make(actor.id, dt.datetime.now(dt.UTC))
    settings = flask.current_app.config["SETTINGS"]
    base = settings.public_url.rstrip("/") or flask.request.host_url.rstrip("/")
    address = base + flask.url_for(".feed", secret=secret)
    return flask.render_template("operations/calendar.html", address=address)


@blp.post("/account/calendar/revoke")
def revoke() -> Page:
    """Take the address of one's calendar back"""
    actor = _with_a_browser()
    calendars.revoke(actor.id, dt.datetime.now(dt.UTC))
    return flask.redirect(f"{HOME}?done=calendar-revoked", HTTPStatus.SEE_OTHER)


@blp.get("/calendar/<secret>.ics")
def feed(secret: str) -> Page:
    """Give a calendar program the deployments of whoever made this address"""
    found = calendars.owner(secret)
    person = found and db.session.get(Person, found)
    if not person:
        raise Missing("There is no such calendar.")
    flask.g.actor = guard.Actor(
        id=person.id,
        name=person.name,
        email=person.email,
        role=person.role,
        organisation_id=person.organisation_id,
        organisation_code=person.organisation.code,
        scopes=[guard.READ],
    )
    # From here on the database shows what this person may see, and no more.
    db.session.rollback()
    db.act_as(flask.g.actor.id, guard.patience())
    now = dt.datetime.now(dt.UTC)
    rows = list(db.session.execute(calendars.deployments(flask.g.actor.id, now)))
    hands_out("Their own calendar program")
    saw_each("deployment", [(row.operation, row.id) for row in rows])
    return flask.Response(calendars.written(rows, now), mimetype="text/calendar")


def _with_a_browser() -> guard.Actor:
    actor = guard.actor()
    if actor.session_id is None:
        raise Forbidden("An address for a calendar is made in a browser.")
    return actor
