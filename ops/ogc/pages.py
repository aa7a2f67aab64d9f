"""OGC API – Features: each document as JSON for programs and as a page for people."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import flask
import orjson
import sqlalchemy as sa

from ops import api, db
from ops.errors import Missing, OpsError
from ops.ledger.consultation import saw, saw_packed
from ops.ogc import asked, crs, definition, documents, kept, queries
from ops.ogc.collections import COLLECTIONS, Collection

blp = flask.Blueprint("ogc", __name__, url_prefix=documents.ROOT, template_folder="templates")

Reply = flask.typing.ResponseReturnValue


def find(collection_id: str) -> Collection:
    """Find a collection, or say that there is none."""
    found = COLLECTIONS.get(collection_id)
    if found is None:
        raise Missing("There is no such collection; see /ogc/collections.")
    return found


def _is_page() -> bool:
    """Tell whether a page for people is asked for, or a document for programs."""
    form = flask.request.args.get("f")
    if form not in (None, *asked.FORMATS):
        said = f"There is {' and '.join(asked.FORMATS)}."
        raise OpsError(f"There is no such format. {said}", {"f": [said]})
    return not api.is_for_programs()


def _document(told: Mapping[str, Any], template: str, type_: str = documents.JSON) -> Reply:
    asked.only({"f"})
    if _is_page():
        return flask.render_template(f"ogc/{template}.html", told=told)
    reply = flask.jsonify(told)
    reply.content_type = type_
    return reply


@blp.get("", strict_slashes=False)
def landing() -> Reply:
    """Say where everything is"""
    return _document(documents.landing(), "landing")


@blp.get("/conformance")
def conformance() -> Reply:
    """Say which classes of the standards hold"""
    return _document(documents.conformance(), "conformance")


@blp.get("/api")
def show_definition() -> Reply:
    """Describe the API as OpenAPI 3.0"""
    return _document(definition.whole(), "definition", documents.OPENAPI)


@blp.get("/collections")
def collections() -> Reply:
    """List the collections"""
    return _document(documents.all_collections(), "collections")


@blp.get("/collections/<collection_id>")
def collection(collection_id: str) -> Reply:
    """Describe a collection"""
    return _document(documents.collection(find(collection_id)), "collection")


@blp.get("/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Reply:
    """Say by which properties a collection can be asked"""
    told = documents.queryables(find(collection_id))
    return _document(told, "queryables", documents.SCHEMA)


@blp.get("/collections/<collection_id>/items")
def items(collection_id: str) -> Reply:
    """Give features of a collection, page by page"""
    which = find(collection_id)
    is_page = _is_page()
    ask = asked.of_items(which)
    found = _page(which, ask)
    seen, many = bytes(found.seen or b""), found.many
    matched = kept.once(
        ("count", which.id, ask.text),
        lambda: db.session.scalar(queries.count(which, ask.conditions)) or 0,
    )
    if seen and which.record is not None:
        saw_packed(which.record, seen)
    last = str(uuid.UUID(bytes=seen[-16:])) if many > ask.limit else None
    told = documents.items(which, matched, min(many, ask.limit), last)
    if is_page:
        features = orjson.loads(f"[{found.features}]")
        here = flask.request.args.to_dict() | {"f": "json"}
        as_json = documents.address("collections", which.id, "items", **here)
        return flask.render_template(
            "ogc/items.html", which=which, told=told, features=features, as_json=as_json
        )
    now = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    head = orjson.dumps({"type": "FeatureCollection", "timeStamp": now, **told})
    # As the database wrote it: to read it here, and to write it again, would take far longer.
    body = b"".join((head[:-1], b',"features":[', found.features.encode(), b"]}"))
    return flask.Response(body, content_type=documents.GEOJSON, headers=crs.header(ask.crs))


def _page(which: Collection, ask: asked.Ask) -> sa.Row[Any]:
    is_first = ask.after is None
    statement = (
        queries.usual_page(which, ask.crs, is_first=is_first)
        if ask.is_usual
        else queries.page(which, ask.conditions, ask.crs, is_first=is_first)
    )
    values = {"limit": ask.limit, "after": ask.after}
    return kept.read(statement, values)


@blp.get("/collections/<collection_id>/items/<feature_id>")
def item(collection_id: str, feature_id: str) -> Reply:
    """Give one feature"""
    which = find(collection_id)
    is_page = _is_page()
    uri = crs.checked("crs", asked.only({"f", "crs"}).get("crs", crs.CRS84))
    try:
        found = db.session.execute(queries.one(which, uuid.UUID(feature_id), uri)).one_or_none()
    except ValueError:
        found = None
    if found is None:
        raise Missing("There is no such feature.")
    if which.record is not None:
        saw(which.record, [found.id], found.of_operation)
    links = documents.item(which, found.id)
    if is_page:
        feature = orjson.loads(found.feature)
        return flask.render_template("ogc/item.html", which=which, links=links, feature=feature)
    body = b"".join((found.feature[:-1].encode(), b',"links":', orjson.dumps(links), b"}"))
    return flask.Response(body, content_type=documents.GEOJSON, headers=crs.header(uri))
