"""What is to be erased is shown first, and goes only then."""

import pytest

from tests.browser.conftest import PHONE
from tests.browser.test_every_page import assert_whole

pytestmark = pytest.mark.browser


def test_what_would_go_is_shown_before_it_goes(open_as, seeded):
    page = open_as(viewport=PHONE)
    page.goto(f"/results/{seeded['to_erase']}/review")

    page.get_by_role("button", name="Show what would go").click()

    page.get_by_text("1 arrest").wait_for()
    assert_whole(page, "review what goes")
    assert page.get_by_role("button", name="Erase it for good").is_visible()


def test_a_decision_without_a_date_says_so_beside_the_field(open_as, seeded):
    page = open_as(viewport=PHONE)
    page.goto(f"/operations/{seeded['ended']}/review")
    page.get_by_label("Keep it until another review").check()
    page.get_by_label("Reason", exact=True).fill("It is needed.")

    page.get_by_role("button", name="Save the decision").click()

    summary = page.get_by_role("alert")
    summary.get_by_role("link", name="Say when it is to be reviewed again.").click()
    assert page.get_by_label("Next review, if it is kept").evaluate(
        "field => field === document.activeElement"
    )
