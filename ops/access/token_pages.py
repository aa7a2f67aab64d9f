"""The pages of a person's tokens: make one, end one."""

import uuid
from http import HTTPStatus

import flask

from ops import wording
from ops.access import guard, tokens
from ops.access.account_pages import HOME, confirm_first
from ops.access.models import TOKEN_DAYS
from ops.errors import Forbidden
from ops.forms import Form

blp = flask.Blueprint("token_pages", __name__, template_folder="templates")
Reply = flask.typing.ResponseReturnValue

LASTS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"}
SCOPES = {scope: wording.words(scope) for scope in tokens.SCOPES}


@blp.route("/account/tokens/new", methods=["GET", "POST"])
def make() -> Reply:
    """Make a token, and show it this once"""
    actor = guard.actor()
    if actor.session_id is None:
        raise Forbidden("Make a token with a token at /api/v1/tokens.")
    if detour := confirm_first():
        return detour
    form = Form.of({"scopes": [guard.READ], "days": str(TOKEN_DAYS)})
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            chosen = [scope for scope in form.chosen("scopes[]") if scope]
            days = int(form.value("days")) if form.value("days") in LASTS else 0
            made, text = tokens.issue_own(actor, form.value("label"), chosen, days)
            return flask.render_template("access/token.html", token=made, text=text)
    page = flask.render_template("access/new_token.html", form=form, scopes=SCOPES, lasts=LASTS)
    return page, form.status


@blp.post("/account/tokens/<uuid:token_id>/revoke")
def revoke(token_id: uuid.UUID) -> Reply:
    """End a token"""
    tokens.revoke(guard.actor(), token_id)
    return flask.redirect(f"{HOME}?done=token-revoked", HTTPStatus.SEE_OTHER)
