"""Case notes: in which order they stand, and what is taken as text whatever was typed."""

import io

import docx
import pytest

from tests.reports.conftest import act

MARKUP = "<script>alert(1)</script> **bold** | cell\n\n# Not a heading 🚔 £5 \N{ZERO WIDTH JOINER}"


@pytest.fixture
def tell(analyst, here, operations):
    """Tell a case; give the reply."""

    def send(client=analyst, **changes):
        case = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
        return client.post(f"{here}/notes", json=case | changes)

    return send


def titles(client, here):
    return [each["title"] for each in client.get(here).json["notes"]]


def test_notes_stand_in_the_order_they_are_put_in(analyst, here, tell):
    ids = [tell(title=title).json["id"] for title in ("One", "Two", "Three")]

    etag = analyst.get(here).headers["ETag"]
    moved = analyst.post(
        f"{here}/notes/order", json={"notes": ids[::-1]}, headers={"If-Match": etag}
    )
    short = analyst.post(
        f"{here}/notes/order",
        json={"notes": ids[:2]},
        headers={"If-Match": moved.headers["ETag"]},
    )

    assert moved.status_code == 200, moved.text
    assert titles(analyst, here) == ["Three", "Two", "One"]
    assert short.status_code == 422
    assert "once" in short.json["errors"]["notes"][0]


def test_a_note_is_changed_as_it_was_read_and_once_struck_left_out(analyst, here, tell):
    where = f"{here}/notes/{tell().json['id']}"
    read = {"If-Match": analyst.get(where).headers["ETag"]}

    changed = analyst.patch(where, json={"text": "It was shut."}, headers=read)
    stale = analyst.patch(where, json={"text": "It was ajar."}, headers=read)
    struck = act(analyst, where, "strike", {"reason": "It was another door."})
    again = act(analyst, where, "strike", {"reason": "Again."})

    assert (changed.status_code, stale.status_code) == (200, 412)
    assert (struck.status_code, again.status_code) == (200, 409)
    assert struck.json["struck_why"] == "It was another door."
    assert "It was shut." not in analyst.get(f"{here}.md").text


def test_what_was_typed_is_text_in_every_form(analyst, here, tell):
    assert tell(title="<b>Bold</b> & 🚔", text=MARKUP).status_code == 201

    markdown = analyst.get(f"{here}.md").text
    page = analyst.get(here.removeprefix("/api/v1")).text
    word = docx.Document(io.BytesIO(analyst.get(f"{here}.docx").data))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** | cell" in page
    assert "\n# Not" not in markdown
    assert r"\<script\>" in markdown
    said = [each.text for each in word.paragraphs]
    assert "<b>Bold</b> & 🚔" in said
    assert "<script>alert(1)</script> **bold** | cell" in said
    assert analyst.get(f"{here}.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "x" * 100_000}, "text"),
        ({"text": ""}, "text"),
        ({"text": "\x07"}, "text"),
        ({"title": "x" * 201}, "title"),
        ({"marking": "SECRET"}, "marking"),
        ({"operation": "nowhere"}, "operation"),
        ({"operation": "0193f5a0-0000-7000-8000-000000000000"}, "operation"),
    ],
)
def test_refuses_what_is_no_case_of_this_report(tell, change, field):
    reply = tell(**change)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_a_note_is_never_marked_above_its_report(begin, analyst, operations):
    here = f"/api/v1/reports/{begin(marking='OFFICIAL').json['id']}"
    case = {"operation": str(operations[0].id), "title": "A door", "text": "It was open.",
            "marking": "OFFICIAL-SENSITIVE"}  # fmt: skip

    reply = analyst.post(f"{here}/notes", json=case)

    assert reply.status_code == 422
    assert "can't be OFFICIAL" in reply.json["errors"]["marking"][0]
