"""The API of geo."""

from ops.api import Blueprint

blp = Blueprint("geo", __name__)
