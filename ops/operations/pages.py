"""The pages of operations."""

import flask

blp = flask.Blueprint("operations_pages", __name__, template_folder="templates")
