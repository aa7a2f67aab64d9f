"""The panel report of the demonstration programme: each published figure in its place."""

import io
import re

import docx
import pypdf
import pytest

from ops import db, demo
from ops.demo import reports
from ops.demo.identity import id_of
from ops.demo.people import Person, email_of
from tests import factories
from tests.conftest import undone

API = "/api/v1"
# Each figure of the paper of 20 November 2023, as it stands beside its label.
PUBLISHED = (
    ("Warrants executed in two weeks of action", "33"),
    ("Arrests in two weeks of action", "39"),
    ("Lines closed in two weeks of action", "13"),
    ("Lines closed, financial year 2022/23", "85"),
    ("Lines closed, financial year 2023/24", "115 of a target of 120 (96%)"),
    ("School sessions, Years 5 and 6", "98"),
    ("Pupils at school sessions, Years 5 and 6", "more than 4,500"),
    ("Modern slavery awareness sessions", "more than 40"),
    ("People at modern slavery awareness sessions", "more than 1,600"),
    ("Of them general practitioners", "390"),
    ("At-risk engagement", "51"),
    ("Focused deterrence, ages 14 to 25, potential participants", "almost 250"),
    ("Temporary firearms licences, before", "570"),
    ("Temporary firearms licences, now", "0"),
    ("Drug treatment continued after release", "64%"),
)
# What the records of the demonstration add up to.
RECORDED = (("Warrants executed", "33"), ("Arrests", "39"), ("Lines closed", "13"))


@pytest.fixture(scope="module")
def issued(app):
    """Load the demonstration, and let its lead issue the report that its analyst wrote."""
    with undone(app):
        demo.load()
        lead, here = account(app, "lead"), f"{API}/reports/{reports.REPORT}"
        reply = lead.post(f"{here}/issue", headers={"If-Match": lead.get(here).headers["ETag"]})
        assert reply.status_code == 200, reply.text
        yield lead, here


def account(app, name):
    """Give the client of one of the demonstration's accounts."""
    client = app.test_client()
    person = db.find(Person, id_of("person", email_of(name)), "person")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
    return client


def fetched(issued, ending):
    client, here = issued
    reply = client.get(f"{here}.{ending}", query_string={"recipient": "The panel"})
    assert reply.status_code == 200, reply.text
    return reply.data


def beside(text, label, value):
    """Tell whether a value follows its label, and no other number comes between."""
    words = (re.escape(word) for word in f"{label} {value}".split())
    return re.search(r"\s+".join(words) + r"(?![\d,.]*\d)", text)


def test_each_published_figure_stands_beside_its_label_in_the_pdf(issued):
    document = pypdf.PdfReader(io.BytesIO(fetched(issued, "pdf")))
    pages = [page.extract_text() for page in document.pages]
    text = " ".join("\n".join(pages).split())

    assert [each for each in PUBLISHED + RECORDED if not beside(text, *each)] == []
    assert all(page.count("OFFICIAL-SENSITIVE") >= 2 for page in pages)
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "en-GB"
    assert [each["/Title"] for each in document.outline if not isinstance(each, list)]


def test_each_published_figure_stands_beside_its_label_in_the_word_document(issued):
    document = docx.Document(io.BytesIO(fetched(issued, "docx")))
    rows = [
        [cell.text for cell in row.cells][:2] for table in document.tables for row in table.rows
    ]

    assert [each for each in PUBLISHED + RECORDED if list(each) not in rows] == []
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables)
    pictures = [each._inline.docPr for each in document.inline_shapes]
    assert len(pictures) == 3
    assert all(len(each.get("descr")) > 40 for each in pictures)
    [section] = document.sections
    for edge in (section.header, section.footer):
        assert edge.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings[:3] == ["Summary", "Progress against targets", "Arrests over time"]


def test_each_published_figure_stands_beside_its_label_in_markdown(issued):
    lines = fetched(issued, "md").decode().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in lines if line[:1] == "|"]

    assert [each for each in PUBLISHED + RECORDED if list(each) not in rows] == []


def test_the_page_says_the_same_and_is_told_apart_as_reported(issued):
    client, here = issued
    page = client.get(here.removeprefix(API)).text
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())

    assert [each for each in PUBLISHED + RECORDED if not beside(text, *each)] == []
    assert "Pursue, all themes: reported by others, not from records here" in text
    assert "hired a car" in text


def test_what_was_issued_is_the_same_each_time_and_each_copy_is_a_disclosure(issued):
    client, here = issued

    for ending in ("pdf", "docx", "md"):
        assert fetched(issued, ending) == fetched(issued, ending)

    document = client.get(f"{here}/document")
    assert document.headers["ETag"] == f'"{client.get(here).json["hash"]}"'
