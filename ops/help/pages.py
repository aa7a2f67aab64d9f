"""Show the task pages of docs/tasks, to whoever does the work."""

from pathlib import Path
from typing import NamedTuple

import flask
from markdown_it import MarkdownIt

from ops.access import guard
from ops.errors import Missing

blp = flask.Blueprint("help_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue

FOLDER = Path(__file__).parents[2] / "docs" / "tasks"
PAGES = {"lead": "The lead", "officer": "The officer", "analyst": "The analyst"}
# Whose work is most like whose.
OTHERS = {"auditor": "analyst", "partner": "officer"}
CLASSES = {
    "h1": "govuk-heading-l",
    "h2": "govuk-heading-m",
    "p": "govuk-body",
    "ol": "govuk-list govuk-list--number",
    "img": "app-picture",
}
_WEEK_S = 7 * 24 * 60 * 60
_NONE = "There is no such page of help."


class Written(NamedTuple):
    """A page: what stands above its tasks as HTML, what they are called, and they themselves."""

    opening: str
    tasks: list[str]
    html: str


@blp.get("/help")
def index() -> Page:
    """Lead to the page of whoever asks"""
    role = guard.actor().role
    page = role if role in PAGES else OTHERS.get(role, "lead")
    return flask.redirect(flask.url_for(".show", role=page))


@blp.get("/help/<role>")
def show(role: str) -> Page:
    """Say how the work of a role is done, task by task"""
    if role not in PAGES:
        raise Missing(_NONE)
    page = written((FOLDER / f"{role}.md").read_text())
    return flask.render_template("help/page.html", page=page, role=role, pages=PAGES)


@blp.get("/help/pictures/<name>.png")
def picture(name: str) -> flask.Response:
    """Give a picture of a page of help"""
    path = next((each for each in FOLDER.glob("pictures/*.png") if each.stem == name), None)
    if path is None:
        raise Missing(_NONE)
    reply = flask.current_app.response_class(path.read_bytes(), mimetype="image/png")
    reply.headers["Cache-Control"] = f"private, max-age={_WEEK_S}"
    return reply


def written(text: str) -> Written:
    """Give a page of ours as HTML in the dress of all pages, with a mark at each task."""
    markdown = MarkdownIt("commonmark", {"xhtmlOut": False})
    tokens = markdown.parse(text)
    for token in tokens:
        for each in (token, *(token.children or ())):
            if each.nesting >= 0 and each.tag in CLASSES:
                each.attrJoin("class", CLASSES[each.tag])
    task = ("heading_open", "h2")
    begins = [at for at, each in enumerate(tokens) if (each.type, each.tag) == task]
    for number, at in enumerate(begins, start=1):
        tokens[at].attrSet("id", f"task-{number}")
    opening, rest = (
        markdown.renderer.render(part, markdown.options, {})
        for part in (tokens[: begins[0]], tokens[begins[0] :])
    )
    return Written(opening, [tokens[at + 1].content for at in begins], rest)
