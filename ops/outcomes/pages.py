"""The pages of outcomes."""

import flask

blp = flask.Blueprint("outcomes_pages", __name__, template_folder="templates")
