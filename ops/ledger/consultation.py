"""Who looked at what: one entry a request, in the transaction that read it, before the reply."""

import re
import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import flask
import orjson
import sqlalchemy as sa

from ops import api, db, intake
from ops.errors import OpsError, Unavailable

# What shows no record: how the API or a page is used, who one is oneself, the ground of a map. What
# is open to all, such as signing in or the house's own state, has nobody to name.
EXEMPT = frozenset(
    {
        "access.Me",
        "api-docs.openapi_json",
        "basemap.file",
        "docs.interactive",
        "help_pages.index",
        "help_pages.picture",
        "help_pages.show",
        "ogc.conformance",
        "ogc.landing",
        "ogc.queryables",
        "ogc.show_definition",
        "ogc_tiles.tileset",
        "ogc_tiles.tilesets",
    }
)
# A search is kept by what was searched, never by what was typed.
CLASSES = {"q": "name"}
# These say how much is shown, not what was looked for.
_NOT_ASKED = {"cursor", "limit", "done", "properties"}
# A name that is no name of ours is content.
_NAME = re.compile(r"[a-z][a-z_]{0,29}")
# Replies that show no record, whatever was read to decide them.
_SHOWS_NOTHING = {
    HTTPStatus.NOT_MODIFIED,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
}
# For a record whose operation only the database knows, and finds.
_UNKNOWN = "unknown"
WRITE = (
    "select log_access(%(act)s, %(endpoint)s, %(seen)s::jsonb, %(asked)s::text[],"
    " %(recipient)s, %(reason)s)"
)
_WRITE_PACKED = (
    "select log_packed(%(act)s, %(endpoint)s, %(kind)s, %(packed)s::bytea, %(operations)s::uuid[],"
    " %(asked)s::text[], %(recipient)s, %(reason)s)"
)
# Where a record belongs to no operation.
_NONE = uuid.UUID(int=2**128 - 1)

Groups = dict[tuple[str, uuid.UUID | str | None], dict[uuid.UUID | str, None]]


def saw(kind: str, ids: Iterable[Any], operation: uuid.UUID | str | None = None) -> None:
    """Note which records the running request shows; `operation` is the one they belong to.

    Operations themselves belong to none: each id of them is judged by itself when the log is read.
    """
    _groups().setdefault((kind, operation), {}).update(dict.fromkeys(ids))


def saw_each(kind: str, found: Iterable[tuple[Any, Any]]) -> None:
    """Note records of several operations: pairs of an operation and an id."""
    groups = _groups()
    for operation, record_id in found:
        groups.setdefault((kind, operation), {})[record_id] = None


def saw_packed(kind: str, packed: bytes) -> None:
    """Note records by the thousand, each `packed` by the database."""
    flask.g.setdefault("seen_packed", []).append((kind, packed))


def packed(operation: Any, record_id: Any) -> sa.ColumnElement[bytes]:
    """Write the ids of a record and its operation as the log keeps those of thousands."""
    known = sa.func.coalesce(operation, sa.literal(_NONE))
    own = sa.func.uuid_send(record_id, type_=sa.LargeBinary)
    return sa.func.uuid_send(known, type_=sa.LargeBinary).op("||")(own)


def _operations_in(packed: bytes) -> str:
    """Name the operations of what is packed, as the database reads a list of ids."""
    found = {operation for (operation,) in struct.iter_unpack("16s16x", packed)} - {_NONE.bytes}
    return f"{{{','.join(map(bytes.hex, sorted(found)))}}}"


def hands_out(recipient: str | None = None, reason: str | None = None) -> None:
    """Make the running request a disclosure: what it shows leaves the system."""
    flask.g.handed_out = {"act": "disclosure", "recipient": recipient, "reason": reason}


def init_app(app: flask.Flask) -> None:
    """Write an entry after each request of this app that shows records."""
    app.after_request(_log)


def _log(response: flask.Response) -> flask.Response:
    """Write what was seen, and show nothing where that fails."""
    if flask.request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
        _saw_named()
    if flask.request.environ.get(intake.INNER):
        return response  # The page that asked goes on collecting.
    groups: Groups = flask.g.pop("seen_by_request", {})
    packed: list[tuple[str, bytes]] = flask.g.pop("seen_packed", [])
    act = flask.g.pop("handed_out", {"act": "consultation", "recipient": None, "reason": None})
    if flask.g.get("actor") is None or not _shows(response, bool(groups or packed)):
        return response
    try:
        with db.transaction():
            # Reading changes nothing, so nothing but the entry is stored here.
            db.session.expunge_all()
            said = {**act, "endpoint": flask.request.endpoint, "asked": sorted(asked())}
            for kind, found in packed:
                ids = {"kind": kind, "packed": found, "operations": _operations_in(found)}
                db.run(_WRITE_PACKED, {**said, **ids})
            if groups or not packed:
                db.run(WRITE, {**said, "seen": _as_kept(groups)})
    except (OpsError, sa.exc.SQLAlchemyError) as error:
        cause = getattr(error, "orig", None) or error
        flask.current_app.logger.error("a look could not be logged: %s", type(cause).__name__)
        sentence = "This look could not be written to the log, so nothing is shown. Try again."
        return api.handle_refusal(Unavailable(sentence))
    return response


def _groups() -> Groups:
    if "seen_by_request" not in flask.g:
        flask.g.seen_by_request = {}
    groups: Groups = flask.g.seen_by_request
    return groups


def _shows(response: flask.Response, is_noted: bool) -> bool:
    """Tell whether this reply shows records; a form that comes back with errors does too."""
    status, request = response.status_code, flask.request
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _SHOWS_NOTHING:
        return False
    if is_noted:
        return not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    reads = request.method in {"GET", "HEAD"} and request.endpoint not in EXEMPT
    return reads and status < HTTPStatus.MULTIPLE_CHOICES


def _as_kept(groups: Mapping[tuple[str, Any], Iterable[Any]]) -> str:
    """Write groups of records as the log keeps them."""
    kept = [
        {"kind": kind, "ids": [*ids]}
        if operation == _UNKNOWN
        else {"kind": kind, "ids": [*ids], "operation": operation}
        for (kind, operation), ids in groups.items()
    ]
    return orjson.dumps(kept).decode()


def _saw_named() -> None:
    """Note what the address names, whatever the view said."""
    named = flask.request.view_args or {}
    groups = _groups()
    for name, value in named.items():
        kind = name.removesuffix("_id")
        known = any(value in ids for (of_kind, _), ids in groups.items() if of_kind == kind)
        if isinstance(value, uuid.UUID) and not known:
            saw(kind, [value], None if kind == "operation" else named.get("operation_id", _UNKNOWN))


def asked() -> Iterator[str]:
    """Name what the running request asks by, never what it asks for."""
    for name, values in flask.request.args.lists():
        plain = name.removesuffix("[]")
        if any(values) and plain not in _NOT_ASKED and _NAME.fullmatch(plain):
            yield CLASSES.get(plain, plain)
