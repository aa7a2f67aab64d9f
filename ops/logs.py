"""The log: one line of JSON for each refusal and each fault, for whoever watches over the service.

A line names the endpoint and never the address, whose query may hold a
name; no header, no body, and no text of a fault, which may quote either.
"""

import datetime as dt
import logging
import sys
import traceback
from http import HTTPStatus
from types import TracebackType

import flask
import orjson

from ops import intake

log = logging.getLogger(__name__)

# Of the way to a fault, so many last steps tell where it was.
_STEPS = 8

_Fault = tuple[type[BaseException], BaseException, TracebackType | None]


def to_stderr() -> None:
    """Write the log of this process to standard error, a line as it is."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s")


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
        flask.g.why = {}


def _note(response: flask.Response) -> flask.Response:
    if response.status_code >= HTTPStatus.BAD_REQUEST and not intake.is_inner():
        is_fault = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        actor = flask.g.get("actor")
        line = {
            "at": dt.datetime.now(dt.UTC),
            "event": "failed" if is_fault else "refused",
            "status": response.status_code,
            "method": flask.request.method,
            "endpoint": flask.request.endpoint,
            "person": actor and actor.id,
            "address": flask.request.remote_addr,
        }
        text = orjson.dumps(line | flask.g.get("why", {})).decode()
        log.log(logging.ERROR if is_fault else logging.WARNING, "%s", text)
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
