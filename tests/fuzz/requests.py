"""The same inputs as whole requests through the application, each undone: no 500, nothing left."""

import base64
import hashlib
import io
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from ops.ogc import crs
from ops.results.kinds import KINDS
from tests.access.matrix_world import DETAILS
from tests.fuzz import (
    addresses,
    cursors,
    filters,
    geo_files,
    odd,
    photos,
    shapes,
    tables,
    xml_files,
)
from tests.fuzz.grammar import Grammar
from tests.fuzz.house import House, house

Sent = dict[str, Any]
API = "/api/v1"
AT = "2026-11-02T12:00:00Z"
# What in an input stands for something that is there, whose id differs from run to run.
IDS = ("operation_id", "deployment_id", "result_id", "area_id", "person_id", "site_id")
HEADERS = (
    *("Range", "If-Match", "If-None-Match", "If-Modified-Since", "Accept", "Accept-Encoding"),
    *("Accept-Language", "Origin", "Cookie", "X-Request-Id", "Forwarded", "Content-Length"),
    *("X-Forwarded-For", "Content-Encoding", "Host", "Sec-Fetch-Site", "X-CSRF-Token"),
)
VALUES = ("bytes=0-", "bytes=-1,0-9999999999", '"a", W/"b', "*", "*/*;q=x", "gzip;q=", "\x80", "x")
FORMS = {
    "counts": "/operations/<operation_id>/evaluation/counts",
    "addresses": "/operations/<operation_id>/deployments/list",
}
LISTS = (
    *("/operations", "/results", "/operations/<operation_id>/results", "/deployments/overdue"),
    *("/operations/<operation_id>/deployments", "/sites", "/measures", "/lines", "/snapshots"),
    *("/warrants/returns", "/log", "/doubles", "/actions/due", "/reported-figures", "/targets"),
)


def _posted(path: str, body: bytes, media_type: str) -> Sent:
    written = base64.b64encode(body).decode()
    return {"method": "POST", "path": API + path, "type": media_type, "body": written}


def _json(path: str, body: Any) -> Sent:
    return _posted(path, odd.json_text(body), "application/json")


def _area(r: random.Random) -> Sent:
    properties = {"name": "Fuzzed", "purpose": "target"}
    feature = {"type": "Feature", "geometry": shapes.geometry(r), "properties": properties}
    return _json("/operations/<operation_id>/areas", odd.maybe_bent(r, feature))


def _tool(r: random.Random) -> Sent:
    verb = r.choice(list(shapes.TOOLS))
    sent: Any = {name: shapes.geometry(r) for name in shapes.TOOLS[verb][1]}
    if verb == "buffer":
        sent["metres"] = odd.number(r)
    if verb == "union":
        sent = {"geometries": [shapes.geometry(r)]}
    return _json(f"/shapes/{verb}", odd.maybe_bent(r, sent))


def _pasted(r: random.Random) -> Sent:
    return _json("/shapes/read", {"text": xml_files.make(r).decode("utf-8", "replace")})


def _multipart(
    r: random.Random, field: str, content: bytes, said: Mapping[str, str] | None = None
) -> tuple[bytes, str]:
    """Write a form with a file in it, and damage what says where its parts begin."""
    edge = r.choice(("edge", "e" * 70, "e" * 300, "a b", "", "é"))
    begin = f"--{edge}\r\nContent-Disposition: form-data; "
    written = "".join(f'{begin}name="{k}"\r\n\r\n{v}\r\n' for k, v in (said or {}).items())
    written += f'{begin}name="{field}"; filename="a.csv"\r\n'
    written += r.choice(("", "Content-Type: text/csv\r\n", "Content-Transfer-Encoding: base64\r\n"))
    head = odd.mutated(r, written.encode("utf-8", "replace"), 0.3)
    tail = r.choice((b"\r\n--" + edge.encode() + b"--\r\n",) * 4 + (b"", b"\r\n--" + edge.encode()))
    form = "multipart/form-data"
    type_ = r.choice((*(f"{form}; boundary={edge}",) * 5, form, "text/x"))
    return head + b"\r\n" + content + tail, type_.encode("utf-8", "replace").decode("latin-1")


def _file(r: random.Random) -> Sent:
    content = (xml_files.make if r.random() < 0.7 else geo_files.make)(r)
    return _posted("/shapes/read", *_multipart(r, r.choice(("file", "file", "text")), content))


def _form(r: random.Random) -> Sent:
    """Draw one of the forms that take a file."""
    what = r.choice(("counts", "addresses"))
    said = {"source": "police.uk", "publisher": "Force", "obtained_on": "2026-11-01"}
    if what == "addresses":
        said = {
            "kind": r.choice(("warrant", "visit", "x")),
            "act": r.choice(("add", "add-good", "")),
        }
        said |= {
            "start": r.choice(("2026-11-02T12:00", odd.text(r)[:20])),
            "end": "2026-11-02T14:00",
        }
    content = tables.csv_of(r, tables.rows(r, what))
    return _posted("", *_multipart(r, "file", content, said)) | {"path": FORMS[what]}


def _counts(r: random.Random) -> Sent:
    content = tables.csv_of(r, tables.rows(r, "counts")).decode("utf-8", "replace")
    sent = {
        "source": "police.uk",
        "publisher": "Force",
        "obtained_on": "2026-11-01",
        "file_name": odd.text(r)[:50],
        "good_rows": r.random() < 0.5,
        "content": content,
    }
    return _json("/operations/<operation_id>/monthly-counts", odd.maybe_bent(r, sent))


def _photo(r: random.Random) -> Sent:
    content = photos.make(r)
    told = hashlib.sha256(content).hexdigest() if r.random() < 0.9 else odd.text(r)
    sent = _posted("/attachments", content, r.choice(("image/jpeg", "", "a/b")))
    return sent | {"query": {"result": "<result_id>", "sha256": told}}


def _item(r: random.Random) -> dict[str, Any]:
    kind = r.choice(list(KINDS))
    return {
        "id": str(uuid.UUID(int=r.getrandbits(128), version=4)),
        "operation": "<operation_id>",
        "kind": kind,
        "occurred_at": AT,
        "position": shapes.geometry(r),
        "accuracy_m": odd.number(r),
        "deployment": "<deployment_id>",
        "note": odd.text(r),
        "detail": odd.bent(r, DETAILS.get(kind, {})) if r.random() < 0.6 else DETAILS.get(kind, {}),
    }


def _batch(r: random.Random) -> Sent:
    items = [_item(r) for _ in range(r.choice((0, 1, 2, 3, 8)))]
    for item in items:
        # Whole ones too, so that some of a batch is kept beside what is refused.
        for name in ("position", "accuracy_m", "deployment", "note"):
            if r.random() < 0.6:
                del item[name]
    sent: Any = {"items": items + items[:1] * (r.random() < 0.2)}
    if r.random() < 0.3:
        sent["sent_at"] = r.choice((AT, odd.text(r)))
    return _json("/results/batch", odd.maybe_bent(r, sent) if r.random() < 0.5 else sent)


def _filter(r: random.Random) -> Sent:
    name, uri, text = filters.make(r).decode("utf-8", "replace").split("\n", 2)
    tiles = r.random() < 0.1
    path = f"/ogc/collections/{name}/items"
    if tiles:
        path = f"/ogc/collections/{name}/tiles/WebMercatorQuad/{r.choice((0, 9, 14, 30, -1))}/0/0"
    others = {
        "bbox": ",".join(str(odd.number(r)) for _ in range(r.choice((4, 4, 6, 3)))),
        "datetime": "/".join(r.choice(filters.MOMENTS) for _ in range(r.choice((1, 2)))),
        "limit": str(odd.number(r)),
        "crs": r.choice(crs.ALL),
        "cursor": odd.text(r),
    }
    some = {key: value for key, value in others.items() if r.random() < 0.15}
    return {"method": "GET", "path": path, "query": {"filter": text, "filter-crs": uri} | some}


def _cursor(r: random.Random) -> Sent:
    kind = r.choice(list(cursors.READERS))
    if kind == "page":
        query = {"cursor": cursors.text(r, kind), "limit": r.choice(("1", str(odd.number(r))))}
        return {"method": "GET", "path": API + r.choice(LISTS), "query": query}
    path = "/changes" if kind == "phone" else "/operations/<operation_id>/feed"
    return {"method": "GET", "path": API + path, "query": {"after": cursors.text(r, kind)}}


def _subscription(r: random.Random) -> Sent:
    address = addresses.make(r).decode("utf-8", "replace")
    sent = {
        "label": odd.text(r)[:120] or "A",
        "address": address,
        "events": ["result.created"],
        "operations": ["<operation_id>"],
        "all_operations": False,
        "with_records": r.random() < 0.3,
        "recipient": r.choice((None, "Council")),
        "reason": r.choice((None, "To act on it")),
    }
    return _json("/subscriptions", odd.maybe_bent(r, sent) if r.random() < 0.6 else sent)


def _single(r: random.Random) -> Sent:
    item = _item(r)
    del item["operation"]
    return _json("/operations/<operation_id>/results", odd.maybe_bent(r, item))


def _headers(r: random.Random) -> Sent:
    name = r.choice(HEADERS)
    value = r.choice((*VALUES, odd.text(r)[:200])).encode("utf-8", "replace").decode("latin-1")
    value = "".join(each for each in value if each not in "\r\n\x00")
    path = r.choice((API + r.choice(LISTS), "/operations", "/phone", "/sw.js", "/sign-in"))
    method = r.choice(("GET", "POST", "PATCH", "OPTIONS"))
    return {"method": method, "headers": {name: value}, "path": path}


DRAWN: tuple[Callable[[random.Random], Sent], ...] = (
    *(
        _area,
        _tool,
        _pasted,
        _file,
        _form,
        _counts,
        _photo,
        _batch,
        _batch,
        _single,
        _filter,
        _filter,
    ),
    *(_cursor, _cursor, _subscription, _headers),
)


def make(r: random.Random) -> bytes:
    """Draw a request."""
    return orjson.dumps(r.choice(DRAWN)(r), option=orjson.OPT_NON_STR_KEYS)


def take(content: bytes) -> bool:
    """Send it, and see that no refusal stored anything and that every reply can be read."""
    here = house()
    sent = orjson.loads(_named(content, here))
    with here.undoing():
        before = here.kept()
        reply = here.client.open(
            sent["path"],
            method=sent["method"],
            query_string=sent.get("query"),
            data=io.BytesIO(base64.b64decode(sent.get("body", ""))).getvalue(),
            content_type=sent.get("type"),
            headers={"Authorization": f"Bearer {here.token}"} | sent.get("headers", {}),
        )
        status, text = reply.status_code, reply.get_data()
        here.connection.exec_driver_sql("reset role")
        assert status < 500, f"{status}: {text[:500]!r}"
        if status >= 400:
            assert here.kept() == before, f"{status}, and something was stored"
        if reply.is_json and text:
            _look(status, orjson.loads(text), here)
    return status < 400


def _named(content: bytes, here: House) -> bytes:
    """Put the ids of what is there where the input names them; also within a body."""
    sent = orjson.loads(content)
    body = base64.b64decode(sent.get("body", ""))
    for name in IDS:
        known = str(getattr(here.ids, name)).encode()
        content = content.replace(b"<%s>" % name.encode(), known)
        body = body.replace(b"<%s>" % name.encode(), known)
    return orjson.dumps(orjson.loads(content) | {"body": base64.b64encode(body).decode()})


def _look(status: int, said: Any, here: House) -> None:
    """See that a refusal has its sentence, and that what was refused of a batch is not there."""
    if status >= 400:
        assert said["detail"], "a refusal without a sentence"
    if status == 207:
        items = said["items"]
        kept = {each["id"] for each in items if each["outcome"] in ("created", "replayed")}
        for each in items:
            if each["outcome"] == "refused" and each.get("id") not in (None, *kept):
                found = here.connection.exec_driver_sql(
                    "select 1 from result where id::text = %s", (str(each["id"]),)
                )
                assert found.first() is None, "a refused item was stored"


GRAMMAR = Grammar(make, take)
