"""The ground of every map: an operator's own tiles, in a file here or on a server of their own.

Without either there is none, and no tile is ever asked of anybody: a request
for a tile tells a stranger which street is being looked at.
"""

import dataclasses
from pathlib import Path
from urllib.parse import urlsplit

import flask

from ops.access import limits
from ops.config import Settings
from ops.errors import Missing

blp = flask.Blueprint("basemap", __name__)
limits.uncounted("basemap.file")
MEDIA_TYPE = "application/vnd.pmtiles"
# A browser keeps a part of the file for a week, and asks again by the file's own tag.
_WEEK_S = 7 * 24 * 3600


@dataclasses.dataclass(frozen=True)
class Basemap:
    """What a page needs to draw the ground, and whose server would be asked."""

    file: str = ""
    url: str = ""
    credit: str = ""
    host: str = ""


@blp.record_once
def _tell_pages(state: flask.blueprints.BlueprintSetupState) -> None:
    settings: Settings = state.app.config["SETTINGS"]
    state.app.jinja_env.globals["basemap"] = Basemap(
        "/basemap.pmtiles" if settings.basemap_file else "",
        settings.basemap_url,
        settings.basemap_credit,
        urlsplit(settings.basemap_url).hostname or "",
    )


@blp.get("/basemap.pmtiles")
def file() -> flask.Response:
    """Give the parts of the basemap that a map asks for"""
    settings: Settings = flask.current_app.config["SETTINGS"]
    path = Path(settings.basemap_file).absolute()
    if not settings.basemap_file or not path.is_file():
        raise Missing("There is no basemap here.")
    reply = flask.send_file(path, mimetype=MEDIA_TYPE, conditional=True)
    reply.headers["Cache-Control"] = f"private, max-age={_WEEK_S}"
    return reply
