"""Words for breaches of orders."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "order_breach": Questions(
        headline=("order_type", "breaches", "subject_ref"),
        first=("order_type", "breaches", "subject_ref", "custody_ref"),
        words={
            "order_type": Words("Type of order"),
            "order": Words("Order", "Where it is logged in this operation."),
            "subject_ref": Words("Reference of the person", "No names."),
            "age_group": Words("Adult or child"),
            "breaches": Words("How it was breached"),
            "condition": Words("Condition in its own words"),
            "force": Words("Other force", "Only where it was in another force’s area."),
            "place": Words("Where, in words"),
            "arrest": Words("Arrest"),
            "custody_ref": Words("Custody reference", "As in 06CD/1234/26."),
            "followed": Words("What followed"),
            "followed.code": Words("What"),
            "followed.on": Words("Day", "Left blank, the day above."),
            "followed.months": Words("Months of the sentence", "Six years are 72."),
        },
    ),
}
