"""The pages of sites: find one, add or change one, and read what was done at a prison."""

import uuid
from http import HTTPStatus
from typing import Any

import flask
from shapely.geometry import mapping

from ops import db
from ops.access import guard
from ops.calls import call, more
from ops.errors import Invalid
from ops.forms import Form
from ops.geo import typed
from ops.geo.models import SITE_KINDS
from ops.ledger.consultation import saw_each
from ops.operations import histories, map_queries
from ops.operations.models import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES

blp = flask.Blueprint("site_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
A_PAGE = 50
FILTERS = ("q", "kind")
ASKED = ("kind", "name", "address", "organisation", "operator", "category")
_EXAMPLE = "Write a grid reference, as in SJ 8364 9955, or longitude and latitude."


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words for sites."""
    return {"SITE_KINDS": SITE_KINDS}


@blp.get("/sites")
def index() -> Page:
    """List prisons and other sites, the likest name first"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    sites: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/sites", query=query)
        sites, address = reply.body, more(reply)
    page = flask.render_template(
        "results/sites.html", form=form, sites=sites, more=address, filtered=bool(wanted)
    )
    return page, form.status


@blp.route("/sites/new", methods=["GET", "POST"])
def add() -> Page:
    """Add a site"""
    guard.require("plan")
    form = Form({"kind": ["prison"]})
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            made = call("POST", "/sites", _site(form))
            there = flask.url_for(".show", site_id=made.body["id"], done="site-added")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    return _form(form)


@blp.route("/sites/<uuid:site_id>/edit", methods=["GET", "POST"])
def edit(site_id: uuid.UUID) -> Page:
    """Change a site"""
    guard.require("plan")
    reply = call("GET", f"/sites/{site_id}")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = {name: None for name in ASKED if name in form.values} | _site(form)
            call("PATCH", f"/sites/{site_id}", sent, etag=form.value("etag"))
            there = flask.url_for(".show", site_id=site_id, done="site-changed")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    else:
        lon, lat = reply.body["position"]["coordinates"]
        kept = {name: reply.body[name] for name in ASKED}
        form = Form.of(kept | {"position": f"{lon}, {lat}", "etag": reply.etag})
    return _form(form, reply.body)


@blp.get("/sites/<uuid:site_id>")
def show(site_id: uuid.UUID) -> Page:
    """Show a site, the searches of it and the deployments there, as far as one sees them"""
    site = call("GET", f"/sites/{site_id}").body
    # A search names its prison by the name of the site, whichever of the two it was logged with.
    query = {"kind": "search", "establishment": site["name"], "limit": A_PAGE}
    searches = call("GET", "/results", query=query).body if site["kind"] == "prison" else []
    deployments = db.session.execute(map_queries.at_site(site_id).limit(A_PAGE)).all()
    saw_each("deployment", [(row.operation_id, row.id) for row in deployments])
    return flask.render_template(
        "results/site.html",
        site=site,
        searches=searches,
        deployments=deployments,
        history=histories.of_site(site_id),
        shown=A_PAGE,
        DEPLOYMENT_KINDS=DEPLOYMENT_KINDS,
        DEPLOYMENT_STATUSES=DEPLOYMENT_STATUSES,
    )


def _form(form: Form, site: Any = None) -> Page:
    found = call("GET", "/organisations").body
    page = flask.render_template(
        "results/site_form.html",
        form=form,
        site=site,
        organisations={each["code"]: each["name"] for each in found},
    )
    return page, form.status


def _site(form: Form) -> dict[str, Any]:
    """Give what was typed as the API takes it; where it is may be written in several ways."""
    said = {name: form.value(name) for name in ASKED if form.value(name)}
    text = form.value("position")
    where = typed.position(text)
    if where is None:
        sentence = f"“{text[:60]}” is no place. {_EXAMPLE}" if text else _EXAMPLE
        raise Invalid(sentence, {"position": [sentence]})
    return said | {"position": mapping(where.point)}
