"""What every page shares: its assets and its words."""

import json
from pathlib import Path

import flask
import jinja2

from ops import wording
from ops.forms import field_id

PRODUCT = "Operations tracker"
DEFAULT_MARKING = "OFFICIAL-SENSITIVE"

# The macros of GOV.UK's components name themselves by their package.
_GOVUK = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})

# What a page says after a form was sent and stored; `done` in its address names the sentence.
NOTICES = {
    "area-added": "The area is on the map.",
    "area-changed": "The area is changed.",
    "area-removed": "The area is gone.",
    "assigned": "They are on the deployment.",
    "confirmed": "The record is confirmed.",
    "corrected": "The record is corrected. The version before it is in its history.",
    "deployment-added": "The deployment is in the plan. Now put people on it.",
    "deployment-changed": "The deployment is changed.",
    "erased": "It is erased. That it was there, and what figures count, has stayed.",
    "factor-added": "It is added. You need it the next time you sign in.",
    "factor-named": "The name is changed.",
    "factor-removed": "It no longer opens your account.",
    "held": "It is held. Nothing of it is erased until the hold is lifted.",
    "lifted": "The hold is lifted.",
    "logged": "It is logged.",
    "logged-before": "This was logged already. There is still one record of it.",
    "member-added": "They are in. They see this operation from then on.",
    "member-ended": "They are out, and see no more of this operation.",
    "moved": "The operation has moved on.",
    "opened": (
        "The operation is open to you for eight hours. Its leads and auditors have been told."
    ),
    "operation-added": "The operation is in the list. Now give it an area and deployments.",
    "operation-changed": "The operation is changed.",
    "password-changed": "Your password is changed, and you are signed out everywhere but here.",
    "phase-added": "The phase is in the plan.",
    "released": "They are off the deployment.",
    "reviewed": "The decision is written.",
    "sign-in-again": "That took too long. Sign in again.",
    "signed-out": "You are signed out.",
    "signed-out-others": "You are signed out everywhere but here.",
    "signed-out-there": "You are signed out there.",
    "struck": "The record is struck. It stays in the list, and no figure counts it.",
    "target-added": "The target is set.",
    "team-added": "The team is in the plan.",
    "team-changed": "The team is changed.",
    "token-revoked": "The token has ended.",
}

docs = flask.Blueprint("docs", __name__)


def init_app(app: flask.Flask) -> None:
    """Give the app its templates and their words."""
    app.jinja_loader = jinja2.ChoiceLoader([app.jinja_loader, _GOVUK])  # type: ignore[list-item]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["assets"] = _manifest(Path(app.static_folder or "."))
    app.jinja_env.globals.update(
        asset=asset,
        field_id=field_id,
        notice=_notice,
        PRODUCT=PRODUCT,
        DEFAULT_MARKING=DEFAULT_MARKING,
    )
    for write in (
        wording.clock,
        wording.day,
        wording.moment,
        wording.money,
        wording.number,
        wording.percent,
        wording.short_day,
        wording.short_moment,
        wording.words,
    ):
        app.jinja_env.filters[write.__name__] = write
    app.jinja_env.globals.update(
        period=wording.period, quantity=wording.quantity, window=wording.window
    )
    app.register_blueprint(docs)


def asset(name: str) -> str:
    """Give the address of a built file, whose name holds a hash of its content."""
    try:
        hashed = flask.current_app.extensions["assets"][name]
    except KeyError:
        raise LookupError(f"{name} is not built; run `npm run build`.") from None
    # Not by `url_for`, which knows no address at all where the request's host makes no sense.
    return f"{flask.current_app.static_url_path}/{hashed}"


def _manifest(folder: Path) -> dict[str, str]:
    """Read which hashed name each built file has; none before the first build."""
    try:
        manifest: dict[str, str] = json.loads((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return {}
    return manifest


def _notice() -> str | None:
    """Give the sentence this address asks for."""
    return NOTICES.get(flask.request.args.get("done", ""))


@docs.get("/api/docs")
def interactive() -> str:
    """Show the API, with a form to try each call"""
    return flask.render_template("docs.html")
