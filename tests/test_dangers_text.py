"""SQL, HTML and worse in every text field there is: kept as it was typed, and shown as words.

The fields are found in the OpenAPI document, so a new one is tried without a word here.
"""

import itertools
import re

import markupsafe
import pytest

from tests import factories
from tests.results.conftest import SMALLEST
from tests.wellformed import faults

ATTACKS = [
    "'\"><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "'; drop table person; --",
    "' or 1=1 union select null--",
    "{{ 7919*7907 }}${7919*7907}<%= 7919*7907 %>",
    "=cmd|'/C calc'!A0",
    "%s %(id)s %n \\x27 \\u0027",
    "\u202eevil\u202c &lt;b&gt; \U0001f4a3",
]
SQUARE = [[[-2.25, 53.48], [-2.235, 53.48], [-2.235, 53.49], [-2.25, 53.49], [-2.25, 53.48]]]
NUMBERS = itertools.count(1)
# What a field of this name has to be for the rest of the body to be read at all.
RIGHT = {
    "to": "closed",
    "kind": "arrest",
    "type": "Feature",
    "measure": "arrests",
    "starts_at": "2026-11-03T10:00:00Z",
    "ends_at": "2026-11-03T12:00:00Z",
    "occurred_at": "2026-11-02T12:00:00Z",
    "on": "2026-11-03",
}


class World:
    """What there is to change, and the documents that say how."""

    def __init__(self, client, spec):
        self.client = client
        self.schemas = spec["components"]["schemas"]
        self.spec = spec
        lead = client.get("/api/v1/me").json["id"]
        operation = factories.operation(kind="place_based", created_by=lead)
        self.ids = {"operation_id": str(operation.id)}
        here = f"operations/{operation.id}"
        clear = {"kind": "clear", "starts_at": RIGHT["starts_at"]}
        warrant = {"kind": "warrant", "name": "Door", "ends_at": RIGHT["ends_at"]}
        point = {"type": "Point", "coordinates": [-2.24, 53.485]}
        area = {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
            "properties": {"name": "Square", "purpose": "target"},
        }
        self._make("phase_id", f"{here}/phases", clear)
        self._make("deployment_id", f"{here}/deployments", clear | warrant | {"point": point})
        self._make("team_id", f"{here}/teams", {"name": "One"})
        self._make("area_id", f"{here}/areas", area)
        result = {
            "kind": "arrest",
            "occurred_at": RIGHT["occurred_at"],
            "detail": SMALLEST["arrest"],
        }
        self._make("result_id", f"{here}/results", result)

    def _make(self, name, path, body):
        reply = self.client.post(f"/api/v1/{path}", json=body)
        assert reply.status_code == 201, reply.text
        self.ids[name] = reply.json["id"]

    def writes(self):
        """Give the method, the address and the schema of each write with a body."""
        for path, verbs in self.spec["paths"].items():
            there = path
            for name, value in self.ids.items():
                there = there.replace(f"{{{name}}}", value)
            for method in {"post", "put", "patch"} & verbs.keys():
                content = verbs[method].get("requestBody", {}).get("content", {})
                if "{" not in there and "application/json" in content:
                    yield method, there, content["application/json"]["schema"]

    def resolved(self, schema):
        """Follow a reference to what it stands for."""
        for part in [schema, *schema.get("allOf", []), *schema.get("anyOf", [])]:
            if "$ref" in part:
                return self.schemas[part["$ref"].rpartition("/")[2]]
        return schema

    def texts(self, schema, at=()):
        """Find the fields that take any text, each by the way to it."""
        schema = self.resolved(schema)
        for name, given in schema.get("properties", {}).items():
            field = self.resolved(given)
            if field.get("readOnly"):
                continue
            if field.get("type") == "string" and not {"enum", "format"} & field.keys():
                yield (*at, name)
            elif field.get("type") == "array":
                item = self.resolved(field.get("items", {}))
                if item.get("type") == "string" and not {"enum", "format"} & item.keys():
                    yield (*at, name, 0)
                yield from self.texts(item, (*at, name, 0))
            else:
                yield from self.texts(field, (*at, name))

    def body(self, schema, way, text):
        """Make the smallest body that has this text in this place."""
        schema = self.resolved(schema)
        if not way:
            return text[: schema.get("maxLength", len(text))]
        if way[0] == 0:
            return [self.body(schema["items"], way[1:], text)]
        made = {
            name: self.right(name, field)
            for name, field in schema.get("properties", {}).items()
            if name in schema.get("required", [])
        }
        if way[0] in schema.get("properties", {}):
            made[way[0]] = self.body(schema["properties"][way[0]], way[1:], text)
        return made

    def right(self, name, field):
        """Make a value that a required field takes."""
        field = self.resolved(field)
        choices = field.get("enum")
        if name in RIGHT and (not choices or RIGHT[name] in choices):
            return RIGHT[name]
        if choices:
            return choices[0]
        if field.get("format") == "uuid":
            return self.ids.get(f"{name}_id", self.ids["operation_id"])
        if field.get("format") in {"date", "date-time"}:
            return "2026-11-03" + ("T11:00:00Z" if field["format"] == "date-time" else "")
        if name == "position":
            return {"type": "Point", "coordinates": [-2.24, 53.485]}
        if name == "geometry":
            return {"type": "Polygon", "coordinates": SQUARE}
        if field.get("type") == "array":
            return [self.right(name, field["items"])]
        if "properties" in field:
            return self.body(field, (None,), "")
        return {"decimal": "1"}.get(field.get("format"), f"Text {next(NUMBERS)}")


@pytest.fixture
def world(app, client_as):
    """A lead with an operation, and every sort of thing in it."""
    return World(client_as(), app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict())


def send(world, method, address, body):
    """Send a body, in the name of the version that is there."""
    headers = {}
    if method != "post":
        headers["If-Match"] = world.client.get(address).headers.get("ETag", "*")
    return world.client.open(address, method=method.upper(), json=body, headers=headers)


def attempts(world, text):
    """Give every body with this text in one of its fields, the last verbs last."""
    writes = sorted(world.writes(), key=lambda write: "transitions" in write[1])
    for method, address, schema in writes:
        for way in world.texts(schema):
            unlike = f"{next(NUMBERS)} {text}"
            yield method, address, way, world.body(schema, way, unlike)
    logged = f"/api/v1/operations/{world.ids['operation_id']}/results"
    for kind, smallest in SMALLEST.items():
        schema = world.schemas["".join(word.title() for word in kind.split("_")) + "Detail"]
        for way in world.texts(schema):
            detail = smallest | world.body(schema, way, f"{next(NUMBERS)} {text}")
            sent = {"kind": kind, "occurred_at": RIGHT["occurred_at"], "detail": detail}
            yield "post", logged, ("detail", *way), sent


def at(body, way):
    """Follow the way to a value; none where it leads nowhere."""
    for step in way:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


@pytest.mark.parametrize("text", ATTACKS)
def test_whatever_is_typed_is_kept_as_it_is_or_refused_in_a_sentence(world, text):
    kept = set()
    for method, address, way, body in attempts(world, text):
        reply = send(world, method, address, body)
        where = (method, re.sub(r"[0-9a-f-]{36}", "…", address), way)

        assert reply.status_code < 500, where
        if reply.status_code >= 400:
            assert reply.json["detail"], where
        elif at(reply.json, way) is not None:
            sent = at(body, way)
            # A reference to a person is told in capitals, so that all who write it mean one.
            kept_as = sent.upper() if way[-1] == "person_ref" else sent
            assert at(reply.json, way) == kept_as, where
            kept.add(where)

    assert len(kept) >= 25, sorted(map(str, kept))


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
def test_a_character_that_cannot_be_kept_is_refused_in_every_field(world, text):
    for method, address, way, body in attempts(world, text):
        reply = send(world, method, address, body)

        if reply.status_code == 207:
            assert [item["outcome"] for item in reply.json["items"]] == ["refused"]
        else:
            assert reply.status_code in {404, 409, 412, 422}, (method, address, way)
            assert reply.json["detail"]


@pytest.mark.parametrize("text", ATTACKS[:2])
def test_every_page_shows_what_was_typed_as_words(app, world, text):
    statuses = [
        send(world, method, address, body).status_code
        for method, address, _way, body in attempts(world, text)
        if "transitions" not in address
    ]
    shown = 0
    for rule in app.url_map.iter_rules():
        is_page = "GET" in rule.methods and not rule.rule.startswith(("/api", "/static"))
        if not is_page or not rule.arguments <= world.ids.keys():
            continue
        address = rule.rule
        for name in rule.arguments:
            address = re.sub(rf"<[^<>]*\b{name}>", world.ids[name], address)
        page = world.client.get(address)
        assert page.status_code < 500, address
        if page.mimetype != "text/html":
            continue
        assert "<script>alert" not in page.text, address
        assert "<img src=x" not in page.text, address
        if page.status_code == 200 and "Content-Disposition" not in page.headers:
            assert faults(page.text) == [], address
            shown += str(markupsafe.escape(text)) in page.text

    assert statuses.count(201) >= 15
    assert shown >= 3


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("address", ["/operations", "/map", "/outcomes", "/sign-in", "/log"])
def test_what_an_address_says_is_shown_as_words(world, address, text):
    names = ("q", "kind", "done", "next", "from", "by", "operation", "edit", "cursor", text)

    for name in names:
        page = world.client.get(address, query_string={name: text})

        assert page.status_code < 500
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "62615533" not in page.text
