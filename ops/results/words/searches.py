"""Words for searches."""

from ops.results.words.base import Questions, Words

_STOP = ("type", ("stop_search", "person"))
_PRISON = ("type", ("prison", "checkpoint", "person", "premises"))
QUESTIONS = {
    "search": Questions(
        headline=("type", "establishment", "searched"),
        first=("type", "establishment", "searched", "finds", "dry_reason", "outcomes"),
        first_of_rows={
            "searched": ("what", "number", "qualifier"),
            "finds": ("category",),
            "outcomes": ("outcome", "number"),
        },
        words={
            "type": Words("What kind of search"),
            "establishment": Words("Prison", "Its name, as in HMP Manchester.", only=_PRISON),
            "methods": Words(
                "How it was done",
                "The same for all that is counted here; log another search for the rest.",
            ),
            "searched_by": Words("Who searched"),
            "searched": Words("What was searched"),
            "searched.what": Words(
                "What", "Tick several only where nobody knows how many there were of each."
            ),
            "searched.number": Words("How many"),
            "searched.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "finds": Words("What was found", "Log the items themselves as seizures."),
            "finds.category": Words("Something was found in this category"),
            "finds.number": Words("How many items"),
            "finds.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "dry_reason": Words(
                "If nothing was found: why", "Leave it blank if something was found."
            ),
            "outcomes": Words("What became of those searched"),
            "outcomes.outcome": Words("Outcome"),
            "outcomes.number": Words("How many", "Left blank, one."),
            "outcomes.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "lists": Words("Prison Act list", "Left blank, it follows from what was found."),
            "found_in": Words("Where it was found"),
            "conveyed_by": Words("How it got there"),
            "held_by": Words("Who held it"),
            "power": Words("Power to search"),
            "looked_for": Words("What was looked for", only=_STOP),
            "stop_outcome": Words("What came of the stop", only=_STOP),
            "is_linked": Words("Was the outcome about what was looked for?", only=_STOP),
            "outer_clothing": Words("Was more than outer clothing removed?", only=_STOP),
            "ethnicity": Words("Ethnicity, as the person defines it", only=_STOP),
            "age_band": Words("Age", only=_STOP),
            "sex": Words("Sex", only=_STOP),
        },
    ),
}
