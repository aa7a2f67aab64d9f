"""A copy says on every page what it is, for whom, and whether it still holds."""

import datetime as dt
import io
import re

import pypdf
import pytest
import sqlalchemy as sa

from ops import wording
from ops.ledger.models import LogEntry
from tests import factories
from tests.briefings.conftest import NOW, equip, train

_TAG = re.compile(r"<[^>]*>")


def pages(reply):
    """Read the text of each page of a PDF."""
    assert reply.status_code == 200, reply.text
    return [
        " ".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(reply.data)).pages
    ]


def test_every_page_carries_marking_copy_and_number(issue, officer, here):
    issue()

    text = pages(officer.get(f"{here}/1.pdf"))

    assert len(text) > 1
    for number, page in enumerate(text, 1):
        assert page.count("OFFICIAL-SENSITIVE") >= 2
        assert f"Copy 1 of 1, for {officer.person.name}" in page
        assert f"Page {number} of {len(text)}" in page
        assert "WITHDRAWN" not in page


def test_the_document_is_tagged_and_says_all_of_the_plan(issue, officer, here):
    issue(communications="Channel 4, call sign Lima.")

    reply = officer.get(f"{here}/1.pdf")

    document = pypdf.PdfReader(io.BytesIO(reply.data))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in document.trailer["/Root"]["/Metadata"].get_data().decode()
    text = " ".join(pages(reply))
    for words in (
        "1. Information",
        "7. Human rights and other legal issues",
        "Close two lines.",
        "Channel 4, call sign Lima.",
        "Door one",
        "12 Moulton Street, M8 8DQ",
        "SJ 8",
        "Forced, with hydraulic tools",
        "Misuse of Drugs Act 1971 s.23(3)",
        "Team North",
        officer.person.name,
        "Cheetham Hill",
        "Grid lines every",
    ):
        assert words in text


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_vehicles_dogs_custody_and_certificates_are_in_it(issue, officer, here, visit, form):
    equip(visit, "vehicle", "Van 7", note="Seats eight")
    equip(visit, "dog", "Rex")
    equip(visit, "custody_suite", "Longsight", cells=3)
    train(officer.person, "method_of_entry", NOW.date() + dt.timedelta(days=90))
    train(officer.person, "search", NOW.date())
    until = wording.short_day(NOW.date() + dt.timedelta(days=90))
    issue()

    reply = officer.get(f"{here}/1.{form}")

    said = " ".join(pages(reply)) if form == "pdf" else " ".join(_TAG.sub(" ", reply.text).split())
    for words in (
        "Vehicle Van 7 (GMP) Seats eight 1",
        "Dog Rex (GMP) – 1",
        "Longsight (GMP) 5 3 1",
        f"Method of entry, until {until}; Search-trained, until {wording.short_day(NOW.date())}",
        f"Method of entry: {officer.person.name} (until {until})",
        f"Search-trained: {officer.person.name} (until {wording.short_day(NOW.date())}, before",
        "Longsight, 3 cells",
    ):
        assert words in said


def test_each_copy_has_the_next_number_and_is_a_disclosure(issue, lead, officer, here, session):
    issue()

    # As the form sends it that invites to leave it blank.
    officer.get(f"{here}/1.pdf?recipient=")
    text = pages(lead.get(f"{here}/1.pdf?recipient=Insp Example"))

    assert "Copy 2 (1 planned), for Insp Example" in text[0]
    session.execute(sa.text("reset role"))
    entry = session.scalars(
        sa.select(LogEntry).where(LogEntry.act == "disclosure").order_by(LogEntry.id.desc())
    ).first()
    assert entry.recipient == "Insp Example"
    assert "Copy 2" in entry.reason
    copies = lead.get(f"{here}/1/readers").json["copies"]
    assert [(each["number"], each["recipient"]) for each in copies] == [
        (1, officer.person.name),
        (2, "Insp Example"),
    ]


def test_a_withdrawn_version_says_so_on_every_page(issue, lead, officer, here):
    issue()
    lead.post(f"{here}/1/withdraw", json={"reason": "Wrong door."})

    text = pages(officer.get(f"{here}/1.pdf"))

    assert all("WITHDRAWN" in page for page in text)
    assert "Wrong door." in text[0]


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_a_draft_is_not_handed_out(begin, lead, here, form):
    begin()

    refused = lead.get(f"{here}/1.{form}")

    assert refused.status_code == 409
    assert "Issue it first" in refused.json["detail"]


def test_what_was_issued_is_handed_out_as_it_was(issue, officer, here, operation):
    issue()
    factories.deployment(operation, NOW, name="Later door")

    text = " ".join(pages(officer.get(f"{here}/1.pdf")))

    assert "Later door" not in text


def test_the_one_file_asks_nobody_and_reads_without_scripts(issue, officer, here):
    hostile = "<script>alert(1)</script> {{ 6 * 7 }}"
    issue(communications=hostile)

    reply = officer.get(f"{here}/1.html")

    written = reply.text
    assert reply.headers["Content-Disposition"] == 'attachment; filename="LAN-1-briefing-1.html"'
    references = re.findall(r"""(?:src|href)=["']?(https?:[^"'>\s]*)""", written)
    assert set(references) <= {"https://leafletjs.com"}
    assert "default-src 'none'" in written.replace("&#x27;", "'")
    plain = re.sub(r"<script>.*?</script>", "", written, flags=re.DOTALL)
    for words in ("Door one", "Close two lines.", f"Copy 1 of 1, for {officer.person.name}"):
        assert words in plain
    assert plain.count("OFFICIAL-SENSITIVE") == 2
    assert "<script>alert(1)" not in written
    assert "{{ 6 * 7 }}" in plain
