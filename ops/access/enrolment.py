"""What the pages that add a second factor share, before a sign-in is whole and after it."""

import datetime as dt

import flask
import segno

from ops.access import browser, factors, passkeys, pending, sessions, totp
from ops.access.factor_models import Factor, Pending
from ops.forms import Form


def app_of(step: Pending) -> dict[str, str] | None:
    """Give what an authenticator app is told of: a picture and the secret; None without one."""
    if step.secret is None:
        return None
    secret = factors.secret_of(step)
    address = totp.uri(secret, sessions.person_of(step).email)
    picture = segno.make(address, micro=False, error="m")
    return {
        "picture": picture.svg_inline(scale=4, svgclass="app-qr", lineclass=""),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }


def options(step: Pending) -> flask.Response:
    """Ask the browser to make a passkey for the person of a step."""
    person = sessions.person_of(step)
    held = factors.passkeys_of(person.id)
    challenge = pending.challenge(step)
    return browser.json(passkeys.enrol_options(person, held, challenge, browser.party()))


def add(step: Pending, form: Form, challenge: bytes | None) -> Factor:
    """Add what the form holds, a passkey or an app's code, within the caller's transaction."""
    if answer := form.value("passkey"):
        label = form.value("label") or "Passkey"
        return factors.add_passkey(step, answer, challenge, label, browser.party())
    label = form.value("label") or "Authenticator app"
    return factors.add_app(step, form.value("code"), label, dt.datetime.now(dt.UTC))
