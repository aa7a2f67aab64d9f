"""What the tests of the map editor do to its page."""

CORNERS = "-2.2600, 53.4900\n-2.2500, 53.4900\n-2.2500, 53.4960\n-2.2600, 53.4960"
DRAFT = "path.app-shape--draft"


def status(page):
    return page.locator("[data-part=status]")


def points(page, places, press=None):
    """Click places of the map, counted from its corner."""
    page.locator(".app-map").scroll_into_view_if_needed()
    box = page.locator(".app-map").bounding_box()
    for x, y in places:
        (press or page.mouse.click)(box["x"] + x, box["y"] + y)


def fold(page, title):
    page.locator("summary", has_text=title).click()


def type_corners(page, corners=CORNERS):
    if not page.get_by_label("Corners", exact=True).is_visible():
        fold(page, "Coordinates or GeoJSON")
    page.get_by_label("Corners", exact=True).fill(corners)
    page.get_by_role("button", name="Use these coordinates").click()
