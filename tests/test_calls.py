"""Pages call the API in the name of whoever reads them."""

import flask
import pytest

from ops.calls import call, more
from ops.errors import Forbidden, Invalid, Missing, Unauthenticated
from tests import factories


@pytest.fixture
def asking(app, session):
    """Ask as somebody in the role given, from within a request of theirs."""

    def make(role, *args, path="/operations", **kwargs):
        token = factories.token(factories.person(role=role))
        with app.test_request_context(path, headers={"Authorization": f"Bearer {token}"}):
            return call(*args, **kwargs)

    return make


def test_answers_as_the_api_does_and_as_the_same_person(asking):
    reply = asking("analyst", "GET", "/me")

    assert reply.status == 200
    assert reply.body["role"] == "analyst"


def test_keeps_the_request_it_was_made_in(app, session):
    token = factories.token(factories.person())
    with app.test_request_context("/outcomes", headers={"Authorization": f"Bearer {token}"}):
        call("GET", "/me")

        assert flask.request.path == "/outcomes"


@pytest.mark.parametrize(
    ("args", "refusal"),
    [
        (("GET", "/nothing"), Missing),
        (("POST", "/targets", {"measure": "arrests"}), Invalid),
        (("GET", "/people"), Forbidden),
    ],
)
def test_raises_what_the_api_refuses(asking, args, refusal):
    role = "officer" if refusal is Forbidden else "lead"

    with pytest.raises(refusal) as caught:
        asking(role, *args)

    assert caught.value.sentence


def test_a_refusal_keeps_its_errors_by_field(asking):
    with pytest.raises(Invalid) as caught:
        asking("lead", "POST", "/targets", {"measure": "arrests", "value": "many"})

    assert "value" in caught.value.errors


def test_nobody_stays_nobody(app, session):
    with app.test_request_context("/operations"), pytest.raises(Unauthenticated):
        call("GET", "/me")


def test_a_list_goes_on_at_the_address_of_its_page(app, session):
    token = factories.token(factories.person())
    for code in ("A", "B", "C"):
        factories.organisation(code=code)
    path = "/organisations?limit=2&colour=red"
    with app.test_request_context(path, headers={"Authorization": f"Bearer {token}"}):
        first = call("GET", "/organisations", query={"limit": 2})
        address = more(first)
        rest = call("GET", "/organisations", query={"limit": 2, "cursor": first.cursor})

    assert address.startswith("/organisations?limit=2&colour=red&cursor=")
    assert [each["code"] for each in first.body + rest.body] == ["A", "B", "C", "GMP"]
    assert more(rest) is None
