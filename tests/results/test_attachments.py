"""Photos of results: known by their content, kept once, seen with their result."""

import dataclasses
import datetime as dt
import hashlib
import io
import os

import pytest
import sqlalchemy as sa
from PIL import Image

from ops import db
from ops.ledger.models import LogEntry
from ops.results import attachments, photos
from ops.results.attachment_models import Attachment
from tests import factories
from tests.results.conftest import payload

API = "/api/v1/attachments"


def photo(kind="JPEG", size=(64, 48), exif=None, **more):
    """Take a photo of nothing, another each time."""
    colour = (next(factories.NUMBERS) % 256, 90, 120)
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(
        buffer, kind, **{} if exif is None else {"exif": exif}, **more
    )
    return buffer.getvalue()


def located():
    """Give what a phone writes about where a photo was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (53.0, 29.0, 1.0), 3: "W", 4: (2.0, 14.0, 1.0)}
    return exif


@pytest.fixture
def operation(session):
    return factories.operation()


@pytest.fixture
def officer(client_as):
    return client_as("officer")


@pytest.fixture
def result(officer, operation):
    """The id of a result to add photos to."""
    reply = officer.post(f"/api/v1/operations/{operation.id}/results", json=payload())
    assert reply.status_code == 201, reply.text
    return reply.json["id"]


def add(client, result, content, sha256=None, media_type="image/jpeg"):
    query = {"result": result, "sha256": sha256 or hashlib.sha256(content).hexdigest()}
    return client.post(API, query_string=query, data=content, content_type=media_type)


@pytest.mark.parametrize("kind", photos.FORMATS)
def test_a_photo_is_kept_as_it_came_and_read_by_its_hash(officer, result, kind):
    content = photo(kind)
    sha256 = hashlib.sha256(content).hexdigest()

    # What the sender calls it says nothing.
    added = add(officer, result, content, media_type="application/pdf")

    assert added.status_code == 201, added.text
    assert added.json["media_type"] == photos.FORMATS[kind][0]
    assert (added.json["width"], added.json["size_bytes"]) == (64, len(content))
    read = officer.get(f"{API}/{sha256}")
    assert (read.data, read.mimetype) == (content, photos.FORMATS[kind][0])
    assert "sandbox" in read.headers["Content-Security-Policy"]
    listed = officer.get(API, query_string={"result": result}).json
    assert [each["sha256"] for each in listed] == [sha256]


def test_the_same_bytes_again_are_the_same_photo(officer, result, session):
    content = photo()

    first, again = add(officer, result, content), add(officer, result, content)

    assert [first.status_code, again.status_code] == [201, 200]
    assert first.json == again.json
    assert session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Nothing was sent."),
        (b"%PDF-1.7 and so on", "This is a PDF, whatever its name says."),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, "This is a video."),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "This is a HEIC photo."),
        (b"GIF89a" + b"\x00" * 40, "This is no photo that can be read."),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "This is no photo that can be read."),
        (photo()[:-300], "This is no photo that can be read."),
        (photo("PNG")[:-60], "This is no photo that can be read."),
        (photo(exif=located()), "This photo says where it was taken."),
        (photo("WEBP", exif=located()), "This photo says where it was taken."),
        (photo("PNG", exif=located()), "This photo says where it was taken."),
        (photo(xmp=b"<exif:GPSLatitude>53,29N</exif:GPSLatitude>"), "This photo says where"),
        (
            photo("WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48))]),
            "This picture moves.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_that_may_be_kept_is_refused_in_a_sentence(officer, result, content, said):
    reply = add(officer, result, content)

    assert reply.status_code == 422, reply.text
    assert reply.json["detail"].startswith(said)


def test_what_is_too_large_is_refused_in_a_sentence(officer, result, monkeypatch):
    forty = add(officer, result, b"\xff\xd8\xff" + bytes(40 * 2**20), "0" * 64)
    monkeypatch.setattr("ops.results.photos.MOST_PIXELS", 3000)
    wide = add(officer, result, photo())
    monkeypatch.setattr("ops.results.attachments.MOST", 0)
    monkeypatch.setattr("ops.results.photos.MOST_PIXELS", 4000)
    many = add(officer, result, photo())

    assert (forty.status_code, forty.json["detail"]) == (413, "Send at most 10 MB at once.")
    assert "million pixels" in wide.json["detail"]
    assert (many.status_code, "photos already" in many.json["detail"]) == (409, True)


def test_what_was_damaged_on_the_way_is_refused(officer, result):
    reply = add(officer, result, photo(), "0" * 64)

    assert reply.status_code == 422
    assert reply.json["errors"] == {
        "sha256": ["What came here is not what was sent; send it again."]
    }


def test_a_photo_is_seen_by_whoever_sees_its_result_and_each_look_is_logged(
    client_as, officer, operation, result, session
):
    content = photo()
    address = f"{API}/{hashlib.sha256(content).hexdigest()}"
    added = add(officer, result, content).json
    stranger = client_as("officer", organisation=factories.organisation("LANCS"))

    seen, hidden = client_as("analyst").get(address), stranger.get(address)
    nothing = stranger.get(f"{API}/{'0' * 64}")

    assert seen.status_code == 200
    assert (hidden.status_code, hidden.json) == (404, nothing.json)
    assert stranger.get(API, query_string={"result": result}).status_code == 404
    assert add(stranger, result, photo()).status_code == 404
    assert add(client_as("auditor"), result, photo()).status_code == 403
    looks = sa.select(LogEntry.seen).where(LogEntry.endpoint == "attachments.AttachmentByHash")
    [look] = session.scalars(looks)
    assert [each["ids"] for each in look if each["kind"] == "attachment"] == [[added["id"]]]


def test_a_struck_record_takes_no_photo(officer, result):
    officer.post(f"/api/v1/results/{result}/strike", json={"reason": "Twice"})

    assert add(officer, result, photo()).status_code == 409


def test_bytes_that_are_lost_or_changed_are_never_shown(officer, result, app):
    content = photo()
    sha256 = hashlib.sha256(content).hexdigest()
    add(officer, result, content)
    attachments.keep(app.config["SETTINGS"].attachments_at(), sha256, b"another")

    assert officer.get(f"{API}/{sha256}").status_code == 503


@pytest.mark.parametrize("place", ["/dev/null/photos", "nosuch://photos"])
def test_a_photo_that_cannot_be_kept_is_to_be_sent_again(app, officer, result, monkeypatch, place):
    elsewhere = dataclasses.replace(app.config["SETTINGS"], attachments=place)
    monkeypatch.setitem(app.config, "SETTINGS", elsewhere)

    reply = add(officer, result, photo())

    assert (reply.status_code, "send it again" in reply.json["detail"]) == (503, True)
    assert officer.get(API, query_string={"result": result}).json == []


def test_bytes_that_no_record_names_are_swept_up_after_a_day(committed, tmp_path):
    person = factories.person()
    operation = factories.operation(created_by=person.id)
    kept, erased, new = (hashlib.sha256(name).hexdigest() for name in (b"kept", b"erased", b"new"))
    for sha256 in (kept, erased, new):
        attachments.keep(str(tmp_path), sha256, b"x")
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).timestamp()
    for sha256 in (kept, erased):
        os.utime(tmp_path / sha256[:2] / sha256, (yesterday, yesterday))
    made = sa.text(
        "insert into result (id, operation_id, kind, occurred_at, recorded_by, content_hash)"
        " values (gen_random_uuid(), :operation, 'arrest', now(), :person, '') returning id"
    )
    with db.transaction():
        key = db.session.scalar(made, {"operation": operation.id, "person": person.id})
        db.session.add(
            Attachment(
                result_id=key, sha256=bytes.fromhex(kept), media_type="image/png", size_bytes=1,
                width=1, height=1, added_by=person.id,
            )
        )  # fmt: skip

    assert attachments.sweep(committed.extensions["engine"], str(tmp_path)) == 1
    left = {each.name for each in tmp_path.rglob("*") if each.is_file()}
    assert left == {kept, new}


def test_a_records_page_shows_its_photos_also_once_it_was_corrected(officer, client_as, result):
    content = photo(size=(1600, 1200))
    assert add(officer, result, content).status_code == 201
    sha256 = hashlib.sha256(content).hexdigest()

    before = officer.get(f"/results/{result}").text
    form = officer.get(f"/results/{result}/correct").text
    reply = officer.get(f"/api/v1/results/{result}")
    told = {"reason": "It was dark.", "note": "At the back."}
    tag = {"If-Match": reply.headers["ETag"]}
    assert officer.patch(f"/api/v1/results/{result}", json=told, headers=tag).status_code == 200

    assert "Its photo stays with the record" in form
    for page in (before, officer.get(f"/results/{result}").text):
        assert f'<img class="app-photos__picture" src="/api/v1/attachments/{sha256}"' in page
        assert 'alt="Photo 1 of 1, arrest, received ' in page
        assert "1,600 × 1,200 pixels, " in page
        assert f"SHA-256 {sha256}" in page
    none = client_as("officer", organisation=factories.organisation("LANCS"))
    assert none.get(f"/results/{result}").status_code == 404
    assert none.get(f"/api/v1/attachments/{sha256}").status_code == 404
