"""One drawing, written and painted alike, and its key in step with what it shades."""

from xml.etree import ElementTree

from ops.reports import charts, pictures

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-2.3, 53.4], [-2.2, 53.4], [-2.2, 53.5], [-2.3, 53.4]]],
}
MONTHS = [{"month": "2023-10", "value": "12"}, {"month": "2023-11", "value": "0"}]


def district(name, value):
    return {"name": name, "geometry": SQUARE, "value": value}


def words(drawn):
    return [each["words"] for each in drawn["shapes"] if each["is"] == "text"]


def fills(drawn):
    return [each["fill"] for each in drawn["shapes"] if each["is"] == "outline"]


def test_a_name_is_text_in_a_drawing_whatever_is_in_it():
    drawn = charts.districts("Arrests", [district("<b> & co", "3")])

    assert "<b> & co" in words(drawn)
    assert ElementTree.fromstring(pictures.svg(drawn)) is not None  # noqa: S314 - our own


def test_the_same_drawing_gives_the_same_bytes():
    drawn = charts.months("Arrests", "count", MONTHS)

    assert pictures.png(drawn) == pictures.png(drawn)
    assert pictures.png(drawn).startswith(b"\x89PNG")


def test_a_count_is_shaded_as_the_key_says():
    counts = [*range(12)]
    drawn = charts.districts("Warrants", [district(f"D{each}", str(each)) for each in counts])
    shades, key = fills(drawn)[:12], fills(drawn)[12:]
    told = [each for each in words(drawn) if each == "None" or " to " in each]

    assert told == ["None", "1 to 3", "4 to 5", "6 to 7", "8 to 9", "10 to 11"]
    classes = [0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert shades == [key[each] for each in classes]


def test_what_is_hidden_is_told_from_none():
    drawn = charts.districts("Arrests", [district("Here", None), district("There", "0")])

    assert "not shown" in words(drawn)
    assert fills(drawn)[0] != fills(drawn)[1]
    assert "Here not shown" in drawn["alt"]


def test_a_chart_says_in_words_what_it_shows():
    drawn = charts.months("Arrests", "count", MONTHS)

    assert "October 2023 12" in drawn["alt"]
    assert "November 2023 0" not in drawn["alt"]
