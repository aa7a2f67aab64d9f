"""The page of what people are trained for."""

import uuid
from http import HTTPStatus

import flask

from ops import wording
from ops.access import guard
from ops.calls import call
from ops.forms import Form, sent_id
from ops.operations.skill_models import SKILLS

blp = flask.Blueprint("skill_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
MOST = 500


@blp.route("/skills", methods=["GET", "POST"])
def index() -> Page:
    """Choose somebody of one's organisation, and say what they are trained for"""
    guard.require("plan")
    form = Form.sent()
    person = form.value("person") or flask.request.args.get("person", "")
    if flask.request.method == "POST":
        with form.catching():
            if taken := form.value("withdraw"):
                call("DELETE", f"/certificates/{sent_id(taken)}")
                return _to(person, "certificate-withdrawn")
            sent = {name: said for name, said in form.payload().items() if name != "person"}
            call("POST", f"/people/{sent_id(person)}/certificates", sent)
            return _to(person, "certificate-given")
    query = {"organisation": guard.actor().organisation_code, "limit": MOST}
    people = {each["id"]: each["name"] for each in call("GET", "/people", query=query).body}
    form.values["person"] = [person]
    certificates = call("GET", f"/people/{sent_id(person)}/certificates").body if person else []
    page = flask.render_template(
        "operations/skills.html",
        form=form,
        people=people,
        person=person,
        SKILLS=SKILLS,
        today=str(wording.today()),
        certificates=[each for each in certificates if not each["withdrawn_at"]],
    )
    return page, form.status


def _to(person: str | uuid.UUID, done: str) -> Page:
    there = flask.url_for(".index", person=person, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
