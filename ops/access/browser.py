"""What keeps a browser's session its own: the cookie, where a form came from, where it leads."""

import datetime as dt
from urllib.parse import urlsplit

import flask

from ops.access import guard, queries
from ops.access.devices import Browser
from ops.access.passkeys import Party
from ops.access.pending import LASTS
from ops.access.sessions import Step
from ops.config import Settings
from ops.errors import Forbidden

HOME = "/"
# The cookies of a step that is half done, of a browser that was sent to the force's own
# sign-in, and of one that signed in before.
PENDING = "ops_pending"
ATTEMPT = "ops_attempt"
DEVICE = "ops_device"


def current() -> Browser:
    """Give what this browser brings to a sign-in."""
    cookies = flask.request.cookies
    return Browser(
        session=cookies.get(guard.cookie()),
        device=cookies.get(_named(DEVICE)),
        user_agent=flask.request.headers.get("User-Agent", ""),
    )


def pending() -> str | None:
    """Give the secret of the step that is half done in this browser."""
    return flask.request.cookies.get(_named(PENDING))


def attempt() -> str | None:
    """Give the secret by which a reply of the force's own sign-in is known to be for this browser.

    Several tabs may be on their way there with the same one.
    """
    return flask.request.cookies.get(_named(ATTEMPT))


def keep_attempt(response: flask.Response, secret: str) -> None:
    """Give the browser the cookie of its way to the force's own sign-in."""
    _set(response, _named(ATTEMPT), secret, LASTS)


def keep(response: flask.Response, step: Step) -> None:
    """Give the browser what a sign-in came to: a session and its device, or a pending step."""
    if step.then is not None:
        keep_pending(response, step.secret)
        return
    keep_session(response, step.secret)
    if step.device is not None:
        _set(response, _named(DEVICE), step.device, queries.DEVICE_REMEMBERED)
    response.delete_cookie(_named(PENDING), secure=guard.is_https(), httponly=True, samesite="Lax")


def keep_session(response: flask.Response, secret: str) -> None:
    """Give the browser the cookie of its session."""
    _set(response, guard.cookie(), secret, dt.timedelta(hours=_settings().session_hours))


def keep_pending(response: flask.Response, secret: str) -> None:
    """Give the browser the cookie of a step that is half done."""
    _set(response, _named(PENDING), secret, LASTS)


def forget(response: flask.Response) -> None:
    """Take the session's cookie back; that of the device stays."""
    response.delete_cookie(guard.cookie(), secure=guard.is_https(), httponly=True, samesite="Lax")


def party() -> Party:
    """Give us as this browser knows us, to whom its passkeys belong."""
    address = urlsplit(_settings().public_url or flask.request.host_url)
    return Party(id=address.hostname or "", origin=f"{address.scheme}://{address.netloc}")


def json(text: str) -> flask.Response:
    """Answer a script of ours with JSON text that a library wrote."""
    return flask.current_app.response_class(text, mimetype="application/json")


def refuse_other_sites() -> None:
    """Refuse a form that another site sent: it could sign a person in as somebody else.

    A page of ours sends at least one of the two headers; a program that sends
    neither has no cookie to steal.
    """
    fetched = flask.request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        is_ours = fetched in {"same-origin", "none"}
    else:
        origin = flask.request.headers.get("Origin")
        is_ours = origin is None or urlsplit(origin).netloc == _own_host()
    if not is_ours:
        raise Forbidden("This form came from another site; open the sign-in page here.")


def local_path(address: str | None) -> str:
    """Give where to go next, if that is a path of ours; else the front page."""
    # Browsers drop tabs and newlines and read a backslash as a slash, so "/\t/x" is "//x".
    odd = address is None or "\\" in address or any(ord(letter) < 33 for letter in address)
    if address is None or odd or not address.startswith("/") or address.startswith("//"):
        return HOME
    return address


def _own_host() -> str:
    # A proxy that ends TLS may hide the scheme, so hosts are compared and schemes are not.
    return urlsplit(_settings().public_url).netloc or flask.request.host


def _named(name: str) -> str:
    return f"__Host-{name}" if guard.is_https() else name


def _set(response: flask.Response, name: str, secret: str, lasts: dt.timedelta) -> None:
    """Set a cookie out of reach of scripts and other sites."""
    response.set_cookie(
        name, secret, max_age=lasts, secure=guard.is_https(), httponly=True, samesite="Lax"
    )


def _settings() -> Settings:
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings
