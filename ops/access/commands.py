"""Commands that let people in and out."""

import sys

import click

from ops import db
from ops.access import passwords, people, tokens
from ops.access.models import ORGANISATION_KINDS, ROLES, TOKEN_DAYS


def _on_the_command_line(command: str) -> None:
    """Say in the ledger where a change came from; nobody is signed in here."""
    db.give_reason(f"ops {command}")


@click.group
def user() -> None:
    """Look after who may sign in."""


def _password(*, from_stdin: bool) -> str:
    """Read the password, or make one and print it this once."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return passwords.generate()


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--organisation", required=True, metavar="CODE", help="Where they work.")
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(email: str, name: str, organisation: str, role: str, password_stdin: bool) -> None:
    """Add somebody, and print the password made for them unless one is given."""
    password = _password(from_stdin=password_stdin)
    _on_the_command_line("user add")
    person = people.add(email, name, organisation, role, password)
    click.echo(f"Added {person.name} <{person.email}>, {ROLES[role].lower()} at {organisation}.")
    if not password_stdin:
        click.echo(f"Password (shown this once): {password}")


@user.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def change_password(email: str, password_stdin: bool) -> None:
    """Give somebody another password, and sign them out everywhere."""
    password = _password(from_stdin=password_stdin)
    _on_the_command_line("user password")
    people.change_password(email, password)
    click.echo("The password is changed, and every session of theirs has ended.")
    if not password_stdin:
        click.echo(f"Password (shown this once): {password}")


@user.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Shut somebody out at once: their sessions and tokens end."""
    _on_the_command_line("user disable")
    people.disable(email)
    click.echo("They can't sign in any more; their sessions and tokens have ended.")


@user.command("factor-reset")
@click.argument("email")
def reset_factors(email: str) -> None:
    """Take away the second factors of somebody who has lost them, and sign them out everywhere."""
    _on_the_command_line("user factor-reset")
    gone = people.reset_factors(email)
    click.echo(f"Second factors taken away: {gone}. They add new ones after they sign in.")


@click.group
def token() -> None:
    """Look after bearer tokens, which programs sign in with."""


@token.command("issue")
@click.argument("email")
@click.option("--label", default="From the command line", help="What it is for, in words.")
@click.option("--scope", "scopes", multiple=True, help="What it may do; all of theirs if none.")
@click.option("--days", default=TOKEN_DAYS, show_default=True, help="How long it lasts.")
def issue_token(email: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token that acts as this person, printed alone on the last line."""
    _on_the_command_line("token issue")
    _made, text = tokens.issue(people.by_email(email), label, scopes or None, days)
    click.echo("Keep this token safe; it is shown this once.", err=True)
    click.echo(text)


@token.command("revoke")
@click.argument("email")
def revoke_tokens(email: str) -> None:
    """End every token of this person."""
    _on_the_command_line("token revoke")
    with db.transaction():
        ended = tokens.revoke_all(people.by_email(email).id)
    click.echo(f"Tokens ended: {ended}.")


@click.group
def organisation() -> None:
    """Look after forces, councils, prisons and partners."""


@organisation.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--kind", required=True, type=click.Choice(list(ORGANISATION_KINDS)))
@click.option("--parent", metavar="CODE", help="What it is part of.")
def add_organisation(code: str, name: str, kind: str, parent: str | None) -> None:
    """Add an organisation."""
    made = people.add_organisation(code, name, kind, parent)
    click.echo(f"Added {made.name} ({made.code}).")
