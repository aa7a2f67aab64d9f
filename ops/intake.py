"""What may come in at all: under which name, how large, in which dress.

Looked at before anything else, so that nothing reads a request it should not.
"""

import ipaddress
from http import HTTPStatus

import flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ops.config import Settings
from ops.errors import OpsError

# Marks, where no header of a client reaches, a call that a page makes in the name of its reader.
INNER = "ops.inner"
# The largest request: a batch of 200 results is well below it.
LARGEST_BODY = 10 * 2**20
# The largest form of ours, a warrant with thirty entries, has a few hundred fields.
MOST_FORM_PARTS = 2000
# Browsers send no more than this either.
LONGEST_ADDRESS = 8 * 2**10
LARGEST_HEADERS = 32 * 2**10
# A request from this very machine is never another site's doing, whatever this service is called.
_OURSELVES = {"127.0.0.1", "localhost", "[::1]"}


class Misdirected(OpsError):
    """The request is for a host that this service is not."""

    type = "unknown-host"


class TooLong(OpsError):
    """The address is longer than any of ours."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG
    type = "uri-too-long"


class TooManyHeaders(OpsError):
    """The headers together are larger than any client of ours sends."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    type = "headers-too-large"


class TooLarge(OpsError):
    """The body is larger than what is taken."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    type = "request-entity-too-large"


class Packed(OpsError):
    """The body is compressed: what it unpacks to is not known before it is too late."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    type = "unsupported-media-type"


def init_app(app: flask.Flask) -> None:
    """Look at each request first; without `OPS_PROXIES`, believe no header about its sender."""
    settings: Settings = app.config["SETTINGS"]
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
    )
    if n := settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=n, x_proto=n, x_host=n
        )
    ours = hosts(settings)

    @app.before_request
    def look() -> None:
        request = flask.request
        # Not by Flask's TRUSTED_HOSTS: that knows no IPv6 address.
        if _name(request.host) not in ours:
            raise Misdirected(
                "This service does not answer to that name; use the address you were given."
            )
        _refuse_size(request)
        if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Packed("Send the body as it is, without Content-Encoding.")


def is_inner() -> bool:
    """Tell whether this request is a page's own call: counted and noted with the page's."""
    return INNER in flask.request.environ


def hosts(settings: Settings) -> set[str]:
    """Give the names under which this service may be asked for."""
    bound = settings.bind.rpartition(":")[0].lower()
    public = settings.public_url.partition("://")[2].partition("/")[0]
    named = [public, *settings.trusted_hosts.split(",")]
    found = {_name(each.strip()) for each in named if each.strip()}
    return found | _OURSELVES | (set() if _is_everywhere(bound) else {bound})


def is_nameless(settings: Settings) -> bool:
    """Tell whether it listens everywhere and knows no name but this machine's own."""
    return _is_everywhere(settings.bind.rpartition(":")[0]) and hosts(settings) == _OURSELVES


def _is_everywhere(bound: str) -> bool:
    """Tell whether this stands for every address of the machine."""
    try:
        return ipaddress.ip_address(bound.strip("[]")).is_unspecified
    except ValueError:
        return False


def _name(host: str) -> str:
    """Leave out the port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _refuse_size(request: flask.Request) -> None:
    environ = request.environ
    if len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        raise TooLong("This address is too long; ask for less at once.")
    if sum(len(v) for k, v in environ.items() if k.startswith("HTTP_")) > LARGEST_HEADERS:
        raise TooManyHeaders("The request's headers are too large; clear this site's cookies.")
    _refuse_body(request, request.content_length or 0)


def body(request: flask.Request) -> bytes:
    """Give all that was sent; one that does not say its size is cut where too much begins."""
    sent = request.get_data()
    _refuse_body(request, len(sent) + (request.content_length is None))
    return sent


def _refuse_body(request: flask.Request, size: int) -> None:
    most = request.max_content_length
    if most is not None and size > most:
        raise TooLarge(f"Send at most {most // 2**20} MB at once.")
