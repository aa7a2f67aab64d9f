"""The API of operations."""

from ops.api import Blueprint

blp = Blueprint("operations", __name__)
