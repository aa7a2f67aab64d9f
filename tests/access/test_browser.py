"""The cookie, where a form came from, and where it leads."""

import dataclasses

import flask
import pytest

from ops.access import browser, guard
from ops.errors import Forbidden


@pytest.fixture
def at(app, monkeypatch):
    """A request as it comes in, with this public address."""

    def request(public_url="", **how):
        settings = dataclasses.replace(app.config["SETTINGS"], public_url=public_url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        return app.test_request_context("/sign-in", method="POST", **how)

    return request


@pytest.mark.parametrize(
    ("public_url", "base_url", "secure"),
    [
        ("", "http://127.0.0.1:8000", False),
        ("", "https://ops.example.test", True),
        ("https://ops.example.test", "http://127.0.0.1:8000", True),
    ],
)
def test_the_cookie_is_kept_from_scripts_and_other_sites(at, public_url, base_url, secure):
    with at(public_url, base_url=base_url):
        response = flask.make_response("")
        browser.keep_session(response, "secret")

    cookie = response.headers["Set-Cookie"]
    name = guard.SECURE_COOKIE if secure else guard.COOKIE
    assert cookie.startswith(f"{name}=secret;")
    assert "Domain" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) is secure


def test_the_cookie_is_taken_back(at):
    with at():
        response = flask.make_response("")
        browser.forget(response)

    assert "Max-Age=0" in response.headers["Set-Cookie"]


HERE = "http://ops.example.test"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": HERE},
        {"Origin": "https://ops.example.test"},
    ],
)
def test_a_form_of_ours_is_taken(at, headers):
    with at(base_url=HERE, headers=headers):
        browser.refuse_other_sites()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
        {"Origin": "http://evil.example"},
        {"Origin": "http://ops.example.test.evil.example"},
        {"Origin": "http://ops.example.test:81"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_a_form_of_another_site_is_refused(at, headers):
    with at(base_url=HERE, headers=headers), pytest.raises(Forbidden, match="another site"):
        browser.refuse_other_sites()


def test_behind_a_proxy_the_public_address_is_ours(at):
    public = "https://ops.example.test"
    with at(public, base_url="http://10.0.0.7:8000", headers={"Origin": public}):
        browser.refuse_other_sites()


@pytest.mark.parametrize("address", ["/", "/operations", "/operations?status=live#map"])
def test_a_path_of_ours_is_followed(address):
    assert browser.local_path(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "operations",
        "http://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
    ],
)
def test_any_other_address_leads_to_the_front_page(address):
    assert browser.local_path(address) == "/"
