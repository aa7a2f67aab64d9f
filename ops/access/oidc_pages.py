"""The way to a force's own sign-in and back, and its end."""

import uuid
from http import HTTPStatus

import flask

from ops import logs
from ops.access import browser, guard, limits, oidc
from ops.access.oidc import Answer, Stray
from ops.errors import Conflict, Forbidden, OpsError, Unauthenticated
from ops.forms import Form

blp = flask.Blueprint("oidc", __name__, template_folder="templates")
Reply = flask.typing.ResponseReturnValue

# Whoever comes here is nobody yet, or is the provider.
for _name in ("begin", "finish", "log_out", "signed_out"):
    guard.open_to_all(f"oidc.{_name}")
limits.signs_in("oidc.begin")
limits.signs_in("oidc.finish")


@blp.app_context_processor
def _button() -> dict[str, object]:
    """Let the page to sign in offer the provider."""
    return {"provider": oidc.offered}


@blp.get("/sign-in/oidc")
def begin() -> Reply:
    """Go to the force's own sign-in"""
    there = browser.local_path(flask.request.args.get("next"))
    if flask.request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        # A link elsewhere signs nobody in unawares: whoever follows it presses the button first.
        page = flask.url_for("access_pages.sign_in", next=there)
        return flask.redirect(page, HTTPStatus.SEE_OTHER)
    address, secret = oidc.begin(there, _address("oidc.finish"), browser.attempt())
    response = flask.make_response(flask.redirect(address, HTTPStatus.SEE_OTHER))
    browser.keep_attempt(response, secret)
    return response


@blp.get("/sign-in/oidc/callback")
def finish() -> Reply:
    """Come back from the force's own sign-in"""
    given = flask.request.args
    answer = Answer(
        state=given.get("state", ""),
        code=given.get("code", ""),
        error=given.get("error", ""),
        issuer=given.get("iss"),
    )
    try:
        step, there = oidc.finish(
            answer, _address("oidc.finish"), browser.attempt(), browser.current()
        )
    except (Stray, Unauthenticated, Forbidden, Conflict) as refusal:
        return _refused(refusal)
    response = flask.make_response(flask.redirect(there, HTTPStatus.SEE_OTHER))
    browser.keep(response, step)
    return response


@blp.post("/sign-in/oidc/logout")
def log_out() -> Reply:
    """Take the provider's word that sessions are over"""
    try:
        oidc.log_out(flask.request.form.get("logout_token", ""))
    except Unauthenticated as refusal:
        logs.explain(problem=refusal.type)
        problem = {"error": "invalid_request", "error_description": refusal.sentence}
        return problem, HTTPStatus.BAD_REQUEST
    return "", HTTPStatus.OK


@blp.get("/sign-in/oidc/signed-out")
def signed_out() -> Reply:
    """Come back after signing out there"""
    there = flask.url_for("access_pages.sign_in", done="signed-out")
    return flask.redirect(there, HTTPStatus.SEE_OTHER)


def leaving(session_id: uuid.UUID) -> flask.Response | None:
    """Give the page that leads on to sign out at the provider, if that began this session.

    A page and not a redirect: a form of ours may lead nowhere but here, and
    browsers hold a redirect after it to the same.
    """
    address = oidc.leave(session_id, _address("oidc.signed_out"))
    if address is None:
        return None
    page = flask.render_template("access/oidc_leaving.html", address=address)
    response = flask.make_response(page)
    response.headers["Refresh"] = f"0; url={address}"
    return response


def _refused(refusal: OpsError) -> Reply:
    """Show the sentence above the form, so that the next try is a click away."""
    logs.explain(problem=refusal.type)
    form = Form()
    form.refuse(refusal.status, {"": refusal.sentence})
    return flask.render_template("access/sign_in.html", form=form, next=browser.HOME), form.status


def _address(endpoint: str) -> str:
    """Give an address of ours as the provider knows it."""
    base = flask.current_app.config["SETTINGS"].public_url or flask.request.host_url
    return base.rstrip("/") + flask.url_for(endpoint)
