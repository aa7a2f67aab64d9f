"""The pages of access: sign in, sign out."""

from collections.abc import Callable
from http import HTTPStatus

import flask

from ops.access import browser, guard, sessions
from ops.errors import TooMany, Unauthenticated
from ops.forms import Form

blp = flask.Blueprint("access_pages", __name__, template_folder="templates")


@blp.app_context_processor
def _permissions() -> dict[str, Callable[[str], bool]]:
    """Let a template ask what whoever is reading may do."""
    return {"may": guard.may}


@blp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> flask.typing.ResponseReturnValue:
    """Sign in with an e-mail address and a password"""
    there = browser.local_path(flask.request.values.get("next"))
    if flask.request.method == "GET":
        return flask.render_template("access/sign_in.html", form=Form(), next=there)
    browser.refuse_other_sites()
    form = Form.sent()
    for name, sentence in (
        ("email", "Enter your e-mail address."),
        ("password", "Enter your password."),
    ):
        if not form.value(name):
            form.refuse(HTTPStatus.UNPROCESSABLE_ENTITY, {name: sentence})
    if not form.errors:
        try:
            # A password is taken as it was typed, blanks included.
            password = flask.request.form["password"]
            secret = sessions.sign_in(form.value("email"), password, replaces=browser.secret())
        except (Unauthenticated, TooMany) as error:
            form.refuse(error.status, {"email": error.sentence})
        else:
            response = flask.make_response(flask.redirect(there, HTTPStatus.SEE_OTHER))
            browser.keep(response, secret)
            return response
    return flask.render_template("access/sign_in.html", form=form, next=there), form.status


@blp.post("/sign-out")
def sign_out() -> flask.typing.ResponseReturnValue:
    """End this session"""
    actor = guard.actor()
    if actor.session_id is not None:
        sessions.sign_out(actor.session_id)
    there = flask.url_for(".sign_in", done="signed-out")
    response = flask.make_response(flask.redirect(there, HTTPStatus.SEE_OTHER))
    browser.forget(response)
    return response
