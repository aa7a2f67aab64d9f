"""Replies are compressed where that gives nothing away."""

import flask
import pytest

from ops import compression


@pytest.fixture
def client():
    app = flask.Flask(__name__)
    compression.init_app(app)

    @app.get("/<path:mimetype>")
    def reply(mimetype):
        response = flask.Response("x" * 5000, mimetype=mimetype)
        response.set_etag("7")
        return response

    @app.put("/")
    def write():
        return {"matches": "7" in flask.request.if_match}

    return app.test_client()


@pytest.mark.parametrize("algorithm", ["gzip", "br", "zstd"])
def test_json_is_compressed_as_the_reader_asks(client, algorithm):
    response = client.get("/application/json", headers={"Accept-Encoding": algorithm})

    assert response.headers["Content-Encoding"] == algorithm
    assert len(response.data) < 500


def test_a_page_with_a_secret_in_it_is_not_compressed(client):
    response = client.get("/text/html", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers


def test_the_etag_of_a_compressed_reply_still_matches_when_it_comes_back(client):
    read = client.get("/application/json", headers={"Accept-Encoding": "gzip"})

    written = client.put("/", headers={"If-Match": read.headers["ETag"]})

    assert written.json == {"matches": True}
