"""Commands that join an account here to the sign-in of somebody's organisation."""

import click

from ops import db
from ops.access import oidc, oidc_people
from ops.errors import OpsError


@click.command("link")
@click.argument("email")
@click.option("--subject", required=True, help="By which the organisation's sign-in knows them.")
def link(email: str, subject: str) -> None:
    """Let somebody who has an account sign in with their organisation, and no other way."""
    db.give_reason("ops user link")
    try:
        issuer = oidc.provider().issuer
    except OpsError as error:
        raise click.ClickException("Set OPS_OIDC_ISSUER first.") from error
    person = oidc_people.link(email, issuer, subject)
    click.echo(f"{person.email} signs in at {issuer} from now on; their sessions have ended.")


@click.command("unlink")
@click.argument("email")
def unlink(email: str) -> None:
    """Let somebody sign in with a password again, and no more with their organisation."""
    db.give_reason("ops user unlink")
    person = oidc_people.unlink(email)
    click.echo(f"{person.email} signs in here again; `ops user password` gives them a password.")
