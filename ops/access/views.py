"""The API of access."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask.views import MethodView

from ops import db
from ops.access import guard, queries, rules
from ops.access.models import ROLES, Organisation, Person
from ops.access.schemas import (
    MeSchema,
    OrganisationInTreeSchema,
    PeopleFilterSchema,
    PersonSchema,
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
            "may": rules.actions(actor.role),
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
        guard.require("plan")
        found = queries.people(which.pop("q", None), which.pop("organisation", None))
        rows, headers = page(found, [Person.name, Person.id], **which)
        return rows, headers
