"""The pages of subscriptions: add, watch, stop."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops.access import guard
from ops.access.account_pages import confirm_first
from ops.calls import call, more
from ops.errors import Forbidden
from ops.forms import Form, sent_id
from ops.subscriptions.models import DELIVERY_STATES, EVENTS
from ops.subscriptions.rules import TEST

blp = flask.Blueprint("subscription_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
A_PAGE = 25
# Those to choose from by name; another one is named by the API.
MOST_OPERATIONS = 100
SCOPES = {
    "some": "The operations chosen below",
    "all": "All that I see, now and later, but those that are covert",
}
HOLDS = {
    "ids": "Ids and kinds alone",
    "records": "What the records say, too",
}


@blp.app_context_processor
def _labels() -> dict[str, object]:
    return {
        "EVENTS": {**EVENTS, TEST: "A test"},
        "DELIVERY_STATES": DELIVERY_STATES,
    }


@blp.get("/subscriptions")
def index() -> Page:
    """List subscriptions"""
    guard.require("subscribe")
    query = {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
    reply = call("GET", "/subscriptions", query=query)
    return flask.render_template(
        "subscriptions/list.html", subscriptions=reply.body, more=more(reply)
    )


@blp.route("/subscriptions/new", methods=["GET", "POST"])
def add() -> Page:
    """Subscribe an address, and show its secret this once"""
    guard.require("subscribe")
    if detour := _confirmed():
        return detour
    form = Form.of({"scope": "some", "holds": "ids", "events": list(EVENTS)})
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            made = call("POST", "/subscriptions", _sent(form)).body
            return flask.render_template("subscriptions/secret.html", subscription=made)
    return _form(form, "/subscriptions")


@blp.route("/subscriptions/<uuid:subscription_id>/edit", methods=["GET", "POST"])
def edit(subscription_id: uuid.UUID) -> Page:
    """Change a subscription"""
    guard.require("subscribe")
    here = f"/subscriptions/{subscription_id}"
    reply = call("GET", here)
    if not reply.body["is_own"]:
        raise Forbidden("This is somebody else's; you can pause or remove it.")
    if detour := _confirmed():
        return detour
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("PATCH", here, _sent(form), etag=form.value("etag"))
            return _to(subscription_id, "subscription-changed")
    else:
        told = reply.body
        form = Form.of(
            {name: told[name] for name in ("label", "address", "events", "operations")}
            | {"recipient": told["recipient"], "reason": told["reason"], "etag": reply.etag}
            | {"scope": "all" if told["all_operations"] else "some"}
            | {"holds": "records" if told["with_records"] else "ids"}
        )
    return _form(form, here)


@blp.get("/subscriptions/<uuid:subscription_id>")
def show(subscription_id: uuid.UUID) -> Page:
    """Show a subscription and what became of its deliveries"""
    guard.require("subscribe")
    return _shown(subscription_id, Form())


@blp.post("/subscriptions/<uuid:subscription_id>")
def act(subscription_id: uuid.UUID) -> Page:
    """Pause a subscription, resume it, try it, give it a new secret, remove it, send again"""
    guard.require("subscribe")
    here = f"/subscriptions/{subscription_id}"
    form = Form.sent()
    with form.catching():
        match flask.request.form.get("act"):
            case "pause" | "resume" | "test" as act:
                call("POST", f"{here}/{act}")
                return _to(subscription_id, f"subscription-{act}")
            case "secret":
                if detour := _confirmed():
                    return detour
                made = call("GET", here).body | call("POST", f"{here}/secret").body
                return flask.render_template("subscriptions/secret.html", subscription=made)
            case "remove":
                call("DELETE", here)
                there = flask.url_for(".index", done="subscription-removed")
                return flask.redirect(there, HTTPStatus.SEE_OTHER)
        call("POST", f"/deliveries/{sent_id(form.value('again'))}/redeliver")
        return _to(subscription_id, "redelivered")
    return _shown(subscription_id, form)


def _shown(subscription_id: uuid.UUID, form: Form) -> Page:
    here = f"/subscriptions/{subscription_id}"
    found = call("GET", here).body
    state = flask.request.args.get("state") or None
    deliveries: list[Any] = []
    address = None
    if found["is_own"]:
        cursor = flask.request.args.get("cursor")
        with form.catching():
            query = {"limit": A_PAGE, "cursor": cursor, "state": state}
            reply = call("GET", f"{here}/deliveries", query=query)
            deliveries, address = reply.body, more(reply)
    page = flask.render_template(
        "subscriptions/show.html",
        subscription=found,
        deliveries=deliveries,
        named=_named(found["operations"]),
        tells=[EVENTS[each] for each in found["events"]],
        state=state,
        form=form,
        more=address,
    )
    return page, form.status


def _confirmed() -> Page | None:
    """Lead a browser to the password, unless it was given lately: what follows lets data out."""
    return None if guard.actor().session_id is None else confirm_first()


def _named(operation_ids: list[str]) -> dict[str, str]:
    return {
        each: call("GET", f"/operations/{each}").body["name"]
        for each in operation_ids[:MOST_OPERATIONS]
    }


def _form(form: Form, back: str) -> Page:
    found = call("GET", "/operations", query={"limit": MOST_OPERATIONS}).body
    listed = {each["id"]: f"{each['name']} ({each['reference']})" for each in found}
    page = flask.render_template(
        "subscriptions/write.html",
        form=form,
        back=back,
        operations=listed
        | _named([each for each in form.chosen("operations[]") if each not in listed]),
        events=EVENTS,
        scopes=SCOPES,
        holds=HOLDS,
    )
    return page, form.status


def _sent(form: Form) -> dict[str, Any]:
    """Give what was typed as the API takes it."""
    sent = {"events": [], "operations": [], "recipient": None, "reason": None} | form.payload()
    sent.pop("etag", None)
    of_all, records = sent.pop("scope", "") == "all", sent.pop("holds", "") == "records"
    if of_all:
        # What is ticked below says nothing then.
        sent["operations"] = []
    return sent | {"all_operations": of_all, "with_records": records}


def _to(subscription_id: uuid.UUID, done: str) -> Page:
    return flask.redirect(f"/subscriptions/{subscription_id}?done={done}", HTTPStatus.SEE_OTHER)
