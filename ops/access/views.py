"""The API of access."""

from ops.api import Blueprint

blp = Blueprint("access", __name__)
