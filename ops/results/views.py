"""The API of results."""

from ops.api import Blueprint

blp = Blueprint("results", __name__)
