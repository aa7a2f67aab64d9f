"""The API of access."""

import uuid
from typing import Any

from flask.typing import ResponseReturnValue
from flask.views import MethodView

from ops import db
from ops.access import guard, queries, rules, sessions, tokens
from ops.access.models import ROLES, Organisation, Person, Token
from ops.access.schemas import (
    MadeTokenSchema,
    MeSchema,
    NewTokenSchema,
    OrganisationInTreeSchema,
    PeopleFilterSchema,
    PersonSchema,
    TokenSchema,
)
from ops.api import Blueprint, PageSchema, page

blp = Blueprint("access", __name__, description="Who is asking, and who is there")


@blp.route("/me")
class Me(MethodView):
    @blp.response(200, MeSchema())
    def get(self) -> dict[str, Any]:
        """Say who is asking"""
        actor = guard.actor()
        return {
            "id": actor.id,
            "name": actor.name,
            "email": actor.email,
            "role": actor.role,
            "role_label": ROLES[actor.role],
            "organisation": db.find(Organisation, actor.organisation_id, "organisation"),
            "may": [each for each in rules.actions(actor.role) if guard.in_scope(each)],
        }


@blp.route("/organisations")
class Organisations(MethodView):
    @blp.arguments(PageSchema, location="query")
    @blp.response(200, OrganisationInTreeSchema(many=True))
    def get(self, which: dict[str, Any]) -> ResponseReturnValue:
        """List forces, districts, councils, prisons and partners"""
        rows, headers = page(queries.organisations(), [Organisation.code], **which)
        return rows, headers


@blp.route("/people")
class People(MethodView):
    @blp.arguments(PeopleFilterSchema, location="query")
    @blp.response(200, PersonSchema(many=True))
    def get(self, which: dict[str, Any]) -> ResponseReturnValue:
        """List who can be put on a team, for whoever plans"""
        guard.require_anywhere("plan")
        found = queries.people(which.pop("q", None), which.pop("organisation", None))
        rows, headers = page(found, [Person.name, Person.id], **which)
        return rows, headers


@blp.route("/tokens")
class Tokens(MethodView):
    @blp.response(200, TokenSchema(many=True))
    def get(self) -> list[Token]:
        """List my tokens that hold"""
        return tokens.of(guard.actor().id)

    @blp.arguments(NewTokenSchema)
    @blp.response(201, MadeTokenSchema)
    def post(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Make a token, for no more than what asks for it

        One that is made with another ends with it. In a browser, the password must have been
        given within a quarter of an hour. The text of a token is shown this once.
        """
        actor = guard.actor()
        sessions.require_confirmed_in_browser(actor)
        made, text = tokens.issue_own(actor, wanted["label"], wanted.get("scopes"), wanted["days"])
        return {name: getattr(made, name) for name in TokenSchema().fields} | {"token": text}


@blp.route("/tokens/<uuid:token_id>")
class TokenById(MethodView):
    @blp.response(204)
    def delete(self, token_id: uuid.UUID) -> None:
        """End a token of mine, and those made with it"""
        tokens.revoke(guard.actor(), token_id)
