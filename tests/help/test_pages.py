"""Help says what to do: to each the page of their own work, with its pictures."""

import re

import pytest

from ops.help.pages import FOLDER, PAGES, written
from tests.wellformed import faults


@pytest.mark.parametrize(
    ("role", "page"),
    [("lead", "lead"), ("admin", "lead"), ("officer", "officer"), ("auditor", "analyst")],
)
def test_each_is_led_to_the_page_of_their_work(client_as, role, page):
    led = client_as(role).get("/help")

    assert led.status_code == 302
    assert led.location == f"/help/{page}"


@pytest.mark.parametrize("role", PAGES)
def test_a_page_has_its_tasks_and_pictures(client_as, role):
    client = client_as("officer")

    page = client.get(f"/help/{role}")

    assert faults(page.text) == []
    assert page.text.count('id="task-') == page.text.count('href="#task-') > 5
    shown = re.findall(r'src="(pictures/.+?\.png)"', page.text)
    assert len(shown) == (FOLDER / f"{role}.md").read_text().count("](pictures/") > 0
    for each in shown:
        assert client.get(f"/help/{each}").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["nobody", "pictures/none.png", "pictures/..%2Flead.png"])
def test_what_is_not_there_is_not_found(client_as, path):
    assert client_as("officer").get(f"/help/{path}").status_code == 404


def test_a_task_has_a_mark_to_lead_to():
    page = written("# A\n\n## Press it\n\n1. Press **it**.\n")

    assert page.tasks == ["Press it"]
    assert '<h2 class="govuk-heading-m" id="task-1">Press it</h2>' in page.html
