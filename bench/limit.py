"""The raw limit: what pgbench gets from the very statements that the application sends."""

import dataclasses
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import flask
import psycopg
import sqlalchemy as sa

from bench.wire import CONNECTIONS, THREADS, Request, written
from ops.cluster.programs import find_server

# Stands in a captured request for the id that the client makes; its end is the request's number.
SENTINEL = "0193aaaa-bbbb-7ccc-8ddd-"
# Made anew in each transaction, and the same throughout it; ordered by time like the real ones.
DRAW = "\\set n random(1, 9223372036854775806)"
FRESH = (
    "((lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0')"
    " || lpad(to_hex((:n)::bigint), 20, '7'))::uuid)"
)
# Stands for the day of what is logged, or each would be a double of the one before.
SENTINEL_DAY = "2026-05-05"
FRESH_DAY = "(date '2026-04-01' + ((:n)::bigint % 183)::int)"
_LITERAL = re.compile(r"(E?)'((?:[^']|'')*)'")
_SENTINEL = re.compile(rf"({SENTINEL}[0-9a-f]{{12}}|{SENTINEL_DAY})")
_TPS = re.compile(r"tps = ([\d.]+)")


@dataclasses.dataclass(frozen=True)
class Limit:
    """How often a second the statements of a request can be run, and what they are."""

    per_second: float
    statements: int


def limit(
    app: flask.Flask,
    token: str,
    requests: Sequence[Request],
    seconds: float,
    connections: int = CONNECTIONS,
) -> Limit:
    """Capture what each request sends to the database, and let pgbench send the same."""
    captured = [
        _captured(app, token, request, f"{SENTINEL}{number:012x}")
        for number, request in enumerate(requests)
    ]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, statements in enumerate(captured):
            file = Path(folder) / f"{number}.sql"
            file.write_text(script(statements))
            files += ["-f", str(file)]
        url = sa.make_url(app.config["DATABASE_URL"])
        done = subprocess.run(
            [
                find_server().programs / "pgbench",
                *(
                    "-n",
                    "-M",
                    "prepared",
                    "-c",
                    str(connections),
                    "-j",
                    str(min(THREADS, connections)),
                ),
                *("-T", f"{seconds:.0f}", *files),
            ],
            env={**os.environ, **_environment(url)},
            capture_output=True,
            text=True,
            check=False,
        )
    found = _TPS.search(done.stdout)
    if found is None or done.returncode:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return Limit(float(found[1]), len(captured[0]))


def _environment(url: sa.URL) -> Mapping[str, str]:
    return {
        "PGHOST": str(url.query.get("host", url.host)),
        "PGPORT": str(url.query.get("port", url.port)),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
    }


def _captured(app: flask.Flask, token: str, request: Request, sentinel: str) -> list[str]:
    """Send one request through the app, and give its statements with their values in them."""
    seen: list[str] = []

    def note(
        connection: sa.Connection,
        _cursor: psycopg.Cursor,
        statement: str,
        parameters: Mapping[str, object],
        *_rest: object,
    ) -> None:
        raw = connection.connection.driver_connection
        seen.append(psycopg.ClientCursor(raw).mogrify(statement, parameters))  # type: ignore[arg-type]

    engine = app.extensions["engine"]
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        reply = app.test_client().open(
            request.path,
            method=request.method,
            data=_filled(request.body, sentinel) or None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    if reply.status_code >= 400:
        raise RuntimeError(f"{request.path} answered {reply.status_code}: {reply.text[:500]}")
    return seen


def _filled(body: str, sentinel: str) -> str:
    return written(body.replace("{id}", sentinel).replace("{at}", f"{SENTINEL_DAY}T05:05:05Z"))


def script(statements: Sequence[str]) -> str:
    """Write a pgbench script: the statements in one transaction, as the application has them."""
    lines = [f"{_LITERAL.sub(_for_pgbench, statement)};" for statement in statements]
    return "\n".join([DRAW, "BEGIN;", *lines, "COMMIT;", ""])


def _for_pgbench(match: re.Match[str]) -> str:
    """Write a literal with an id of its own each time, and no colon that looks like a variable."""
    escape, text = match.groups()
    first, *pieces = _SENTINEL.split(text)
    if not pieces:
        return _without_colons(escape, text)
    if not first and len(pieces) == 2 and not pieces[1]:
        return _fresh(pieces[0])
    written_out = [_without_colons(escape, first)]
    for sentinel, piece in zip(pieces[::2], pieces[1::2], strict=True):
        written_out += [f"{_fresh(sentinel)}::text", _without_colons(escape, piece)]
    return f"({' || '.join(written_out)})"


def _fresh(sentinel: str) -> str:
    return FRESH_DAY if sentinel == SENTINEL_DAY else FRESH


def _without_colons(escape: str, text: str) -> str:
    """Write a literal so that pgbench, which takes `:42` for a variable, sees none in it."""
    if ":" not in text:
        return f"{escape}'{text}'"
    if escape:
        return "E'" + text.replace(":", r"\x3a") + "'"
    return "U&'" + text.replace("\\", "\\\\").replace(":", r"\003a") + "'"
