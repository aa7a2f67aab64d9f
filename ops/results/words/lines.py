"""Words for deal lines, their closures, and what became of them."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "line": Questions(
        headline=("name",),
        words={
            "name": Words("Name of the line"),
            "numbers": Words("Numbers"),
            "numbers.from_on": Words("In use from"),
            "numbers.to_on": Words("In use until"),
            "exporter_area": Words("Run from"),
            "importer_areas": Words("Supplies"),
            "line_holder_ref": Words("Custody reference of the line holder"),
        },
    ),
    "line_closure": Questions(
        headline=("line_name",),
        first=("type", "line", "line_name", "evidence"),
        words={
            "type": Words("Type of closure"),
            "line": Words("Which line"),
            "line_name": Words("Name of the line", "If the line is not in the list above."),
            "closed_on": Words("Day it was closed", "Left blank, the day above."),
            "evidence": Words("Evidence", "How you know that the line can’t supply."),
            "arrest": Words("Arrest of the line holder"),
            "custody_ref": Words("Custody reference of the line holder"),
            "charged_on": Words("Day the line holder was charged"),
            "deactivated_on": Words("Day the number was deactivated"),
            "check_backs": Words("Checks afterwards"),
            "check_backs.on": Words("Day"),
            "check_backs.out_of_use": Words("Was the line out of use?"),
        },
    ),
    "line_change": Questions(
        headline=("change", "line_name"),
        first=("line", "line_name", "change", "name"),
        words={
            "line": Words("Which line"),
            "line_name": Words("Name of the line", "If the line is not in the list above."),
            "change": Words("What became of the line"),
            "on": Words("On which day", "Left blank, the day above."),
            "name": Words("New name", only=("change", ("rebranded",))),
            "evidence": Words("Evidence", "How you know."),
        },
    ),
}
