"""The pages of releases: write one, read it, approve it, publish it, take it away."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask
import orjson

from ops import wording
from ops.access import guard, limits
from ops.calls import call, more
from ops.forms import Form
from ops.ledger.consultation import hands_out
from ops.operations.models import MARKINGS
from ops.releases import freezing, markdown, pack, stored
from ops.releases.models import SAID_AS

blp = flask.Blueprint("release_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
WRITTEN = ("title", "introduction", "notes", "marking")

for _pack in ("as_markdown", "as_pdf"):
    limits.hands_out(f"release_pages.{_pack}")


@blp.get("/releases")
def index() -> Page:
    """List releases, such as those that wait for approval"""
    form = Form({"state": [flask.request.args.get("state", "").strip()]})
    releases: list[Any] = []
    address = None
    with form.catching():
        query = {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/releases", query=query | {"state": form.value("state") or None})
        releases, address = reply.body, more(reply)
    page = flask.render_template("releases/list.html", form=form, releases=releases, more=address)
    return page, form.status


@blp.route("/snapshots/<uuid:snapshot_id>/releases/new", methods=["GET", "POST"])
def write(snapshot_id: uuid.UUID) -> Page:
    """Write a release from a snapshot"""
    found = stored.snapshot(snapshot_id)
    guard.require_in_each("report", found.operations)
    frozen = orjson.loads(found.content)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = _sent(form) | {"snapshot": str(snapshot_id)}
            made = call("POST", "/releases", sent).body
            return _to(made["id"], "release-written")
    else:
        form = Form.of({"title": found.title})
    return _form(form, frozen, f"/snapshots/{snapshot_id}")


@blp.route("/releases/<uuid:release_id>/edit", methods=["GET", "POST"])
def edit(release_id: uuid.UUID) -> Page:
    """Change a release"""
    reply = call("GET", f"/releases/{release_id}")
    found = stored.snapshot(uuid.UUID(reply.body["snapshot"]))
    guard.require_in_each("report", found.operations)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = dict.fromkeys(("introduction", "notes")) | _sent(form)
            call("PATCH", f"/releases/{release_id}", sent, etag=form.value("etag"))
            return _to(release_id, "release-changed")
    else:
        said = {name: reply.body[name] for name in WRITTEN}
        headlines = [
            {
                "figure": _path(each),
                "said_as": each["said_as"],
                "rounded": each["rounded"],
            }
            for each in reply.body["headlines"]
        ]
        form = Form.of({**said, "headlines": headlines, "etag": reply.etag})
    return _form(form, orjson.loads(found.content), f"/releases/{release_id}")


@blp.get("/releases/<uuid:release_id>")
def show(release_id: uuid.UUID) -> Page:
    """Show a release as it will read, and what is left to do"""
    return _shown(release_id, Form())


@blp.post("/releases/<uuid:release_id>")
def act(release_id: uuid.UUID) -> Page:
    """Approve a release or a revision, publish it, propose to revise a figure or take that back"""
    form = Form.sent()
    here = f"/releases/{release_id}"
    with form.catching():
        match flask.request.form.get("act"):
            case "approve":
                call("POST", f"{here}/approve", etag=form.value("etag"))
                return _to(release_id, "release-approved")
            case "approve-revision":
                call("POST", f"{here}/approve", etag=form.value("etag"))
                return _to(release_id, "release-revised")
            case "publish":
                call("POST", f"{here}/publish", etag=form.value("etag"))
                return _to(release_id, "release-published")
            case "withdraw-revision":
                call("POST", f"{here}/revisions/withdraw", etag=form.value("etag"))
                return _to(release_id, "revision-withdrawn")
        sent = {name: form.value(name) or None for name in ("figure", "value", "said_as", "note")}
        sent = {name: value for name, value in sent.items() if value}
        call("POST", f"{here}/revisions", sent, etag=form.value("etag"))
        return _to(release_id, "revision-proposed")
    return _shown(release_id, form)


@blp.get("/releases/<uuid:release_id>/pack.md")
def as_markdown(release_id: uuid.UUID) -> Page:
    """Hand a release out as Markdown"""
    release, words = _to_take_away(release_id)
    return _handed_out(
        markdown.write(words).encode(), "text/markdown; charset=utf-8", release, "md"
    )


@blp.get("/releases/<uuid:release_id>/pack.pdf")
def as_pdf(release_id: uuid.UUID) -> Page:
    """Hand a release out as a PDF"""
    release, words = _to_take_away(release_id)
    return _handed_out(pack.as_pdf(words), "application/pdf", release, "pdf")


def _to_take_away(release_id: uuid.UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    release, words, operations = _pack_of(release_id)
    guard.require_in_each("report", operations)
    return release, words


def _pack_of(release_id: uuid.UUID) -> tuple[dict[str, Any], dict[str, Any], list[uuid.UUID]]:
    """Put a release in words; give the operations that it is of beside it."""
    release = stored.release(release_id)
    found = stored.snapshot(release["snapshot"])
    frozen = orjson.loads(found.content)
    return release, pack.pack(release, frozen, found.hash.hex()), found.operations


def _handed_out(body: bytes, kind: str, release: Mapping[str, Any], ending: str) -> flask.Response:
    hands_out()
    reply = flask.make_response(body)
    reply.content_type = kind
    name = f"release-{wording.local(release['made_at']):%Y-%m-%d}-{release['state']}.{ending}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def _shown(release_id: uuid.UUID, form: Form) -> Page:
    release, words, operations = _pack_of(release_id)
    etag = call("GET", f"/releases/{release_id}").etag
    me = guard.actor().id
    page = flask.render_template(
        "releases/release.html",
        here=f"/releases/{release_id}",
        release=release,
        pack=words,
        form=form,
        etag=etag,
        may_report=guard.may_in_each("report", operations),
        may_approve=guard.may_in_each("approve", operations),
        is_mine=me in {release["made_by_id"], release["changed_by_id"]},
        proposed=_proposed(release),
        said_as=SAID_AS,
        current={
            str(each["id"]): f"{each['label']}: "
            + wording.quantity(each["value"], each["unit"], each["qualifier"])
            for each in release["figures"]
            if not each["superseded_by"]
        },
    )
    return page, form.status


def _proposed(release: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say what is proposed in the place of a published figure, if something is."""
    revision = release["revision"]
    if revision is None:
        return None
    [of] = [each for each in release["figures"] if str(each["id"]) == revision["figure"]]
    return {
        **revision,
        "is_mine": release["revision_by_id"] == guard.actor().id,
        "label": of["label"],
        "was": wording.quantity(of["value"], of["unit"], of["qualifier"]),
        "text": wording.quantity(revision["value"], of["unit"], revision["qualifier"]),
    }


def _form(form: Form, frozen: Mapping[str, Any], back: str) -> Page:
    figures = {}
    for path, each, whole in freezing.figures(frozen):
        is_nameless = whole is not None and each["key"] is None
        if each["value"] is None or is_nameless or (whole is None and "/" in path):
            continue
        measure = whole or each
        said = wording.quantity(each["value"], measure["unit"], each.get("qualifier"))
        part = f", {pack.group_name(each, frozen['by'])}" if whole is not None else ""
        figures[path] = f"{measure['label']}{part}: {said}"
    page = flask.render_template(
        "releases/write.html",
        form=form,
        figures=figures,
        said_as=SAID_AS,
        markings={each: each for each in MARKINGS},
        back=back,
    )
    return page, form.status


def _sent(form: Form) -> dict[str, Any]:
    """Give what was typed as the API takes it: one field of the form names a figure or a part."""
    sent = {name: value for name, value in form.payload().items() if name != "etag"}
    headlines = []
    for each in sent.get("headlines") or []:
        code, _, part = (each.pop("figure", None) or "").partition("/by/")
        headlines.append({**each, "measure": code or None, "part": part or None})
    return sent | {"headlines": headlines}


def _path(headline: Mapping[str, Any]) -> str:
    part = headline["part"]
    return headline["measure"] + (f"/by/{part}" if part is not None else "")


def _to(release_id: Any, done: str) -> Page:
    return flask.redirect(f"/releases/{release_id}?done={done}", HTTPStatus.SEE_OTHER)
