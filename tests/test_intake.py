"""What may come in at all."""

import gzip
import io
import zlib

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from ops import create_app, db, intake
from ops.config import Settings
from tests import factories


def sent(client, address, method="GET", headers=None, **rest):
    """Send a request with just these headers, even where they do not fit its body or its path."""
    builder = EnvironBuilder("/", method=method, headers=headers)
    environ = client.environ_base | builder.get_environ() | rest
    environ["PATH_INFO"], _, environ["QUERY_STRING"] = address.partition("?")
    if "HTTP_AUTHORIZATION" in client.environ_base and "Authorization" not in (headers or {}):
        environ["HTTP_AUTHORIZATION"] = client.environ_base["HTTP_AUTHORIZATION"]
    for name in {"Content-Length", "Content-Type"} & (headers or {}).keys():
        environ[name.upper().replace("-", "_")] = headers[name]
    reply = run_wsgi_app(client.application.wsgi_app, environ, buffered=True)
    return TestResponse(*reply, builder.get_request())


@pytest.fixture(scope="module")
def made(app):
    """Make an app with other settings on the same database, once for each set of them."""
    apps = {}

    def make(**settings):
        key = frozenset(settings.items())
        if key not in apps:
            url = app.config["DATABASE_URL"]
            apps[key] = create_app(Settings(database_url=url, rate_limit="off", **settings))
        return apps[key].test_client()

    yield make
    for each in apps.values():
        each.extensions["engine"].dispose()
    db.session.remove()
    db.session.configure(bind=app.extensions["engine"])


PUBLIC = {"public_url": "https://ops.example.test:8443", "trusted_hosts": "ops.internal, 10.0.0.7"}


@pytest.mark.parametrize(
    "host",
    [
        "ops.example.test",
        "OPS.example.test",
        "ops.example.test:8443",
        "ops.internal",
        "10.0.0.7:8000",
        "localhost:8000",
        "127.0.0.1",
        "[::1]:8000",
    ],
)
def test_answers_to_its_own_names(made, host):
    assert sent(made(**PUBLIC), "/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "ops.example.test.evil.example",
        "evil-ops.example.test",
        "ops.example.test@evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.8",
        "[::2]",
        "<script>",
        "a b",
        "",
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("address", ["/healthz", "/sign-in", "/operations", "/api/v1/me", "/none"])
def test_answers_to_no_other_name(made, host, address):
    reply = sent(made(**PUBLIC), address, headers={"Host": host})

    assert reply.status_code == 400
    assert "does not answer to that name" in reply.text
    assert "evil" not in reply.text
    assert "Location" not in reply.headers


def test_an_address_that_is_bound_is_a_name_but_every_address_is_none():
    everywhere = Settings(bind="0.0.0.0:8000")

    assert "10.1.2.3" in intake.hosts(Settings(bind="10.1.2.3:8000"))
    assert intake.is_nameless(everywhere)
    assert not intake.is_nameless(Settings(bind="0.0.0.0:80", trusted_hosts="ops.internal"))
    assert not intake.is_nameless(Settings())


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
}


def test_without_proxies_nobody_says_where_a_request_came_from(made):
    reply = sent(made(), "/sign-in", headers=FORWARDED)

    assert reply.status_code == 200
    assert "Strict-Transport-Security" not in reply.headers


def test_a_proxy_of_ours_is_believed_and_still_names_no_other_host(made, caplog):
    client = made(proxies=1)

    refused = sent(client, "/sign-in", headers=FORWARDED)
    honest = sent(client, "/sign-in", headers=FORWARDED | {"X-Forwarded-Host": "localhost"})

    assert (refused.status_code, honest.status_code) == (400, 200)
    assert "Strict-Transport-Security" in honest.headers
    assert '"address":"203.0.113.9"' in caplog.text


def test_what_stands_before_our_own_proxy_is_not_believed(made, caplog):
    forged = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9"}

    sent(made(proxies=1), "/api/v1/me", headers=forged)

    assert '"address":"203.0.113.9"' in caplog.text


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    def __init__(self):
        self.read_so_far = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:] = b" " * len(buffer)
        self.read_so_far += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("address", ["/api/v1/operations", "/api/v1/results/batch", "/sign-in"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "GET"])
def test_a_body_too_large_is_refused_unread(client_as, method, address):
    body = Endless()

    reply = sent(
        client_as(),
        address,
        method,
        headers={"Content-Length": str(50 * 2**20), "Content-Type": "application/json"},
        **{"wsgi.input": body},
    )

    assert reply.status_code == 413
    assert "10 MB" in reply.text
    assert body.read_so_far == 0


def test_a_body_that_does_not_say_its_size_is_read_no_further_than_allowed(client_as):
    body = Endless()

    reply = sent(
        client_as(),
        "/api/v1/operations",
        "POST",
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        **{"wsgi.input": body, "wsgi.input_terminated": True},
    )

    assert reply.status_code == 413
    assert reply.mimetype == "application/problem+json"
    assert body.read_so_far <= intake.LARGEST_BODY + 2**20


@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, gzip", "x"])
@pytest.mark.parametrize("address", ["/api/v1/operations", "/sign-in"])
def test_a_packed_body_is_never_unpacked(client_as, address, packed):
    bomb = gzip.compress(bytes(10**7)) if "gzip" in packed else zlib.compress(bytes(10**7))

    reply = client_as().post(address, data=bomb, headers={"Content-Encoding": packed})

    assert reply.status_code == 415
    assert "Content-Encoding" in reply.text


NESTED = [
    b"[" * 200_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b"[" * 900 + b"]" * 900,
    b'{"note":' * 500 + b"1" + b"}" * 500,
]


@pytest.mark.parametrize("body", NESTED)
@pytest.mark.parametrize("address", ["operations", "results/batch", "targets", "sites"])
def test_endless_brackets_are_refused(client_as, address, body):
    reply = client_as().post(f"/api/v1/{address}", data=body, content_type="application/json")

    assert reply.status_code in {400, 422}
    assert reply.json["detail"]


@pytest.mark.parametrize("depth", [50, 900])
@pytest.mark.parametrize("within", ["geometry", "properties", "detail"])
def test_brackets_within_a_field_are_refused(client_as, within, depth):
    deep = "[" * depth + "]" * depth
    operation = factories.operation()
    if within == "detail":
        address, body = "results", f'{{"kind": "arrest", "detail": {{"reason": {deep}}}}}'
    else:
        parts = {"geometry": f'{{"type": "Polygon", "coordinates": {deep}}}', "properties": deep}
        address, body = "areas", f'{{"type": "Feature", "{within}": {parts[within]}}}'

    reply = client_as().post(
        f"/api/v1/operations/{operation.id}/{address}", data=body, content_type="application/json"
    )

    assert reply.status_code == 422


def test_a_form_of_endless_fields_is_refused(client):
    many = MultiDict([(f"field{number}", "x") for number in range(2500)])

    reply = client.post("/sign-in", data=many, content_type="multipart/form-data")

    assert reply.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b"--b\r\nContent-Disposition: form-data; name=\r\n\r\nx\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="email"; filename="../a"\r\n\r\nx\r\n--b--',
        b"--b\r\n" * 10_000,
    ],
)
def test_a_broken_form_is_no_fault_of_ours(client, body):
    reply = client.post("/sign-in", data=body, content_type="multipart/form-data; boundary=b")

    assert reply.status_code in {413, 422}


KINDS = [
    "text/plain",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/octet-stream",
    "application/json; charset=utf-7",
    "application/json; charset=nonsense",
    "application/vnd.api+json",
    "application/geo+json",
    "application/",
    "json",
    ";;;",
    "\x00",
    "a" * 5000,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"name": "\\ud800"}', b'"\x00"', b"NaN"])
def test_whatever_a_body_is_called_it_is_checked(client_as, kind, body):
    reply = client_as().post("/api/v1/operations", data=body, content_type=kind)

    assert reply.status_code in {400, 415, 422}
    assert reply.json["detail"]


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method", "X-Original-Method"]
)
def test_no_header_or_field_makes_another_method_of_a_request(client_as, header):
    client = client_as()
    operation = factories.operation()

    reply = client.get(f"/api/v1/operations/{operation.id}", headers={header: "PATCH"})
    posted = client.post(f"/operations/{operation.id}?_method=DELETE", data={"_method": "DELETE"})

    assert reply.json["name"] == operation.name
    assert posted.status_code in {404, 405}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "MADEUP", "get", "<script>"])
def test_a_method_of_no_use_is_refused(client_as, method):
    reply = client_as().open("/api/v1/operations", method=method)

    assert reply.status_code in {200, 405} if method == "get" else reply.status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff",
        "q=%ed%a0%80",
        "limit=%EF%BC%91",
        "cursor=%00",
        "limit=1&limit=2",
        "q=" + "'" * 500,
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/operations", "/operations", "/api/v1/sites"])
def test_an_odd_query_is_answered_or_refused(client_as, address, query):
    reply = client_as().get(f"{address}?{query}")

    assert reply.status_code in {200, 422}


@pytest.mark.parametrize("part", ["%00", "%ff", "..%2f..%2fetc%2fpasswd", "%ed%a0%80", "a" * 5000])
@pytest.mark.parametrize(
    "address", ["/operations/{}", "/api/v1/operations/{}", "/static/build/{}", "/{}"]
)
def test_an_odd_path_is_not_found(client_as, address, part):
    reply = client_as().get(address.format(part))

    assert reply.status_code == 404


def test_what_is_long_is_refused_as_long(client):
    assert client.get(f"/{'a' * 9000}").status_code == 414
    assert client.get("/healthz", headers={"X-Long": "a" * 40_000}).status_code == 431


@pytest.mark.parametrize("bind", ["0.0.0.0:80", "[::]:80"])
def test_every_way_to_listen_everywhere_is_seen(bind):
    assert intake.is_nameless(Settings(bind=bind))
