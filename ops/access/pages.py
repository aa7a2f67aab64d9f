"""The pages of access."""

import flask

blp = flask.Blueprint("access_pages", __name__, template_folder="templates")
