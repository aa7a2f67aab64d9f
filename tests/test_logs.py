"""One line for each refusal and each fault, with nothing in it that was sent."""

import dataclasses
import json
import logging
import re

import flask
import pytest
import sqlalchemy as sa

from ops.access import guard
from tests import factories

SECRETS = {
    "cookie": "cookie-Zb81kq",
    "csrf": "csrf-Pq73xv",
    "token": "token-Lw25nd",
    "password": "password-Hj94rt",
    "note": "note-Vc62my",
    "query": "query-Tf50ge",
    "address": "path-Ks39wu",
    "header": "header-Bn17od",
    "email": "email-Rx48ip@example.test",
}


@pytest.fixture
def lines(caplog):
    """Give the lines of the log, each read as the JSON it is."""
    caplog.set_level(logging.DEBUG)
    return lambda: [json.loads(r.message) for r in caplog.records if r.name == "ops.logs"]


def attempts(client, operation_id):
    """Send every secret in every place, as requests that are refused in as many ways."""
    query = f"?q={SECRETS['query']}"
    headers = {
        "X-Secret": SECRETS["header"],
        "Referer": f"http://localhost/{SECRETS['header']}",
        "User-Agent": SECRETS["header"],
    }
    bearer = {"Authorization": f"Bearer {SECRETS['token']}"}
    note = {"kind": "arrest", "note": SECRETS["note"], "id": SECRETS["note"]}
    sign_in = {"email": SECRETS["email"], "password": SECRETS["password"]}
    form = {"name": SECRETS["note"], "csrf_token": SECRETS["csrf"]}
    nowhere = f"/api/v1/{SECRETS['address']}"
    yield client.get(f"/api/v1/me{query}", headers=headers | bearer)
    yield client.post("/sign-in", data=sign_in, headers=headers | {"Authorization": ""})
    yield client.post("/sign-in", data={"email": SECRETS["email"]})
    yield client.get(nowhere, headers=headers)
    yield client.get(f"/api/v1/operations/{SECRETS['address']}{query}", headers=headers)
    yield client.delete(f"/api/v1/me{query}", headers=headers)
    yield client.post(f"/api/v1/operations/{operation_id}/results", json=note, headers=headers)
    yield client.post("/api/v1/operations", data=json.dumps(note) + "]", headers=headers)
    yield client.post("/operations/new", data=form, headers=headers)
    yield client.get("/api/v1/me", headers=headers | {"Host": f"{SECRETS['address']}.example"})
    yield client.get(f"/api/v1/operations?{SECRETS['query']}=1", headers=headers)
    anybody = client.application.test_client()
    anybody.set_cookie(guard.COOKIE, SECRETS["cookie"])
    yield anybody.post(
        "/api/v1/operations",
        json=note,
        headers=headers | {guard.CSRF_HEADER: SECRETS["csrf"], "Authorization": ""},
    )


def test_no_secret_of_a_request_gets_into_the_log(client_as, caplog, lines):
    caplog.set_level(logging.DEBUG)
    operation_id = factories.operation().id

    statuses = [reply.status_code for reply in attempts(client_as("analyst"), operation_id)]

    assert min(statuses) >= 400
    assert len(lines()) == len(statuses)
    assert [secret for secret in SECRETS.values() if secret in caplog.text] == []


def test_a_line_says_who_what_and_why(client_as, lines):
    client = client_as("analyst")
    me = client.get("/api/v1/me").json["id"]

    reply = client.get("/operations/new?secret=1")

    [line] = lines()
    assert line.pop("at").endswith("+00:00")
    assert line.pop("ms") > 0
    assert line.pop("request") == reply.headers["X-Request-ID"]
    assert line == {
        "event": "refused",
        "status": 403,
        "method": "GET",
        "endpoint": "operations_pages.plan",
        "person": me,
        "address": "127.0.0.1",
        "problem": "forbidden",
    }


@pytest.mark.parametrize(
    ("status", "address"),
    [
        (401, "/api/v1/me"),
        (404, "/nothing"),
        (422, "/operations?kind=nothing"),
        (404, "/operations/0191f7c5-7c1d-7000-8000-000000000000"),
    ],
)
def test_a_refusal_is_noted_once_though_a_page_asked_the_api(client_as, lines, status, address):
    client = client_as()
    if status == 401:
        client.environ_base.pop("HTTP_AUTHORIZATION")

    assert client.get(address).status_code == status
    assert [line["status"] for line in lines()] == [status]


def test_what_went_well_is_not_noted(client_as, lines):
    client_as().get("/operations")

    assert lines() == []


def set_to(app, monkeypatch, **settings):
    changed = dataclasses.replace(app.config["SETTINGS"], **settings)
    monkeypatch.setitem(app.config, "SETTINGS", changed)


def test_on_request_each_answer_is_noted_without_who_asked(app, client_as, lines, monkeypatch):
    set_to(app, monkeypatch, access_log=True)
    client = client_as()

    replies = [client.get(path) for path in ("/operations?q=Secret", "/nothing", "/healthz")]

    first, second = lines()
    assert first.keys() == {"at", "event", "request", "status", "method", "endpoint", "ms"}
    assert (first["event"], first["endpoint"]) == ("answered", "operations_pages.index")
    assert [first["request"], second["request"]] == [
        reply.headers["X-Request-ID"] for reply in replies[:2]
    ]
    assert second["event"] == "refused"


TOLD = "7b1f0c5e9a3d4f6288c0e1d2b3a49586"


@pytest.mark.parametrize(
    ("proxies", "sent", "is_taken"),
    [
        (1, TOLD, True),
        (1, "01939f0e-6a52-7c3d-9a01-3f1d2b4c5d6e", True),
        (0, TOLD, False),
        (1, "Ada Lovelace", False),
        (1, "abc", False),
        (1, TOLD * 3, False),
        (1, f"{TOLD},{TOLD}", False),
    ],
)
def test_a_request_has_the_id_of_a_proxy_of_ours_or_one_of_its_own(
    app, client, lines, monkeypatch, proxies, sent, is_taken
):
    set_to(app, monkeypatch, proxies=proxies)

    reply = client.get("/api/v1/me", headers={"X-Request-ID": sent})

    [line] = lines()
    given = reply.headers["X-Request-ID"]
    assert given == line["request"]
    assert (given == sent) == is_taken
    assert re.fullmatch("[0-9a-f-]{32,36}", given)


def test_a_page_that_calls_the_api_is_one_request(client_as, lines):
    reply = client_as().get("/operations?kind=nothing")

    assert [line["request"] for line in lines()] == [reply.headers["X-Request-ID"]]


def test_a_page_of_a_fault_says_which_request_it_was(failing):
    reply = failing(ValueError()).get("/healthz?name=a")

    assert reply.headers["X-Request-ID"] in reply.text


def test_a_form_sent_back_is_noted_once(client, lines):
    client.post("/sign-in", data={"email": "nobody@example.test", "password": "wrong"})

    assert [line["status"] for line in lines()] == [401]


@pytest.fixture
def failing(app, monkeypatch):
    """Make a client of an app whose health check fails with this error."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def make(error):
        def fail():
            try:
                raise error
            except Exception as cause:
                raise LookupError(flask.request.args["name"]) from cause

        monkeypatch.setitem(app.view_functions, "health.healthz", fail)
        return app.test_client()

    return make


def test_a_fault_is_noted_once_by_its_place_and_without_its_words(failing, lines, caplog):
    reply = failing(ValueError(SECRETS["note"])).get(f"/healthz?name={SECRETS['query']}")

    assert reply.status_code == 500
    [line] = lines()
    assert line["event"] == "failed"
    assert line["fault"] == "LookupError < ValueError"
    assert "test_logs.py" in line["where"]
    assert len(caplog.records) == 1
    assert SECRETS["note"] not in caplog.text + reply.text
    assert SECRETS["query"] not in caplog.text + reply.text


def test_a_fault_of_the_database_is_noted_without_the_values_of_the_statement(
    failing, lines, caplog
):
    error = sa.exc.ProgrammingError("select :note", {"note": SECRETS["note"]}, Exception("no"))

    failing(error).get("/healthz?name=a")

    [line] = lines()
    assert line["fault"].startswith("LookupError < ProgrammingError")
    assert SECRETS["note"] not in caplog.text


def test_a_database_out_of_reach_is_noted_once(app, client_as, lines, monkeypatch):
    def fail():
        raise sa.exc.OperationalError("select 1", {}, Exception("no route\nPASSWORD"))

    monkeypatch.setitem(app.view_functions, "health.healthz", fail)
    reply = app.test_client().get("/healthz")
    monkeypatch.setitem(app.view_functions, "results.Batch", fail)
    told = client_as().post("/api/v1/results/batch", json={"items": []})

    assert reply.status_code == told.status_code == 503
    first, second = lines()
    assert first["database"] == "no route"
    assert second["request"] == told.json["request_id"] == told.headers["X-Request-ID"]
