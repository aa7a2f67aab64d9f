"""The door: nothing answers without a person but what is named here."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import guard, sessions
from ops.access.models import Token, WebSession
from tests import factories
from tests.access.conftest import PASSWORD

# A new endpoint that answers without a person fails the test below until it is named here.
OPEN = {
    "static",
    "health.healthz",
    "health.readyz",
    "access_pages.sign_in",
    "access_pages.sign_in_by_passkey",
    "access_pages.ask_for_passkey",
    "access_pages.second_factor",
    "access_pages.ask_for_second_factor",
    "access_pages.set_up",
    "access_pages.ask_to_set_up",
    "oidc.begin",
    "oidc.finish",
    "oidc.log_out",
    "oidc.signed_out",
    # The same bytes for everybody; tests/phone/test_pages.py looks.
    "phone_pages.show",
    "phone_pages.worker",
    "phone_pages.manifest",
    "phone_pages.signed_out",
    # A secret in the address says who asks; tests/operations/test_calendar.py tries it.
    "calendar_pages.feed",
}
ANY = {
    "uuid": "01890000-0000-7000-8000-000000000000",
    "int": "1",
    "float": "1.0",
    "string": "x",
    "path": "x",
    "any": "x",
}


def addresses(app):
    """Give every method and address of the app, but the open ones."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        values = {}
        for name, converter in rule._converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            values[name] = ANY.get({"unicode": "string", "integer": "int"}.get(kind, kind), "x")
        for method in sorted(rule.methods):
            yield method, adapter.build(rule.endpoint, values, method=method)


def test_every_address_needs_a_person(app, client):
    let_in = []
    for method, address in addresses(app):
        response = client.open(address, method=method)
        to_sign_in = response.status_code == 302 and response.location.startswith("/sign-in?next=")
        if response.status_code != 401 and not to_sign_in:
            let_in.append((method, address, response.status_code))

    assert let_in == []


def test_an_address_that_is_not_there_tells_nothing(client):
    assert client.get("/api/v1/no-such-thing").status_code == 401
    assert client.get("/no-such-page").status_code == 302


def test_a_page_leads_to_sign_in_and_back(client):
    response = client.get("/operations?status=live")

    assert response.location == "/sign-in?next=%2Foperations%3Fstatus%3Dlive"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic bGVlOng=",
        "Token x",
        "Bearer \xff",
        "x" * 5000,
    ],
)
def test_a_token_that_is_none_opens_nothing(client, header):
    response = client.get("/api/v1/me", headers={"Authorization": header})

    assert response.status_code == 401


def test_a_revoked_token_opens_nothing(client_as):
    client = client_as("officer")
    before = client.get("/api/v1/me").status_code

    db.session.execute(sa.update(Token).values(revoked_at=sa.func.now()))
    db.session.commit()

    assert (before, client.get("/api/v1/me").status_code) == (200, 401)


@pytest.fixture
def browser(app, somebody):
    """A browser in which somebody is signed in."""
    with app.app_context():
        secret = sessions.sign_in(somebody.email, PASSWORD).secret
    client = app.test_client()
    client.set_cookie(guard.COOKIE, secret)
    return client


@pytest.mark.parametrize(
    ("method", "path", "seconds"),
    [
        ("POST", "/operations/{id}/erase", 600),
        ("PATCH", "/operations/{id}", 600),
        ("GET", "/operations/{id}", 30),
        ("POST", "/snapshots", 600),
        ("GET", "/snapshots", 30),
        ("POST", "/reports/{id}/issue", 600),
        ("POST", "/operations", 30),
    ],
)
def test_what_is_written_all_at_once_may_take_long(app, method, path, seconds):
    address = f"/api/v1{path.format(id=ANY['uuid'])}"

    with app.test_request_context(address, method=method):
        assert guard.patience() == f"{seconds}s"


def test_what_may_take_long_is_there(app):
    assert app.view_functions.keys() >= guard.LONG | guard.FILES


def csrf_token():
    return db.session.scalar(sa.select(WebSession.csrf_token))


@pytest.mark.parametrize("sent", [None, "", "wrong", "\xff"])
def test_a_cookie_alone_changes_nothing(browser, sent):
    headers = {} if sent is None else {guard.CSRF_HEADER: sent}

    by_header = browser.post("/api/v1/operations", json={}, headers=headers)
    by_field = browser.post("/sign-out", data={guard.CSRF_FIELD: sent or ""})

    assert (by_header.status_code, by_field.status_code) == (403, 403)
    assert "open the page again" in by_header.json["detail"]


def test_a_cookie_with_its_token_may_change(browser):
    by_field = browser.post("/sign-out", data={guard.CSRF_FIELD: csrf_token()})

    assert by_field.status_code == 303
    assert browser.get("/api/v1/me").status_code == 401


def test_the_token_of_another_session_is_no_good(app, browser, somebody):
    with app.app_context():
        sessions.sign_in(somebody.email, PASSWORD)
    others = db.session.scalars(sa.select(WebSession.csrf_token).order_by(WebSession.id)).all()[-1]

    response = browser.post("/sign-out", data={guard.CSRF_FIELD: others})

    assert response.status_code == 403


def test_a_bearer_token_needs_no_csrf_token(client_as):
    response = client_as("analyst").post("/api/v1/operations", json={})

    assert "open the page again" not in response.get_data(as_text=True)


def test_a_disabled_person_is_nobody(app, session):
    person = factories.person()
    token = factories.token(person)
    person.disabled_at = sa.func.now()
    db.session.commit()

    response = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 401
