"""The page that a phone keeps, the worker that keeps it, and what opens what is kept."""

import dataclasses
import secrets

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import devices, sessions
from ops.access.models import WebSession
from tests import factories


@pytest.fixture(autouse=True)
def secret_key(app, monkeypatch):
    changed = dataclasses.replace(app.config["SETTINGS"], secret_key=secrets.token_hex(32))
    monkeypatch.setitem(app.config, "SETTINGS", changed)


@pytest.fixture
def browser_of(app, session):
    """Give a browser in which somebody is signed in."""

    def make(person):
        client = app.test_client()
        with app.test_request_context(), db.transaction():
            step = sessions.begin(person.id, "password")
        client.set_cookie("ops_session", step.secret)
        return client

    return make


def test_the_page_is_the_same_for_everybody_and_names_nobody(client, browser_of):
    person = factories.person(name="Lee Example")

    page = browser_of(person).get("/phone")

    assert page.status_code == 200
    assert page.data == client.get("/phone").data
    assert "Lee Example" not in page.text
    assert "csrf" not in page.text


def test_the_page_that_reads_labels_may_use_the_camera_and_no_other(client):
    policy = "Permissions-Policy"

    assert "camera=(self)" in client.get("/phone").headers[policy]
    assert "camera=()" in client.get("/sign-in").headers[policy]


def test_the_worker_is_asked_for_anew_and_may_ask_us_alone(client):
    reply = client.get("/sw.js")

    assert reply.mimetype == "text/javascript"
    assert reply.headers["Cache-Control"] == "no-cache"
    policy = reply.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; connect-src 'self'; script-src 'self'"


def test_the_worker_is_another_where_the_page_is(app, client, monkeypatch):
    before = client.get("/sw.js").data

    monkeypatch.setitem(app.jinja_env.globals, "PRODUCT", "Another")

    assert client.get("/sw.js").data != before
    monkeypatch.undo()


def test_the_worker_keeps_every_file_that_the_page_names(app, client):
    worker, page = client.get("/sw.js").text, client.get("/phone").text

    assets = app.extensions["assets"]
    needed = assets["phone.js needs"].split()
    named = (assets[name] for name in ("phone.js", "phone.css", "icon-192.png", "favicon.svg"))
    for name in (*named, *needed):
        assert f"/static/build/{name}" in worker
        assert f"/static/build/{name}" in page
    # What the page asks for later must be there without a network too.
    for name in ("later.js", "map-view.js", "scan.js"):
        for file in (assets[name], *assets[f"{name} needs"].split()):
            assert f"/static/build/{file}" in worker


def test_the_page_can_be_installed(client):
    manifest = client.get("/phone.webmanifest").get_json(force=True)

    assert (manifest["start_url"], manifest["display"]) == ("/phone", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as reply:
            assert reply.mimetype == "image/png"


def test_what_opens_a_phone_is_one_persons_and_stays_the_same(browser_of):
    people = [factories.person(), factories.person()]

    told = [browser_of(each).get("/phone/session").json for each in (*people, people[0])]

    assert [each["person"]["id"] for each in told[:2]] == [str(each.id) for each in people]
    assert told[0]["secret"] == told[2]["secret"] != told[1]["secret"]
    assert told[0]["csrf_token"] != told[2]["csrf_token"]


def test_a_program_is_given_nothing_that_opens_a_phone(client_as):
    assert client_as("officer").get("/phone/session").status_code == 403


def test_a_server_without_a_secret_key_says_that_a_phone_can_keep_nothing(
    app, browser_of, monkeypatch
):
    changed = dataclasses.replace(app.config["SETTINGS"], secret_key="")
    monkeypatch.setitem(app.config, "SETTINGS", changed)

    reply = browser_of(factories.person()).get("/phone/session")

    assert reply.status_code == 409


def test_who_is_signed_out_from_elsewhere_is_named_to_their_phone(app, browser_of):
    person = factories.person()
    phone = browser_of(person)
    with app.test_request_context(), db.transaction():
        devices.forget_all(person.id)

    assert phone.get("/phone/session").status_code == 302
    assert phone.get("/phone/signed-out").json == {"wipe": str(person.id)}


@pytest.mark.parametrize("ended", ["expires_at", "last_seen_at", "revoked_at"])
def test_a_session_that_ran_out_or_was_left_here_wipes_nothing(browser_of, ended):
    phone = browser_of(factories.person())
    values = {"last_seen_at": sa.text("now() - interval '1 day'")}.get(ended, sa.func.now())
    with db.transaction():
        db.session.execute(sa.update(WebSession).values({ended: values}))

    assert phone.get("/phone/session").status_code == 302
    assert phone.get("/phone/signed-out").json == {"wipe": None}


def test_whoever_was_never_signed_in_wipes_nothing(client):
    assert client.get("/phone/signed-out").json == {"wipe": None}
