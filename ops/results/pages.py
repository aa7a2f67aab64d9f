"""The pages of results."""

import flask

blp = flask.Blueprint("results_pages", __name__, template_folder="templates")
