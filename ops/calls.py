"""Lets a page send what was typed as any program would: through the API.

So there is one place that checks, decides and stores, and a page can do
nothing that the API would refuse.
"""

import dataclasses
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import flask
from werkzeug.test import EnvironBuilder

from ops import api, errors, intake

_REFUSALS: dict[int, type[errors.OpsError]] = {
    kind.status: kind
    for kind in (
        errors.OpsError,
        errors.Unauthenticated,
        errors.Forbidden,
        errors.Missing,
        errors.Conflict,
        errors.Stale,
        errors.Invalid,
    )
}
# What says who is asking.
_WHO = ("Authorization", "Cookie")


@dataclasses.dataclass(frozen=True)
class Reply:
    """What the API answered."""

    status: int
    body: Any
    etag: str | None
    # Where a list goes on; none at its end.
    cursor: str | None


def call(
    method: str,
    path: str,
    json: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, Any] | None = None,
    etag: str | None = None,
) -> Reply:
    """Call our own API in the name of whoever sent this request; raise what it refuses."""
    sent = flask.request
    headers = {name: sent.headers[name] for name in _WHO if name in sent.headers}
    if token := sent.form.get("csrf_token"):
        headers["X-CSRF-Token"] = token
    if etag is not None:
        headers["If-Match"] = etag
    builder = EnvironBuilder(
        path=api.PREFIX + path,
        base_url=sent.host_url,
        method=method,
        query_string={k: v for k, v in (query or {}).items() if v is not None},
        json=json,
        headers=list(headers.items()),
        environ_base={"REMOTE_ADDR": sent.remote_addr or "", intake.INNER: True},
    )
    app: flask.Flask = flask.current_app._get_current_object()  # type: ignore[attr-defined]
    with app.request_context(builder.get_environ()):
        reply = app.full_dispatch_request()
        body = reply.get_json(silent=True)
    if reply.status_code >= HTTPStatus.BAD_REQUEST:
        raise _refusal(reply.status_code, body or {})
    return Reply(reply.status_code, body, reply.headers.get("ETag"), _cursor(reply))


def more(reply: Reply) -> str | None:
    """Give the address of this page's list, gone on."""
    if reply.cursor is None:
        return None
    names = {**flask.request.args.to_dict(), "cursor": reply.cursor}
    return f"{flask.request.path}?{urlencode(names)}"


def _cursor(reply: flask.Response) -> str | None:
    link = reply.headers.get("Link", "")
    address = link.partition("<")[2].partition(">")[0]
    return next(iter(parse_qs(urlsplit(address).query).get("cursor", [])), None)


def _refusal(status: int, problem: Mapping[str, Any]) -> errors.OpsError:
    """Raise in the page what the API put in words."""
    kind = _REFUSALS.get(status, errors.OpsError)
    refusal = kind(problem.get("detail", ""), problem.get("errors"))
    refusal.status = HTTPStatus(status)
    return refusal
