"""What keeps a browser's session its own: the cookie, where a form came from, where it leads."""

from urllib.parse import urlsplit

import flask

from ops.access import guard
from ops.config import Settings
from ops.errors import Forbidden

HOME = "/"


def keep(response: flask.Response, secret: str) -> None:
    """Give the browser the cookie of its session, out of reach of scripts and other sites."""
    settings = _settings()
    response.set_cookie(
        guard.cookie(),
        secret,
        max_age=settings.session_hours * 3600,
        secure=guard.is_https(),
        httponly=True,
        samesite="Lax",
    )


def forget(response: flask.Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(guard.cookie(), secure=guard.is_https(), httponly=True, samesite="Lax")


def secret() -> str | None:
    """Give the secret of the session this browser already has."""
    return flask.request.cookies.get(guard.cookie())


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


def _settings() -> Settings:
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings
