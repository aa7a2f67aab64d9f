"""The page that says what all data means: tables, columns, codes, facets and measures."""

import flask

from ops.calls import call
from ops.exports import analysis
from ops.results.kinds import KINDS

blp = flask.Blueprint("dictionary_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue


@blp.get("/dictionary")
def show() -> Page:
    """Say what every table, column, facet and measure means, as the program itself has them"""
    measures = call("GET", "/measures", query={"limit": 500}).body
    newest = {each["code"]: each for each in measures}
    return flask.render_template(
        "exports/dictionary.html",
        tables=[table for table, _query in analysis.every()],
        kinds=KINDS,
        measures=newest.values(),
    )
