"""The API of a phone: its shift, and what changed since."""

import datetime as dt
import hashlib

from flask.views import MethodView

from ops import db, wording
from ops.access import guard
from ops.api import Blueprint
from ops.phone import bundle, changed, forms, queries, schemas

blp = Blueprint("phone", __name__, description="What a phone needs for a shift")


@blp.route("/bundle")
class Bundle(MethodView):
    @blp.arguments(schemas.BundleFilterSchema, location="query")
    @blp.response(200, schemas.BundleSchema)
    def get(self, has):
        """Give what a phone needs for a shift: operations, places, briefings, forms, code lists

        Those under way or about to begin to which whoever asks belongs, and what their
        organisation has live today. With the edition of the forms that it has, it gets them once.
        """
        now = dt.datetime.now(dt.UTC)
        place = changed.begin(now)
        found = bundle.shift(now)
        operations = bundle.told(found, now, {row.id for row in found})
        bundle.note(operations)
        held = changed.held(found, operations)
        edition, told = forms.forms()
        return {
            "as_at": now,
            "after": str(changed.Place(place, wording.today(), held)),
            "person": db.session.execute(queries.person(guard.actor().id)).one(),
            "operations": operations,
            "forms": edition,
            **(dict.fromkeys(told) if has.get("forms") == edition else told),
        }


@blp.route("/changes")
class Changes(MethodView):
    @blp.etag
    @blp.arguments(schemas.ChangesFilterSchema, location="query")
    @blp.response(200, schemas.ShiftChangesSchema)
    def get(self, sent):
        """Tell what changed of a shift since a place, and what is not one's own any more

        Whatever commits late is told when it has. With `If-None-Match`, the reply is 304 while
        nothing is new.
        """
        now = dt.datetime.now(dt.UTC)
        place = changed.read(sent["after"])
        operations, gone, after, more = changed.since(place, now)
        edition = forms.forms()[0]
        if not operations and not gone:
            # Whoever has been told so already is not told again.
            blp.set_etag(hashlib.sha256(f"{after} {more} {edition}".encode()).hexdigest())
        bundle.note(operations)
        return {
            "person": {"id": guard.actor().id},
            "as_at": now,
            "after": str(after),
            "more": more,
            "operations": operations,
            "gone": gone,
            "forms": edition,
        }
