"""The API of outcomes."""

from ops.api import Blueprint

blp = Blueprint("outcomes", __name__)
