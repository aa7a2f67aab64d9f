"""What every page shares."""

import re

import flask
import pytest

from ops import web
from ops.errors import TooMany
from tests.wellformed import faults


def policy(reply):
    """Read the policy of a reply: what each directive allows."""
    parts = reply.headers["Content-Security-Policy"].split("; ")
    return {name: allowed for name, *allowed in (part.split() for part in parts)}


def test_a_page_loads_from_this_server_alone_and_shows_in_no_frame(client_as):
    said = policy(client_as().get("/operations"))

    assert said["default-src"] == ["'none'"]
    assert said["frame-ancestors"] == said["object-src"] == said["base-uri"] == ["'none'"]
    assert said["script-src"] == said["style-src"] == said["connect-src"] == ["'self'"]
    assert "unsafe" not in str(said)


@pytest.mark.parametrize("address", ["/operations", "/map", "/api/docs", "/nothing-here"])
def test_no_page_has_a_script_or_a_style_of_its_own(client_as, address):
    reply = client_as().get(address)

    # Data for a script to read is no script.
    assert re.findall(r'<script(?!\s[^>]*src=|\s[^>]*type="application/json")', reply.text) == []
    assert "<style" not in reply.text


def test_a_page_stays_in_no_cache_and_a_built_file_in_every_one(client_as):
    client = client_as()
    with client.application.test_request_context():
        built = web.asset("app.css")

    assert client.get("/operations").headers["Cache-Control"] == "no-store"
    with client.get(built) as reply:
        assert "immutable" in reply.headers["Cache-Control"]


def test_a_built_file_comes_as_the_build_packed_it(client_as):
    client = client_as()
    with client.application.test_request_context():
        built = web.asset("map.js")

    with client.get(built, headers={"Accept-Encoding": "br"}) as packed, client.get(built) as plain:
        assert (packed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == (
            "br",
            None,
        )
        assert packed.mimetype == plain.mimetype == "text/javascript"
        assert len(packed.data) < len(plain.data) / 2
        for reply in (packed, plain):
            assert "Accept-Encoding" in reply.headers["Vary"]
            assert "immutable" in reply.headers["Cache-Control"]


def test_every_reply_keeps_browsers_from_guessing(client_as):
    reply = client_as().get("/api/v1/me")

    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"


def test_a_file_that_is_not_built_is_named(app):
    with app.test_request_context(), pytest.raises(LookupError, match="npm run build"):
        web.asset("nothing.js")


def test_only_a_known_notice_is_shown(client_as):
    client = client_as()

    assert "The operation is changed." in client.get("/operations?done=operation-changed").text
    assert "Pay here" not in client.get("/operations?done=Pay here").text


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/nothing-here", 404, "Page not found"),
        ("/operations/0191f7c5-7c1d-7000-8000-000000000000", 404, "Page not found"),
        ("/operations/new", 403, "You may not do this"),
        ("/operations?kind=nothing", 422, "There is a problem"),
    ],
)
def test_a_refusal_is_a_page_in_plain_english(client_as, address, status, part):
    reply = client_as("analyst").get(address)

    assert reply.status_code == status
    assert part in reply.text
    assert reply.text.count('class="app-marking"') == 2
    assert faults(reply.text) == []


def test_too_many_tries_says_when_to_come_back(app):
    try_again = app.handle_user_exception
    with app.test_request_context("/sign-in"):
        reply = flask.make_response(try_again(TooMany("Too many tries; wait.", 30)))

    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "30"
    assert "Wait a moment" in reply.get_data(as_text=True)
