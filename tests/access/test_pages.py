"""The pages to sign in and out."""

import pytest

from ops.access import guard
from tests.access.conftest import PASSWORD
from tests.wellformed import faults


def send(client, email, password=PASSWORD, **more):
    """Send the form."""
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_signing_in_leads_on_with_a_cookie_that_scripts_cannot_read(client, somebody):
    reply = send(client, somebody.email, next="/map")

    assert (reply.status_code, reply.location) == (303, "/map")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith(f"{guard.COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("there", ["https://elsewhere.test/", "//elsewhere.test", "javascript:x"])
def test_signing_in_never_leads_to_another_site(client, somebody, there):
    assert send(client, somebody.email, next=there).location == "/"


@pytest.mark.parametrize(
    ("email", "password", "part"),
    [
        ("", PASSWORD, "Enter your e-mail address."),
        ("nobody@example.test", "", "Enter your password."),
        ("nobody@example.test", "wrong", "or the password is not right"),
    ],
)
def test_a_refusal_stands_above_the_form_and_shows_no_password(client, email, password, part):
    reply = send(client, email, password)

    assert part in reply.text
    assert "Error: Sign in" in reply.text
    assert f'value="{password or PASSWORD}"' not in reply.text
    assert faults(reply.text) == []


def test_a_form_of_another_site_signs_nobody_in(client, somebody):
    reply = client.post(
        "/sign-in",
        data={"email": somebody.email, "password": PASSWORD},
        headers={"Origin": "https://elsewhere.test"},
    )

    assert reply.status_code == 403
    assert "Set-Cookie" not in reply.headers


def test_signing_out_needs_the_token_of_the_session(client, somebody):
    send(client, somebody.email)

    assert client.post("/sign-out").status_code == 403
    assert client.get("/operations").status_code == 200


def test_signing_out_takes_the_cookie_back(client, somebody):
    send(client, somebody.email)
    page = client.get("/operations").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    reply = client.post("/sign-out", data={"csrf_token": token})

    assert reply.location == "/sign-in?done=signed-out"
    assert client.get("/operations").status_code == 302
