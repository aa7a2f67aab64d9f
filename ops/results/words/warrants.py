"""Words for warrants."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "warrant": Questions(
        headline=("power", "reference"),
        first=("power", "entry", "outcomes"),
        short=("entry", "nobody_present", "outcomes"),
        long=("entries",),
        words={
            "power": Words("Power"),
            "entry": Words("How the premises were entered"),
            "outcomes": Words("What came of it"),
            "executed": Words(
                "Was the warrant executed?", "Leave it blank if the premises were entered."
            ),
            "granted_on": Words("Day it was granted"),
            "court": Words("Court"),
            "reference": Words("Reference of the warrant"),
            "premises": Words("Which premises it covers"),
            "several_entries": Words("Does it allow several entries?"),
            "nobody_present": Words("Was nobody present?"),
            "returned_on": Words("Day it went back to the court"),
            "entries": Words("Entries"),
            "entries.at": Words("Time of entry"),
            "entries.entry": Words("How entered"),
        },
    ),
}
