"""The pages of a person's own account: factors, password, devices."""

import datetime as dt
import uuid
from http import HTTPStatus
from urllib.parse import urlencode

import flask

from ops import db
from ops.access import (
    browser,
    devices,
    enrolment,
    factors,
    guard,
    pending,
    people,
    queries,
    sessions,
    tokens,
)
from ops.access.factor_models import FACTOR_KINDS, Pending
from ops.errors import Forbidden, Invalid, TooMany, Unauthenticated
from ops.forms import Form

blp = flask.Blueprint("account_pages", __name__, template_folder="templates")
Reply = flask.typing.ResponseReturnValue

HOME = "/account"


@blp.get(HOME)
def show() -> Reply:
    """Show the factors, devices and tokens of whoever is signed in"""
    actor = guard.actor()
    settings = flask.current_app.config["SETTINGS"]
    idle = dt.timedelta(minutes=settings.session_idle_minutes)
    return flask.render_template(
        "access/account.html",
        factors=factors.of(actor.id),
        kinds=FACTOR_KINDS,
        codes_left=factors.codes_left(actor.id),
        is_required=factors.are_required(),
        can_seal=factors.can_seal(),
        has_password=has_password(),
        devices=devices.of(actor.id, idle),
        tokens=tokens.of(actor.id),
    )


@blp.route("/account/confirm", methods=["GET", "POST"])
def confirm() -> Reply:
    """Enter the password again, before what a borrowed browser must not do"""
    actor = _with_a_browser()
    form = Form()
    there = browser.local_path(flask.request.values.get("next"))
    if flask.request.method == "POST":
        form = Form.sent()
        try:
            password = flask.request.form.get("password", "")
            secret = sessions.confirm(actor, password, browser.current())
        except (Unauthenticated, TooMany) as error:
            form.refuse(error.status, {"password": error.sentence})
        else:
            return _renewed(flask.redirect(there, HTTPStatus.SEE_OTHER), secret)
    page = flask.render_template(
        "access/confirm.html", form=form, next=there, has_password=has_password()
    )
    return page, form.status


@blp.route("/account/password", methods=["GET", "POST"])
def change_password() -> Reply:
    """Choose another password"""
    actor = _with_a_browser()
    form = Form()
    if flask.request.method == "POST":
        form = Form.sent()
        typed = flask.request.form
        try:
            sessions.check_password(actor, typed.get("current", ""), browser.current())
            secret = people.change_own_password(actor, typed.get("password", ""))
        except (Unauthenticated, TooMany) as error:
            form.refuse(error.status, {"current": error.sentence})
        except Invalid as error:
            form.refuse(error.status, {"password": error.sentence})
        else:
            return _renewed(_done("password-changed"), secret)
    page = flask.render_template("access/password.html", form=form, has_password=has_password())
    return page, form.status


@blp.post("/account/apps")
def begin_app() -> Reply:
    """Begin to add an authenticator app"""
    actor = _with_a_password()
    if detour := confirm_first():
        return detour
    with db.transaction():
        secret = pending.begin("enrol", actor.id, secret=factors.new_app(actor.id))
    response = flask.redirect(flask.url_for(".add_app"), HTTPStatus.SEE_OTHER)
    kept = flask.make_response(response)
    browser.keep_pending(kept, secret)
    return kept


@blp.route("/account/apps/new", methods=["GET", "POST"])
def add_app() -> Reply:
    """Add an authenticator app"""
    step = _enrolment()
    if step is None or step.secret is None:
        return flask.redirect(HOME, HTTPStatus.SEE_OTHER)
    return _add(step, "access/add_app.html", app=enrolment.app_of(step))


@blp.route("/account/passkeys/new", methods=["GET", "POST"])
def add_passkey() -> Reply:
    """Add a passkey"""
    _with_a_password()
    if detour := confirm_first():
        return detour
    return _add(_enrolment(), "access/add_passkey.html")


@blp.post("/account/passkeys/options")
def ask_to_add_passkey() -> Reply:
    """Ask the browser to make a passkey"""
    actor = _with_a_password()
    sessions.require_confirmed(actor)
    with db.transaction():
        secret = pending.begin("enrol", actor.id)
    step = pending.find(secret, "enrol")
    if step is None:
        raise Unauthenticated("Sign in again.")
    response = enrolment.options(step)
    browser.keep_pending(response, secret)
    return response


@blp.route("/account/factors/<uuid:factor_id>", methods=["GET", "POST"])
def change_factor(factor_id: uuid.UUID) -> Reply:
    """Name a factor, or take it away"""
    actor = _with_a_browser()
    found = factors.find(actor.id, factor_id)
    form = Form.of({"label": found.label})
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            if flask.request.form.get("act") != "remove":
                factors.rename(actor.id, factor_id, form.value("label"))
                return _done("factor-named")
            if detour := confirm_first():
                return detour
            factors.remove(actor.id, factor_id)
            return _done("factor-removed")
    page = flask.render_template(
        "access/factor.html", form=form, factor=found, kind=FACTOR_KINDS[found.kind]
    )
    return page, form.status


@blp.post("/account/recovery-codes")
def make_codes() -> Reply:
    """Make new recovery codes, and show them this once"""
    actor = _with_a_browser()
    if detour := confirm_first():
        return detour
    with db.transaction():
        codes = factors.new_codes(actor.id)
    return flask.render_template("access/codes.html", codes=codes, next=HOME)


@blp.post("/account/devices/<uuid:device_id>/sign-out")
def sign_out_there(device_id: uuid.UUID) -> Reply:
    """Sign out on another device"""
    devices.forget(_with_a_browser().id, device_id)
    return _done("signed-out-there")


@blp.post("/account/devices/sign-out-others")
def sign_out_others() -> Reply:
    """Sign out everywhere but here"""
    actor = _with_a_browser()
    with db.transaction():
        devices.forget_all(actor.id, but=actor)
    return _done("signed-out-others")


def confirm_first() -> Reply | None:
    """Lead to the password, unless it was given lately."""
    if guard.actor().is_confirmed:
        return None
    there = flask.request.path if flask.request.method == "GET" else HOME
    address = f"{flask.url_for('account_pages.confirm')}?{urlencode({'next': there})}"
    return flask.redirect(address, HTTPStatus.SEE_OTHER)


def has_password() -> bool:
    """Tell whether whoever is signed in has a password here, and not only at their force."""
    return db.session.execute(queries.credential(guard.actor().email)).one_or_none() is not None


def _with_a_browser() -> guard.Actor:
    """Give whoever is asking; a program has no account to look after."""
    actor = guard.actor()
    if actor.session_id is None:
        raise Forbidden("A token can't change an account; sign in with a browser.")
    return actor


def _with_a_password() -> guard.Actor:
    """Give whoever may add a factor here.

    Whom the force signs in must be stopped by the force alone: a passkey of
    ours would let them in after they have left.
    """
    actor = _with_a_browser()
    if not has_password():
        raise Forbidden("You sign in through your force; add a second factor there.")
    return actor


def _enrolment() -> Pending | None:
    """Find the factor that is being added in this browser, by the person it is for."""
    actor = _with_a_browser()
    step = pending.find(browser.pending(), "enrol")
    return step if step is not None and step.person_id == actor.id else None


def _add(step: Pending | None, template: str, **shown: object) -> Reply:
    form = Form()
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            return _added(step, form)
    return flask.render_template(template, form=form, **shown), form.status


def _added(step: Pending | None, form: Form) -> Reply:
    actor = guard.actor()
    over = Invalid("This took too long. Try again.", {"passkey": ["This took too long."]})
    if step is None:
        raise over
    challenge = pending.spend_challenge(step) if form.value("passkey") else None
    with db.transaction():
        factor = enrolment.add(step, form, challenge)
        # Twice the same app would be twice the same code.
        if not pending.end(step):
            raise over
        # The first factor brings the codes for when it is lost.
        codes = [] if factors.codes_left(actor.id) else factors.new_codes(actor.id)
        secret = sessions.renew(actor, by=factor.kind)
    if codes:
        page = flask.render_template("access/codes.html", codes=codes, next=HOME)
        return _renewed(flask.make_response(page), secret)
    return _renewed(_done("factor-added"), secret)


def _done(notice: str) -> flask.Response:
    address = f"{HOME}?{urlencode({'done': notice})}"
    return flask.make_response(flask.redirect(address, HTTPStatus.SEE_OTHER))


def _renewed(reply: Reply, secret: str) -> flask.Response:
    """Give the browser the new cookie of its session."""
    response = flask.make_response(reply)
    browser.keep_session(response, secret)
    return response
