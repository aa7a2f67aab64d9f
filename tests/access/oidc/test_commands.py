"""The commands that join an account to the sign-in of somebody's organisation."""

import sqlalchemy as sa
from click.testing import CliRunner

from ops import db
from ops.access import oidc_commands
from ops.access.oidc_models import ExternalIdentity
from ops.cli import main
from ops.ledger.models import Change
from tests import factories


def run(app, command, *words):
    """Run a command as ops/cli.py does; a refusal is a result."""
    with app.app_context():
        return CliRunner().invoke(command, words)


def test_an_account_is_linked_and_unlinked_and_the_ledger_says_by_what(believer, visitor, fake):
    person = factories.person(email="pat@force.test")

    linked = run(believer, oidc_commands.link, "Pat@Force.test", "--subject", "p1")
    assert f"signs in at {fake.issuer}" in linked.output
    identity = db.session.query(ExternalIdentity).one()
    assert (identity.person_id, identity.subject) == (person.id, "p1")
    unlinked = run(believer, oidc_commands.unlink, "pat@force.test")

    assert "signs in here again" in unlinked.output
    assert db.session.query(ExternalIdentity).count() == 0
    reasons = sa.select(Change.reason).where(Change.object == "external_identity")
    assert db.session.scalars(reasons.order_by(Change.at, Change.id)).all() == [
        "ops user link",
        "ops user unlink",
    ]


def test_what_was_never_linked_is_not_unlinked(believer, visitor):
    factories.person(email="pat@force.test")

    refusal = run(believer, oidc_commands.unlink, "pat@force.test").exception

    assert "linked to no provider" in str(refusal)


def test_without_a_provider_nothing_can_be_linked(app_without):
    result = run(app_without, oidc_commands.link, "pat@force.test", "--subject", "p1")

    assert (result.exit_code, "Set OPS_OIDC_ISSUER first." in result.output) == (1, True)


def test_roles_that_make_no_sense_are_refused_before_anything_begins(monkeypatch):
    monkeypatch.setenv("OPS_OIDC_ROLES", "leads=boss@GMP")

    result = CliRunner().invoke(main, ["db", "url"])

    assert result.exit_code == 1
    assert "OPS_OIDC_ROLES can't have 'leads=boss@GMP'" in result.output
