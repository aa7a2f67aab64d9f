"""Words for court orders."""

from ops.results.words.base import Questions, Words

_CLOSURES = ("order_type", ("closure_notice", "closure_order"))
QUESTIONS = {
    "court_order": Questions(
        headline=("order_type", "subject_ref"),
        first=("order_type", "subject_ref", "ends_on", "conditions"),
        first_of_rows={"conditions": ("text", "zone")},
        followed_by={"Breaches of this order": ("order_breach", "order")},
        words={
            "order_type": Words("Type of order"),
            "subject": Words("Who or what it is about"),
            "subject_ref": Words(
                "Reference of the person, premises or number",
                "No names. A nominal or custody reference, an address, a phone number.",
            ),
            "age_group": Words("Adult or child", "For an order about a person."),
            "applicant": Words("Who applied"),
            "made_by": Words("Who made it"),
            "court": Words("Court"),
            "reference": Words("Reference of the order"),
            "made_on": Words("Day it was made", "Left blank, the day above."),
            "starts_on": Words("First day", "Left blank, the day it was made."),
            "ends_on": Words("Last day", "Left blank, until further order."),
            "hours": Words("Hours it lasts", "For a closure notice.", only=_CLOSURES),
            "interim": Words("Is it an interim order?"),
            "conditions": Words("Conditions"),
            "conditions.text": Words("What it forbids or demands"),
            "conditions.hours": Words("At which hours", "As in 22:00 to 06:00."),
            "conditions.zone": Words(
                "Exclusion zone",
                "One corner a line, longitude first, as in -2.2365, 53.4808. Or GeoJSON.",
            ),
            "extended_to": Words("Extended to"),
            "discharged_on": Words("Day it was discharged"),
            "expires_on": Words("Ends"),
        },
    ),
}
