"""How often one may ask: a person by who they are, anybody else by their address.

Counted once a request, whatever is in it, so that a phone coming back with
200 results in one batch is one; and never by address for somebody signed in,
so that a force behind one address can't be shut out by one of its phones.
"""

import time
from http import HTTPStatus

import flask
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded, RequestLimit

from ops import api, intake
from ops.access import guard
from ops.config import Settings
from ops.errors import TooMany

OFF = "off"
# Redis on the same network answers in under a millisecond, or is as good as gone.
_PATIENCE_S = 1
_UNCOUNTED: set[str] = set()
# Sign-ins that a link leads to and no form: a browser comes back from elsewhere.
_SIGN_INS_BY_LINK: set[str] = set()


def hands_out(endpoint: str) -> None:
    """Count this endpoint as one that makes a file to take away, and let it take longer."""
    guard.FILES.add(endpoint)


def signs_in(endpoint: str) -> None:
    """Count this endpoint as a try to sign in, though it is a link."""
    _SIGN_INS_BY_LINK.add(endpoint)


def uncounted(endpoint: str) -> None:
    """Leave out an endpoint that a page asks many times over, a part of one file each time."""
    _UNCOUNTED.add(endpoint)


def init_app(app: flask.Flask) -> None:
    """Count the requests of this app, once it is known who asks."""
    settings: Settings = app.config["SETTINGS"]
    if settings.rate_limit == OFF:
        return
    is_shared = not settings.rate_limit_url.startswith("memory:")
    rates = (
        (settings.rate_limit, {"scope": "all", "exempt_when": guard.is_open}),
        (settings.rate_limit_export, {"scope": "exports", "exempt_when": _is_no_export}),
        (
            settings.rate_limit_sign_in,
            # What counts is a failure: a whole shift signs in from one address at six.
            {"scope": "sign-in", "exempt_when": _is_no_sign_in, "deduct_when": _has_failed},
        ),
    )
    limiter = Limiter(
        _who,
        app=app,
        application_limits=[
            ApplicationLimit(rate, **when)  # type: ignore[arg-type]
            for rate, when in rates
            if rate != OFF
        ],
        storage_uri=settings.rate_limit_url,
        storage_options={"socket_connect_timeout": _PATIENCE_S, "socket_timeout": _PATIENCE_S}
        if is_shared
        else {},
        # Without Redis each worker counts for itself; nobody is turned away for that.
        in_memory_fallback_enabled=is_shared,
        # An address that leads nowhere is asked for as well.
        request_identifier=lambda: flask.request.endpoint or "nowhere",
    )
    limiter.request_filter(intake.is_inner)
    limiter.request_filter(lambda: flask.request.endpoint in _UNCOUNTED)
    app.register_error_handler(RateLimitExceeded, lambda _error: _refuse(limiter.current_limit))

    @app.after_request
    def tell(response: flask.Response) -> flask.Response:
        if found := limiter.current_limit:
            response.headers["RateLimit-Limit"] = str(found.limit.amount)
            response.headers["RateLimit-Remaining"] = str(found.remaining)
            response.headers["RateLimit-Reset"] = str(_wait_s(found))
        return response


def _who() -> str:
    found: guard.Actor | None = flask.g.get("actor")
    return f"person {found.id}" if found else f"address {flask.request.remote_addr}"


def _is_no_export() -> bool:
    return flask.request.endpoint not in guard.FILES


def _is_no_sign_in() -> bool:
    if flask.request.endpoint in _SIGN_INS_BY_LINK:
        return False
    return not guard.is_open() or flask.request.method in guard.SAFE_METHODS


def _has_failed(response: flask.Response) -> bool:
    return response.status_code >= HTTPStatus.BAD_REQUEST


def _refuse(found: RequestLimit | None) -> flask.Response:
    wait = _wait_s(found) if found else 60
    return api.handle_refusal(
        TooMany(f"That was too much at once; wait {wait} seconds and try again.", wait)
    )


def _wait_s(found: RequestLimit) -> int:
    return max(1, found.reset_at - int(time.time()))
