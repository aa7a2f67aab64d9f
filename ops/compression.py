"""Compressed replies."""

import mimetypes
import re
from pathlib import Path

import flask
import flask_compress
from werkzeug.utils import safe_join

# Pages carry the session's CSRF token beside what the address brought in, and
# the length of such a page once compressed tells the one by the other (BREACH).
COMPRESSED = [
    "application/geo+json",
    "application/json",
    "application/problem+json",
    "application/schema+json",
    "application/vnd.mapbox-vector-tile",
    "application/vnd.oai.openapi+json",
    "image/svg+xml",
    "text/css",
    "text/javascript",
]
ALGORITHMS = ["zstd", "br", "gzip"]
_SUFFIX = re.compile(rf':(?:{"|".join(ALGORITHMS)})"')


def init_app(app: flask.Flask) -> None:
    """Compress what the reader can unpack."""
    app.config.update(
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=ALGORITHMS,
        COMPRESS_STREAMS=False,
        COMPRESS_MIN_SIZE=1000,
    )
    flask_compress.Compress(app)
    app.before_request(_packed)
    app.after_request(_differs)
    app.before_request(_forget_compression)


def _packed() -> flask.Response | None:
    """Give a built file as the build packed it, to whoever can unpack that."""
    sent = flask.request
    if sent.endpoint != "static" or not sent.accept_encodings["br"]:
        return None
    name, folder = (sent.view_args or {})["filename"], flask.current_app.static_folder or "."
    path = safe_join(folder, f"{name}.br")
    if path is None or not Path(path).is_file():
        return None
    reply = flask.send_file(path, mimetype=mimetypes.guess_type(name)[0])
    reply.content_encoding = "br"
    return reply


def _differs(response: flask.Response) -> flask.Response:
    """Say that a built file comes packed or not, so that no cache gives the one for the other."""
    if flask.request.endpoint == "static":
        response.vary.add("Accept-Encoding")
    return response


def _forget_compression() -> None:
    """Read an ETag as it was before compression marked it with its own name."""
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        if tags := flask.request.environ.get(name):
            flask.request.environ[name] = _SUFFIX.sub('"', tags)
