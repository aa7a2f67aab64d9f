"""The log: a line of JSON for each refusal and each fault, and on request for each answer.

A line names the endpoint and never the address, whose query may hold a
name; no header, no body, and no text of a fault, which may quote either.
It carries the id of its request, which the reply carries too.
"""

import datetime as dt
import logging
import re
import sys
import time
import traceback
import uuid
from http import HTTPStatus
from types import TracebackType

import flask
import orjson

from ops import intake

log = logging.getLogger(__name__)

# Of the way to a fault, so many last steps tell where it was.
_STEPS = 8
REQUEST_ID = "X-Request-ID"
# As proxies make one up, and nothing that could say more than which request it is.
_MADE_UP = re.compile(r"[0-9A-Fa-f-]{16,64}")
# Asked for each second, of which nobody wants to read.
_ROUTINE = {"health.healthz", "health.readyz"}

_Fault = tuple[type[BaseException], BaseException, TracebackType | None]


def to_stderr() -> None:
    """Write the log of this process to standard error, a line as it is."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    log.setLevel(logging.INFO)


def explain(**why: str) -> None:
    """Put more into the line of this request: words of ours only, nothing that was sent."""
    flask.g.setdefault("why", {}).update(why)


def init_app(app: flask.Flask) -> None:
    """Note each refusal of this app once, whichever part of it refused."""
    # Flask's own line has the address with its query, and the fault with its words.
    app.log_exception = _explain_fault  # type: ignore[method-assign, assignment]
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    if not intake.is_inner():
        sent = flask.request.headers.get(REQUEST_ID, "")
        is_told = flask.current_app.config["SETTINGS"].proxies and _MADE_UP.fullmatch(sent)
        flask.g.request_id = sent if is_told else str(uuid.uuid4())
        flask.g.began = time.perf_counter()
        flask.g.why = {}


def _note(response: flask.Response) -> flask.Response:
    if intake.is_inner():
        return response
    response.headers[REQUEST_ID] = flask.g.request_id
    status, endpoint = response.status_code, flask.request.endpoint
    is_refused = status >= HTTPStatus.BAD_REQUEST
    is_told = flask.current_app.config["SETTINGS"].access_log and endpoint not in _ROUTINE
    if not is_refused and not is_told:
        return response
    line: dict[str, object] = {
        "at": dt.datetime.now(dt.UTC),
        "event": "answered",
        "request": flask.g.request_id,
        "status": status,
        "method": flask.request.method,
        "endpoint": endpoint,
        "ms": round((time.perf_counter() - flask.g.began) * 1000, 1),
    }
    if not is_refused:
        log.info("%s", orjson.dumps(line).decode())
        return response
    is_fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    actor = flask.g.get("actor")
    line |= {
        "event": "failed" if is_fault else "refused",
        "person": actor and actor.id,
        "address": flask.request.remote_addr,
        **flask.g.why,
    }
    log.log(logging.ERROR if is_fault else logging.WARNING, "%s", orjson.dumps(line).decode())
    return response


def _explain_fault(fault: _Fault) -> None:
    """Say what went wrong and where, in names of code alone."""
    names, steps = [], []
    error: BaseException | None = fault[1]
    while error is not None:
        names.append(type(error).__qualname__)
        last = traceback.extract_tb(error.__traceback__)[-_STEPS:]
        steps += [f"{step.filename}:{step.lineno} {step.name}" for step in reversed(last)]
        error = error.__cause__ or error.__context__
    explain(fault=" < ".join(names), where=" < ".join(steps))
