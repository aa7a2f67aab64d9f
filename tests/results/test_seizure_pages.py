"""The pages of what was seized: in a package, in custody, in doubt; and the next step."""

import datetime as dt
import re
import uuid

import pytest

AT = "2026-11-02T12:00:00Z"


def form_of(page, name):
    """Give what a field of a page holds."""
    found = re.search(rf'name="{re.escape(name)}"[^>]*value="([^"]*)"', page)
    found = found or re.search(rf'value="([^"]*)"[^>]*name="{re.escape(name)}"', page)
    return found and found[1]


@pytest.fixture
def package(log):
    """A package that waits."""
    return log("seizure", {"category": "package", "exhibit_ref": "AP/1"}, occurred_at=AT)


def test_a_package_is_opened_and_what_was_inside_is_logged_in_it(lead, package, operation):
    page = lead.get(f"/results/{package['id']}").text
    assert "It waits to be opened." in page
    etag = lead.get(f"/api/v1/results/{package['id']}").headers["ETag"]
    opened = lead.post(
        f"/results/{package['id']}/opened",
        data={"etag": etag, "detail.opened_at": "2026-11-02T15:00"},
    )
    assert opened.location.endswith("?done=package-opened")

    path = f"/operations/{operation.id}/log?kind=seizure&parent={package['id']}"
    form = lead.get(path, follow_redirects=True).text
    assert form_of(form, "detail.exhibit_ref") == "AP/1/1"
    logged = lead.post(
        f"/operations/{operation.id}/log",
        data={
            "kind": "seizure",
            "id": str(uuid.uuid4()),
            "occurred_at": "2026-11-02T15:00",
            "detail.category": "phones",
            "detail.parent": package["id"],
            "detail.exhibit_ref": "AP/1/1",
        },
    )

    assert logged.status_code == 303
    inside = lead.get(logged.location).text
    assert f'href="/results/{package["id"]}"' in inside
    page = lead.get(f"/results/{package['id']}").text
    assert "Mobile phones, 1, AP/1/1" in page


def test_a_correction_keeps_what_a_seizure_lies_in_and_can_move_it(lead, log, package):
    other = log("seizure", {"category": "package", "exhibit_ref": "AP/2", "opened": True})
    phone = log("seizure", {"category": "phones", "parent": package["id"]})
    page = lead.get(f"/results/{phone['id']}/correct").text
    assert re.search(rf'<option value="{package["id"]}" selected', page)

    etag = lead.get(f"/api/v1/results/{phone['id']}").headers["ETag"]
    lead.post(
        f"/results/{phone['id']}/correct",
        data={
            "etag": etag,
            "reason": "It was in the other.",
            "detail.category": "phones",
            "detail.parent": other["id"],
        },
    )

    moved = lead.get(f"/api/v1/results/{phone['id']}").json
    assert moved["detail"]["parent"] == other["id"]


@pytest.fixture
def heroin(lead, operation):
    """Send the form of some heroin, as an answer to the question or not."""

    def send(act=None, **fields):
        data = {
            "kind": "seizure",
            "id": str(uuid.uuid4()),
            "occurred_at": "2026-11-02T12:00",
            "detail.category": "drugs",
            "detail.drug": "heroin",
            "detail.quantity": "16.1",
            "detail.unit": "kg",
        } | fields
        return lead.post(
            f"/operations/{operation.id}/log", data=data | ({"act": act} if act else {})
        )

    return send


def test_kilograms_that_were_probably_grams_are_asked_about_before_saving(lead, operation, heroin):
    page = heroin()

    assert page.status_code == 200
    assert "16.1 kg is unlikely for one record." in page.text
    assert "Did you mean 16.1 g?" in page.text
    assert form_of(page.text, "detail.quantity") == "16.1"
    assert lead.get(f"/api/v1/operations/{operation.id}/results").json == []


@pytest.mark.parametrize(("act", "unit"), [("meant", "g"), ("sure", "kg")])
def test_the_answer_to_the_question_is_saved(lead, heroin, act, unit):
    logged = heroin(act)

    assert logged.status_code == 303
    result_id = logged.location.rpartition("/")[2].partition("?")[0]
    record = lead.get(f"/api/v1/results/{result_id}").json
    assert (record["detail"]["quantity"], record["detail"]["unit"]) == ("16.1", unit)
    said = "16.1 kg is unlikely for one record. Did you mean 16.1 g?"
    assert (said in record["remarks"]) == (unit == "kg")


def test_what_is_likely_is_saved_at_once(heroin):
    assert heroin(**{"detail.unit": "g"}).status_code == 303


def test_once_it_was_weighed_nobody_asks_again(second, lead, heroin):
    result_id = heroin("sure").location.rpartition("/")[2].partition("?")[0]

    confirmed = second.post(f"/api/v1/results/{result_id}/confirm", json={"how": "weighed"}).json

    assert not any("unlikely" in said for said in confirmed["remarks"])


def test_a_negative_weight_is_refused_with_a_sentence(heroin):
    page = heroin(**{"detail.quantity": "-5", "detail.unit": "g"})

    assert page.status_code == 422
    assert "This can’t be below zero; leave the minus out." in page.text


def test_custody_is_written_and_struck_on_its_page(lead, package):
    path = f"/results/{package['id']}/custody"
    assert "Begin with who seized it" in lead.get(path).text
    step = {"id": str(uuid.uuid4()), "step": "seized", "at": "2026-11-02T12:00"}

    wrong = lead.post(path, data=step)
    assert "Say who had it from then on." in wrong.text
    written = lead.post(path, data=step | {"to_holder": "PC 1234"})
    page = lead.get(written.location).text
    struck = lead.post(f"{path}/{step['id']}/strike", data={"reason": "Another exhibit."})

    assert form_of(page, "from_holder") == "PC 1234"
    assert "Another exhibit." in lead.get(struck.location).text


def test_the_next_step_is_added_on_the_page_of_the_arrest(lead, log):
    arrest = log("arrest", occurred_at=AT)
    assert "Nothing is written yet." in lead.get(f"/results/{arrest['id']}").text

    added = lead.post(
        f"/results/{arrest['id']}/disposals",
        data={"code": "charged", "at": "2026-11-03T09:00", "version": "1", "offences[]": ["fraud"]},
    )

    assert added.location.endswith("?done=taken-further")
    page = lead.get(added.location).text
    assert "Charged, Tuesday 3 November 2026, 09:00: Fraud" in page
    before = lead.post(
        f"/results/{arrest['id']}/disposals",
        data={"code": "bailed", "at": "2026-11-01T09:00", "version": "2"},
    )
    assert before.status_code == 422
    assert "This is before the arrest" in before.text


def test_the_page_of_cash_says_what_is_overdue(lead, log):
    assert "No clock is running." in lead.get("/cash-detentions").text
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    log("seizure", {"category": "cash", "quantity": "1240.50"}, occurred_at=old.isoformat())

    page = lead.get("/cash-detentions").text

    assert "£1,240.50" in page
    assert "Overdue" in page
