"""A receiver that listens on this machine, and the server's settings that let it be told."""

import contextlib
import dataclasses
import http.server
import threading

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook

from ops import db
from ops.subscriptions import delivering, keeping
from ops.subscriptions.models import EVENTS, Delivery
from tests import factories


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it is sent, and answers as it was told to: one answer a delivery, then 204."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.deliveries = [], []
        self.is_held = threading.Event()
        self.go_on = threading.Event()

    @property
    def address(self):
        """Give where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook?for=ops"

    @property
    def ids(self):
        """List the ids that came, in their order."""
        return [headers["webhook-id"] for headers, _ in self.deliveries]

    def told(self, secret):
        """Read what came, each checked by a library that is not ours."""
        return [Webhook(secret).verify(body, dict(headers)) for headers, body in self.deliveries]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.deliveries.append((self.headers, body))
        status, *headers = server.answers.pop(0) if server.answers else (204,)
        if status == "hold":
            server.is_held.set()
            server.go_on.wait(30)
            status = 204
        if status == "hang up":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    """A receiver, stopped at the end of the test."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(app):
    """Settings with which this machine may be told, without https."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(
        before, secret_key="k" * 32, webhook_networks="127.0.0.0/8,::1/128", webhook_http=True
    )
    yield app.config["SETTINGS"]
    app.config["SETTINGS"] = before


class House:
    """Somebody with subscriptions, and what is sent of them."""

    def __init__(self, app, settings):
        self.app, self.settings = app, settings
        self.engine = app.extensions["engine"]

    @contextlib.contextmanager
    def as_person(self, person):
        """Act in the name of somebody, as a request of theirs does."""
        headers = {"Authorization": f"Bearer {factories.token(person)}"}
        with self.app.test_request_context("/subscriptions", headers=headers):
            for found in self.app.before_request_funcs[None]:
                found()
            yield
            db.session.remove()

    def subscribe(self, person, address, **content):
        """Subscribe an address in somebody's name; give its id and its secret."""
        content = {
            "label": "A board",
            "address": address,
            "events": list(EVENTS),
            "all_operations": "operations" not in content,
            "with_records": False,
        } | content
        with self.as_person(person):
            return keeping.add(content)

    def deliver(self, settings=None):
        """Make one pass, as the server does."""
        return delivering.deliver(self.engine, settings or self.settings)

    def be_due(self):
        """Let the time pass after which what failed is tried again."""
        with self.engine.begin() as connection:
            connection.execute(sa.update(Delivery).values(next_at=sa.func.now()))

    def states(self):
        """List the states of what is to be delivered, in the order of the feed."""
        with self.engine.begin() as connection:
            query = sa.select(Delivery.state).order_by(Delivery.position)
            return connection.scalars(query).all()

    def deliveries(self):
        """List what is to be delivered, in the order of the feed."""
        with self.engine.begin() as connection:
            query = sa.select(Delivery.__table__).order_by(Delivery.position)
            return connection.execute(query).all()


@pytest.fixture
def house(committed, settings):
    """Somebody with subscriptions, in a database that other connections see."""
    return House(committed, settings)
