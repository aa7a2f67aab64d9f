"""Words for closed premises."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "premises_closure": Questions(
        headline=("closure", "premises_name", "address"),
        first=("closure", "premises_name", "address", "trade"),
        words={
            "closure": Words("How it was closed"),
            "premises_name": Words("Name of the premises", "Of a business, not of a person."),
            "address": Words("Address"),
            "uprn": Words("UPRN", "The property’s national number, up to 12 digits."),
            "trade": Words("Trade"),
            "authority": Words("Who closed it"),
            "order": Words("Closure order", "Where it is logged in this operation."),
            "closed_on": Words("Day it was closed", "Left blank, the day above."),
            "closed_until": Words("Closed until"),
            "reopened_on": Words("Day it reopened"),
        },
    ),
}
