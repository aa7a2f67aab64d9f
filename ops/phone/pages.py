"""The page that an officer's phone keeps, the worker that keeps it, and who the phone is open to.

The page says nothing of anybody: a phone fills it in from what it keeps sealed. So a copy of it
in a browser's cache is of no use to whoever finds the phone.
"""

import base64
import hashlib
import uuid
from pathlib import Path
from typing import Any

import flask
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ops import headers, web
from ops.access import guard, sessions
from ops.errors import Forbidden, Refused

blp = flask.Blueprint("phone_pages", __name__, template_folder="templates")

# A worker obeys the policy that its script came with: it may ask us, and nobody else.
_WORKER_POLICY = "default-src 'none'; connect-src 'self'; script-src 'self'"
_INK = "#14273f"

for _name in ("show", "worker", "manifest", "signed_out"):
    guard.open_to_all(f"phone_pages.{_name}")


@blp.get("/phone")
def show() -> flask.Response:
    """Log results with one hand, with a signal or without"""
    response = flask.make_response(_shell())
    # The one page that reads the labels of custody and exhibits.
    response.headers["Permissions-Policy"] = headers.permissions(camera="self")
    return response


@blp.get("/sw.js")
def worker() -> flask.Response:
    """Give the worker that keeps the page; another page makes it another worker"""
    app = flask.current_app
    file = Path(app.static_folder or ".") / app.extensions["assets"]["sw.js"]
    script = file.read_text()
    edition = hashlib.sha256(_shell().encode()).hexdigest()[:16]
    response = app.response_class(
        f'self.EDITION = "{edition}";\n{script}', mimetype="text/javascript"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = _WORKER_POLICY
    return response


@blp.get("/phone.webmanifest")
def manifest() -> flask.Response:
    """Say how the page is installed"""
    icons = [
        {
            "src": web.asset(f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    told = {
        "id": "/phone",
        "name": web.PRODUCT,
        "short_name": "Operations",
        "start_url": flask.url_for(".show"),
        "scope": flask.url_for(".show"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": _INK,
        "theme_color": _INK,
        "lang": "en-GB",
        "icons": icons,
    }
    response = flask.jsonify(told)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blp.get("/phone/session")
def session() -> dict[str, Any]:
    """Say who this browser is signed in as, with what opens what they keep on this phone"""
    actor = guard.actor()
    if actor.session_id is None:
        raise Forbidden("A phone signs in as a browser does; a program has no use for this.")
    settings = flask.current_app.config["SETTINGS"]
    return {
        "person": {"id": actor.id, "name": actor.name},
        "csrf_token": actor.csrf_token,
        "secret": _secret(settings.secret_key, actor.id),
        "hours": settings.session_hours,
    }


@blp.get("/phone/signed-out")
def signed_out() -> dict[str, Any]:
    """Say whether this browser was signed out from elsewhere, so that it keeps nothing"""
    return {"wipe": sessions.ended_elsewhere(flask.request.cookies.get(guard.cookie()))}


def _shell() -> str:
    return flask.render_template("phone/phone.html")


def _secret(key: str, person_id: uuid.UUID) -> str:
    """Give the key under which a phone wraps its own: of one person, and not to be guessed."""
    if not key:
        raise Refused("This server has no secret key, so a phone could keep nothing safely.")
    derived = HKDF(SHA256(), length=32, salt=None, info=b"ops phone" + person_id.bytes)
    return base64.b64encode(derived.derive(key.encode())).decode()
