"""The way to a real provider and back, and the way out."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa

from ops import db
from ops.access.models import WebSession
from ops.access.oidc_models import ProviderSession, SignInAttempt
from tests.access.oidc.conftest import HERE, begin


def test_the_request_carries_what_makes_its_reply_unforgeable(client, provider):
    asked = parse_qs(urlsplit(begin(client)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{HERE}/sign-in/oidc/callback"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_cookie_of_the_way_there_is_out_of_reach_of_scripts(client):
    cookie = client.get("/sign-in/oidc").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=600" in cookie


def test_over_https_the_cookie_can_be_set_by_no_other_host(client):
    cookie = client.get("/sign-in/oidc", base_url="https://localhost").headers["Set-Cookie"]

    assert cookie.startswith("__Host-")
    assert "Secure" in cookie


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_of_another_site_leads_to_the_button_and_no_further(client, site):
    reply = client.get("/sign-in/oidc?next=/map", headers={"Sec-Fetch-Site": site})

    assert reply.location == "/sign-in?next=/map"
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("there", ["https://elsewhere.test/", "//elsewhere.test", "/\t/x"])
def test_the_way_back_never_leads_to_another_site(sign_in, there):
    assert sign_in("ada", there).location == "/"


def test_a_session_begun_there_says_so(sign_in):
    sign_in("ada")

    query = sa.select(WebSession.signed_in_by, ProviderSession.sid).join(ProviderSession)
    by, sid = db.session.execute(query).one()
    assert by == "provider"
    assert sid


def test_who_leaves_the_way_there_is_told_so(client, sign_in):
    reply = sign_in("ada", act="out")

    assert reply.status_code == 403
    assert "did not let you in, or you left it" in reply.text
    assert "/sign-in/oidc?" in reply.text
    assert client.get("/account").status_code == 302


def test_two_tabs_on_their_way_at_once_both_arrive(client, provider):
    one, two = begin(client, "/map"), begin(client, "/outcomes")

    replies = [client.get(provider.visit(address, "ada")) for address in (two, one)]

    assert [reply.location for reply in replies] == ["/outcomes", "/map"]


def test_attempts_that_are_over_are_swept(client, session):
    begin(client)
    session.execute(
        sa.update(SignInAttempt).values(expires_at=sa.func.now() - sa.text("interval '1 s'"))
    )
    session.commit()
    begin(client)

    assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 1


def test_without_a_provider_there_is_no_button_and_no_way(app_without):
    client = app_without.test_client()

    assert "/sign-in/oidc" not in client.get("/sign-in").text
    assert client.get("/sign-in/oidc").status_code == 404
    assert client.get("/sign-in/oidc/callback?state=x&code=y").status_code == 404
    assert client.post("/sign-in/oidc/logout", data={"logout_token": "x"}).status_code == 404


def test_signing_out_here_leads_on_to_sign_out_there(client, provider):
    visitor = requests.Session()
    client.get(provider.visit(begin(client), "ada", visitor))
    page = client.get("/operations").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    reply = client.post("/sign-out", data={"csrf_token": token})

    assert client.get("/account").status_code == 302
    there = reply.headers["Refresh"].removeprefix("0; url=")
    assert there.startswith(f"{provider.issuer}/session/end?")
    assert provider.sign_out(there, visitor) == f"{HERE}/sign-in/oidc/signed-out"
    # The provider asks again who it is.
    with pytest.raises(AssertionError):
        provider.visit(begin(client), "", visitor)


def test_the_token_of_the_provider_is_not_kept_longer_than_the_session(client, sign_in, session):
    sign_in("ada")
    held = sa.select(ProviderSession.id_token)
    assert session.scalar(held)
    session.execute(sa.update(WebSession).values(revoked_at=sa.func.now()))
    session.commit()

    begin(client)

    assert session.scalar(held) is None
