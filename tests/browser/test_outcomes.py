"""An analyst reads what it adds up to, and opens the records behind a figure."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def card(page, label):
    """Find the card of a measure."""
    heading = page.get_by_role("heading", name=label, exact=True, level=3)
    return page.locator(".app-figure-card").filter(has=heading)


def test_a_figure_opens_its_records(open_as, seeded):
    page = open_as("analyst")
    page.goto(f"/operations/{seeded['operation']}/outcomes")

    link = card(page, "Arrests").get_by_role("link")
    count = int(link.inner_text().split()[0])
    link.click()

    expect(page.get_by_text("These are the records behind the figure")).to_be_visible()
    expect(page.locator(".app-records__item")).to_have_count(count)


def test_money_reads_as_pounds_and_what_is_provisional_stands_apart(open_as, seeded):
    page = open_as("analyst")
    page.goto(f"/operations/{seeded['operation']}/outcomes")

    expect(card(page, "Cash seized")).to_contain_text("£1,250.50")
    expect(card(page, "Lines closed")).to_contain_text("Not counted until confirmed.")


def test_figures_are_broken_down_by_district(open_as, seeded):
    page = open_as("analyst")
    page.goto(f"/operations/{seeded['operation']}/outcomes")

    page.get_by_label("Broken down by").select_option("District")
    page.get_by_role("button", name="Show outcomes").click()

    table = page.get_by_role("table", name="Warrants executed")
    expect(table.get_by_role("rowheader", name="Manchester")).to_be_visible()


def test_a_financial_year_stands_against_its_target(open_as):
    page = open_as("analyst")
    page.goto("/outcomes")
    page.get_by_label("Organisation").select_option("GMP")
    page.get_by_role("button", name="Show outcomes").click()

    page.get_by_role("link", name="2026/27").click()

    expect(card(page, "Arrests")).to_contain_text("of the target of 40")


def test_an_analyst_sets_a_target(open_as):
    page = open_as("analyst")
    page.goto("/targets")
    page.get_by_text("Set a target").click()
    page.get_by_label("Measure").select_option("Warrants executed")
    page.get_by_label("Financial year").select_option("2025/26")
    page.get_by_label("Organisation").select_option("GMP")
    page.get_by_label("Target", exact=True).fill("120")

    page.get_by_role("button", name="Set the target").click()

    expect(page.get_by_text("The target is set.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Warrants executed")
    expect(row).to_contain_text("120")


def test_a_published_figure_reads_as_it_was_published(open_as):
    page = open_as("analyst")
    page.goto("/reported-figures")

    page.get_by_label("Published set").select_option("A published week")
    page.get_by_role("button", name="Show figures").click()

    expect(page.locator(".app-records__item")).to_contain_text(["43"])
    page.get_by_role("link", name="The whole set").click()
    expect(page.get_by_role("heading", name="A published week")).to_be_visible()


def test_an_area_and_days_are_marked_by_mouse_and_keys_and_taken_away_one_by_one(open_as):
    page = open_as("analyst", viewport={"width": 1280, "height": 1400})
    page.goto("/boards/map?measure=warrants_executed")
    marked = page.get_by_text("Within the marked area")

    drawing = page.locator("[data-mark=area] .app-mark").bounding_box()
    page.mouse.move(drawing["x"] + 4, drawing["y"] + 4)
    page.mouse.down()
    page.mouse.move(drawing["x"] + drawing["width"] - 4, drawing["y"] + drawing["height"] - 4)
    page.mouse.up()
    expect(marked).to_be_visible()

    page.get_by_role("application", name="Mark some of the time").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(marked).to_contain_text(re.compile(r"\), \d"))

    page.get_by_role("link", name="Take away the marked area").click()
    expect(marked).to_have_count(0)
    expect(page.get_by_role("link", name="Take away the days")).to_be_visible()


def test_a_finger_marks_once_the_button_is_pressed_and_scrolls_otherwise(open_as):
    page = open_as("analyst", viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto("/boards/map?measure=warrants_executed")
    marked = page.get_by_text("Within the marked area")
    drawing = page.locator("[data-mark=area] .app-mark")
    finger = page.context.new_cdp_session(page)

    def drag():
        drawing.scroll_into_view_if_needed()
        box = drawing.bounding_box()
        there = [{"x": box["x"] + part * box["width"], "y": box["y"] + part * box["height"]}
                 for part in (0.2, 0.5, 0.9)]  # fmt: skip
        for kind, points in zip(
            ("touchStart", "touchMove", "touchMove", "touchEnd"),
            [there[:1], there[1:2], there[2:], []],
            strict=True,
        ):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    drag()
    button = page.get_by_role("button", name="Mark an area")
    button.tap()
    expect(page.get_by_text("Now drag a finger over the map")).to_be_visible()
    page.get_by_role("button", name="Stop marking").tap()
    drag()
    expect(marked).to_have_count(0)

    button.tap()
    drag()
    expect(marked).to_be_visible()
