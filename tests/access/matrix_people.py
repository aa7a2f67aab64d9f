"""Everybody who could ask: each role in each organisation, each membership, and who is nobody."""

import dataclasses
import datetime as dt
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.member_models import MEMBER_ROLES
from ops.access.models import ROLES, Token
from tests import factories
from tests.access import matrix_policy
from tests.access.matrix_world import PARTS, VISIBILITIES, World, between


@dataclasses.dataclass
class Asker:
    """Somebody with a client, and what is expected of them."""

    name: str
    relation: str
    role: str
    membership: str | None = None
    # Neither signed in nor let in, whoever they are.
    is_nobody: bool = False
    is_reader: bool = False
    # One of the few who stand for all that open pages.
    opens_pages: bool = True
    client: Any = None

    def roles(self, visibility: str) -> set[str]:
        """Say what they are in an operation, as the policy table has it."""
        return matrix_policy.roles_in(self.relation, self.role, self.membership, visibility)

    def parts(self, visibility: str) -> set[str]:
        """Say which parts of an operation they see."""
        roles = self.roles(visibility)
        if not roles or self.is_nobody:
            return set()
        if roles == {"partner"}:
            return {"plan", "rest" if self.relation == "own" else "part"}
        return set(PARTS)

    def reads_log(self, visibility: str) -> bool:
        """Tell whether they read who looked at an operation."""
        audits = self.role == "auditor" and self.relation in {"own", "above"}
        return self.membership in {"lead", "auditor"} or (audits and bool(self.roles(visibility)))


def everybody(app: Any, world: World) -> list[Asker]:
    """Make them all, each with a token."""
    askers = [
        Asker(f"{role} {relation}", relation, role, opens_pages=relation == "own")
        for relation in ("own", "above", "below", "other")
        for role in ROLES
    ]
    for each in askers:
        # Whoever is in charge elsewhere would be the first to get in by mistake.
        each.opens_pages |= each.name in {"lead below", "lead other"}
        let_in(app, world, each)
    for relation in ("other", "own"):
        for role in MEMBER_ROLES:
            theirs = "partner" if (relation, role) == ("other", "partner") else relation
            asker = Asker(f"member {role} {theirs}", theirs, "desk", role)
            asker.opens_pages = relation == "other" and role in {"lead", "partner", "auditor"}
            askers.append(let_in(app, world, asker, during=between(-24, 24)))
    for name, fields in {
        "expired": {"during": between(-48, -24)},
        "revoked": {"during": between(-48, 48), "revoked_at": sa.func.now()},
        "to come": {"during": between(24, 48)},
    }.items():
        asker = Asker(name, "other", "lead", "former", opens_pages=name == "expired")
        askers.append(let_in(app, world, asker, as_="lead", **fields))
    return askers + _nobodies(app, world)


def _nobodies(app: Any, world: World) -> list[Asker]:
    """Make those whom no token lets in, and one whose token is for reading alone."""
    reader = let_in(app, world, Asker("reader", "own", "lead", is_reader=True))
    _change(reader, scopes=["read"])
    revoked = let_in(app, world, Asker("token revoked", "own", "lead", is_nobody=True))
    _change(revoked, revoked_at=sa.func.now())
    late = let_in(app, world, Asker("token expired", "own", "lead", is_nobody=True))
    _change(late, expires_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    gone = let_in(app, world, Asker("disabled", "own", "lead", is_nobody=True))
    gone.person.disabled_at = sa.func.now()
    db.session.commit()
    unknown = Asker("without a token", "own", "lead", is_nobody=True, client=app.test_client())
    return [reader, revoked, late, gone, unknown]


def let_in(
    app: Any, world: World, asker: Asker, as_: str | None = None, **membership: Any
) -> Asker:
    """Make somebody a person with a token, and a member of each operation where they are one."""
    organisation = world.organisations[asker.relation]
    asker.person = factories.person(asker.role, name=asker.name, organisation=organisation)
    if asker.membership is not None:
        for operation in [*world.operations.values(), world.hub]:
            role = as_ or asker.membership
            factories.member(operation, asker.person, role, **membership)
    asker.client = app.test_client()
    asker.token = factories.token(asker.person)
    asker.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {asker.token}"
    return asker


def _change(asker: Asker, **values: Any) -> None:
    db.session.execute(sa.update(Token).where(Token.person_id == asker.person.id).values(**values))
    db.session.commit()


def seen_of(asker: Asker) -> set[tuple[str, str]]:
    """List all that somebody sees: pairs of a visibility and a part."""
    return {(visibility, part) for visibility in VISIBILITIES for part in asker.parts(visibility)}
