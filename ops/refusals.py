"""The refusals that the OpenAPI document names for every call, so that no view lists them."""

from http import HTTPStatus
from typing import Any

import apispec

# Wherever anything is asked, also with a body that is not read: see ops/intake.py.
ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class Refusals(apispec.BasePlugin):
    """Names them, each by its status: a default would make of any status a documented one."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_kwargs: Any
    ) -> None:
        """Add to each call what it doesn't say of itself."""
        for method, call in (operations or {}).items():
            changes, of_something = method != "get", "{" in (path or "")
            statuses = list(ALWAYS)
            if changes:
                statuses.append(HTTPStatus.CONFLICT)
            if of_something:
                statuses.append(HTTPStatus.NOT_FOUND)
            if changes and of_something:
                # With or without If-Match: somebody else was first.
                statuses.append(HTTPStatus.PRECONDITION_FAILED)
            for status in statuses:
                call["responses"].setdefault(str(status.value), status.name)
