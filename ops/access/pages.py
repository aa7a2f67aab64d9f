"""The pages to sign in, by a password and what follows it or by a passkey; and to sign out."""

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

import flask

from ops import db
from ops.access import browser, enrolment, factors, guard, oidc_pages, passkeys, pending, sessions
from ops.access.factor_models import Pending
from ops.access.sessions import Step
from ops.errors import TooMany, Unauthenticated
from ops.forms import Form

blp = flask.Blueprint("access_pages", __name__, template_folder="templates")
Reply = flask.typing.ResponseReturnValue

# Each of these is before or in the middle of a sign-in, so nobody is signed in yet.
for _name in (
    *("sign_in_by_passkey", "ask_for_passkey"),
    *("second_factor", "ask_for_second_factor"),
    *("set_up", "ask_to_set_up"),
):
    guard.open_to_all(f"access_pages.{_name}")


@blp.app_context_processor
def _permissions() -> dict[str, Callable[[str], bool]]:
    """Let a template ask what whoever is reading may do."""
    return {"may": guard.may}


@blp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Reply:
    """Sign in with an e-mail address and a password"""
    if flask.request.method == "GET":
        return _sign_in_page(Form())
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
            step = sessions.sign_in(form.value("email"), password, browser.current())
        except (Unauthenticated, TooMany) as error:
            form.refuse(error.status, {"email": error.sentence})
        else:
            return _go_on(step)
    return _sign_in_page(form)


@blp.post("/sign-in/passkey/options")
def ask_for_passkey() -> Reply:
    """Ask the browser for a passkey of whoever has one here"""
    browser.refuse_other_sites()
    with db.transaction():
        secret = pending.begin("passkey")
    step = _step("passkey", secret)
    asked = passkeys.ask_options(None, pending.challenge(step), browser.party(), verified=True)
    response = browser.json(asked)
    browser.keep_pending(response, secret)
    return response


@blp.post("/sign-in/passkey")
def sign_in_by_passkey() -> Reply:
    """Sign in with a passkey alone"""
    browser.refuse_other_sites()
    try:
        step = _step("passkey")
        answer = flask.request.form.get("passkey", "")
        return _go_on(sessions.finish_by_passkey(step, answer, browser.current(), browser.party()))
    except Unauthenticated as error:
        form = Form()
        form.refuse(error.status, {"": error.sentence})
        return _sign_in_page(form)


@blp.route("/sign-in/second-factor", methods=["GET", "POST"])
def second_factor() -> Reply:
    """Give the second factor, after the right password"""
    form = Form()
    try:
        step = _step("factor")
    except Unauthenticated:
        return _begin_again()
    if flask.request.method == "POST":
        browser.refuse_other_sites()
        form = Form.sent()
        try:
            return _go_on(_finish(step, form))
        except (Unauthenticated, TooMany) as error:
            form.refuse(error.status, {"code": error.sentence})
    held = {factor.kind for factor in factors.of(sessions.person_of(step).id)}
    page = flask.render_template("access/second_factor.html", form=form, held=held, next=_there())
    return page, form.status


@blp.post("/sign-in/second-factor/options")
def ask_for_second_factor() -> Reply:
    """Ask the browser for one of the passkeys of whoever gave the password"""
    browser.refuse_other_sites()
    step = _step("factor")
    held = factors.passkeys_of(sessions.person_of(step).id)
    asked = passkeys.ask_options(held, pending.challenge(step), browser.party(), verified=False)
    return browser.json(asked)


@blp.route("/sign-in/set-up", methods=["GET", "POST"])
def set_up() -> Reply:
    """Add the first second factor, where nobody gets in without one"""
    form = Form()
    try:
        step = _step("set_up")
    except Unauthenticated:
        return _begin_again()
    if flask.request.method == "POST":
        browser.refuse_other_sites()
        form = Form.sent()
        with form.catching():
            return _set_up(step, form)
    app = enrolment.app_of(step)
    page = flask.render_template("access/set_up.html", form=form, next=_there(), app=app)
    return page, form.status


@blp.post("/sign-in/set-up/options")
def ask_to_set_up() -> Reply:
    """Ask the browser to make a passkey for whoever gave the password"""
    browser.refuse_other_sites()
    return enrolment.options(_step("set_up"))


@blp.post("/sign-out")
def sign_out() -> Reply:
    """End this session"""
    actor = guard.actor()
    leaving = None
    if actor.session_id is not None:
        leaving = oidc_pages.leaving(actor.session_id)
        sessions.sign_out(actor.session_id)
    there = flask.url_for(".sign_in", done="signed-out")
    response = leaving or flask.make_response(flask.redirect(there, HTTPStatus.SEE_OTHER))
    browser.forget(response)
    return response


def _set_up(step: Pending, form: Form) -> Reply:
    answer = form.value("passkey")
    challenge = pending.spend_challenge(step) if answer else None
    with db.transaction():
        enrolment.add(step, form, challenge)
        codes = factors.new_codes(sessions.person_of(step).id)
        session = sessions.finish(step, "passkey" if answer else "totp", browser.current())
    page = flask.render_template("access/codes.html", codes=codes, next=_there())
    response = flask.make_response(page)
    browser.keep(response, session)
    return response


def _finish(step: Pending, form: Form) -> Step:
    if answer := form.value("passkey"):
        return sessions.finish_by_passkey(step, answer, browser.current(), browser.party())
    if not form.value("code"):
        raise Unauthenticated("Enter a code.")
    now = dt.datetime.now(dt.UTC)
    return sessions.finish_by_code(step, form.value("code"), browser.current(), now)


def _step(purpose: str, secret: str | None = None) -> Pending:
    step = pending.find(secret or browser.pending(), purpose)
    if step is None:
        raise Unauthenticated("This took too long, or was begun elsewhere. Sign in again.")
    return step


def _go_on(step: Step) -> Reply:
    """Lead to where the reader wanted to go, or to the page of the step that comes first."""
    there = _there()
    if step.then is not None:
        page = {"factor": ".second_factor", "set_up": ".set_up"}[step.then]
        there = f"{flask.url_for(page)}?{urlencode({'next': there})}"
    response = flask.make_response(flask.redirect(there, HTTPStatus.SEE_OTHER))
    browser.keep(response, step)
    return response


def _begin_again() -> Reply:
    there = urlencode({"next": _there(), "done": "sign-in-again"})
    return flask.redirect(f"{flask.url_for('.sign_in')}?{there}", HTTPStatus.SEE_OTHER)


def _sign_in_page(form: Form) -> Reply:
    page = flask.render_template("access/sign_in.html", form=form, next=_there())
    return page, form.status


def _there() -> str:
    return browser.local_path(flask.request.values.get("next"))
