"""The pages of guided plans: the tasks of an operation's kind, and a page for each."""

import datetime as dt
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import flask

from ops import wording
from ops.access import guard
from ops.calls import Reply, call
from ops.errors import Missing, Stale
from ops.forms import Form, sent_id
from ops.plans import rules
from ops.plans import weeks as national_weeks
from ops.plans.models import CONTACT_ROLES, LISTS, SEARCHED

blp = flask.Blueprint("plan_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
MOST = 500
# The parts of a plan that a page of ours writes beside the guided plan itself.
Write = Callable[[uuid.UUID, Form], None]


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words of guided plans, and what an operation's plan still lacks."""
    return {
        "CONTACT_ROLES": CONTACT_ROLES,
        "SEARCHED": SEARCHED,
        "SOUGHT_LISTS": LISTS,
        "guided_plan": _guided,
        "may_name_weeks": national_weeks.may_name,
    }


@blp.get("/operations/<uuid:operation_id>/plan")
def index(operation_id: uuid.UUID) -> Page:
    """Show what the operation's kind asks for, task by task"""
    return flask.render_template(
        "plans/tasks.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        plan=_guided(operation_id),
    )


@blp.route("/operations/<uuid:operation_id>/plan/<task>", methods=["GET", "POST"])
def show(operation_id: uuid.UUID, task: str) -> Page:
    """Ask one thing of a plan"""
    operation = call("GET", f"/operations/{operation_id}").body
    guard.require("plan", operation_id)
    reply = call("GET", f"/operations/{operation_id}/plan")
    asked = next((each for each in rules.tasks_of(operation["kind"]) if each.name == task), None)
    if asked is None or asked.name == "four-p":
        raise Missing("This operation's plan has no such part.")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if asked.fields:
                _say(operation_id, asked, form)
            else:
                WRITES[asked.name](operation_id, form)
            return _back(operation_id, asked)
    elif asked.fields:
        form = _filled(asked, operation, reply)
    page = flask.render_template(
        f"plans/task_{task}.html",
        operation=operation,
        plan=reply.body,
        task=next(each for each in reply.body["tasks"] if each["name"] == task),
        form=form,
        **_context(operation, asked, reply.body),
    )
    return page, form.status


@blp.route("/national-weeks", methods=["GET", "POST"])
def weeks() -> Page:
    """List the national weeks, and add one"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = form.payload()
            if week := sent.pop("week", None):
                call("PATCH", f"/national-weeks/{sent_id(week)}", sent)
            else:
                call("POST", "/national-weeks", sent)
            return flask.redirect("/national-weeks?done=week-kept", HTTPStatus.SEE_OTHER)
    page = flask.render_template(
        "plans/weeks.html", form=form, weeks=call("GET", "/national-weeks").body
    )
    return page, form.status


def _say(operation_id: uuid.UUID, task: rules.Task, form: Form) -> None:
    """Send what a task's page asks; a list that is left blank is empty."""
    typed = form.payload()
    sent: dict[str, Any] = {}
    for name in task.fields:
        value = typed.get(name)
        if name in {"priorities", "intelligence_logs"}:
            value = [line.strip() for line in (value or "").splitlines() if line.strip()]
        elif task.name == "contacts":
            value = [{"role": "prison_contact", **row} for row in value or []]
        elif name == "sites_by_day":
            value = [{"sites": None, **row} for row in value or []]
        elif name not in {"is_national", "national_week", "teams_asked", "dogs_asked"}:
            value = value or []
        sent[name] = value
    if task.name == "week" and sent["is_national"] != "true":
        sent["national_week"] = None
    elif task.name == "week" and sent["national_week"] is None:
        del sent["national_week"]
    call("PATCH", f"/operations/{operation_id}/plan", sent, etag=form.value("etag"))


def _filled(task: rules.Task, operation: Any, reply: Reply) -> Form:
    """Fill the form in with what the plan says."""
    kept = {name: reply.body[name] for name in task.fields}
    if kept.get("national_week"):
        kept["national_week"] = kept["national_week"]["id"]
    for name in {"priorities", "intelligence_logs"} & kept.keys():
        kept[name] = "\n".join(kept[name])
    if "sites_by_day" in kept:
        planned = {row["on"]: row["sites"] for row in kept["sites_by_day"]}
        kept["sites_by_day"] = [
            {"on": str(day), "sites": planned.get(str(day))} for day in _each_day(operation)
        ]
    return Form.of(kept | {"etag": reply.etag})


def _aim(operation_id: uuid.UUID, form: Form) -> None:
    """Write a target for all of the operation or for a day of it."""
    sent = form.payload()
    operation = call("GET", f"/operations/{operation_id}").body
    on = sent.pop("day", None)
    first, last = _days(operation)
    days = {"starts_on": on or str(first), "ends_on": on or str(last)}
    call("POST", "/targets", sent | days | {"operation": str(operation_id)})


def _train(operation_id: uuid.UUID, form: Form) -> None:
    """Plan a training session: a deployment like any other."""
    call("POST", f"/operations/{operation_id}/deployments", form.payload() | {"kind": "training"})


def _leave(operation_id: uuid.UUID, form: Form) -> None:
    """Write a phase's aim, or what must hold before it is left, or whether that is so."""
    sent = form.payload()
    if criterion := sent.pop("criterion", None):
        there = f"/exit-criteria/{sent_id(criterion)}"
        found = call("GET", there)
        if str(found.body["version"]) != sent.pop("version", None):
            raise Stale("Somebody else judged this first; look at it again.")
        call("PATCH", there, sent, etag=found.etag)
    elif "text" in sent or "aim" not in form.values:
        call("POST", f"/operations/{operation_id}/exit-criteria", sent)
    else:
        phase = sent_id(form.value("phase"))
        call("PATCH", f"/phases/{phase}", {"aim": form.value("aim") or None})


WRITES: dict[str, Write] = {"targets": _aim, "training": _train, "phases": _leave}


def _context(operation: Any, task: rules.Task, plan: Any) -> dict[str, Any]:
    """Give what a task's page shows beside its questions."""
    if rules.PRISON in task.kinds:
        return _of_prison(operation, task, plan)
    if rules.PLACE in task.kinds:
        return _of_place(operation, task)
    context: dict[str, Any] = {"days": _each_day(operation)}
    if task.name == "week":
        context["weeks"] = call("GET", "/national-weeks").body
    elif task.name == "targets":
        measures = call("GET", "/measures", query={"limit": MOST}).body
        query = {"operation": operation["id"], "limit": MOST}
        context["measures"] = {each["code"]: each["label"] for each in measures}
        context["targets"] = call("GET", "/targets", query=query).body
    elif task.name == "districts":
        found = call("GET", "/boundaries", query={"layer": "district", "limit": MOST}).body
        named = [each["properties"] for each in found["features"]]
        context["districts"] = {each["code"]: each["name"] for each in named}
    elif task.name == "sites":
        on = [
            wording.local(each["starts_at"]).date()
            for each in _deployments(operation)
            if each["status"] != "cancelled"
        ]
        context["deployed"] = {str(day): on.count(day) for day in context["days"]}
    return context


def _of_prison(operation: Any, task: rules.Task, plan: Any) -> dict[str, Any]:
    found = call("GET", "/sites", query={"kind": "prison", "limit": MOST}).body
    prisons = {each["id"]: each["name"] for each in found}
    chosen = {site: prisons[site] for site in plan["establishments"] if site in prisons}
    context: dict[str, Any] = {"prisons": prisons, "chosen": chosen}
    if task.name == "training":
        deployed = _deployments(operation)
        context["trainings"] = [each for each in deployed if each["kind"] == "training"]
    return context


def _of_place(operation: Any, task: rules.Task) -> dict[str, Any]:
    here = f"/operations/{operation['id']}"
    context: dict[str, Any] = {"phases": call("GET", f"{here}/phases").body}
    if task.name == "phases":
        context["criteria"] = call("GET", f"{here}/exit-criteria").body
    elif task.name == "partners":
        context["actions"] = call("GET", f"{here}/actions", query={"limit": MOST}).body
    elif task.name == "baseline":
        context["found"] = call("GET", f"{here}/evaluation").body
    return context


def _deployments(operation: Any) -> Any:
    return call("GET", f"/operations/{operation['id']}/deployments", query={"limit": MOST}).body


def _days(operation: Any) -> tuple[dt.date, dt.date | None]:
    first = wording.local(operation["starts_at"]).date()
    if operation["ends_at"] is None:
        return first, None
    return first, (wording.local(operation["ends_at"]) - dt.timedelta(microseconds=1)).date()


def _each_day(operation: Any) -> list[dt.date]:
    first, last = _days(operation)
    if last is None:
        return []
    count = min((last - first).days + 1, rules.MOST_DAYS)
    return [first + dt.timedelta(days=number) for number in range(count)]


def _guided(operation_id: uuid.UUID | str) -> Any:
    return call("GET", f"/operations/{operation_id}/plan").body


def _back(operation_id: uuid.UUID, task: rules.Task) -> Page:
    """Lead to the tasks, or to the same page where one adds several things in a row."""
    here = f"/operations/{operation_id}/plan"
    there = f"{here}/{task.name}" if task.name in WRITES else here
    return flask.redirect(f"{there}?done=plan-said", HTTPStatus.SEE_OTHER)
