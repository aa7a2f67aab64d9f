"""The wire: problem details for every refusal, keyset pages, strict query strings, fast JSON."""

import base64
import binascii
import datetime as dt
import decimal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask
import flask_smorest
import marshmallow as ma
import orjson
import sqlalchemy as sa
from flask.json.provider import JSONProvider
from flask_smorest.exceptions import PreconditionFailed, PreconditionRequired
from psycopg.errors import DeadlockDetected, QueryCanceled
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import ETags
from werkzeug.exceptions import HTTPException

from ops import db, intake, logs
from ops.errors import Conflict, Invalid, OpsError, Stale, TooSlow, Unavailable

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
# Below this there is a page for people and a document for programs at each address.
FOR_BOTH = "/ogc/"
# A list never gives more than this at once, so that one request can't hold a worker for long.
MOST = 500


def _plain(value: object) -> object:
    """Quantities travel as strings: a float would change them on the way."""
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


class FastJSON(JSONProvider):
    """JSON by orjson; an `orjson.Fragment` from PostGIS goes through as it is."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Write JSON text."""
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Read JSON text."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> flask.Response:
        """Answer in JSON."""
        body = orjson.dumps(
            self._prepare_response_obj(args, kwargs), default=_plain, option=orjson.OPT_NON_STR_KEYS
        )
        return flask.current_app.response_class(body, mimetype="application/json")


class OptionalSchema(ma.Schema):
    """A body that may be left out"""


class FormQuerySchema(ma.Schema):
    """A query that a form sends with all its fields, also where nothing was typed"""

    @ma.pre_load
    def leave_out_blanks(self, sent: Any, **_kwargs: object) -> Any:
        """Take a field that was left blank as one that was left out."""
        return {name: said for name, said in sent.items() if said.strip()}


class Parser(FlaskParser):
    """Refuse unknown names in the query string: a misspelt filter must not return everything."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """Read the body; where none is needed, none is empty."""
        if isinstance(schema, OptionalSchema) and not (req.content_type or intake.body(req)):
            return {}
        return super().load_json(req, schema)

    def _raw_load_json(self, req: flask.Request) -> Any:
        if not req.is_json:
            raise Invalid("Send the body as JSON, with Content-Type: application/json.")
        # Stricter than Python's own: half a surrogate pair, NaN and endless brackets are no JSON.
        return orjson.loads(intake.body(req))


# How the OpenAPI document says that an act is upon the version that was read.
AS_READ: Mapping[str, Any] = {
    "parameters": ["IF_MATCH"],
    "responses": {"428": HTTPStatus.PRECONDITION_REQUIRED.name},
}


class Blueprint(flask_smorest.Blueprint):
    """A part of the API. Schemas become instances once, not at each request."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """Check what is sent against the schema."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)

    def check_etag(self, etag_data: Any, etag_schema: Any = None) -> None:
        """Refuse a write based on a version that is not the current one."""
        try:
            super().check_etag(etag_data, etag_schema)
        except PreconditionFailed as error:
            raise Stale() from error

    def check_read(self, version: object) -> None:
        """Refuse an act upon a version that was not read: it says by If-Match which one was."""
        if not flask.request.if_match:
            raise PreconditionRequired
        if not self.is_tagged(version, flask.request.if_match):
            raise Stale()

    def is_tagged(self, version: object, tags: ETags) -> bool:
        """Tell whether a version is one of those that a request names."""
        return self._generate_etag(version) in tags

    def version_tag(self, version: object) -> dict[str, str]:
        """Give the ETag of a version, for a reply that shows more than the version covers.

        It serves `If-Match` alone: the library's own would also answer 304
        while what stands around the record has changed.
        """
        return {"ETag": f'"{self._generate_etag(version)}"'}


def refuse_unknown_query() -> None:
    """Refuse a query where none is read: what was asked for would be left out in silence."""
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    method = getattr(getattr(view, "view_class", None), flask.request.method.lower(), None)
    if method is None or not flask.request.args or not flask.request.path.startswith(PREFIX):
        return
    read = getattr(method, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    if not any(parameter["in"] == "query" for parameter in read):
        unknown = {name: ["Unknown field."] for name in flask.request.args}
        raise Invalid("Some of what was sent is not right.", unknown)


class ProblemSchema(ma.Schema):
    """Problem details (RFC 9457)"""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    errors = ma.fields.Dict()
    request_id = ma.fields.String(metadata={"description": "To quote to whoever runs the service"})


class PageSchema(ma.Schema):
    """Which part of a list"""

    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(1, MOST))
    cursor = ma.fields.String()


class Api(flask_smorest.Api):
    """The OpenAPI document, and one shape for every error."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        """Describe errors in their own media type, which the library has no setting for."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_error_handlers(self) -> None:
        self._app.register_error_handler(HTTPException, self.handle_http_exception)
        self._app.register_error_handler(OpsError, handle_refusal)
        self._app.register_error_handler(sa.exc.OperationalError, handle_unavailable)
        self._app.register_error_handler(sa.exc.InternalError, handle_moved)
        self._app.register_error_handler(sa.exc.TimeoutError, handle_busy)
        self._app.register_error_handler(sa.exc.DataError, handle_unstorable)

    def handle_http_exception(self, error: HTTPException) -> flask.typing.ResponseReturnValue:
        """Turn an error of the framework to problem details, or to a page."""
        if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
            return error  # 304 and redirects are no errors
        extra = getattr(error, "data", None) or {}
        errors = extra.get("messages") or {}
        # webargs groups messages by location; a reader wants them by field.
        if set(errors) <= {"json", "query", "form", "files", "json_or_form"}:
            errors = {k: v for part in errors.values() for k, v in _by_field(part).items()}
        sentence = "Some of what was sent is not right." if errors else error.description or ""
        return problem(error.code or 500, error.name, sentence, errors, dict(_kept_headers(error)))


def _by_field(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, Mapping) else {"_schema": part}


def _kept_headers(error: HTTPException) -> Sequence[tuple[str, str]]:
    return [(k, v) for k, v in error.get_headers() if k in {"Allow", "Retry-After"}]


def is_for_programs() -> bool:
    """Tell whether this request is a program's, which gets no page whatever goes wrong.

    What has a form for each of them says which by `f`, or else by what the sender accepts.
    """
    request = flask.request
    if not f"{request.path}/".startswith(FOR_BOTH):
        return request.path.startswith("/api/")
    page, document = "text/html", "application/json"
    form = request.args.get("f")
    if form is not None:
        return form != "html"
    return request.accept_mimetypes.best_match([document, page], document) != page


def problem(
    status: int,
    type_: str,
    sentence: str,
    errors: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> flask.Response:
    """Answer a refusal: problem details to a program, a page to a person."""
    db.session.rollback()
    slug = type_.lower().replace(" ", "-")
    logs.explain(problem=slug)
    title = HTTPStatus(status).phrase
    if is_for_programs():
        body: dict[str, object] = {
            "type": f"/problems/{slug}",
            "title": title,
            "status": status,
            "detail": sentence,
        }
        if errors:
            body["errors"] = errors
        # A refusal has it in its header alone: of what is hidden and of nothing it is the same.
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            body["request_id"] = flask.g.request_id
        response = flask.jsonify(body)
        response.mimetype = PROBLEM
    else:
        response = flask.make_response(
            flask.render_template(
                "error.html", status=status, title=title, sentence=sentence, errors=errors or {}
            )
        )
    response.status_code = status
    response.headers.update(headers or {})
    return response


def handle_refusal(error: OpsError) -> flask.Response:
    """Answer a refusal of ours."""
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.type, error.sentence, error.errors, headers)


def handle_unavailable(error: sa.exc.OperationalError) -> flask.Response:
    """Say that the database can't be reached, was at it for too long, or that two writes met.

    One that dies as it commits tells nobody whether it did.
    """
    if isinstance(error.orig, QueryCanceled):
        return handle_refusal(
            TooSlow(
                "This took the database too long, so it was stopped and nothing was changed. Ask"
                " for less at once: a shorter period, a smaller place, fewer records."
            )
        )
    if isinstance(error.orig, DeadlockDetected):
        return handle_refusal(
            Conflict("Somebody else changed the same at the same moment; send it once more.")
        )
    logs.explain(database=str(error.orig).partition("\n")[0])
    return _come_back(
        "The database can't be reached just now. Try again; if you sent something, see first"
        " whether it was stored."
    )


def handle_moved(error: sa.exc.InternalError) -> flask.Response:
    """Say that what was sent can't be stored where we are connected to: it only follows another."""
    if not db.is_standby(error.orig):
        raise error
    logs.explain(database="a standby, where nothing is written")
    return _come_back("The database is moving to another server. Nothing was stored; try again.")


def handle_busy(_error: sa.exc.TimeoutError) -> flask.Response:
    """Say that no connection to the database came free in time."""
    return _come_back("Too much is asked at once just now. Try again in a few seconds.")


def _come_back(sentence: str) -> flask.Response:
    with suppress(HTTPException):
        # Left unread, it would break the connection, and the answer with it.
        flask.request.get_data(cache=False)
    return handle_refusal(Unavailable(sentence))


def handle_unstorable(error: sa.exc.DataError) -> flask.Response:
    """Say that a value can't be stored: a NUL character, a number beyond its range."""
    logs.explain(database=type(error.orig).__name__)
    return handle_refusal(
        Invalid("Something that was sent can't be stored: a character or a number out of range.")
    )


def page(
    query: db.Query,
    keys: Sequence[db.Key],
    *,
    limit: int,
    cursor: str | None = None,
    descending: bool = False,
) -> tuple[list[Any], dict[str, str]]:
    """Run one page of a list in the total order of `keys`, with the headers that lead to the next.

    The keys must not be null, and the last of them must be unique.
    """
    order = [key.desc() if descending else key.asc() for key in keys]
    if cursor:
        after = [
            sa.cast(value, key.type)
            for value, key in zip(read_cursor(cursor, len(keys)), keys, strict=True)
        ]
        mine, theirs = sa.tuple_(*keys), sa.tuple_(*after)
        query = query.where(mine < theirs if descending else mine > theirs)
    labelled = [key.label(f"_key_{number}") for number, key in enumerate(keys)]
    rows = db.session.execute(
        query.add_columns(*labelled).order_by(None).order_by(*order).limit(limit + 1)
    ).all()
    return cut(rows, limit, len(keys))


def cut(rows: Sequence[Any], limit: int, keys: int) -> tuple[list[Any], dict[str, str]]:
    """Leave out what is beyond a page, and give the headers that lead there.

    A row says its place in the order as `_key_0` and so on.
    """
    if len(rows) <= limit:
        return list(rows), {}
    last = rows[limit - 1]._mapping
    text = [_cursor_text(last[f"_key_{number}"]) for number in range(keys)]
    names = flask.request.args.to_dict(flat=False) | {"cursor": [write_cursor(text)]}
    link = f"{flask.request.path}?{urlencode(names, doseq=True)}"
    return list(rows[:limit]), {"Link": f'<{link}>; rel="next"'}


def _cursor_text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def write_cursor(values: list[str]) -> str:
    """Write down a place in a list, in a form that nobody is meant to read."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[str]:
    """Read a place in a list, or refuse what is none."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != length
        or not all(isinstance(v, str) for v in values)
    ):
        raise Invalid("This cursor is not one of ours; start the list again.", {"cursor": ["?"]})
    return values
