"""Tokens: for some things, for some time, and never for more than what made them."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import guard, tokens
from ops.access.models import Token
from ops.errors import OpsError
from tests import factories
from tests.access.conftest import token_in

HERE = "/api/v1/tokens"
PLANNED = {
    "kind": "week_of_action",
    "name": "A week",
    "starts_at": "2026-11-01T00:00:00Z",
    "ends_at": "2026-11-08T00:00:00Z",
}
LOGGED = {"kind": "engagement", "occurred_at": "2026-11-02T12:00:00Z"}


@pytest.fixture
def holder(app, session):
    """Somebody, and a way to make clients with tokens of theirs."""
    person = factories.person(role="lead")

    def client(**limits):
        with app.app_context():
            made, text = tokens.issue(person, "Test", **limits)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        client.id = made.id
        return client

    client.person = person
    return client


def change(token_id, **values):
    db.session.execute(sa.update(Token).where(Token.id == token_id).values(**values))
    db.session.commit()


def test_a_token_for_reading_reads_and_no_more(holder):
    client = holder(scopes=["read"])
    operation = factories.operation()

    read = client.get("/api/v1/operations")
    write = client.post(f"/api/v1/operations/{operation.id}/results", json=LOGGED)

    assert (read.status_code, write.status_code) == (200, 403)
    assert "for reading alone" in write.json["detail"]
    assert client.post(HERE, json={"label": "More"}).status_code == 403


def test_a_token_that_is_not_for_reading_reads_nothing(holder):
    client = holder(scopes=["log"])

    reply = client.get("/api/v1/operations")

    assert reply.status_code == 403
    assert reply.json["detail"] == "This token is not for 'read'; make one that is."


def test_a_token_does_only_what_it_is_for(holder):
    client = holder(scopes=["read", "log"])

    reply = client.post("/api/v1/operations", json=PLANNED)

    assert reply.status_code == 403
    assert "'plan'" in reply.json["detail"]


def test_a_token_is_told_what_it_may_do(holder):
    assert holder(scopes=["read", "log", "audit"]).get("/api/v1/me").json["may"] == ["log"]


def test_a_token_gives_nobody_more_than_their_role(app, session):
    with app.app_context():
        _made, text = tokens.issue(factories.person(role="analyst"), "Test", ["read", "plan"])
    bearer = {"Authorization": f"Bearer {text}"}

    reply = app.test_client().post("/api/v1/operations", json=PLANNED, headers=bearer)

    assert reply.status_code == 403


def test_without_scopes_a_token_is_for_all_that_its_person_may(holder):
    client = holder()

    assert client.get("/api/v1/me").status_code == 200
    assert client.post("/api/v1/operations", json=PLANNED).status_code == 201


@pytest.mark.parametrize(
    "values",
    [
        {"revoked_at": sa.func.now()},
        {"expires_at": sa.func.now()},
        {"expires_at": sa.func.now() - dt.timedelta(days=1)},
    ],
)
def test_a_token_that_has_ended_opens_nothing(holder, values):
    client = holder()
    before = client.get("/api/v1/me").status_code

    change(client.id, **values)

    assert (before, client.get("/api/v1/me").status_code) == (200, 401)


def test_it_lasts_ninety_days_unless_told_otherwise(holder):
    default, short = holder(), holder(days=7)

    kept = {token.id: token.expires_at - token.created_at for token in tokens.of(holder.person.id)}
    assert kept == {default.id: dt.timedelta(days=90), short.id: dt.timedelta(days=7)}


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_it_lasts_a_year_at_most(holder, days):
    with pytest.raises(OpsError, match="from 1 to 365 days"):
        holder(days=days)

    assert holder().post(HERE, json={"label": "Long", "days": days}).status_code == 422


def test_a_token_makes_another_for_no_more_and_no_longer(holder):
    client = holder(scopes=["read", "log"], days=7)

    made = client.post(HERE, json={"label": "Child", "days": 30})

    assert made.status_code == 201
    assert made.json["scopes"] == ["read", "log"]
    kept = {str(token.id): token.expires_at for token in tokens.of(holder.person.id)}
    assert kept[made.json["id"]] == kept[str(client.id)]


@pytest.mark.parametrize("scopes", [["plan"], ["read", "plan"], ["no_such_thing"], []])
def test_a_token_makes_none_for_more_than_itself(holder, scopes):
    client = holder(scopes=["read", "log"])

    reply = client.post(HERE, json={"label": "Child", "scopes": scopes})

    assert reply.status_code == 422
    assert "scopes" in reply.json["errors"]


def test_what_a_token_made_ends_with_it(app, holder):
    parent = holder()
    child = parent.post(HERE, json={"label": "Child"}).json
    bearer = {"Authorization": f"Bearer {child['token']}"}
    grandchild = app.test_client().post(HERE, json={"label": "Grandchild"}, headers=bearer).json

    assert parent.delete(f"{HERE}/{parent.id}").status_code == 204

    for ended in (child, grandchild):
        bearer = {"Authorization": f"Bearer {ended['token']}"}
        assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    assert tokens.of(holder.person.id) == []


def test_a_token_ends_itself_and_its_own_and_no_other(holder):
    one, other = holder(scopes=["read", "log"]), holder()
    child = one.post(HERE, json={"label": "Child"}).json

    assert one.delete(f"{HERE}/{other.id}").status_code == 403
    assert one.delete(f"{HERE}/{child['id']}").status_code == 204
    assert one.delete(f"{HERE}/{one.id}").status_code == 204


def test_the_token_of_somebody_else_is_not_there(client_as, holder):
    stranger = client_as("admin")
    mine = holder()

    assert stranger.delete(f"{HERE}/{mine.id}").status_code == 404
    assert [row["id"] for row in stranger.get(HERE).json] != [str(mine.id)]
    assert mine.get("/api/v1/me").status_code == 200


def test_the_text_of_a_token_is_shown_once_and_kept_nowhere(holder):
    client = holder()

    made = client.post(HERE, json={"label": "New"}).json

    assert made["token"] not in client.get(HERE).text
    kept = sa.select(Token.token_hash).where(Token.label == "New")
    assert db.session.scalars(kept).one() == guard.hash_of(made["token"])


def test_its_last_use_is_kept_to_the_hour_and_written_once(holder, statements):
    client = holder()

    with statements.counted() as first:
        client.get("/api/v1/me")
    with statements.counted() as second:
        client.get("/api/v1/me")

    written = [[s for s in ran if s.startswith("UPDATE token")] for ran in (first, second)]
    assert [len(each) for each in written] == [1, 0]
    used_at = db.session.scalar(sa.select(Token.last_used_at).where(Token.id == client.id))
    assert (used_at.minute, used_at.second, used_at.microsecond) == (0, 0, 0)


def test_a_browser_makes_one_only_after_the_password(window, somebody):
    window.sign_in(somebody)
    csrf = {"X-CSRF-Token": token_in(window.client.get("/account").text)}
    fresh = window.client.post(HERE, json={"label": "New"}, headers=csrf)
    long_ago = "update session set confirmed_at = now() - interval '16 minutes'"
    db.session.execute(sa.text(long_ago))
    db.session.commit()

    stale = window.client.post(HERE, json={"label": "New"}, headers=csrf)

    assert (fresh.status_code, stale.status_code) == (201, 403)
    assert "/account/confirm" in stale.json["detail"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "label"),
        ({"label": ""}, "label"),
        ({"label": " "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"label": "x", "days": "soon"}, "days"),
        ({"label": "x", "scopes": "read"}, "scopes"),
        ({"label": "x", "scopes": [None]}, "scopes"),
        ({"label": "x", "other": 1}, "other"),
    ],
)
def test_what_is_not_right_is_said_by_field(holder, sent, field):
    reply = holder().post(HERE, json=sent)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_none_that_is_made_while_its_maker_ends_outlives_it(committed):
    person = factories.person()
    parent, text = tokens.issue(person, "Parent")
    bearer = {"Authorization": f"Bearer {text}"}

    def make(number):
        if number == 3:
            return committed.test_client().delete(f"{HERE}/{parent.id}", headers=bearer).status_code
        sent = {"label": f"Child {number}"}
        return committed.test_client().post(HERE, json=sent, headers=bearer).status_code

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(make, range(8)))

    assert replies[3] == 204
    assert set(replies) <= {201, 204, 401}
    assert tokens.of(person.id) == []
