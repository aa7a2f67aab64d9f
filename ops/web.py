"""What every page shares: its assets and its words."""

import json
from pathlib import Path

import flask
import jinja2
from markupsafe import Markup

from ops import charts, wording
from ops.forms import field_id

PRODUCT = "Operations tracker"
DEFAULT_MARKING = "OFFICIAL-SENSITIVE"

# The macros of GOV.UK's components name themselves by their package.
_GOVUK = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})

# What a page says after a form was sent and stored; `done` in its address names the sentence.
NOTICES = {
    "double-decided": "The decision is saved.",
    "action-added": "The action is in the plan.",
    "action-changed": "The action is changed.",
    "area-added": "The area is on the map.",
    "area-changed": "The area is changed.",
    "area-removed": "The area is gone.",
    "asset-added": "It can be reserved for deployments now.",
    "asset-withdrawn": "It is out of use. What it was reserved for stays in the history.",
    "assigned": "They are on the deployment.",
    "briefing-begun": "The next version is filled from the plan. Now write what it does not know.",
    "briefing-issued": "The version is issued. Those deployed find it among what they have to do.",
    "briefing-read": "It is written down that you have read this version.",
    "briefing-withdrawn": "The version is withdrawn. It says so first, wherever it is opened.",
    "briefing-written": "The draft is saved. Nobody is briefed by it until it is issued.",
    "compared": "The comparison is kept.",
    "dealt-with": "What was done is kept, and the check-in timer goes on.",
    "checked-in": "You are checked in. Where you are is for you and for who leads the operation.",
    "calendar-revoked": "The address leads nowhere now.",
    "certificate-given": "The certificate is written down.",
    "certificate-withdrawn": "The certificate is taken back.",
    "checked-back": "The check is written down.",
    "case-changed": "The case note is changed.",
    "case-struck": "The case note is struck. It stays, and is left out of the report.",
    "case-told": "The case is in the report.",
    "confirmed": "The record is confirmed.",
    "copied": "The copy is in the list, as a draft. Look at what was left off.",
    "conflict-resolved": "It is resolved, and the leads of both sides are told.",
    "conflict-taken": "It is yours. Speak to both sides, then write how it is resolved.",
    "conflict-returned": "You have given it back to the desk.",
    "conflict-told": "The other side is told that there is a conflict, and nothing else.",
    "corrected": "The record is corrected. The version before it is in its history.",
    "custody-struck": "The step is struck. It stays, and the custody is followed without it.",
    "custody-written": "The step is written.",
    "decided": "The decision is in the log.",
    "deployments-added": "They are in the plan.",
    "deployment-added": "The deployment is in the plan. Now put people on it.",
    "deployment-changed": "The deployment is changed.",
    "counted": "The file is imported. What it did is in the list.",
    "counted-before": "This very file is here already. Nothing was added.",
    "rule-set": "The rule is set, and what is planned is compared by it.",
    "erased": "It is erased. That it was there, and what figures count, has stayed.",
    "explained": "The reason is written beside the difference.",
    "factor-added": "It is added. You need it the next time you sign in.",
    "factor-named": "The name is changed.",
    "factor-removed": "It no longer opens your account.",
    "frozen": "The summary is frozen. Whatever changes later, this stays as it is.",
    "held": "It is held. Nothing of it is erased until the hold is lifted.",
    "lifted": "The hold is lifted.",
    "line-named": "The closure names its line.",
    "logged": "It is logged.",
    "logged-before": "This was logged already. There is still one record of it.",
    "measure-restored": "The built-in definition counts again.",
    "measure-saved": "The measure is saved, and counts from its first day.",
    "measure-withdrawn": "The measure counts no more. Its versions stay.",
    "mapped": "It is written what the figure is here. Others like it are read in the same way.",
    "member-added": "They are in. They see this operation from then on.",
    "member-ended": "They are out, and see no more of this operation.",
    "moved": "The operation has moved on.",
    "opened": (
        "The operation is open to you for eight hours. Its leads and auditors have been told."
    ),
    "nil-returned": "The nil return is written down. It can be taken back while it stands.",
    "nil-taken-back": "The nil return is taken back.",
    "operation-added": "The operation is in the list. Now give it an area and deployments.",
    "operation-changed": "The operation is changed.",
    "package-opened": "The package is open. Now log what was inside.",
    "password-changed": "Your password is changed, and you are signed out everywhere but here.",
    "plan-said": "The plan says so now.",
    "phase-added": "The phase is in the plan.",
    "plan-taken": "The draft has what the plan says by now. What was written by hand stayed.",
    "release-approved": "The release is approved.",
    "release-changed": "The release is changed. It has to be approved anew.",
    "release-published": "The release is published. Its figures are among the reported ones.",
    "revision-proposed": "The revision is proposed. It is public once somebody else approves it.",
    "revision-withdrawn": "The proposal is withdrawn. The figure stays as it was published.",
    "release-revised": "The figure is revised. The one before stands beside it, struck through.",
    "release-written": "The release is written. Somebody else has to approve it.",
    "released": "They are off the deployment.",
    "redelivered": "It is sent once more, under the same id.",
    "report-begun": "The report is begun. Write its summary and tell its cases.",
    "report-followed": "The next issue is begun. Say in it what changed since the one before.",
    "report-issued": "The report is issued. Whatever changes later, it stays as it is.",
    "report-ordered": "The case notes are in this order now.",
    "report-withdrawn": "The report is withdrawn. It says so first, wherever it is opened.",
    "report-written": "The draft is saved.",
    "reservation-released": "It is free again.",
    "reserved": "It is reserved.",
    "returned": "The warrant has gone back to the court.",
    "reviewed": "The decision is written.",
    "reassigned": "They are where you said. Where they were stays in the history.",
    "said": "It is in the list, as it was reported.",
    "scoped": "It is written whose figures the set gives.",
    "sign-in-again": "That took too long. Sign in again.",
    "site-changed": "The site is changed. What it was is in its history.",
    "site-added": "The site is in the list, and deployments can take place there.",
    "signed-out": "You are signed out.",
    "signed-out-others": "You are signed out everywhere but here.",
    "signed-out-there": "You are signed out there.",
    "step-taken": "It is written down, with the time.",
    "struck": "The record is struck. It stays in the list, and no figure counts it.",
    "subscription-changed": "The subscription is changed.",
    "subscription-pause": "It is paused. What is changed meanwhile is told once it is resumed.",
    "subscription-removed": "It is removed. Nothing more is sent there.",
    "subscription-resume": "It goes on from where it was paused.",
    "subscription-test": "A test is on its way. Look below in a moment whether it arrived.",
    "tak-off": "It is off. What was shown is taken away.",
    "tak-on": "It is on. It may take a moment until the first of it is shown.",
    "taken-further": "The next step is written.",
    "target-corrected": "The target is put right. What it was is in its history.",
    "target-added": "The target is set.",
    "team-added": "The team is in the plan.",
    "team-changed": "The team is changed.",
    "token-revoked": "The token has ended.",
    "view-kept": "The view is kept. You find it under Boards.",
    "view-removed": "The view is removed. The board itself stays.",
    "view-renamed": "The view has its new name.",
    "week-kept": "The national week is kept.",
    "withdrawn": "The comparison is withdrawn. Its history stays.",
}

docs = flask.Blueprint("docs", __name__)


def init_app(app: flask.Flask) -> None:
    """Give the app its templates and their words."""
    app.jinja_loader = jinja2.ChoiceLoader([app.jinja_loader, _GOVUK])  # type: ignore[list-item]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["assets"] = _manifest(Path(app.static_folder or "."))
    app.jinja_env.globals.update(
        asset=asset,
        script=script,
        drawing=charts,
        field_id=field_id,
        notice=_notice,
        PRODUCT=PRODUCT,
        DEFAULT_MARKING=DEFAULT_MARKING,
    )
    for write in (
        wording.clock,
        wording.day,
        wording.file_size,
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
        period=wording.period,
        quantity=wording.quantity,
        today=wording.today,
        window=wording.window,
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


def script(name: str) -> Markup:
    """Load a built script, and with it at once what it needs before it can run."""
    needed = flask.current_app.extensions["assets"].get(f"{name} needs", "").split()
    folder = flask.current_app.static_url_path
    tags = [
        Markup('<link rel="modulepreload" href="{}/{}">').format(folder, each) for each in needed
    ]
    tags.append(Markup('<script type="module" src="{}"></script>').format(asset(name)))
    return Markup("").join(tags)


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
