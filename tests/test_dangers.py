"""The web's own dangers: what every reply says, to whom the service answers, where a form leads."""

import dataclasses

import pytest

from ops import create_app, web
from ops.access import guard
from tests import factories
from tests.test_intake import sent

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def failing(app, monkeypatch):
    """The app, with a view that fails and a server's way of answering it."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail():
        raise ZeroDivisionError("The password is swordfish.")

    monkeypatch.setitem(app.view_functions, "health.healthz", fail)
    return app.test_client()


REPLIES = [
    (200, "/operations", {}),
    (200, "/api/v1/operations", {}),
    (200, "/api/docs", {}),
    (200, "/api/openapi.json", {}),
    (200, "/readyz", {}),
    (302, "/operations", {"headers": {"Authorization": ""}}),
    (400, "/operations", {"headers": {"Host": "evil.example"}}),
    (401, "/api/v1/me", {"headers": {"Authorization": "Bearer wrong"}}),
    (403, "/operations/new", {}),
    (404, "/nothing", {}),
    (404, "/api/v1/nothing", {}),
    (404, "/static/build/nothing.js", {}),
    (405, "/api/v1/me", {"method": "DELETE"}),
    (413, "/api/v1/operations", {"method": "POST", "headers": {"Content-Length": str(2**40)}}),
    (414, f"/operations?q={'a' * 9000}", {}),
    (415, "/api/v1/operations", {"method": "POST", "headers": {"Content-Encoding": "gzip"}}),
    (422, "/api/v1/operations?colour=red", {}),
    (431, "/operations", {"headers": {"X-Long": "a" * 40_000}}),
]


@pytest.mark.parametrize(("status", "address", "how"), REPLIES)
def test_every_reply_says_what_a_browser_may_do_with_it(client_as, status, address, how):
    reply = sent(client_as("analyst"), address, **how)

    assert reply.status_code == status
    assert ALWAYS.items() <= dict(reply.headers).items()
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in reply.headers["Permissions-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie"} <= set(reply.vary)


def test_a_fault_of_ours_says_the_same_and_nothing_of_the_fault(failing):
    reply = failing.get("/healthz")

    assert reply.status_code == 500
    assert ALWAYS.items() <= dict(reply.headers).items()
    assert "swordfish" not in reply.text
    assert "ZeroDivision" not in reply.text


def test_an_unchanged_reply_says_the_same(client):
    with client.application.test_request_context():
        address = web.asset("app.js")
    with client.get(address) as first:
        tag = first.headers["ETag"]

    with client.get(address, headers={"If-None-Match": tag}) as reply:
        assert reply.status_code == 304
        assert ALWAYS.items() <= dict(reply.headers).items()


def test_what_is_no_page_may_load_and_run_nothing(client_as):
    client = client_as()
    operation = factories.operation()

    json = client.get("/api/v1/operations").headers["Content-Security-Policy"]
    file = client.get(f"/operations/{operation.id}/map.html").headers["Content-Security-Policy"]

    assert "script-src" not in json + file
    assert file.endswith("; sandbox")


def test_a_built_file_is_for_our_own_pages(client):
    with client.application.test_request_context():
        address = web.asset("app.js")

    with client.get(address) as reply:
        assert ALWAYS.items() <= dict(reply.headers).items()
        assert "Strict-Transport-Security" not in reply.headers


@pytest.mark.parametrize("address", ["/sign-in", "/api/v1/me", "/nothing", "/static/build/no.js"])
def test_over_https_a_browser_never_comes_back_without(app, session, address):
    settings = app.config["SETTINGS"]
    public = dataclasses.replace(settings, public_url="https://ops.example.test")
    secure = create_app(public)

    reply = secure.test_client().get(address, base_url="http://ops.example.test")

    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    secure.extensions["engine"].dispose()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\x00//evil.example",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "http:evil.example",
        "/operations\r\nSet-Cookie: a=b",
    ],
)
def test_sign_in_leads_to_no_other_site(client, address):
    page = client.get("/sign-in", query_string={"next": address})

    assert page.status_code == 200
    assert 'name="next" value="/"' in page.text or "evil.example" not in page.text.split("next")[1]


@pytest.mark.parametrize("address", ["//evil.example/", "///evil.example", "/\\evil.example"])
def test_turning_somebody_away_leads_to_our_own_sign_in(client, address):
    reply = sent(client, address)

    there = reply.headers.get("Location", "/")
    assert reply.status_code in {302, 308, 404}
    assert there.startswith("/")
    assert not there.startswith(("//", "/\\"))


def test_the_secret_of_a_session_is_compared_by_its_hash_alone():
    secret = "a" * 43

    assert guard.hash_of(secret) != guard.hash_of("b" * 43)
    assert len(guard.hash_of(secret)) == 32
