"""The API of releases: write one from a snapshot, approve, publish, propose a revision."""

import datetime as dt
import uuid
from typing import Any

import orjson
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw_each
from ops.releases import publishing, queries, revising, schemas, stored
from ops.releases.models import Release

blp = Blueprint("releases", __name__, description="What is published of a snapshot")


@blp.route("/releases")
class Releases(MethodView):
    @blp.arguments(schemas.ReleaseFilterSchema, location="query")
    @blp.response(200, schemas.ReleaseSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the releases of snapshots that whoever asks may see, the newest first"""
        found, headers = api.page(
            queries.releases(filters),
            [Release.made_at, Release.id],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
            descending=True,
        )
        saw_each("release", [(row.operation or stored.SEVERAL, row.id) for row in found])
        return [row._mapping for row in found], headers

    @blp.etag
    @blp.arguments(schemas.ReleaseSentSchema)
    @blp.response(201, schemas.WholeReleaseSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, sent: dict[str, Any]) -> Any:
        """Write a release from a snapshot: its headlines never say more than the records"""
        found = stored.snapshot(sent["snapshot"])
        guard.require_in_each("report", found.operations)
        frozen = orjson.loads(found.content)
        with db.transaction():
            made = publishing.draft(sent, frozen)
            db.session.add(made)
        return _shown(made.id)


@blp.route("/releases/<uuid:release_id>")
@blp.etag
class ReleaseById(MethodView):
    @blp.response(200, schemas.WholeReleaseSchema)
    def get(self, release_id: uuid.UUID) -> Any:
        """Show a release, with its figures as they were published and their revisions"""
        return _shown(release_id)

    @blp.arguments(schemas.ReleaseChangeSchema)
    @blp.response(200, schemas.WholeReleaseSchema)
    def patch(self, sent: dict[str, Any], release_id: uuid.UUID) -> Any:
        """Change what is written; it has to be approved anew"""
        with db.transaction():
            release, frozen = _found("report", release_id)
            blp.check_etag(release.version)
            publishing.change(release, sent, frozen)
        return _shown(release_id)


@blp.route("/releases/<uuid:release_id>/approve")
@blp.etag
class ReleaseApprove(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.response(200, schemas.WholeReleaseSchema)
    def post(self, release_id: uuid.UUID) -> Any:
        """Approve what somebody else wrote, or the revision that they proposed, as it was read

        An approved revision is public at once; the figure before it stays beside it.
        """
        now = dt.datetime.now(dt.UTC)
        with db.transaction():
            release, frozen = _found("approve", release_id)
            blp.check_read(release.version)
            if release.state == "published":
                revising.approve(release, frozen, now)
            else:
                publishing.approve(release, now)
        return _shown(release_id)


@blp.route("/releases/<uuid:release_id>/publish")
@blp.etag
class ReleasePublish(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.response(200, schemas.WholeReleaseSchema)
    def post(self, release_id: uuid.UUID) -> Any:
        """Publish what is approved: its headlines become reported figures"""
        with db.transaction():
            release, frozen = _found("report", release_id)
            blp.check_read(release.version)
            publishing.publish(release, frozen, dt.datetime.now(dt.UTC))
        return _shown(release_id)


@blp.route("/releases/<uuid:release_id>/revisions")
@blp.etag
class ReleaseRevisions(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.RevisionSchema)
    @blp.response(201, schemas.WholeReleaseSchema)
    def post(self, sent: dict[str, Any], release_id: uuid.UUID) -> Any:
        """Propose to revise a published figure, with a note that says why

        It is as the records say by now, or rounded by the rule of a headline. Nothing of it is
        public until somebody else approves it; a new proposal takes the place of an open one.
        """
        with db.transaction():
            release, frozen = _found("report", release_id)
            blp.check_read(release.version)
            revising.propose(release, sent, frozen, dt.datetime.now(dt.UTC))
        return _shown(release_id)


@blp.route("/releases/<uuid:release_id>/revisions/withdraw")
@blp.etag
class ReleaseRevisionWithdraw(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.response(200, schemas.WholeReleaseSchema)
    def post(self, release_id: uuid.UUID) -> Any:
        """Take back the revision that is proposed; the published figure stays as it is"""
        with db.transaction():
            release, _ = _found("report", release_id)
            blp.check_read(release.version)
            revising.withdraw(release)
        return _shown(release_id)


def _shown(release_id: uuid.UUID) -> dict[str, Any]:
    found = stored.release(release_id)
    blp.set_etag(found["version"])
    return found


def _found(action: str, release_id: uuid.UUID) -> tuple[Release, dict[str, Any]]:
    """Fetch a release to change it, one at a time, with what its snapshot says."""
    release = db.session.get(Release, release_id, with_for_update=True)
    if release is None:
        raise Missing("There is no such release.")
    found = stored.snapshot(release.snapshot_id)
    guard.require_in_each(action, found.operations)
    return release, orjson.loads(found.content)
