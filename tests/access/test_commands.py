"""The commands that let people in and out."""

import datetime as dt

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from ops import db
from ops.access import commands, factors, guard, passwords, sessions, tries
from ops.access.models import Credential, Person, Token, WebSession
from ops.errors import OpsError
from ops.ledger.models import Change
from tests import factories
from tests.access.conftest import PASSWORD, with_app

NEW = ("--name", "Sam Sample", "--organisation", "GMP", "--role", "officer")


@pytest.fixture
def run(app, session):
    """Run a command as ops/cli.py does; a refusal is raised."""

    def invoke(command, *words, typed=None):
        with app.app_context():
            result = CliRunner().invoke(command, words, input=typed)
        if isinstance(result.exception, OpsError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return invoke


def password_of(email):
    return db.session.scalar(
        sa.select(Credential.password_hash).join(Person).where(Person.email == email)
    )


def test_a_password_is_made_and_shown_once(run):
    factories.organisation("GMP")

    result = run(commands.user, "add", "Sam@Example.test", *NEW)

    made = result.stdout.splitlines()[-1].split(": ")[1]
    assert passwords.is_right(password_of("sam@example.test"), made)
    assert "Sam Sample <sam@example.test>, officer at GMP" in result.stdout


def test_a_password_can_be_given(run):
    factories.organisation("GMP")

    result = run(commands.user, "add", "sam@example.test", *NEW, "--password-stdin", typed=PASSWORD)

    assert passwords.is_right(password_of("sam@example.test"), PASSWORD)
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["lee@example.test", *NEW], None, "already has the e-mail address lee@example.test"),
        (["LEE@example.test", *NEW], None, "already has the e-mail address lee@example.test"),
        (["sam", *NEW], None, "is no e-mail address"),
        (["a b@example.test", *NEW], None, "is no e-mail address"),
        (["sam@example.test", *NEW, "--organisation", "XX"], None, "no organisation with the code"),
        (["sam@example.test", *NEW, "--password-stdin"], "short", "12 characters or more"),
    ],
)
def test_refuses_in_a_sentence_whom_it_cannot_add(run, somebody, words, typed, sentence):
    with pytest.raises(OpsError, match=sentence):
        run(commands.user, "add", *words, typed=typed)


def test_disabling_somebody_ends_their_sessions_and_tokens(run, app, somebody):
    text = run(commands.token, "issue", somebody.email).stdout.splitlines()[-1]
    bearer = {"Authorization": f"Bearer {text}"}
    before = app.test_client().get("/api/v1/me", headers=bearer).status_code

    run(commands.user, "disable", somebody.email)

    assert (before, app.test_client().get("/api/v1/me", headers=bearer).status_code) == (200, 401)
    assert db.session.scalars(sa.select(Token).where(Token.revoked_at.is_(None))).all() == []
    held = sa.select(WebSession).where(WebSession.revoked_at.is_(None))
    assert db.session.scalars(held).all() == []


def test_a_token_stands_alone_on_the_last_line(run, somebody):
    result = run(commands.token, "issue", somebody.email)

    text = result.stdout.splitlines()[-1]
    kept = db.session.scalars(sa.select(Token.token_hash)).one()
    assert kept == guard.hash_of(text)


def test_a_disabled_person_gets_no_token(run, somebody):
    run(commands.user, "disable", somebody.email)

    with pytest.raises(OpsError, match="is disabled"):
        run(commands.token, "issue", somebody.email)


def test_tokens_are_revoked_and_counted(run, somebody):
    run(commands.token, "issue", somebody.email)
    run(commands.token, "issue", somebody.email)

    assert "Tokens ended: 2." in run(commands.token, "revoke", somebody.email).stdout
    assert "Tokens ended: 0." in run(commands.token, "revoke", somebody.email).stdout


def test_another_password_signs_out(run, somebody):
    run(commands.user, "password", somebody.email, "--password-stdin", typed="other random words\n")

    assert passwords.is_right(password_of(somebody.email), "other random words")
    assert not passwords.is_right(password_of(somebody.email), PASSWORD)


def test_another_password_is_taken_at_once_whoever_guessed_the_old(run, app, somebody):
    with app.app_context():
        for _ in range(tries.FREE_FAILURES):
            with pytest.raises(OpsError):
                sessions.sign_in(somebody.email, "a guess")

    run(commands.user, "password", somebody.email, "--password-stdin", typed="other random words\n")

    with app.app_context():
        assert sessions.sign_in(somebody.email, "other random words").then is None


@pytest.mark.parametrize("command", [(commands.user, "disable"), (commands.token, "issue")])
def test_a_stranger_is_named(run, command):
    with pytest.raises(OpsError, match="Nobody has the e-mail address who"):
        run(*command, "who@example.test")


def test_organisations_form_a_tree(run):
    run(commands.organisation, "add", "LANCS", "--name", "Lancashire", "--kind", "force")
    words = ("--name", "Preston", "--kind", "district", "--parent", "LANCS")
    run(commands.organisation, "add", "LANCS-PRESTON", *words)

    made = factories.organisation("LANCS-PRESTON")
    assert made.parent_id == factories.organisation("LANCS").id


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("GMP", "--name", "Again", "--kind", "force"), "already an organisation with this code"),
        (("gmp", "--name", "Small", "--kind", "force"), "capital letters"),
        (("X", "--name", "X", "--kind", "force", "--parent", "Y"), "no organisation with the code"),
    ],
)
def test_refuses_an_organisation_in_a_sentence(run, words, sentence):
    factories.organisation("GMP")

    with pytest.raises(OpsError, match=sentence):
        run(commands.organisation, "add", *words)


def test_a_token_is_for_what_is_asked_and_as_long(run, somebody):
    words = ("--scope", "read", "--scope", "log", "--days", "7", "--label", "Phone")
    run(commands.token, "issue", somebody.email, *words)

    made = db.session.scalars(sa.select(Token)).one()
    assert (made.label, made.scopes) == ("Phone", ["read", "log"])
    assert made.expires_at - made.created_at == dt.timedelta(days=7)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("--scope", "root"), "can't be for 'root'"), (("--days", "366"), "from 1 to 365 days")],
)
def test_refuses_a_token_in_a_sentence(run, somebody, words, sentence):
    with pytest.raises(OpsError, match=sentence):
        run(commands.token, "issue", somebody.email, *words)


def test_factors_that_are_lost_are_taken_away(run, app, somebody):
    with_app(app, somebody)
    with db.transaction():
        factors.new_codes(somebody.id)

    result = run(commands.user, "factor-reset", somebody.email)

    assert "Second factors taken away: 1." in result.stdout
    assert factors.of(somebody.id) == []
    assert factors.codes_left(somebody.id) == 0
    with app.app_context():
        assert sessions.sign_in(somebody.email, PASSWORD).then is None


def changes(*objects):
    """Read what the ledger says about these tables."""
    kept = sa.select(Change).where(Change.object.in_(objects)).order_by(Change.at, Change.id)
    return db.session.scalars(kept).all()


def test_the_ledger_says_what_the_command_line_did_and_holds_no_secret(run, app, somebody):
    secret = with_app(app, somebody)
    text = run(commands.token, "issue", somebody.email).stdout.splitlines()[-1]
    run(commands.user, "password", somebody.email, "--password-stdin", typed="other random words\n")
    run(commands.user, "factor-reset", somebody.email)
    run(commands.user, "disable", somebody.email)

    told = changes("person", "credential", "factor", "token")
    assert [(row.object, row.reason) for row in told if row.reason] == [
        ("token", "ops token issue"),
        ("credential", "ops user password"),
        ("factor", "ops user factor-reset"),
        ("person", "ops user disable"),
        ("token", "ops user disable"),
    ]
    written = str([(row.before, row.after) for row in told])
    for part in ("argon2", "_hash", "secret", "public_key", text, secret):
        assert part not in written


def test_the_ledger_says_who_signed_in_and_out(app, window, somebody):
    with_app(app, somebody)
    with db.transaction():
        [code, *_] = factors.new_codes(somebody.id)
    window.sign_in(somebody)
    window.client.post("/sign-in/second-factor", data={"code": code})
    window.send("/sign-out")

    begun, ended = changes("session")
    assert (begun.actor, begun.before) == (somebody.id, None)
    assert begun.after["signed_in_by"] == "recovery_code"
    assert (ended.actor, list(ended.after)) == (somebody.id, ["revoked_at"])
    assert [row.after.keys() for row in changes("recovery_code")] == [{"used_at"}]


def test_using_an_account_leaves_no_trace_in_the_ledger(window, somebody):
    window.sign_in(somebody)
    before = len(changes("session", "token", "factor", "person"))

    window.client.get("/account")
    db.session.execute(sa.update(WebSession).values(last_seen_at=sa.func.now()))
    db.session.commit()

    assert len(changes("session", "token", "factor", "person")) == before
