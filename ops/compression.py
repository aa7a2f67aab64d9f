"""Compressed replies."""

import re

import flask
import flask_compress

# Pages carry the session's CSRF token beside what the address brought in, and
# the length of such a page once compressed tells the one by the other (BREACH).
COMPRESSED = [
    "application/geo+json",
    "application/json",
    "application/problem+json",
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
    app.before_request(_forget_compression)


def _forget_compression() -> None:
    """Read an ETag as it was before compression marked it with its own name."""
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        if tags := flask.request.environ.get(name):
            flask.request.environ[name] = _SUFFIX.sub('"', tags)
