"""Whom a sign-in by a provider is about: made at first sight, kept as the provider says."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import oidc_people, people, sessions, tokens
from ops.access.models import Person
from ops.access.oidc_models import ExternalIdentity
from ops.errors import Conflict, Unauthenticated
from tests import factories
from tests.access.oidc.conftest import begin


def person(email):
    """Find somebody by their address."""
    db.session.expire_all()
    return db.session.scalar(sa.select(Person).where(Person.email == email))


def test_somebody_at_first_sight_gets_an_account_as_their_groups_say(client, sign_in):
    reply = sign_in("ada")

    assert (reply.status_code, reply.location) == (303, "/map")
    assert client.get("/account").status_code == 200
    made = person("ada@force.test")
    assert (made.name, made.role, made.organisation.code) == ("Ada Example", "lead", "GMP")


def test_the_same_person_comes_back_to_the_same_account(sign_in, provider):
    sign_in("ada")
    sign_in("ada")

    found = db.session.scalars(
        sa.select(ExternalIdentity.subject).where(ExternalIdentity.issuer == provider.issuer)
    ).all()
    assert found == ["ada"]


def test_first_sign_ins_at_once_make_one_account(committed, provider, monkeypatch):
    together, described = Barrier(4, timeout=60), oidc_people.described

    def wait_for_each_other(*words):
        together.wait()
        return described(*words)

    monkeypatch.setattr(oidc_people, "described", wait_for_each_other)
    factories.organisation()
    clients = [committed.test_client() for _ in range(4)]
    back = [provider.visit(begin(client), "ada") for client in clients]

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda client, there: client.get(there), clients, back))

    assert [reply.status_code for reply in replies] == [303] * 4
    assert db.session.query(Person).count() == db.session.query(ExternalIdentity).count() == 1


def test_role_name_and_address_follow_the_provider_and_the_ledger_has_it(sign_in, provider):
    provider.describe("flo")
    sign_in("flo")
    provider.describe("flo", name="Flo Married", email="flo2@force.test", groups=["gmp-officers"])
    sign_in("flo")

    now = person("flo2@force.test")
    assert (now.name, now.role) == ("Flo Married", "officer")
    ledgered = db.session.execute(
        sa.text(
            "select before ->> 'role', after ->> 'role', reason from change"
            " where object = 'person' and object_id = :id and before ? 'role'"
        ),
        {"id": now.id},
    ).first()
    assert ledgered == ("lead", "officer", "as the sign-in of their organisation says")


def test_of_several_groups_the_one_named_first_counts(sign_in, provider):
    provider.describe("gus", groups=["gmp-officers", "gmp-leads"])
    sign_in("gus")

    assert person("gus@force.test").role == "lead"


@pytest.mark.parametrize(
    ("claims", "part"),
    [
        ({"groups": []}, "None of your groups at GMP"),
        ({"groups": None}, "None of your groups at GMP"),
        ({"groups": {"gmp-leads": 1}}, "None of your groups at GMP"),
        ({"groups": ["GMP-LEADS", "gmp-leads=lead@GMP"]}, "None of your groups at GMP"),
        ({"email": None}, "no e-mail address of yours"),
        ({"email": "none"}, "no e-mail address of yours"),
        ({"email": ["a@b.test"]}, "no e-mail address of yours"),
        ({"email_verified": False}, "no e-mail address of yours"),
    ],
)
def test_whom_the_setting_does_not_know_is_refused_with_a_sentence(
    client, sign_in, provider, claims, part
):
    provider.describe("hal", **claims)

    reply = sign_in("hal")

    assert reply.status_code == 403
    assert part in reply.text
    assert person("hal@force.test") is None
    assert client.get("/account").status_code == 302


def test_who_left_every_group_is_signed_out_everywhere(app, client, sign_in, provider):
    provider.describe("ivy")
    sign_in("ivy")
    _, bearer = tokens.issue(person("ivy@force.test"), "A program", None, 1)
    provider.describe("ivy", groups=["everybody"])

    elsewhere = app.test_client()
    back = provider.visit(begin(elsewhere), "ivy")

    assert elsewhere.get(back).status_code == 403
    assert client.get("/account").status_code == 302
    headers = {"Authorization": f"Bearer {bearer}"}
    assert elsewhere.get("/api/v1/me", headers=headers).status_code == 401


def test_a_closed_account_stays_closed_whatever_the_provider_says(client, sign_in, provider):
    provider.describe("jan")
    sign_in("jan")
    people.disable("jan@force.test")

    reply = sign_in("jan")

    assert reply.status_code == 403
    assert "closed" in reply.text
    assert client.get("/account").status_code == 302


def test_an_account_of_the_same_address_is_not_taken_over(client, sign_in, provider):
    factories.person(role="admin", email="kim@force.test")
    provider.describe("kim", email_verified=True)

    reply = sign_in("kim")

    assert reply.status_code == 409
    assert "link it to the subject kim" in reply.text
    assert person("kim@force.test").role == "admin"
    assert client.get("/account").status_code == 302


def test_an_organisation_that_is_not_there_is_said_and_not_made(sign_in, provider):
    db.session.execute(sa.text("update organisation set code = 'ELSE'"))
    db.session.commit()

    reply = sign_in("ada")

    assert reply.status_code == 503
    assert "not known here yet" in reply.text


def test_who_is_linked_signs_in_there_and_only_there(app, sign_in, provider):
    factories.person(role="officer", email="lou@force.test")
    provider.describe("lou")
    assert sign_in("lou").status_code == 409

    from_now_on = oidc_people.link("lou@force.test", provider.issuer, "lou")

    assert sign_in("lou").status_code == 303
    assert person("lou@force.test").id == from_now_on.id
    with app.app_context(), pytest.raises(Unauthenticated, match="Sign in with GMP"):
        sessions.begin(from_now_on.id, "passkey")


def test_who_is_unlinked_signs_in_here_again(app, sign_in, provider):
    provider.describe("mia")
    sign_in("mia")
    found = person("mia@force.test")

    oidc_people.unlink("mia@force.test")

    with app.app_context(), db.transaction():
        assert sessions.begin(found.id, "passkey").secret
    assert sign_in("mia").status_code == 409


def test_nobody_is_linked_twice(provider, session):
    factories.person(email="nan@force.test")
    factories.person(email="ned@force.test")
    oidc_people.link("nan@force.test", provider.issuer, "nan")

    with pytest.raises(Conflict, match="linked already"):
        oidc_people.link("nan@force.test", provider.issuer, "another")
    with pytest.raises(Conflict, match="linked already"):
        oidc_people.link("ned@force.test", provider.issuer, "nan")
