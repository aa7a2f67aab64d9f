"""The pages of access."""

from collections.abc import Callable

import flask

from ops.access import guard

blp = flask.Blueprint("access_pages", __name__, template_folder="templates")


@blp.app_context_processor
def _permissions() -> dict[str, Callable[[str], bool]]:
    """Let a template ask what whoever is reading may do."""
    return {"may": guard.may}
