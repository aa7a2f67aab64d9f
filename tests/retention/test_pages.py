import pytest

from tests.retention.conftest import decide, erase


def test_the_page_lists_what_is_due(lead, operation, log):
    result = log()
    decide(lead, f"/results/{result['id']}")

    page = lead.get("/reviews").text

    assert f'href="/results/{result["id"]}/review"' in page
    assert "To be erased" in page


def test_whoever_may_not_decide_is_led_to_the_record(client_as, lead, log):
    result = log()
    decide(lead, f"/results/{result['id']}")

    page = client_as("officer").get("/reviews").text

    assert f'href="/results/{result["id"]}"' in page


def test_a_decision_is_made_on_the_page(lead, operation):
    here = f"/operations/{operation.id}"
    sent = {"act": "decide", "decision": "keep", "reason": "A case is open.",
            "next_review_on": "2030-01-01"}  # fmt: skip

    reply = lead.post(f"{here}/review", data=sent)

    assert reply.headers["Location"] == f"{here}/review?done=reviewed"
    assert "1 January 2030" in lead.get(here).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"act": "decide"}, "What is to become of it"),
        ({"act": "decide", "decision": "keep", "reason": "Needed."}, "Say when"),
        ({"act": "hold"}, "Say why it is held."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(lead, operation, sent, sentence):
    reply = lead.post(f"/operations/{operation.id}/review", data=sent)

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert sentence in reply.text


def test_a_hold_is_made_and_lifted_on_the_page(lead, log):
    here = f"/results/{log()['id']}"

    lead.post(f"{here}/review", data={"act": "hold", "hold_reason": "A court asked."})
    hold = lead.get(f"/api/v1{here}/retention").json["holds"][0]
    held = lead.get(here).text
    lead.post(f"{here}/review", data={"hold": hold["id"]})

    assert "Held: nothing of it is erased." in held
    assert "Held:" not in lead.get(here).text


def test_an_erasure_shows_first_what_goes(lead, second, log):
    here = f"/results/{log()['id']}"
    decide(lead, here)

    before = second.get(f"{here}/review").text
    page = second.post(f"{here}/review", data={"act": "look"}).text
    token = second.post(f"/api/v1{here}/erase?dry_run=true", json={}).json["token"]
    reply = second.post(f"{here}/review", data={"act": "erase", "token": token})

    assert "Show what would go" in before
    assert "1 result" in page
    assert token in page
    assert "Show what would go" not in lead.get(f"{here}/review").text
    assert reply.headers["Location"].endswith("done=erased")


def test_the_page_of_an_erased_record_says_so(lead, second, log):
    here = f"/results/{log()['id']}"
    decide(lead, here)
    erase(second, here)

    page = lead.get(here).text

    assert "Erased on" in page
    assert "under review group 3" in page
    assert "Correct this record" not in page


def test_the_pages_of_an_erased_operation_answer(lead, second, operation, log):
    here = f"/operations/{operation.id}"
    log("line")
    decide(lead, here)
    erase(second, here)

    pages = [lead.get(here + part) for part in ("", "/map", "/results", "/outcomes", "/members",
                                                "/review")]  # fmt: skip

    assert [page.status_code for page in pages] == [200] * 6
    assert "Erased on" in pages[0].text
